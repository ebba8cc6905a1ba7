/**
 * Calls that wait, having changed nothing (wait, pause, sigsuspend): what the paper calls "the system calls that do not modify
 * the process's state" [paper 3.2 (a)]. Such a call may be given up: its request goes back to the head of the queue Q, and it is
 * executed again wherever the process is then, or here if the process stays [mechanisms 5.5 step 4, option B].
 *
 * The handler of such a call waits by `waitInCall` and looks first whether it `wasCancelled`.
 */
import { at } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { again, finish } from '../../mach/routine.ts';
import { blockOn, wakeAll, type Thread } from '../../mach/thread.ts';
import type { CallInProgress, Proc } from '../proc.ts';
import { vprocOf } from '../vproc.ts';
import type { OsfWorld } from '../world.ts';
import { operations } from './admission.ts';

/** The thread waits until something happens on the channel, and performs its step again then. */
export function waitInCall(w: OsfWorld, t: Thread, proc: Proc, channel: string): void {
  const mine = callOf(t, proc);
  if (mine !== undefined) mine.channel = channel;
  blockOn(w, t, channel);
  again(t);
}

/** A cancelled call ends: its request goes back to the head of the queue, or nowhere if the process is exiting. */
export function wasCancelled(w: OsfWorld, t: Thread, proc: Proc): boolean {
  const mine = callOf(t, proc);
  if (mine === undefined) return false;
  mine.channel = '';
  if (!mine.cancelled) return false;
  if (proc.state === 'exiting' || mine.dropped) finish(t, { code: 'EINTR' } satisfies Payload);
  else {
    vprocOf(w, proc.node, proc.pid)!.pending.unshift(mine.request);
    finish(t, null);
  }
  return true;
}

/**
 * Calls whose end a migration never awaits, because it might await it for ever. That of a call which waits for a signal: whoever
 * would send it may be the one that waits for the migration. And in a process with several threads that of any call that waits:
 * what it waits for may be the doing of a thread that is frozen with it [docs/decisions/0061-threads-of-a-process.md]. And that of
 * a parent which waits while its child asks for the migration: the child does not end before it is answered
 * [docs/decisions/0066-a-child-moves-its-parent.md].
 */
export function isNeverAwaited({ signals, children }: Proc, { request }: CallInProgress, asker: number): boolean {
  const { waits, forSignal } = operations[request.operation] ?? { waits: false, forSignal: false };
  return forSignal || (waits && (signals.further.length > 0 || children.includes(asker)));
}

/** Asks the calls that change nothing to put their requests back, all or some; they do it in events of their own. */
export function cancelCalls(
  w: OsfWorld,
  proc: Proc,
  pmaTask: number,
  which = (_: CallInProgress): boolean => true,
): void {
  const task = at(w.tasks, pmaTask);
  for (const each of proc.callsInProgress) {
    if (each.modifiesState || !which(each)) continue;
    // One that is about to wait looks before it does; one that works ends by itself, and is answered.
    each.cancelled = true;
    if (each.channel !== '') wakeAll(w, task, each.channel);
  }
}

/** exec: the threads that are in these calls end, and nobody wants the answers. */
export function dropCalls(w: OsfWorld, proc: Proc, t: Thread): void {
  for (const each of proc.callsInProgress) if (each.thread !== t.identity && !each.modifiesState) each.dropped = true;
  cancelCalls(w, proc, t.task);
}

/** Something has changed that ends calls of the process, whatever they wait for: a caught signal is there. */
export function lookAgain(w: OsfWorld, proc: Proc, pmaTask: number): void {
  for (const { channel } of proc.callsInProgress) if (channel !== '') wakeAll(w, at(w.tasks, pmaTask), channel);
}

const callOf = (t: Thread, proc: Proc): CallInProgress | undefined =>
  proc.callsInProgress.find((each) => each.thread === t.identity);
