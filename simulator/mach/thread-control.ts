/**
 * Suspending, resuming, aborting and terminating threads and tasks [mechanisms 1.13, 4.2].
 *
 * Suspending stops a thread before its next step; what the kernel is doing for it (a transfer, a kernel call) is
 * completed. Aborting takes a thread that waits out of its wait at a clean point: interrupted receives and sends are
 * what the library stub calls again, which is what makes migration invisible [mechanisms 1.6].
 */
import { RUN } from '../base/event.ts';
import { NONE, at, release } from '../base/table.ts';
import { takeBack } from './ipc/take-back.ts';
import { isLimited } from './ipc/timeout.ts';
import { leaveQueue } from './ipc/receivers.ts';
import { forgetCopies } from './ipc/send-memory.ts';
import { beingSent, leaveSenders } from './ipc/senders.ts';
import { messageDestroy, portDestroy } from './ipc/port-death.ts';
import { destroyName, discard } from './ipc/release.ts';
import { waitingIn } from './ipc/waiting.ts';
import { forgetExceptionPorts } from './exception-ports.ts';
import { keepSelf, noRight } from './kept.ts';
import { preempt } from './processor.ts';
import type { Task } from './task.ts';
import { leaveTask, threadsOf } from './task-threads.ts';
import {
  BLOCKED,
  COMPUTING,
  ENDED,
  PARKED,
  READY,
  RECEIVING,
  RETRY_NOTHING,
  RETRY_RECEIVE,
  RETRY_REPORT,
  RETRY_STEP,
  SENDING,
  SLEEPING,
  blankThread,
  forgetIdentity,
  isSuspended,
  noNames,
  nothingBrought,
  type Thread,
} from './thread.ts';
import { emit, type MachWorld } from './world.ts';

export function threadSuspend(w: MachWorld, t: Thread): void {
  t.suspendCount++;
  stopComputing(w, t);
}

/** False if it was not suspended: KERN_FAILURE. */
export function threadResume(w: MachWorld, t: Thread): boolean {
  if (t.suspendCount === 0) return false;
  t.suspendCount--;
  unpark(w, t);
  return true;
}

export function taskSuspend(w: MachWorld, task: Task): void {
  task.suspendCount++;
  for (const t of threadsOf(w, task)) stopComputing(w, t);
}

export function taskResume(w: MachWorld, task: Task): boolean {
  if (task.suspendCount === 0) return false;
  task.suspendCount--;
  for (const t of threadsOf(w, task)) unpark(w, t);
  return true;
}

/** Whether the kernel is in the middle of something for the thread: an abort has to wait for its end. */
export function isInKernel(w: MachWorld, t: Thread): boolean {
  if (t.state === READY) return true;
  if (t.state === RECEIVING) return t.waitPort === NONE;
  return t.state === SENDING && !isBlockedSender(w, t);
}

/** Whether an abort would not be noticed: whatever the thread is in is called again when it goes on. */
export function canAbortSafely(w: MachWorld, t: Thread): boolean {
  return !isInKernel(w, t) && t.retry !== RETRY_REPORT;
}

/**
 * thread_abort on a thread that is not in the middle of a kernel operation: what it waits for is interrupted. It stands
 * at a clean point afterwards, with what it has to do again in `retry`, or with the code that its program asked to see;
 * and goes on from there, unless it is suspended.
 */
export function threadAbort(w: MachWorld, t: Thread): void {
  const report = t.retry === RETRY_REPORT;
  switch (t.state) {
    case RECEIVING:
      t.retry = isPlainReceive(t) ? RETRY_RECEIVE : RETRY_STEP;
      if (t.waitPort !== NONE) leaveQueue(w, t);
      if (report) t.retry = RETRY_NOTHING;
      if (report) interrupted(w, t, 'MACH_RCV_INTERRUPTED');
      break;
    case SENDING:
      leaveSenders(w, t, at(w.ports, at(w.messages, t.outgoing).dest));
      return abortSend(w, t);
    case SLEEPING:
    case BLOCKED:
      t.channel = '';
      t.wakeEpoch = 0;
      t.retry = RETRY_STEP;
      break;
    default:
      return;
  }
  holdUp(w, t);
}

/** The thread's message, which waits nowhere any more and is in local form, is taken back: it will be sent again. */
export function abortSend(w: MachWorld, t: Thread): void {
  const report = t.retry === RETRY_REPORT;
  const message = at(w.messages, t.outgoing);
  t.outgoing = NONE;
  t.expectsReply = false;
  takeBack(w, t, message);
  t.retry = report ? RETRY_NOTHING : RETRY_STEP;
  if (report) interrupted(w, t, 'MACH_SEND_INTERRUPTED');
  holdUp(w, t);
}

/** It stands at a clean point, and goes on from there unless it is suspended. */
function holdUp(w: MachWorld, t: Thread): void {
  t.state = PARKED;
  unpark(w, t);
}

/** The program sees that its call was interrupted. An answer that still comes finds no port: it is nobody's. */
function interrupted(w: MachWorld, t: Thread, code: string): void {
  if (t.expectsReply) {
    destroyName(w, at(w.tasks, t.task), t.replyName);
    t.replyName = NONE;
    t.expectsReply = false;
  }
  t.servedBy = NONE;
  Object.assign(t, { operation: '', code, body: null, reply: NONE, names: noNames, brought: nothingBrought });
}

/** Ends the thread, wherever it is; a message that it has sent goes on without it. */
export function threadTerminate(w: MachWorld, t: Thread): void {
  if (t.state === COMPUTING) preempt(w, t);
  if (t.state === RECEIVING && t.waitPort !== NONE) leaveQueue(w, t);
  if (isBlockedSender(w, t)) {
    const message = at(w.messages, t.outgoing);
    leaveSenders(w, t, at(w.ports, message.dest));
    messageDestroy(w, message);
  } else if (t.state === RECEIVING && t.outgoing !== NONE) messageDestroy(w, at(w.messages, t.outgoing));
  forgetCopies(w, t);
  for (let i = 0; i < t.hand.length; i += 2) discard(w, { type: t.hand[i]!, port: t.hand[i + 1]! });
  t.state = ENDED;
  const task = at(w.tasks, t.task);
  if (t.replyName !== NONE) destroyName(w, task, t.replyName);
  leaveTask(w, task, t);
  keepSelf(w, t, noRight);
  forgetExceptionPorts(w, t);
  if (t.self !== NONE) portDestroy(w, at(w.ports, t.self));
  forgetIdentity(w, t);
  release(w.threads, t, blankThread);
}

/** A receive with limits is called again with all of them: by the step that called it. */
function isPlainReceive(t: Thread): boolean {
  return t.receiveOptions.size === undefined && t.receiveOptions.overwrite === undefined && !isLimited(t);
}

function isBlockedSender(w: MachWorld, t: Thread): boolean {
  const message = beingSent(w, t);
  if (message === null || message.wire) return false;
  return waitingIn(w, at(w.ports, message.dest).lastSender).includes(t);
}

function stopComputing(w: MachWorld, t: Thread): void {
  if (t.state !== COMPUTING) return;
  preempt(w, t);
  t.state = PARKED;
}

/** A thread that was held up goes on, unless it is suspended. */
export function unpark(w: MachWorld, t: Thread): void {
  if (t.state !== PARKED || isSuspended(w, t)) return;
  t.state = READY;
  emit(w, RUN, t.id, t.identity);
}
