/**
 * The processor: whoever computes is the best of those who want to, and who wants to is in the queue [docs/decisions/0015].
 *
 * A thread in the state COMPUTING is the one that runs, or stands exactly once in the list of its priority. When one runs,
 * the end of its slice is pending, once.
 */
import { SLICE } from '../base/event.ts';
import { NONE } from '../base/table.ts';
import type { Node } from '../mach/node.ts';
import { PRIORITIES } from '../mach/schedule.ts';
import { COMPUTING } from '../mach/thread.ts';
import { broken, type CheckedWorld, type Checker } from './checker.ts';

export const bestComputes: Checker = {
  rule: 'H6',
  story: 'the thread that computes is the best one that could, and its slice will end',
  check(w) {
    let wanting = 0;
    for (const t of w.threads.rows) if (t.live && t.state === COMPUTING) wanting++;
    for (const node of w.nodes.rows) {
      const { best, waiting } = checkQueue(w, node);
      wanting -= waiting + (node.running === NONE ? 0 : 1);
      if (node.running === NONE) {
        if (best < PRIORITIES) broken('H6', `${node.name} is idle, and somebody waits with priority ${best}`);
        continue;
      }
      const t = w.threads.rows[node.running];
      if (t?.live !== true || t.state !== COMPUTING || t.node !== node.id) {
        broken('H6', `${node.name} computes for thread ${node.running}, which does not`);
      }
      if (t.schedule.current > best) broken('H6', `${t.name} computes, and somebody better waits`);
      const slices = pendingSlices(w, node);
      if (slices !== 1) broken('H6', `the slice of ${t.name} ends ${slices} times`);
    }
    if (wanting !== 0) broken('H6', `${wanting} threads that want to compute are in no queue`);
  },
};

/** The best priority that somebody waits with, and how many wait. */
function checkQueue(w: CheckedWorld, node: Node): { readonly best: number; readonly waiting: number } {
  let best = PRIORITIES;
  let waiting = 0;
  for (let priority = PRIORITIES - 1; priority >= 0; priority--) {
    let last = NONE;
    let left = w.threads.rows.length;
    for (let id = node.readyFirst[priority]!; id !== NONE; id = w.threads.rows[id]!.nextWaiting) {
      const t = w.threads.rows[id];
      if (t?.live !== true || left-- === 0) broken('H6', `list ${priority} of ${node.name} does not end`);
      if (t.state !== COMPUTING || t.node !== node.id) broken('H6', `${t.name} queues for a processor, and need not`);
      if (t.id === node.running) broken('H6', `${t.name} computes and queues for it`);
      if (t.schedule.current !== priority) broken('H6', `${t.name} queues with priority ${priority}`);
      last = id;
      best = priority;
      waiting++;
    }
    if (last !== node.readyLast[priority]) broken('H6', `list ${priority} of ${node.name} ends at ${last}`);
    const marked = (node.readyMask & (1 << priority)) !== 0;
    if (marked !== (last !== NONE)) broken('H6', `list ${priority} of ${node.name} is marked wrongly`);
  }
  return { best, waiting };
}

function pendingSlices({ queue }: CheckedWorld, node: Node): number {
  let pending = 0;
  const count = (slot: number): void => {
    if (queue.kind[slot] === SLICE && queue.a[slot] === node.id && queue.b[slot] === node.sliceEpoch) pending++;
  };
  for (let i = 0; i < queue.count; i++) count(queue.ring[(queue.head + i) & (queue.ring.length - 1)]!);
  for (let i = 0; i < queue.size; i++) count(queue.heapSlot[i]!);
  return pending;
}
