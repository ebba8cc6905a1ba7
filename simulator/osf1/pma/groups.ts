/**
 * Process groups, as a PMA sees them: it asks the PM Master who belongs to whom, and operates on each member by its vproc,
 * so that a member that moves meanwhile is found where it is [mechanisms 5.3, P8].
 */
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { call, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import { tell } from '../../mach/world.ts';
import { procOf, type Relations } from '../proc.ts';
import type { OsfWorld } from '../world.ts';
import type { ProcessCall } from './admission.ts';
import { MASTER_DOWN, fromMaster, isGone } from './master-call.ts';
import { pmaOf } from './pma.ts';
import { told, type Signal } from './signal.ts';
import { vprocCall } from './vproc-call.ts';

/** An operation of the PM Master on the group of a process; `pid` 0 is the caller. */
function relation(name: string, story: string, operation: string): Routine {
  return routine<OsfWorld, ProcessCall>(name, story, [
    step('ask the PM Master', (w, t, f) => {
      const { pid, ...rest } = f.body as { readonly pid: number };
      rpc(w, t, pmaOf(w, t).master, operation, { body: { ...rest, pid: f.pid, of: pid === 0 ? f.pid : pid } });
    }),
    step('report', (w, t, f) => {
      const { pid } = f.body as { readonly pid: number };
      const proc = procOf(w, t.node, pid === 0 ? f.pid : pid);
      const known = t.body as Partial<Relations> | null;
      if (t.code === 'KERN_SUCCESS' && proc !== null && known?.group !== undefined)
        proc.relations = { ...proc.relations, ...known };
      finish(t, { code: fromMaster(t.code), body: t.body } satisfies Payload);
    }),
  ]);
}

const pmaGetpgid = relation('pma.getpgid', 'says to whom a process belongs', 'pmm.get_group');
export const setGroup = relation('pma.set_group', 'moves a process into a group', 'pmm.set_group');

/** A child that has called exec is in the group that it was in then: its PMA is asked, and only for a child. */
const pmaSetpgid = routine<OsfWorld, ProcessCall>('pma.setpgid', 'moves a process into a group', [
  step('ask whether the child has called exec', (_w, t, f) => {
    const { pid } = f.body as { readonly pid: number };
    if (pid !== 0 && pid !== f.pid) vprocCall(t, f.pid, 'vproc.executed', { pid });
  }),
  step('move it, unless it has', (_w, t, f) => {
    const { pid } = f.body as { readonly pid: number };
    const answer = pid === 0 || pid === f.pid ? null : (t.result as Payload | null);
    if ((answer?.body as Executed | undefined)?.executed === true)
      return finish(t, { code: 'EACCES' } satisfies Payload);
    call(t, setGroup, { ...f });
  }),
  step('report', (_w, t) => finish(t, t.result)),
]);

interface Executed {
  readonly executed: boolean;
}

const executed = routine<OsfWorld, ProcessCall>('vproc.executed', 'says whether a process has called exec', [
  step('answer', (w, t, f) => {
    finish(t, { body: { executed: procOf(w, t.node, f.pid)!.executed } satisfies Executed } satisfies Payload);
  }),
]);
const pmaSetsid = relation('pma.setsid', 'makes the caller the leader of a session', 'pmm.set_session');

/** Body of `pma.killpg`. */
export interface Killpg {
  readonly group: number;
  readonly signal: number;
}

interface KillpgCall extends ProcessCall {
  pids?: number[];
  /** Users of the caller, which may move, or end, before all members have been reached. */
  users?: Pick<Signal, 'uid' | 'realUid'>;
  /** What the members answered: one success is a success. */
  code?: string;
}

export const killpg = routine<OsfWorld, KillpgCall>('pma.killpg', 'sends a signal to a process group', [
  step('ask the PM Master for its members', (w, t, f) => {
    const { uid, realUid } = procOf(w, t.node, f.pid)!;
    f.users = { uid, realUid };
    if (w.setup.watched) tell(w, 'killpg', t.node, null, t.identity, `to group ${(f.body as Killpg).group}`);
    rpc(w, t, pmaOf(w, t).master, 'pmm.members', { body: { group: (f.body as Killpg).group } });
  }),
  step('look at the list', (_w, t, f) => {
    f.pids = t.code === 'KERN_SUCCESS' ? [...(t.body as { pids: number[] }).pids] : [];
    f.code = isGone(t.code) ? MASTER_DOWN : 'ESRCH';
  }),
  step('operate on the next vproc', (w, t, f) => {
    const pid = f.pids!.shift();
    if (pid === undefined) {
      if (w.setup.watched) tell(w, 'killpg done', t.node, null, t.identity, f.code!);
      return finish(t, { code: f.code!, body: told(w, t, f.pid) } satisfies Payload);
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

export const groupCalls: readonly Routine[] = [pmaGetpgid, pmaSetpgid, executed, pmaSetsid, killpg];
