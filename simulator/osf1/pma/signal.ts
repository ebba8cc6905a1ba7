/**
 * Signals: taking one in for a process of this node [mechanisms 5.3].
 *
 * A signal is accepted once, by the PMA that has the process. From then on it is in the process's state, and acted upon
 * once: the PMA terminates, stops, continues or ignores; what the program catches one of its threads takes (signal-calls.ts).
 */
import { NONE } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { rpc, send } from '../../mach/ipc/mach-msg.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, call, finish, goTo, routine, step } from '../../mach/routine.ts';
import { blockOn, type Thread } from '../../mach/thread.ts';
import { tell } from '../../mach/world.ts';
import { endedBy } from '../ended.ts';
import type { Changed } from '../pm-master/children.ts';
import { procOf, startChannel, type Proc } from '../proc.ts';
import { SIGCONT, SIGKILL, setOf } from '../signal-numbers.ts';
import { MAIN, accept, actionOf, deliverable, noSignals, takable, takers } from '../signal-state.ts';
import type { OsfWorld } from '../world.ts';
import { callerIn, completeCall, type ProcessCall } from './admission.ts';
import { lookAgain } from './cancel.ts';
import { kill } from './exit.ts';
import { SUPERUSER } from '../users.ts';
import { pmaOf } from './pma.ts';

/** Body of `pma.kill`. */
export interface Kill {
  readonly pid: number;
  /** 0 only asks whether the process is there. */
  readonly signal: number;
}

/** Body of `vproc.signal`: who sends it is part of it, because the PMA of the target decides. */
export interface Signal extends Kill {
  /** Effective and real user of the sender. */
  readonly uid: number;
  readonly realUid: number;
  /** Identity of the thread that sends it to a whole group; none if it is for this process alone. */
  readonly killpg?: number;
}

/** What system calls about signals answer with: the caller has one to take. */
export interface Told {
  readonly waits: boolean;
}

interface SignalCall extends ProcessCall {
  /** It was stopped, and goes on. */
  continued?: boolean;
}

export const signalProcess = routine<OsfWorld, SignalCall>('vproc.signal', 'takes a signal in for a process', [
  step('see whether it may be sent', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid);
    if (proc === null) return finish(t, { code: 'ESRCH' } satisfies Payload);
    if (!mayOperate(f.body as Signal, proc)) return finish(t, { code: 'EPERM' } satisfies Payload);
    if (proc.state !== 'creating') return;
    blockOn(w, t, startChannel(proc));
    again(t);
  }),
  step('accept it', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid);
    if (proc === null || proc.state === 'exiting') return finish(t, { code: 'ESRCH' } satisfies Payload);
    const { signal, killpg } = f.body as Signal;
    if (w.setup.watched) tellAccepted(w, t, f.pid, signal, killpg);
    if (signal === 0) return;
    proc.signals.delivered++;
    if (signal === SIGKILL) return kill(w, pmaOf(w, t), proc, endedBy(signal));
    accept(proc.signals, signal);
    if (signal !== SIGCONT || proc.state !== 'stopped') return;
    proc.state = 'running';
    f.continued = true;
    kernelCall(w, t, proc.names.task, 'task_resume');
  }),
  step('have its parent told that it goes on', (w, t, f) => {
    if (f.continued === true) rpc(w, t, pmaOf(w, t).master, 'pmm.changed', changed(f.pid, 0));
  }),
  step('act on it', (_w, t, f) => call(t, settleSignals, { pid: f.pid, caller: NONE, stopped: 0 } satisfies Settle)),
  step('report', (_w, t) => finish(t, {} satisfies Payload)),
]);

/** What the emulator is told: which thread has a signal to take. The main one if none is named. */
export interface Nudge {
  readonly thread?: number;
}

export interface Settle {
  readonly pid: number;
  /** The thread of the process that has called: the answer will tell it what there is to take. NONE if none has. */
  readonly caller: number;
  /** The signal that has stopped it. */
  stopped: number;
}

/** Acts on what is pending and not blocked, whatever has changed; a stopped process waits for SIGCONT with all of it. */
export const settleSignals = routine<OsfWorld, Settle>('pma.settle_signals', 'acts on the signals of a process', [
  step('act on those that need no program', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid);
    if (proc === null || proc.state === 'exiting' || proc.state === 'stopped') return finish(t);
    const { signals } = proc;
    for (const signal of deliverable(signals)) {
      const action = actionOf(signals, signal);
      if (action === 'catch') continue;
      signals.pending &= ~setOf(signal);
      if (action === 'terminate') {
        kill(w, pmaOf(w, t), proc, endedBy(signal));
        return finish(t);
      }
      if (action !== 'stop') continue;
      proc.state = 'stopped';
      f.stopped = signal;
      return kernelCall(w, t, proc.names.task, 'task_suspend');
    }
  }),
  step('have its parent told that it has stopped', (w, t, f) => {
    if (f.stopped !== 0) rpc(w, t, pmaOf(w, t).master, 'pmm.changed', changed(f.pid, f.stopped));
  }),
  step('tell the emulator of the others', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid);
    if (proc?.state !== 'running') return finish(t);
    const having = takers(proc.signals);
    if (having.length === 0) return finish(t);
    lookAgain(w, proc, t.task);
    const next = having.find(({ thread, nudged }) => !nudged && thread !== f.caller);
    if (next === undefined) return finish(t);
    next.nudged = true;
    // It is in the process's state already: a full queue must not hold up a freeze.
    completeCall(w, t, proc);
    const { thread } = next;
    send(w, t, proc.names.signal, 'signal', thread === MAIN ? {} : { body: { thread } satisfies Nudge });
  }),
  step('be done, unless another thread has one to take, too', (w, t, f) => {
    const signals = procOf(w, t.node, f.pid)?.signals;
    const more = takers(signals ?? noSignals()).some(({ thread, nudged }) => !nudged && thread !== f.caller);
    if (more) goTo(w, t, 'tell the emulator of the others');
    else finish(t);
  }),
]);

/** `accepted 15 for 7`, and by which killpg: what makes it exactly one for each member [P8]. */
export function tellAccepted(w: OsfWorld, t: Thread, pid: number, signal: number, killpg?: number): void {
  const from = killpg === undefined ? '' : ` of killpg ${killpg}`;
  tell(w, 'signal', t.node, null, t.identity, `${signal} for ${pid}${from}`);
}

const changed = (pid: number, stopped: number): Payload => ({ body: { pid, stopped } satisfies Changed });

/** Whether the caller has a signal to take. */
export function told(w: OsfWorld, t: Thread, f: ProcessCall): Told {
  const proc = procOf(w, t.node, f.pid);
  const waits = proc !== null && proc.state === 'running' && takable(proc.signals, callerIn(f)) !== NONE;
  return { waits };
}

/** UNIX permission to operate on a process: the superuser, or a user of the one who is the real or saved user of the other. */
export function mayOperate({ uid, realUid }: Pick<Signal, 'uid' | 'realUid'>, proc: Proc): boolean {
  return uid === SUPERUSER || [proc.realUid, proc.savedUid].some((each) => each === uid || each === realUid);
}
