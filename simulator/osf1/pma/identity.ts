/**
 * What a process asks about itself: its pid and what it has used are the PMA's own knowledge, its parent is the PM Master's,
 * because parents change.
 */
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { finish, routine, step } from '../../mach/routine.ts';
import type { OsfWorld } from '../world.ts';
import type { ProcessCall } from './admission.ts';
import { currentUsage, procOf, totalUsage, userTime } from '../proc.ts';
import { fromMaster } from './master-call.ts';
import { pmaOf } from './pma.ts';

export const pmaGetpid = routine<OsfWorld, ProcessCall>('pma.getpid', 'says who the calling process is', [
  step('answer', (_w, t, f) => finish(t, { body: { pid: f.pid } } satisfies Payload)),
]);

export const pmaGetppid = routine<OsfWorld, ProcessCall>('pma.getppid', 'says who the parent is', [
  step('ask the PM Master', (w, t, f) => rpc(w, t, pmaOf(w, t).master, 'pmm.parent', { body: { pid: f.pid } })),
  step('answer', (_w, t) => finish(t, { code: fromMaster(t.code), body: t.body } satisfies Payload)),
]);

/** The policy hook: where the next process had better be made. */
export const pmaLeastLoaded = routine<OsfWorld, ProcessCall>('pma.least_loaded', 'says where there is least to do', [
  step('ask the PM Master', (w, t) => rpc(w, t, pmaOf(w, t).master, 'pmm.least_loaded')),
  step('answer', (_w, t) => finish(t, { code: t.code, body: t.body } satisfies Payload)),
]);

/** What getrusage answers: processor time of its whole life, of the children that it has waited for, and on this node (ns) [P7]. */
export interface Usage {
  readonly time: number;
  readonly children: number;
  readonly here: number;
}

export const pmaGetrusage = routine<OsfWorld, ProcessCall>('pma.getrusage', 'says what the process has used', [
  step('answer', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    const body: Usage = { time: totalUsage(w, proc), children: proc.usage.children, here: currentUsage(w, proc) };
    finish(t, { body } satisfies Payload);
  }),
]);

/**
 * What times answers, on all nodes together [P7]: the computation of the process, what servers and kernels have done for it,
 * and the same of the children that it has waited for (ns).
 */
export interface Times {
  readonly user: number;
  readonly system: number;
  readonly childrenUser: number;
  readonly childrenSystem: number;
}

export const pmaTimes = routine<OsfWorld, ProcessCall>('pma.times', 'says what the process has used, and how', [
  step('answer', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    const { children, computed } = proc.usage;
    const user = userTime(w, proc);
    const body: Times = {
      user,
      system: totalUsage(w, proc) - user,
      childrenUser: computed.children,
      childrenSystem: children - computed.children,
    };
    finish(t, { body } satisfies Payload);
  }),
]);
