/**
 * The timer of a process: local process state, which moves with the process and keeps the moment at which it expires; the
 * clocks of all nodes agree [docs/decisions/0045-signals-are-taken.md]. While it runs, a thread of the PMA waits for that
 * moment and then has SIGALRM accepted like any other signal: if the process is frozen it is kept in the queue Q.
 *
 * The thread ends when the process leaves or exits; where the process goes on another one is started. A child has no timer,
 * exec keeps it.
 */
import { NONE, at } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { call, finish, goTo, routine, step } from '../../mach/routine.ts';
import { threadTerminate } from '../../mach/thread-control.ts';
import { sleepUntil, threadCreate, threadOf, threadStart } from '../../mach/thread.ts';
import { procOf, type Proc } from '../proc.ts';
import { SIGALRM } from '../signal-numbers.ts';
import type { OsfWorld } from '../world.ts';
import { admission, type ProcessCall } from './admission.ts';
import { SUPERUSER } from '../users.ts';
import { pmaOf, type Pma } from './pma.ts';
import type { Signal } from './signal.ts';

/** Body of `pma.setitimer`, in nanoseconds: a time of 0 stops the timer, an interval of 0 lets it expire once. */
export interface Setitimer {
  readonly time: number;
  readonly interval: number;
}

interface Clock {
  readonly pid: number;
}

export const clock = routine<OsfWorld, Clock>('pma.clock', 'waits until a timer expires', [
  step('wait until it is time', (w, t, f) => {
    const timer = procOf(w, t.node, f.pid)?.timer;
    if (timer?.clock !== t.identity) return finish(t);
    if (timer.expires > w.time) sleepUntil(w, t, timer.expires);
  }),
  step('have SIGALRM accepted', (w, t, f) => {
    const timer = procOf(w, t.node, f.pid)?.timer;
    if (timer?.clock !== t.identity) return finish(t);
    timer.expires = timer.interval === 0 ? NONE : timer.expires + timer.interval;
    if (timer.expires === NONE) timer.clock = NONE;
    const body: Signal = { pid: f.pid, signal: SIGALRM, uid: SUPERUSER, realUid: SUPERUSER };
    const { pid } = f;
    call(t, admission, {
      pid,
      operation: 'vproc.signal',
      body,
      reply: NONE,
      names: [],
      arrivedOn: NONE,
      client: NONE,
    });
  }),
  step('go on', (w, t) => goTo(w, t, 'wait until it is time')),
]);

/** Lets the timer of a process run here, if it is set. */
export function startClock(w: OsfWorld, pma: Pma, proc: Proc): void {
  if (proc.timer.expires === NONE) return;
  const task = at(w.tasks, pma.task);
  const t = threadCreate(w, task, task.name);
  t.activity = proc.activity;
  proc.timer.clock = t.identity;
  call(t, clock, { pid: proc.pid } satisfies Clock);
  threadStart(w, t);
}

/** It does not run here any more; what it is set to stays. */
export function stopClock(w: OsfWorld, proc: Proc): void {
  const t = threadOf(w, proc.timer.clock);
  proc.timer.clock = NONE;
  if (t !== null) threadTerminate(w, t);
}

export const setitimer = routine<OsfWorld, ProcessCall>('pma.setitimer', 'sets the timer of a process', [
  step('set it', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    const { time, interval } = f.body as Setitimer;
    const { expires } = proc.timer;
    stopClock(w, proc);
    proc.timer.expires = time === 0 ? NONE : w.time + time;
    proc.timer.interval = time === 0 ? 0 : interval;
    startClock(w, pmaOf(w, t), proc);
    const left = expires === NONE ? 0 : Math.max(0, expires - w.time);
    finish(t, { body: { left } } satisfies Payload);
  }),
]);
