/**
 * The emulator's signal thread: it receives on the process's signal port, whatever the other threads are doing [mechanisms 5.3].
 *
 * What arrives is a nudge: there is a signal to take, and whose it is. That thread takes it between two instructions, so the
 * signal thread sees to it that it gets there: it stops it in the middle of a computation, wakes it from a sleep or from waiting
 * for another thread, and has the server that it waits at end its call. A nudge that comes late finds nothing to take, and
 * changes nothing.
 */
import { NONE, at } from '../../base/table.ts';
import { receive, rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { portAllocate } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { call, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import { firstThreadOf } from '../../mach/task-threads.ts';
import { BLOCKED, COMPUTING, SLEEPING, sleepUntil, threadOf, type Thread } from '../../mach/thread.ts';
import { threadAbort } from '../../mach/thread-control.ts';
import type { Sigaction, Sigsuspend, Sigtake, Taken } from '../pma/signal-calls.ts';
import type { Setitimer } from '../pma/timer.ts';
import type { Nudge, Told } from '../pma/signal.ts';
import { MAIN } from '../signal-state.ts';
import type { OsfWorld } from '../world.ts';
import { failed, type CallResult, type Failed } from './errno.ts';
import { pmaCall, type PmaCall } from './pma-call.ts';
import { emulatorOf, portOf, threadIn, type EmulatorState, type EmulatorThread } from './state.ts';
import { JOIN } from './threads.ts';

const stateOf = (w: OsfWorld, t: Thread): EmulatorState => emulatorOf(at(w.tasks, t.task));
const mine = (w: OsfWorld, t: Thread): EmulatorThread => threadIn(stateOf(w, t), t);

interface Interrupting {
  /** Number of the thread that is stopped. */
  thread?: number;
}

export const emulatorSignals = routine<OsfWorld, Interrupting>('emulator.signals', 'interrupts the other threads', [
  step('make a reply port', (w, t) => {
    if (t.replyName === NONE) t.replyName = portAllocate(w, at(w.tasks, t.task), `${t.name}.reply`);
  }),
  step('wait for a signal', (w, t) => receive(w, t, stateOf(w, t).signalPort)),
  step('look at what the thread does', (w, t, f) => {
    if (t.operation !== 'signal') return goTo(w, t, 'wait for a signal');
    f.thread = (t.body as Nudge | null)?.thread ?? MAIN;
    const target = stopped(w, t, f);
    // It has ended meanwhile: its signal is another one's.
    if (target === undefined) return goTo(w, t, 'wait for a signal');
    target.nudged = true;
    const { waiting } = target;
    if (waiting !== null) {
      goTo(w, t, 'wait for a signal');
      return rpc(w, t, waiting.port, waiting.operation, { body: { call: waiting.call } });
    }
    const thread = rowOf(w, t, target);
    if (thread === null || !(thread.state === COMPUTING || isIdle(thread))) return goTo(w, t, 'wait for a signal');
    kernelCall(w, t, portOf(target), 'thread_suspend');
  }),
  step('take it out of what it does', (w, t, f) => {
    const target = stopped(w, t, f);
    const thread = target === undefined ? null : rowOf(w, t, target);
    if (target === undefined || thread === null) return goTo(w, t, 'wait for a signal');
    if (thread.remaining > 0) {
      target.left = thread.remaining;
      thread.remaining = 0;
    } else if (isIdle(thread)) threadAbort(w, thread);
  }),
  step('let it go on', (w, t, f) => {
    const target = stopped(w, t, f);
    if (target !== undefined) kernelCall(w, t, portOf(target), 'thread_resume');
  }),
  step('wait for the next one', (w, t) => goTo(w, t, 'wait for a signal')),
]);

const stopped = (w: OsfWorld, t: Thread, f: Interrupting): EmulatorThread | undefined =>
  stateOf(w, t).threads.find(({ number }) => number === f.thread);

const rowOf = (w: OsfWorld, t: Thread, { number, identity }: EmulatorThread): Thread | null =>
  number === MAIN ? firstThreadOf(w, at(w.tasks, t.task)) : threadOf(w, identity);

/** It waits where no server need be asked. */
const isIdle = ({ state, channel }: Thread): boolean => state === SLEEPING || (state === BLOCKED && channel === JOIN);

/** A thread asks for a signal, and comes back from the handler of the last one. Finishes with what it got. */
export const emulatorTake = routine<OsfWorld, Sigtake>('emulator.take', 'takes a signal', [
  step('ask the PMA', (w, t, f) => {
    mine(w, t).nudged = false;
    const body: Sigtake = { restore: f.restore };
    call(t, pmaCall, { operation: 'pma.sigtake', payload: { body }, tries: 0 } satisfies PmaCall);
  }),
  step('have it', (_w, t) => {
    const { code, body } = t.result as Payload;
    const none: Taken = { signal: NONE, mask: 0 };
    finish(t, code === 'KERN_SUCCESS' ? body : none);
  }),
]);

/** A call about signals: afterwards the caller takes what there is, before its next instruction. */
function aboutSignals<D extends object>(
  name: string,
  story: string,
  operation: string,
  operands: (f: D) => object,
  value: (body: unknown, emulator: EmulatorState, f: D) => CallResult,
): Routine {
  return routine<OsfWorld, D>(`emulator.${name}`, story, [
    step('ask the PMA', (_w, t, f) => {
      call(t, pmaCall, { operation, payload: { body: operands(f) }, tries: 0 } satisfies PmaCall);
    }),
    step('return', (w, t, f) => {
      const { code, body } = t.result as Payload;
      if (code !== 'KERN_SUCCESS') return finish(t, failed(code));
      if ((body as Told).waits) mine(w, t).nudged = true;
      finish(t, value(body, stateOf(w, t), f));
    }),
  ]);
}

export interface EmulatorSigaction extends Sigaction {
  readonly handler: EmulatorState['handlers'][string] | null;
}

const zero = (): number => 0;
const set = (body: unknown): number => (body as { set: number }).set;

/** Finishes with 0; the handler is the program's own, and the PMA need not know it. */
export const emulatorSigaction = aboutSignals<EmulatorSigaction>(
  'sigaction',
  'says what to do with a signal',
  'pma.sigaction',
  ({ signal, action, mask }) => ({ signal, action, mask }),
  (_body, { handlers }, { signal, handler }) => {
    if (handler !== null) handlers[signal] = handler;
    return 0;
  },
);

/** Finishes with the mask before. */
export const emulatorSigprocmask = aboutSignals<{ readonly how: string; readonly set: number }>(
  'sigprocmask',
  'blocks signals, or lets them in',
  'pma.sigprocmask',
  ({ how, set }) => ({ how, set }),
  set,
);

export const emulatorSigpending = aboutSignals('sigpending', 'which are pending', 'pma.sigpending', () => ({}), set);

export const emulatorKill = aboutSignals<{ readonly pid: number; readonly signal: number }>(
  'kill',
  'sends a signal',
  'pma.kill',
  ({ pid, signal }) => ({ pid, signal }),
  zero,
);

export const emulatorKillpg = aboutSignals<{ readonly group: number; readonly signal: number }>(
  'killpg',
  'sends a signal to a group',
  'pma.killpg',
  ({ group, signal }) => ({ group, signal }),
  zero,
);

/** Finishes with what was left of the timer before. */
export const emulatorSetitimer = aboutSignals<Setitimer>(
  'setitimer',
  'sets its timer',
  'pma.setitimer',
  ({ time, interval }) => ({ time, interval }),
  (body) => (body as { left: number }).left,
);

/** Always fails with EINTR, when a handler has run. */
export const emulatorSigsuspend = routine<OsfWorld, Sigsuspend>('emulator.sigsuspend', 'waits for a signal', [
  step('ask the PMA', (_w, t, f) => {
    const body: Sigsuspend = { mask: f.mask };
    call(t, pmaCall, { operation: 'pma.sigsuspend', payload: { body }, tries: 0 } satisfies PmaCall);
  }),
  step('return', (_w, t) => {
    finish(t, { ...failed((t.result as Payload).code), final: true } satisfies Failed);
  }),
]);

/** Finishes with 0, or fails with EINTR; what is left is known by `wakes`. It is the task that sleeps: no server knows. */
export const emulatorSleep = routine<OsfWorld, { readonly time: number }>('emulator.sleep', 'lets time pass', [
  step('set the time', (w, t, f) => {
    const own = mine(w, t);
    if (own.wakes === NONE) own.wakes = w.time + f.time;
  }),
  step('sleep', (w, t) => {
    const { wakes, nudged } = mine(w, t);
    if (nudged && wakes > w.time) return finish(t, { ...failed('EINTR'), final: true } satisfies Failed);
    if (wakes > w.time) sleepUntil(w, t, wakes);
  }),
  step('return', (w, t) => {
    mine(w, t).wakes = NONE;
    finish(t, 0);
  }),
]);

export const signalRoutines: readonly Routine[] = [
  emulatorSignals,
  emulatorTake,
  emulatorSigaction,
  emulatorSigprocmask,
  emulatorSigpending,
  emulatorKill,
  emulatorKillpg,
  emulatorSetitimer,
  emulatorSigsuspend,
  emulatorSleep,
];
