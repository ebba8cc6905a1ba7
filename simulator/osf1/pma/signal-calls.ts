/**
 * System calls about the caller's own signals [mechanisms 5.3, paper 3.1]: each changes the signal state of its process or of the thread
 * and then acts on what is pending and not blocked any more. The answer says whether there is a signal to take.
 *
 *   pma.sigtake      a thread stands between two instructions: it comes back from a handler, or has been nudged
 *   pma.sigsuspend   another mask until a caught signal is there; ends with EINTR, the old mask comes back with the handler
 */
import { NONE } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { call, finish, routine, step, type Routine } from '../../mach/routine.ts';
import { procOf, signalChannel, type Proc } from '../proc.ts';
import { LAST_SIGNAL, UNSTOPPABLE, contains, defaultAction, setOf } from '../signal-numbers.ts';
import { signalsOf, takable, type Signals } from '../signal-state.ts';
import type { OsfWorld } from '../world.ts';
import { callerIn, type ProcessCall } from './admission.ts';
import { waitInCall, wasCancelled } from './cancel.ts';
import { settleSignals, told, type Settle } from './signal.ts';

/** Body of `pma.sigaction`; the mask is for the time that a handler runs. */
export interface Sigaction {
  readonly signal: number;
  readonly action: 'default' | 'ignore' | 'catch';
  readonly mask: number;
}

export const maskChanges = ['block', 'unblock', 'set'] as const;

/** Body of `pma.sigprocmask`. */
export interface Sigprocmask {
  readonly how: (typeof maskChanges)[number];
  readonly set: number;
}

/** Body of `pma.sigsuspend`; null keeps the mask: pause. */
export interface Sigsuspend {
  readonly mask: number | null;
}

/** Body of `pma.sigtake`: the mask that the handler which has ended is to come back to. */
export interface Sigtake {
  readonly restore: number | null;
}

/** What it answers: a signal whose handler is to run, and the mask to come back to; NONE if there is none. */
export interface Taken {
  readonly signal: number;
  readonly mask: number;
}

/** A call that changes the state, or says why not; `value` is what it answers with. */
function change<B>(
  name: string,
  story: string,
  act: (proc: Proc, body: B, thread: number) => { readonly code: string } | object,
): Routine {
  interface Changing extends ProcessCall {
    answered?: Payload;
  }
  return routine<OsfWorld, Changing>(name, story, [
    step('change the state', (w, t, f) => {
      const outcome = act(procOf(w, t.node, f.pid)!, f.body as B, callerIn(f));
      f.answered = 'code' in outcome ? outcome : { body: outcome };
      call(t, settleSignals, { pid: f.pid, caller: callerIn(f), stopped: 0 } satisfies Settle);
    }),
    step('answer', (w, t, f) => {
      const { code, body } = f.answered!;
      finish(t, code === undefined ? { body: { ...(body as object), ...told(w, t, f) } } : { code });
    }),
  ]);
}

const sigaction = change<Sigaction>('pma.sigaction', 'says what to do with a signal', (proc, body) => {
  const { signal, action, mask } = body;
  if (signal < 1 || signal > LAST_SIGNAL || contains(UNSTOPPABLE, signal)) return { code: 'EINVAL' };
  const { signals } = proc;
  const bit = setOf(signal);
  signals.ignored = action === 'ignore' ? signals.ignored | bit : signals.ignored & ~bit;
  signals.caught = action === 'catch' ? signals.caught | bit : signals.caught & ~bit;
  const { [signal]: _, ...masks } = signals.masks;
  signals.masks = action === 'catch' ? { ...masks, [signal]: mask & ~UNSTOPPABLE } : masks;
  const ignored = action === 'ignore' || (action === 'default' && defaultAction(signal) === 'ignore');
  if (ignored) signals.pending &= ~bit;
  return {};
});

const sigprocmask = change<Sigprocmask>(
  'pma.sigprocmask',
  'blocks signals, or lets them in',
  (proc, { how, set }, thread) => {
    const own = signalsOf(proc.signals, thread);
    const { mask } = own;
    const wanted = how === 'block' ? mask | set : how === 'unblock' ? mask & ~set : set;
    own.mask = wanted & ~UNSTOPPABLE;
    return { set: mask };
  },
);

const sigpending = change('pma.sigpending', 'says what is pending', ({ signals }) => ({ set: signals.pending }));

const sigsuspend = routine<OsfWorld, ProcessCall>('pma.sigsuspend', 'waits for a signal', [
  step('put the mask in place', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    const { mask } = f.body as Sigsuspend;
    const own = signalsOf(proc.signals, callerIn(f));
    if (mask === null || own.suspended !== NONE) return;
    own.suspended = own.mask;
    own.mask = mask & ~UNSTOPPABLE;
  }),
  step('act on what it lets in', (_w, t, f) =>
    call(t, settleSignals, { pid: f.pid, caller: callerIn(f), stopped: 0 } satisfies Settle),
  ),
  step('wait until there is one to take', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    if (wasCancelled(w, t, proc)) return;
    if (takable(proc.signals, callerIn(f)) !== NONE) return finish(t, { code: 'EINTR' } satisfies Payload);
    waitInCall(w, t, proc, signalChannel(proc));
  }),
]);

interface SigtakeCall extends ProcessCall {
  taken?: Taken;
}

const sigtake = routine<OsfWorld, SigtakeCall>('pma.sigtake', 'gives a signal to its handler', [
  step('come back from the last one', (w, t, f) => {
    const { restore } = f.body as Sigtake;
    if (restore !== null) signalsOf(procOf(w, t.node, f.pid)!.signals, callerIn(f)).mask = restore;
    call(t, settleSignals, { pid: f.pid, caller: callerIn(f), stopped: 0 } satisfies Settle);
  }),
  step('choose one', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid);
    const none: Taken = { signal: NONE, mask: 0 };
    const gone = proc === null || proc.state === 'exiting';
    f.taken = gone ? none : (take(proc.signals, callerIn(f)) ?? none);
    if (gone || proc.signals.further.length === 0) return finish(t, { body: f.taken } satisfies Payload);
    // What it blocks from now on may be for another thread.
    call(t, settleSignals, { pid: f.pid, caller: callerIn(f), stopped: 0 } satisfies Settle);
  }),
  step('answer', (_w, t, f) => finish(t, { body: f.taken } satisfies Payload)),
]);

/** It is pending no more, and blocked, with what its handler wants blocked, until the handler comes back. */
function take(signals: Signals, thread: number): Taken | null {
  const own = signalsOf(signals, thread);
  own.nudged = false;
  const signal = takable(signals, thread);
  if (signal === NONE) return null;
  const mask = own.suspended === NONE ? own.mask : own.suspended;
  own.suspended = NONE;
  signals.pending &= ~setOf(signal);
  own.mask |= setOf(signal) | (signals.masks[signal] ?? 0);
  return { signal, mask };
}

export const signalCalls: readonly Routine[] = [sigaction, sigprocmask, sigpending, sigsuspend, sigtake];
