/**
 * Limits at the PMA: they are local state of the process, like its signals [docs/decisions/0057-who-enforces-a-limit.md].
 *
 *   pma.setrlimit   changes one; the answer is what the emulator enforces from now on
 *   pma.overrun     the emulator has cut a computation short, or found that more was used than it may: SIGXCPU at the soft
 *                   limit and once a second beyond it, the end at the hard one
 */
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { call, finish, routine, step, type Routine } from '../../mach/routine.ts';
import { endedBy } from '../ended.ts';
import {
  SECOND,
  emulatorLimits,
  isExceeded,
  resources,
  whyNot,
  type EmulatorLimits,
  type Limit,
  type Resource,
} from '../limits.ts';
import { procOf, totalUsage } from '../proc.ts';
import { SIGKILL, SIGXCPU } from '../signal-numbers.ts';
import { accept } from '../signal-state.ts';
import type { OsfWorld } from '../world.ts';
import { callerIn, type ProcessCall } from './admission.ts';
import { kill } from './exit.ts';
import { pmaOf } from './pma.ts';
import { settleSignals, tellAccepted, told, type Settle, type Told } from './signal.ts';

/** Body of `pma.setrlimit`; that of `pma.getrlimit` is the first half. */
export interface Setrlimit extends Limit {
  readonly resource: Resource;
}

/** What `pma.overrun` answers. */
export interface Overrun extends Told {
  readonly limits: EmulatorLimits;
  /** The process does not go on. */
  readonly ends: boolean;
}

const invalid: Payload = { code: 'EINVAL' };

const getrlimit = routine<OsfWorld, ProcessCall>('pma.getrlimit', 'says what the process may use', [
  step('answer', (w, t, f) => {
    const { resource } = f.body as Setrlimit;
    if (!resources.includes(resource)) return finish(t, invalid);
    finish(t, { body: { ...procOf(w, t.node, f.pid)!.limits[resource] } } satisfies Payload);
  }),
]);

const setrlimit = routine<OsfWorld, ProcessCall>('pma.setrlimit', 'changes what the process may use', [
  step('change it, if it may', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    const { resource, soft, hard } = f.body as Setrlimit;
    if (!resources.includes(resource)) return finish(t, invalid);
    const code = whyNot(proc.limits[resource], { soft, hard }, proc.uid);
    if (code !== '') return finish(t, { code } satisfies Payload);
    proc.limits[resource] = { soft, hard };
    finish(t, { body: emulatorLimits(proc.limits, totalUsage(w, proc)) } satisfies Payload);
  }),
]);

const overrun = routine<OsfWorld, ProcessCall>('pma.overrun', 'looks at the processor time of a process', [
  step('have SIGXCPU accepted, or end it', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    const used = totalUsage(w, proc);
    if (!isExceeded(proc.limits, used)) return;
    const { signals, limits } = proc;
    const ends = used >= limits.cpu.hard * SECOND;
    signals.delivered++;
    if (w.setup.watched) tellAccepted(w, t, f.pid, ends ? SIGKILL : SIGXCPU);
    if (ends) return kill(w, pmaOf(w, t), proc, endedBy(SIGKILL));
    accept(signals, SIGXCPU);
    call(t, settleSignals, { pid: f.pid, caller: callerIn(f), stopped: 0 } satisfies Settle);
  }),
  step('answer', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    const limits = emulatorLimits(proc.limits, totalUsage(w, proc));
    finish(t, {
      body: { limits, ends: proc.state === 'exiting', ...told(w, t, f) } satisfies Overrun,
    } satisfies Payload);
  }),
]);

export const limitCalls: readonly Routine[] = [getrlimit, setrlimit, overrun];
