/**
 * A RUN event: the thread goes on. What that means depends on what it was taken out of: a computation that was
 * preempted is resumed, an interrupted receive is called again, an interrupted step is performed again; otherwise the
 * next step of its innermost frame is performed.
 */
import { receive } from './ipc/mach-msg.ts';
import { isUp, resumeComputing } from './processor.ts';
import { trap } from './kernel-call.ts';
import { framesOf, performStep } from './routine.ts';
import {
  PARKED,
  READY,
  RETRY_NOTHING,
  RETRY_RECEIVE,
  RETRY_STEP,
  RUNNING,
  isSuspended,
  runnable,
  type Thread,
} from './thread.ts';
import type { MachWorld } from './world.ts';

/** The thread that a RUN event is for, or null if it is gone, or has been given something else to do since. */
export function runnableThread(w: MachWorld, id: number, identity: number): Thread | null {
  const t = w.threads.rows[id];
  return t !== undefined && t.live && t.identity === identity && t.state === READY ? t : null;
}

export function run(w: MachWorld, id: number, identity: number): void {
  const t = runnableThread(w, id, identity);
  if (t === null) return;
  if (isSuspended(w, t) && !isInTrap(t)) {
    t.state = PARKED;
    return;
  }
  if (t.remaining > 0 && !isUp(w, t)) {
    resumeComputing(w, t);
    return;
  }
  t.state = RUNNING;
  const { retry } = t;
  t.retry = RETRY_NOTHING;
  if (retry === RETRY_RECEIVE) {
    receive(w, t, t.receiveName);
    runnable(w, t);
    return;
  }
  const { top } = t;
  if (retry === RETRY_STEP && top !== null) top.step = top.current;
  if (top === null) runnable(w, t);
  else performStep(w, t);
}

/** A kernel call is completed even if its thread is suspended meanwhile: suspension acts on the way out. */
function isInTrap(t: Thread): boolean {
  return framesOf(t).some((frame) => frame.routine === trap.index);
}

/** Whether the thread would perform a step in its RUN event now (and not only resume what it was in). */
export function wouldStep(w: MachWorld, t: Thread): boolean {
  return !isSuspended(w, t) && (t.remaining === 0 || isUp(w, t)) && t.retry !== RETRY_RECEIVE && t.top !== null;
}
