/**
 * The world: all tables of all rooms, the clock and the queue. A run is a world and the events that change it.
 *
 * `copyWorld` copies all of it (the immutable setup and the notices excepted), `worldDigest` hashes all of it. Two
 * worlds with the same digest have the same tables, the same pending events in the same order, and the same future.
 */
import { copy, digestOf } from '../base/plain.ts';
import { eventQueue, pending } from '../base/queue.ts';
import { openAccount } from '../base/ledger.ts';
import { streams } from '../base/random.ts';
import { table } from '../base/table.ts';
import type { DipcWorld } from '../dipc/world.ts';
import type { Setup } from '../mach/world.ts';

export type World = DipcWorld;

export function emptyWorld(setup: Setup, seed: number): World {
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
    messages: table(),
    regions: table(),
    objects: table(),
    writes: 0,
    threadByIdentity: [],
    notices: [],
    distributed: table(),
    packets: table(),
  };
  openAccount(w.ledger, 'system');
  return w;
}

export function copyWorld(w: World): World {
  const { setup, notices: _, ...state } = w;
  return { ...copy(state), setup, notices: [] };
}

export function worldDigest(w: World): string {
  const { setup: _s, notices: _n, queue, ...state } = w;
  return digestOf([state, queue.sequence, pending(queue, w.time)]);
}
