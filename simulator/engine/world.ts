/**
 * The world: all tables of all rooms, the clock and the queue. A run is a world and the events that change it.
 *
 * `copyWorld` copies all of it (the immutable setup and the notices excepted), `worldDigest` hashes all of it. Two
 * worlds with the same digest have the same tables, the same pending events in the same order, and the same future.
 */
import { openAccount } from '../base/ledger.ts';
import { copy, digestOf } from '../base/plain.ts';
import { eventQueue, pending } from '../base/queue.ts';
import { streams } from '../base/random.ts';
import { table } from '../base/table.ts';
import { dipcTables } from '../dipc/world.ts';
import { migrationTables, type MigrationWorld } from '../migration/record.ts';
import { osfTables, type OsfSetup } from '../osf1/world.ts';
import { xmmTables } from '../xmm/world.ts';

export type World = MigrationWorld;

export function emptyWorld(setup: OsfSetup, seed: number): World {
  const w: World = {
    setup,
    time: 0,
    events: 0,
    queue: eventQueue(),
    random: streams(seed),
    ledger: table(),
    nodes: table(),
    tasks: table(),
    threads: table(),
    ports: table(),
    requests: table(),
    messages: table(),
    regions: table(),
    objects: table(),
    memories: table(),
    pageBytes: table(),
    writes: 0,
    sent: 0,
    identities: 0,
    epochs: 0,
    threadByIdentity: new Map(),
    notices: [],
    ...dipcTables(),
    ...xmmTables(),
    ...osfTables(),
    ...migrationTables(),
  };
  openAccount(w.ledger, 'system');
  return w;
}

export function copyWorld(w: World): World {
  const { setup, notices: _, ...state } = w;
  return { ...copy(state), setup, notices: [] };
}

/** Sixteen hexadecimal digits that depend on everything in the world. */
export function worldDigest(w: World): string {
  const { setup: _s, notices: _n, queue, ...state } = w;
  return digestOf([state, queue.sequence, pending(queue, w.time)]);
}
