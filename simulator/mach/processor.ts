/**
 * The processor of a node.
 *
 * Two levels. *Priced work* (kernel calls, message transfer, the servers' own processor prices) is done first come
 * first served, at once and without preemption, so the moment at which it is done is known when it is accepted.
 * *Computation* of programs takes turns below it, a quantum each; priced work that is done during a slice makes the
 * slice end later by as much.
 *
 * Both book what they use, and what they had to wait for it, on the activity that asked.
 */
import { SLICE } from '../base/event.ts';
import { PROCESSOR, WAITING, book } from '../base/ledger.ts';
import { NONE, at } from '../base/table.ts';
import type { Node } from './node.ts';
import { COMPUTING, runAt, type Thread } from './thread.ts';
import { emitAt, type MachWorld } from './world.ts';

/**
 * Accepts priced work and returns the time (ns) at which it is done. The caller books what it was for; the wait for
 * the processor is booked here.
 */
export function occupy(w: MachWorld, node: Node, activity: number, nanoseconds: number): number {
  const start = node.kernelFreeAt > w.time ? node.kernelFreeAt : w.time;
  if (start > w.time) book(w.ledger, activity, WAITING, 0, start - w.time);
  node.kernelFreeAt = start + nanoseconds;
  node.busy += nanoseconds;
  if (node.running !== NONE) node.stolen += nanoseconds;
  return node.kernelFreeAt;
}

/** The thread does priced work, booked in one column, and runs again when it is done. */
export function charge(w: MachWorld, t: Thread, column: number, count: number, nanoseconds: number): void {
  const done = occupy(w, at(w.nodes, t.node), t.activity, nanoseconds);
  book(w.ledger, t.activity, column, count, nanoseconds);
  runAt(w, t, done);
}

/** The thread computes for so long, taking turns with the others. */
export function compute(w: MachWorld, t: Thread, nanoseconds: number): void {
  t.remaining = nanoseconds;
  t.since = w.time;
  t.state = COMPUTING;
  const node = at(w.nodes, t.node);
  node.ready.push(t.id);
  dispatch(w, node);
}

/** A slice is over, unless it was cut short (another epoch) or must last longer because of priced work. */
export function sliceEnds(w: MachWorld, nodeId: number, epoch: number): void {
  const node = at(w.nodes, nodeId);
  if (node.sliceEpoch !== epoch || node.running === NONE) return;
  if (node.stolen > 0) {
    emitAt(w, w.time + node.stolen, SLICE, node.id, epoch);
    node.sliceStart += node.stolen;
    node.stolen = 0;
    return;
  }
  const t = at(w.threads, node.running);
  node.running = NONE;
  settle(w, node, t, node.sliceLength);
  if (t.remaining === 0) runAt(w, t, w.time);
  else node.ready.push(t.id);
  dispatch(w, node);
}

/** Takes a computing thread off the processor, or out of the queue for it; what is left to do stays in `remaining`. */
export function preempt(w: MachWorld, t: Thread): void {
  const node = at(w.nodes, t.node);
  if (node.running !== t.id) {
    const place = node.ready.indexOf(t.id);
    if (place < 0) return;
    node.ready.splice(place, 1);
    settle(w, node, t, 0);
    return;
  }
  node.running = NONE;
  node.sliceEpoch++;
  const notYetDone = Math.max(0, node.kernelFreeAt - w.time);
  const lost = Math.max(0, node.stolen - notYetDone);
  settle(w, node, t, Math.min(node.sliceLength, Math.max(0, w.time - node.sliceStart - lost)));
  dispatch(w, node);
}

/** A thread that was preempted queues for the processor again. */
export function resumeComputing(w: MachWorld, t: Thread): void {
  compute(w, t, t.remaining);
}

function settle(w: MachWorld, node: Node, t: Thread, used: number): void {
  t.remaining -= used;
  node.busy += used;
  book(w.ledger, t.activity, PROCESSOR, 0, used);
  book(w.ledger, t.activity, WAITING, 0, w.time - t.since - used);
  t.since = w.time;
}

function dispatch(w: MachWorld, node: Node): void {
  if (node.running !== NONE) return;
  const next = node.ready.shift();
  if (next === undefined) return;
  const t = at(w.threads, next);
  node.running = next;
  node.stolen = 0;
  node.sliceEpoch++;
  node.sliceStart = Math.max(w.time, node.kernelFreeAt);
  node.sliceLength = Math.min(t.remaining, w.setup.prices.quantum);
  emitAt(w, node.sliceStart + node.sliceLength, SLICE, node.id, node.sliceEpoch);
}
