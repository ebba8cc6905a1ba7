/**
 * Time travel: checkpoints and deterministic replay.
 *
 * While a run goes forward, a copy of the world is kept every so many events. To go to the moment after any event, the
 * last checkpoint before it is copied and the events in between are performed again: the same events, because nothing
 * but the world decides what happens. When there are too many checkpoints every other one is dropped and the distance
 * doubles, so a run of any length keeps a bounded number of them.
 */
import { assert } from '../base/assert.ts';
import { performEvent } from './dispatch.ts';
import type { Trace } from './trace.ts';
import { copyWorld, type World } from './world.ts';

const MOST_CHECKPOINTS = 64;
const FIRST_INTERVAL = 1024;

export interface History {
  /** Worlds as they were after `events` events, oldest first; never changed. */
  readonly checkpoints: World[];
  /** Events between two checkpoints. */
  interval: number;
}

export function historyOf(w: World): History {
  return { checkpoints: [copyWorld(w)], interval: FIRST_INTERVAL };
}

/** Called after every event: keeps a copy when the time has come for one. */
export function remember(history: History, w: World): void {
  if (w.events % history.interval !== 0) return;
  const { checkpoints } = history;
  if (w.events <= checkpoints[checkpoints.length - 1]!.events) return;
  checkpoints.push(copyWorld(w));
  if (checkpoints.length <= MOST_CHECKPOINTS) return;
  history.interval *= 2;
  const kept = checkpoints.filter((each, index) => index === 0 || each.events % history.interval === 0);
  checkpoints.splice(0, checkpoints.length, ...kept);
}

/** The world after `event` events: the given one, if it is on the way there, or a checkpoint, played forward. */
export function worldAt(history: History, trace: Trace, w: World, event: number): World {
  let from = w.events <= event ? w : null;
  for (const each of history.checkpoints) {
    if (each.events <= event && (from === null || each.events > from.events)) from = each;
  }
  assert(from !== null, 'replay', `there is no moment after ${event} events`);
  const world = from === w ? w : copyWorld(from);
  while (world.events < event && performEvent(world, trace)) remember(history, world);
  return world;
}
