/**
 * The placement policies of a cluster: they choose among the nodes that the script has given a PMA, and that the kernel of the
 * PM Master does not know to be down [docs/decisions/0060-where-a-process-is-placed.md].
 *
 *   least_loaded   the fewest processes; the first of several, but for a process that is somewhere already only a node with fewer
 *   round_robin    one node after the other
 *
 * How many processes there are the only PM Master has in its table. Where there are several each knows those to which it gave
 * pids, so the one that is asked asks the others, 1 RPC each. What they say may be wrong by what is on its way, and so may be
 * that a node is up: who places has to see to it that nothing comes of that but another question (pma/place.ts).
 */
import { NONE } from '../../base/table.ts';
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { isKnownDown } from '../../mach/node.ts';
import { call, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { clusterOf } from '../configuration.ts';
import type { OsfWorld } from '../world.ts';
import { masterOf, ownEntries, type PmMaster } from './entry.ts';
import { operation } from './operation.ts';
import { isOnly, otherMasters } from './owner.ts';

/** Body of `pmm.place`. */
export interface PlaceFor {
  readonly policy: 'least_loaded' | 'round_robin';
  /** A process that is somewhere already, and does not count where it is; NONE for one that is to be made. */
  readonly mover: number;
  readonly from: number;
  /** Nodes that were tried in vain. */
  readonly but: readonly number[];
}

/** Body of `pmm.loads`: a process that does not count; what it answers: how many processes there are, by node. */
interface LoadsWanted {
  readonly mover: number;
}
interface Loads {
  readonly node: number;
  readonly loads: readonly number[];
}

/** What they all have said, and the nodes of those that have: who does not answer has failed, and its PMA with it. */
interface Counted {
  readonly loads: number[];
  readonly heard: number[];
}

interface CountLoads extends LoadsWanted, Counted {
  others?: number[];
}

/** Finishes with what is `Counted`. */
export const countLoads = routine<OsfWorld, CountLoads>('pmm.count_loads', 'counts the processes of every node', [
  step('count its own', (w, t, f) => {
    const master = masterOf(w, t);
    f.loads.push(...ownLoads(w, master, f.mover));
    f.heard.push(master.node);
    f.others = otherMasters(w, master);
  }),
  step('ask the next PM Master', (w, t, f) => {
    const other = f.others!.shift();
    if (other === undefined) return finish(t, { loads: f.loads, heard: f.heard } satisfies Counted);
    rpc(w, t, other, 'pmm.loads', { body: { mover: f.mover } satisfies LoadsWanted });
  }),
  step('add what it says', (w, t, f) => {
    goTo(w, t, 'ask the next PM Master');
    if (t.code !== 'KERN_SUCCESS') return;
    const { node, loads } = t.body as Loads;
    f.heard.push(node);
    loads.forEach((processes, at) => (f.loads[at] = (f.loads[at] ?? 0) + processes));
  }),
]);

const loadsHere = operation<LoadsWanted>(
  'pmm.loads',
  'says how many of its processes are where',
  (w, { mover }, t) => ({
    body: { node: t.node, loads: ownLoads(w, masterOf(w, t), mover) } satisfies Loads,
  }),
);

function ownLoads(w: OsfWorld, master: PmMaster, mover: number): number[] {
  const loads = w.nodes.rows.map(() => 0);
  for (const { state, pid, node } of ownEntries(w, master)) {
    if (state === 'alive' && pid !== mover && node !== NONE) loads[node]!++;
  }
  return loads;
}

const leastLoaded = routine<OsfWorld, Request>('pmm.least_loaded', 'says where there is least to do', [
  step('count the processes', (_w, t) => call(t, countLoads, countingBut(NONE))),
  step('answer', (w, t) => {
    finish(t, { body: { node: fewest(w, masterOf(w, t), t.result as Counted, NONE, []) } } satisfies Payload);
  }),
]);

const placeFor = routine<OsfWorld, Request>('pmm.place', 'says where a process is to go', [
  step('take the next node, or count the processes', (w, t, f) => {
    const { policy, mover, but } = f.body as PlaceFor;
    if (policy === 'least_loaded') return call(t, countLoads, countingBut(mover));
    const master = masterOf(w, t);
    finish(t, { body: { node: nextInTurn(master, placesOf(w, master, but)) } } satisfies Payload);
  }),
  step('answer', (w, t, f) => {
    const { from, but } = f.body as PlaceFor;
    finish(t, { body: { node: fewest(w, masterOf(w, t), t.result as Counted, from, but) } } satisfies Payload);
  }),
]);

function placesOf(w: OsfWorld, master: PmMaster, but: readonly number[]): number[] {
  const { nodes } = clusterOf(w);
  const all = nodes.flatMap(({ pma }, node) => (pma ? [node] : []));
  return all.filter((node) => !but.includes(node) && !isKnownDown(w, master.node, node));
}

const countingBut = (mover: number): CountLoads => ({ mover, loads: [], heard: [] });

/** Of nodes that are as good as one another where it is, if that is one of them; else the first. */
function fewest(
  w: OsfWorld,
  master: PmMaster,
  { loads, heard }: Counted,
  from: number,
  but: readonly number[],
): number {
  let best = NONE;
  let least = Infinity;
  for (const node of placesOf(w, master, but)) {
    if (!isOnly(w) && !heard.includes(node)) continue;
    const processes = loads[node] ?? 0;
    if (processes > least || (processes === least && node !== from)) continue;
    best = node;
    least = processes;
  }
  return best;
}

function nextInTurn(master: PmMaster, places: readonly number[]): number {
  master.lastPlace = places.find((node) => node > master.lastPlace) ?? places[0] ?? NONE;
  return master.lastPlace;
}

export const placementRoutines: readonly Routine[] = [leastLoaded, placeFor, loadsHere];
