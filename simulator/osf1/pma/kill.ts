/**
 * Sending signals: to a process, or to each member of a group. A PMA asks the PM Master who is in a group, and operates on the
 * vproc of each, so that a member that moves meanwhile is found where it is [mechanisms 5.3, P8].
 */
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { call, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import { tell } from '../../mach/world.ts';
import { procOf } from '../proc.ts';
import { LAST_SIGNAL } from '../signal-numbers.ts';
import type { OsfWorld } from '../world.ts';
import type { ProcessCall } from './admission.ts';
import { pmaGetpgid } from './groups.ts';
import { MASTER_DOWN, isGone } from './master-call.ts';
import { pmaOf } from './pma.ts';
import { told, type Kill, type Signal } from './signal.ts';
import { vprocCall } from './vproc-call.ts';

/** Every process that may be signalled, says POSIX of this pid: nobody here knows them all. */
const EVERYBODY = -1;

/** To a process; 0 is the group of the caller, and -7 the group 7. */
const pmaKill = routine<OsfWorld, ProcessCall>('pma.kill', 'sends a signal to any process', [
  step('operate on the vproc', (w, t, f) => {
    const { uid, realUid } = procOf(w, t.node, f.pid)!;
    const { pid, signal } = f.body as Kill;
    if (signal < 0 || signal > LAST_SIGNAL || pid === EVERYBODY) return finish(t, { code: 'EINVAL' } satisfies Payload);
    if (pid <= 0) return call(t, killpg, { ...f, body: { ...(f.body as Kill), group: -pid } satisfies Killpg });
    const body: Signal = { pid, signal, uid, realUid };
    vprocCall(t, f.pid, 'vproc.signal', body);
  }),
  // A process that signals itself has taken the signal before kill returns.
  step('report', (w, t, f) => finish(t, { ...(t.result as Payload), body: told(w, t, f) } satisfies Payload)),
]);

/** Body of `pma.killpg`. */
export interface Killpg {
  /** 0 is the group of the caller. */
  readonly group: number;
  readonly signal: number;
}

interface KillpgCall extends ProcessCall {
  group?: number;
  pids?: number[];
  /** Users of the caller, which may move, or end, before all members have been reached. */
  users?: Pick<Signal, 'uid' | 'realUid'>;
  /** What the members answered: one success is a success. */
  code?: string;
}

export const killpg = routine<OsfWorld, KillpgCall>('pma.killpg', 'sends a signal to a process group', [
  step('find the group', (w, t, f) => {
    const { uid, realUid } = procOf(w, t.node, f.pid)!;
    f.users = { uid, realUid };
    f.group = (f.body as Killpg).group;
    if (f.group === 0) call(t, pmaGetpgid, { ...f, body: { pid: f.pid } });
  }),
  step('ask the PM Master for its members', (w, t, f) => {
    if (f.group === 0) {
      const answer = t.result as Payload;
      if (answer.code !== 'KERN_SUCCESS') return finish(t, answer);
      f.group = (answer.body as { readonly group: number }).group;
    }
    if (w.setup.watched) tell(w, 'killpg', t.node, null, t.identity, `to group ${f.group}`);
    rpc(w, t, pmaOf(w, t).master, 'pmm.members', { body: { group: f.group } });
  }),
  step('look at the list', (_w, t, f) => {
    f.pids = t.code === 'KERN_SUCCESS' ? [...(t.body as { pids: number[] }).pids] : [];
    f.code = isGone(t.code) ? MASTER_DOWN : 'ESRCH';
  }),
  step('operate on the next vproc', (w, t, f) => {
    const pid = f.pids!.shift();
    if (pid === undefined) {
      if (w.setup.watched) tell(w, 'killpg done', t.node, null, t.identity, f.code!);
      return finish(t, { code: f.code!, body: told(w, t, f) } satisfies Payload);
    }
    const body: Signal = { pid, signal: (f.body as Killpg).signal, ...f.users!, killpg: t.identity };
    vprocCall(t, f.pid, 'vproc.signal', body);
  }),
  step('remember its answer', (w, t, f) => {
    const code = (t.result as Payload | null)?.code ?? 'KERN_SUCCESS';
    if (code === 'KERN_SUCCESS' || f.code === 'ESRCH') f.code = code;
    goTo(w, t, 'operate on the next vproc');
  }),
]);

export const killCalls: readonly Routine[] = [pmaKill, killpg];
