/**
 * The ready queue of a node: who waits for the processor, a list for each priority, in the order of arrival.
 *
 * The lists go through the threads' rows; `readyMask` has a bit for every list that is not empty, so that the best thread
 * is found at once, however many there are.
 */
import { NONE, at } from '../base/table.ts';
import type { Node } from './node.ts';
import { PRIORITIES } from './schedule.ts';
import type { Thread } from './thread.ts';
import type { MachWorld } from './world.ts';

/** The best priority that somebody waits with; PRIORITIES if nobody does. */
export function bestReady({ readyMask }: Node): number {
  return readyMask === 0 ? PRIORITIES : 31 - Math.clz32(readyMask & -readyMask);
}

/** The thread joins the list of its priority, at the end. */
export function readyAppend(w: MachWorld, node: Node, t: Thread): void {
  const priority = t.schedule.current;
  const last = node.readyLast[priority]!;
  t.nextWaiting = NONE;
  if (last === NONE) begin(node, priority, t);
  else at(w.threads, last).nextWaiting = t.id;
  node.readyLast[priority] = t.id;
}

/** The thread joins the list of its priority in front of all others. */
export function readyPrepend(node: Node, t: Thread): void {
  const priority = t.schedule.current;
  t.nextWaiting = node.readyFirst[priority]!;
  if (t.nextWaiting === NONE) node.readyLast[priority] = t.id;
  begin(node, priority, t);
}

/** Takes out the first thread of the best list, or null if nobody waits. */
export function readyTake(w: MachWorld, node: Node): Thread | null {
  if (node.readyMask === 0) return null;
  const priority = bestReady(node);
  const t = at(w.threads, node.readyFirst[priority]!);
  unlink(node, priority, t, null);
  return t;
}

/** Takes the thread out of its list. False if it is in none. */
export function readyRemove(w: MachWorld, node: Node, t: Thread): boolean {
  const priority = t.schedule.current;
  let before: Thread | null = null;
  for (let id = node.readyFirst[priority]!; id !== NONE; id = before.nextWaiting) {
    const each = at(w.threads, id);
    if (each.id === t.id) {
      unlink(node, priority, t, before);
      return true;
    }
    before = each;
  }
  return false;
}

/** Everybody who waits, the best first. */
export function readyThreads(w: MachWorld, node: Node): Thread[] {
  const threads: Thread[] = [];
  for (let priority = 0; priority < PRIORITIES; priority++) {
    for (let id = node.readyFirst[priority]!; id !== NONE; id = at(w.threads, id).nextWaiting) {
      threads.push(at(w.threads, id));
    }
  }
  return threads;
}

/** Nobody waits any more. */
export function readyClear(node: Node): void {
  node.readyFirst.fill(NONE);
  node.readyLast.fill(NONE);
  node.readyMask = 0;
}

function begin(node: Node, priority: number, t: Thread): void {
  node.readyFirst[priority] = t.id;
  node.readyMask |= 1 << priority;
}

function unlink(node: Node, priority: number, t: Thread, before: Thread | null): void {
  if (before === null) node.readyFirst[priority] = t.nextWaiting;
  else before.nextWaiting = t.nextWaiting;
  if (t.nextWaiting === NONE) node.readyLast[priority] = before === null ? NONE : before.id;
  if (node.readyFirst[priority] === NONE) node.readyMask &= ~(1 << priority);
  t.nextWaiting = NONE;
}
