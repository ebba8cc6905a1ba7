/**
 * Threads that wait at a port, in the order in which they came: a ring through the thread rows. The port knows the one that
 * came last, every thread knows the next one, and the last one the first. Each function returns who is the last from now on.
 */
import { NONE, at } from '../../base/table.ts';
import type { Thread } from '../thread.ts';
import type { MachWorld } from '../world.ts';

/** The thread that has waited longest; somebody must wait. */
export function firstOf(w: MachWorld, last: number): Thread {
  const t = at(w.threads, last);
  return t.nextWaiting === last ? t : at(w.threads, t.nextWaiting);
}

export function withLast(w: MachWorld, last: number, t: Thread): number {
  if (last === NONE) t.nextWaiting = t.id;
  else {
    const before = at(w.threads, last);
    t.nextWaiting = before.nextWaiting;
    before.nextWaiting = t.id;
  }
  return t.id;
}

/** The thread, which has waited longest, waits no more. */
export function withoutFirst(w: MachWorld, last: number, t: Thread): number {
  const { nextWaiting } = t;
  t.nextWaiting = NONE;
  if (last === t.id) return NONE;
  at(w.threads, last).nextWaiting = nextWaiting;
  return last;
}

/** The thread, wherever it stands, waits no more. */
export function without(w: MachWorld, last: number, t: Thread): number {
  let before = at(w.threads, last);
  while (before.nextWaiting !== t.id) before = at(w.threads, before.nextWaiting);
  before.nextWaiting = t.nextWaiting;
  t.nextWaiting = NONE;
  if (last !== t.id) return last;
  return before === t ? NONE : before.id;
}

/** All of them, the one that has waited longest first. */
export function waitingIn(w: MachWorld, last: number): Thread[] {
  const threads: Thread[] = [];
  if (last === NONE) return threads;
  let t = at(w.threads, last);
  do threads.push((t = at(w.threads, t.nextWaiting)));
  while (t.id !== last);
  return threads;
}
