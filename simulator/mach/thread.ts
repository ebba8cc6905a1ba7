/**
 * Threads: who does things, and what each of them waits for.
 *
 * States:
 *   RUNNING    performs a step now, or has just been given something to wait for
 *   READY      will perform its next step: a RUN event is pending (at once, or when a charge is paid)
 *   COMPUTING  uses the processor, or queues for it (processor.ts)
 *   SENDING    its message is on its way to the port, or waits for room in the queue
 *   RECEIVING  waits for a message on a port or a port set
 *   SLEEPING   waits for the clock
 *   BLOCKED    waits until somebody calls `wakeAll` on its channel
 *   ENDED      has no frame left
 *   PARKED     would be READY if it were not suspended
 *
 * A suspended thread (its own count, or its task's) performs no step: its RUN event leaves it PARKED, and resuming
 * runs it. An abort takes a thread out of RECEIVING, SENDING, SLEEPING or BLOCKED at a clean point: `retry` remembers
 * what the library stub would call again [mechanisms 1.6], so that a thread can go on elsewhere as if nothing had
 * happened. Only a program that asked for it (`reportInterruption`) sees that its call was interrupted.
 *
 * `identity` is the thread's name for people and debuggers: a thread that is re-created on another node keeps it.
 */
import { assert } from '../base/assert.ts';
import { RUN, WAKE } from '../base/event.ts';
import { WAITING, book } from '../base/ledger.ts';
import { NONE, at, takeBlank, type Row } from '../base/table.ts';
import { anyMessage, type ReceiveOptions } from './ipc/receive-options.ts';
import { isLimited, waitExpires } from './ipc/timeout.ts';
import { nothingKept } from './kept.ts';
import type { StackedFrame } from './routine.ts';
import { userSchedule, type Schedule } from './schedule.ts';
import type { Task } from './task.ts';
import { joinTask, threadsOf } from './task-threads.ts';
import { threadTerminate } from './thread-control.ts';
import { emit, emitAt, type MachWorld } from './world.ts';

export const RUNNING = 0;
export const READY = 1;
export const COMPUTING = 2;
export const SENDING = 3;
export const RECEIVING = 4;
export const SLEEPING = 5;
export const BLOCKED = 6;
export const ENDED = 7;
export const PARKED = 8;

/** What an aborted thread does again when it runs. */
export const RETRY_NOTHING = 0;
export const RETRY_RECEIVE = 1;
export const RETRY_STEP = 2;
/** Nothing either: its program has asked to see an interruption, and finds the code. */
export const RETRY_REPORT = 3;

/** What a message brought besides names. */
export interface Brought {
  /** As which type of right each name came: it may mean more in the task's space [msgt_name]. */
  readonly types: readonly number[];
  /** Names of the regions that came along; an empty one for memory that was lost. */
  readonly memory: readonly string[];
}

export interface Thread extends Row {
  /** NONE for the husk of a thread that goes on elsewhere. */
  identity: number;
  name: string;
  task: number;
  node: number;
  state: number;
  suspendCount: number;
  /** Port that the kernel answers on for this thread; NONE for threads that nobody ever asked for. */
  self: number;
  /** Ports that the kernel keeps for it: what it gets for itself, and where its exceptions go (kept.ts). */
  kept: readonly number[];
  retry: number;
  /** The innermost frame: each knows the one below it. */
  top: StackedFrame | null;
  /** Result of the routine that finished last. */
  result: unknown;
  /** The account that its work is booked on. */
  activity: number;
  /** When it began to wait or to queue for the processor. */
  since: number;
  /** Nanoseconds of computation still to do. */
  remaining: number;
  /** It computes no longer than until its account has used so much of processors (ns), whoever has used it. */
  until: number;
  /** With which priority it computes; shared, and replaced whenever it changes. */
  schedule: Schedule;
  /** Nanoseconds that the kernel and its servers' prices have taken on its behalf; computation is in its schedule. */
  systemTime: number;
  /** Port name of its reply port in the task's space. */
  replyName: number;
  /** RECEIVING: the name it receives on, and the port copy whose queue it waits in. */
  receiveName: number;
  /** RECEIVING: what it said about the message: how large it may be, and where memory is to go. */
  receiveOptions: ReceiveOptions;
  waitPort: number;
  /** Next thread in the same queue (receivers, blocked senders, or those who wait for the processor). */
  nextWaiting: number;
  /** Next thread of the same task (task-threads.ts). */
  nextInTask: number;
  /** SENDING: its message. RECEIVING, but in no queue: the message whose rights are being made local. */
  outgoing: number;
  /** It waits, or will wait once its message is sent, for the answer to an RPC. */
  expectsReply: boolean;
  /** BLOCKED: what it waits for. */
  channel: string;
  /** Tells a WAKE event that still counts from one that does not: the epoch of the wait, odd while a time limit runs. */
  wakeEpoch: number;
  /** Identity of the thread that serves its request, and of the thread whose request it serves. */
  servedBy: number;
  serves: number;
  // What the last receive brought.
  operation: string;
  code: string;
  body: unknown;
  /** Name of the reply right, or NONE. */
  reply: number;
  /** Names of the rights that came along. */
  names: readonly number[];
  brought: Brought;
  /** Name of the port that the message was sent to (the member, if it came through a set); see `kernelPortOf`. */
  arrivedOn: number;
  /** Sequence number that it got when it was dequeued [1.7]. */
  sequence: number;
  /** In the kernel: rights in hand (type, port, type, port ...) of the call that it performs; they count on their ports. */
  hand: number[];
}

export const noNames: readonly number[] = [];
export const noRegions: readonly string[] = [];
export const nothingBrought: Brought = { types: noNames, memory: noRegions };
/** Shared by all threads that hold nothing: a hand is replaced, never changed. */
export const emptyHand: number[] = [];

export function blankThread(id: number): Thread {
  return {
    id,
    live: true,
    identity: NONE,
    name: '',
    task: NONE,
    node: NONE,
    state: READY,
    suspendCount: 0,
    self: NONE,
    kept: nothingKept,
    retry: RETRY_NOTHING,
    top: null,
    result: null,
    activity: 0,
    since: 0,
    remaining: 0,
    until: NO_BOUND,
    schedule: userSchedule,
    systemTime: 0,
    replyName: NONE,
    receiveName: NONE,
    receiveOptions: anyMessage,
    waitPort: NONE,
    nextWaiting: NONE,
    nextInTask: NONE,
    outgoing: NONE,
    expectsReply: false,
    channel: '',
    wakeEpoch: 0,
    servedBy: NONE,
    serves: NONE,
    operation: '',
    code: 'KERN_SUCCESS',
    body: null,
    reply: NONE,
    names: noNames,
    brought: nothingBrought,
    arrivedOn: NONE,
    sequence: 0,
    hand: emptyHand,
  };
}

/** A new thread of the task, suspended or not, without frames; `identity` for one that moves, else a new one. */
export function threadCreate(w: MachWorld, task: Task, name: string, identity = w.identities++): Thread {
  const t = takeBlank(w.threads, blankThread);
  const husk = threadOf(w, identity);
  if (husk !== null) husk.identity = NONE;
  t.identity = identity;
  if (t.id === identity) w.threadByIdentity.delete(identity);
  else w.threadByIdentity.set(identity, t.id);
  t.name = name;
  t.task = task.id;
  t.node = task.node;
  t.activity = task.activity;
  t.schedule = task.schedule;
  joinTask(w, task, t);
  return t;
}

/** Lets a new thread begin. */
export function threadStart(w: MachWorld, t: Thread): void {
  t.state = READY;
  emit(w, RUN, t.id, t.identity);
}

/** The live thread with this identity, or null if there is none any more. */
export function threadOf(w: MachWorld, identity: number): Thread | null {
  if (identity < 0) return null;
  const first = w.threads.rows[identity];
  if (first !== undefined && first.live && first.identity === identity) return first;
  const id = w.threadByIdentity.get(identity);
  return id === undefined ? null : at(w.threads, id);
}

/** The thread ends, or its node has failed: its identity leads nowhere, unless it goes on elsewhere. */
export function forgetIdentity(w: MachWorld, t: Thread): void {
  if (w.threadByIdentity.get(t.identity) === t.id) w.threadByIdentity.delete(t.identity);
}

export function isSuspended(w: MachWorld, t: Thread): boolean {
  return t.suspendCount > 0 || at(w.tasks, t.task).suspendCount > 0;
}

/** Waits in a queue for the next message on this name (and is not busy with making one's rights local). */
export function isWaitingOn(t: Thread, name: number): boolean {
  return t.state === RECEIVING && t.waitPort !== NONE && t.receiveName === name;
}

/** After a step: a thread that was given nothing to wait for performs its next step in an event of its own. */
export function runnable(w: MachWorld, t: Thread): void {
  if (t.state !== RUNNING || !t.live) return;
  if (t.top === null) {
    threadTerminate(w, t);
    return;
  }
  t.state = READY;
  emit(w, RUN, t.id, t.identity);
}

/** The thread runs (again) at the given time. */
export function runAt(w: MachWorld, t: Thread, time: number): void {
  t.state = READY;
  emitAt(w, time, RUN, t.id, t.identity);
}

/** A computation that ends when it is done. */
export const NO_BOUND = Number.MAX_SAFE_INTEGER;

/** What an event can carry. */
const EPOCHS_MAX = 2 ** 31;

/** An epoch that no other wait has had, of any thread: an event that comes late may find another thread in the row. */
export function newEpoch(w: MachWorld): number {
  w.epochs += 2;
  assert(w.epochs < EPOCHS_MAX, 'epochs', 'there is no number for one more wait');
  return w.epochs;
}

/** Waits for the clock. */
export function sleepUntil(w: MachWorld, t: Thread, time: number): void {
  t.state = SLEEPING;
  t.since = w.time;
  t.wakeEpoch = newEpoch(w);
  emitAt(w, time, WAKE, t.id, t.wakeEpoch);
}

/** The clock shows the time that the thread waited for; a stale event is for an epoch that is over. */
export function wake(w: MachWorld, id: number, epoch: number): void {
  const t = w.threads.rows[id];
  if (t === undefined || !t.live || t.wakeEpoch !== epoch) return;
  if (isLimited(t)) return waitExpires(w, t);
  if (t.state !== SLEEPING) return;
  book(w.ledger, t.activity, WAITING, 0, w.time - t.since);
  runAt(w, t, w.time);
}

/**
 * After `send`, `receive` or `rpc`: an abort does not have the call made again, but ends it with MACH_SEND_INTERRUPTED or
 * MACH_RCV_INTERRUPTED (the options MACH_SEND_INTERRUPT and MACH_RCV_INTERRUPT).
 */
export function reportInterruption(t: Thread): void {
  t.retry = RETRY_REPORT;
}

/** Waits until `wakeAll` is called on this channel. The step after this one looks again at what it waited for. */
export function blockOn(w: MachWorld, t: Thread, channel: string): void {
  t.state = BLOCKED;
  t.channel = channel;
  t.since = w.time;
}

/** The thread goes on, if it is still there and still waits on the channel. */
export function wakeOne(w: MachWorld, identity: number, channel: string): void {
  const t = threadOf(w, identity);
  if (t?.state === BLOCKED && t.channel === channel) unblock(w, t);
}

/** Every thread of the task that waits on the channel goes on, in the order in which they were made. */
export function wakeAll(w: MachWorld, task: Task, channel: string): void {
  for (const t of threadsOf(w, task)) {
    if (t.state === BLOCKED && t.channel === channel) unblock(w, t);
  }
}

/** The same for every task of the node: in a trap it is the caller's own thread that waits. */
export function wakeOnNode(w: MachWorld, node: number, channel: string): void {
  for (const task of w.tasks.rows) if (task.live && task.node === node) wakeAll(w, task, channel);
}

function unblock(w: MachWorld, t: Thread): void {
  t.channel = '';
  t.servedBy = NONE;
  book(w.ledger, t.activity, WAITING, 0, w.time - t.since);
  runAt(w, t, w.time);
}
