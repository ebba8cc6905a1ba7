/**
 * The processor of a node.
 *
 * Two levels. *Priced work* (kernel calls, message transfer, the servers' own processor prices) is done first come
 * first served, at once and without preemption, so the moment at which it is done is known when it is accepted.
 * *Computation* of programs goes on below it, by priority: the best thread computes, those of the same priority take
 * turns, a quantum each, and a thread that becomes ready takes the processor from a worse one at once. Priced work that
 * is done during a slice makes the slice end later by as much.
 *
 * Priorities sink with use (schedule.ts). They are computed when a thread begins to queue, when its slice is over, and
 * for all who wait when a slice begins in another second than the last one.
 *
 * Both levels book what they use, and what they had to wait for it, on the activity that asked, and on the thread.
 */
import { SLICE } from '../base/event.ts';
import { PROCESSOR, WAITING, book, bookWork } from '../base/ledger.ts';
import { NONE, at } from '../base/table.ts';
import type { Node } from './node.ts';
import {
  bestReady,
  readyAppend,
  readyClear,
  readyPrepend,
  readyRemove,
  readyTake,
  readyThreads,
} from './ready-queue.ts';
import { POLICY_FIXEDPRI, scheduleAt, type Schedule } from './schedule.ts';
import { COMPUTING, NO_BOUND, runAt, type Thread } from './thread.ts';
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

/** The same for a thread: its time, too. */
export function occupyFor(w: MachWorld, t: Thread, nanoseconds: number): number {
  t.systemTime += nanoseconds;
  return occupy(w, at(w.nodes, t.node), t.activity, nanoseconds);
}

/** The thread does priced work, booked in one column, and runs again when it is done. */
export function charge(w: MachWorld, t: Thread, column: number, count: number, nanoseconds: number): void {
  const done = occupyFor(w, t, nanoseconds);
  bookWork(w, t.activity, column, count, nanoseconds, done - nanoseconds);
  runAt(w, t, done);
}

/**
 * The thread computes for so long, taking turns with the others; or until its account has used so much of processors,
 * together with all that is booked on it besides. Then it runs again, and what is left to do is in `remaining`.
 */
export function compute(w: MachWorld, t: Thread, nanoseconds: number, until = NO_BOUND): void {
  t.remaining = nanoseconds;
  t.until = until;
  t.since = w.time;
  t.state = COMPUTING;
  t.schedule = scheduleAt(t.schedule, w.time);
  const node = at(w.nodes, t.node);
  readyAppend(w, node, t);
  reschedule(w, node);
}

/** Whether its account has used as much as it may compute up to. */
export const isUp = (w: MachWorld, t: Thread): boolean => usedBy(w, t) >= t.until;

const usedBy = ({ ledger }: MachWorld, { activity }: Thread): number => ledger.rows[activity]!.spent[PROCESSOR]!;

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
  if (t.remaining === 0 || isUp(w, t)) runAt(w, t, w.time);
  else readyAppend(w, node, t);
  dispatch(w, node);
}

/** Takes a computing thread off the processor, or out of the queue for it; what is left to do stays in `remaining`. */
export function preempt(w: MachWorld, t: Thread): void {
  const node = at(w.nodes, t.node);
  if (node.running === t.id) {
    cut(w, node, t);
    dispatch(w, node);
  } else if (readyRemove(w, node, t)) settle(w, node, t, 0);
}

/** A thread that was preempted queues for the processor again. */
export function resumeComputing(w: MachWorld, t: Thread): void {
  compute(w, t, t.remaining, t.until);
}

/** Gives the thread another schedule; if it computes, that counts at once. */
export function setSchedule(w: MachWorld, t: Thread, change: Partial<Schedule>): void {
  const node = at(w.nodes, t.node);
  const waits = t.state === COMPUTING && readyRemove(w, node, t);
  t.schedule = scheduleAt({ ...t.schedule, ...change }, w.time);
  if (waits) readyAppend(w, node, t);
  if (t.state === COMPUTING) reschedule(w, node);
}

/** Somebody has become ready, or somebody's priority has changed: a better thread takes the processor. */
function reschedule(w: MachWorld, node: Node): void {
  if (node.running !== NONE) {
    const t = at(w.threads, node.running);
    if (bestReady(node) >= t.schedule.current) return;
    cut(w, node, t);
    // It was not its turn that is over: it goes on before all others of its priority.
    if (t.remaining > 0) readyPrepend(node, t);
    else runAt(w, t, w.time);
  }
  dispatch(w, node);
}

/** Ends the slice of the running thread early. */
function cut(w: MachWorld, node: Node, t: Thread): void {
  node.running = NONE;
  node.sliceEpoch++;
  const notYetDone = Math.max(0, node.kernelFreeAt - w.time);
  const lost = Math.max(0, node.stolen - notYetDone);
  settle(w, node, t, Math.min(node.sliceLength, Math.max(0, w.time - node.sliceStart - lost)));
}

function settle(w: MachWorld, node: Node, t: Thread, used: number): void {
  t.remaining -= used;
  t.schedule = scheduleAt(t.schedule, w.time, used);
  node.busy += used;
  book(w.ledger, t.activity, PROCESSOR, 0, used);
  w.ledger.rows[t.activity]!.computed += used;
  book(w.ledger, t.activity, WAITING, 0, w.time - t.since - used);
  t.since = w.time;
}

function dispatch(w: MachWorld, node: Node): void {
  if (node.running !== NONE || node.readyMask === 0) return;
  age(w, node);
  const t = readyTake(w, node)!;
  node.running = t.id;
  node.stolen = 0;
  node.sliceEpoch++;
  node.sliceStart = Math.max(w.time, node.kernelFreeAt);
  node.sliceLength = Math.min(t.remaining, quantumOf(w, t), Math.max(0, t.until - usedBy(w, t)));
  emitAt(w, node.sliceStart + node.sliceLength, SLICE, node.id, node.sliceEpoch);
}

/** What those who wait have used counts less in every second that passes: their priorities rise. */
function age(w: MachWorld, node: Node): void {
  const second = Math.floor(w.time / 1_000_000_000);
  if (node.readyAged === second) return;
  node.readyAged = second;
  const threads = readyThreads(w, node);
  readyClear(node);
  for (const t of threads) {
    t.schedule = scheduleAt(t.schedule, w.time);
    readyAppend(w, node, t);
  }
}

function quantumOf(w: MachWorld, { schedule }: Thread): number {
  const { policy, quantum } = schedule;
  return policy === POLICY_FIXEDPRI && quantum !== NONE ? quantum : w.setup.prices.quantum;
}
