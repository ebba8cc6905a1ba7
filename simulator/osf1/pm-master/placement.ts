/**
 * The placement policies of a cluster: they choose among the nodes that have a PMA and are up, and look at nothing but the PM
 * Master's own table, so asking costs one RPC, and the answer may be wrong by what is on its way.
 *
 *   least_loaded   the fewest processes; the first of several, but for a process that is somewhere already only a node with fewer
 *   round_robin    one node after the other
 */
import { NONE } from '../../base/table.ts';
import type { Thread } from '../../mach/thread.ts';
import type { OsfWorld } from '../world.ts';
import { masterOf } from './entry.ts';
import { operation } from './operation.ts';

/** Body of `pmm.place`. */
export interface PlaceFor {
  readonly policy: 'least_loaded' | 'round_robin';
  /** A process that is somewhere already, and does not count where it is; NONE for one that is to be made. */
  readonly mover: number;
  readonly from: number;
}

export const leastLoaded = operation('pmm.least_loaded', 'says where there is least to do', (w: OsfWorld) => ({
  body: { node: fewest(w, NONE, NONE) },
}));

export const placeFor = operation<PlaceFor>('pmm.place', 'says where a process is to go', (w, asked, t) => ({
  body: { node: asked.policy === 'round_robin' ? nextInTurn(w, t) : fewest(w, asked.mover, asked.from) },
}));

const placesOf = (w: OsfWorld): number[] =>
  w.pmas.rows.filter(({ live, node }) => live && w.nodes.rows[node]?.up === true).map(({ node }) => node);

/** Of nodes that are as good as one another where it is, if that is one of them; else the first. */
function fewest(w: OsfWorld, mover: number, from: number): number {
  let best = NONE;
  let least = Infinity;
  for (const node of placesOf(w)) {
    const there = w.masterEntries.rows.filter((entry) => entry.live && entry.state === 'alive' && entry.node === node);
    const processes = there.filter(({ pid }) => pid !== mover).length;
    if (processes > least || (processes === least && node !== from)) continue;
    best = node;
    least = processes;
  }
  return best;
}

function nextInTurn(w: OsfWorld, t: Thread): number {
  const master = masterOf(w, t);
  const places = placesOf(w).sort((a, b) => a - b);
  master.lastPlace = places.find((node) => node > master.lastPlace) ?? places[0] ?? NONE;
  return master.lastPlace;
}
