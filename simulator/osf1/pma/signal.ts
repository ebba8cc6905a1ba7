/**
 * Signals: sending one to any process, and taking one in for a process of this node [mechanisms 5.3].
 *
 * A signal is accepted once, by the PMA that has the process, and from then on it is handled exactly once: the message
 * to the emulator's signal port waits in that port's queue, which moves with the task. SIGKILL and SIGSTOP are the
 * PMA's own business. The numbers are those of the language's vocabulary.
 */
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { rpc, send } from '../../mach/ipc/mach-msg.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, finish, routine, step } from '../../mach/routine.ts';
import { blockOn } from '../../mach/thread.ts';
import { endedBy } from '../ended.ts';
import { procOf, startChannel, type Proc } from '../proc.ts';
import { SIGCONT, SIGKILL, stopsProcess } from '../signal-numbers.ts';
import type { Changed } from '../pm-master/children.ts';
import type { OsfWorld } from '../world.ts';
import { completeCall, type ProcessCall } from './admission.ts';
import { kill } from './exit.ts';
import { SUPERUSER } from './fork.ts';
import { pmaOf } from './pma.ts';
import { vprocCall } from './vproc-call.ts';

/** Body of `pma.kill`. */
export interface Kill {
  readonly pid: number;
  readonly signal: number;
}

/** Body of `vproc.signal`: who sends it is part of it, because the PMA of the target decides. */
export interface Signal extends Kill {
  /** Effective and real user of the sender. */
  readonly uid: number;
  readonly realUid: number;
}

export const pmaKill = routine<OsfWorld, ProcessCall>('pma.kill', 'sends a signal to any process', [
  step('operate on the vproc', (w, t, f) => {
    const { uid, realUid } = procOf(w, t.node, f.pid)!;
    const { pid, signal } = f.body as Kill;
    const body: Signal = { pid, signal, uid, realUid };
    vprocCall(t, f.pid, 'vproc.signal', body);
  }),
  step('report', (_w, t) => finish(t, t.result)),
]);

interface SignalCall extends ProcessCall {
  /** The signal that has stopped the process, 0 if it goes on: its parent is told. */
  stopped?: number;
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
  step('act on it, or tell the emulator', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid);
    if (proc === null || proc.state === 'exiting') return finish(t, { code: 'ESRCH' } satisfies Payload);
    const { signal } = f.body as Signal;
    proc.signals.delivered++;
    if (signal === SIGKILL) return kill(w, pmaOf(w, t), proc, endedBy(signal));
    if (stopsProcess(signal)) {
      if (proc.state === 'stopped') return;
      proc.state = 'stopped';
      f.stopped = signal;
      return kernelCall(w, t, proc.names.task, 'task_suspend');
    }
    if (signal === SIGCONT && proc.state === 'stopped') {
      proc.state = 'running';
      f.stopped = 0;
      return kernelCall(w, t, proc.names.task, 'task_resume');
    }
    // From here on the signal is the IPC system's to keep: a full queue must not hold up a freeze.
    completeCall(w, t, proc);
    send(w, t, proc.names.signal, 'signal', { body: { signal } });
  }),
  step('have its parent told', (w, t, f) => {
    if (f.stopped === undefined) return;
    const body: Changed = { pid: f.pid, stopped: f.stopped };
    rpc(w, t, pmaOf(w, t).master, 'pmm.changed', { body });
  }),
  step('report', (_w, t) => finish(t, {} satisfies Payload)),
]);

/** UNIX permission to operate on a process: the superuser, or a user of the one who is the real or saved user of the other. */
export function mayOperate({ uid, realUid }: Pick<Signal, 'uid' | 'realUid'>, proc: Proc): boolean {
  return uid === SUPERUSER || [proc.realUid, proc.savedUid].some((each) => each === uid || each === realUid);
}
