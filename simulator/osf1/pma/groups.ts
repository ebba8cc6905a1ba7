/**
 * Process groups and sessions, as a PMA sees them: the PM Master says who belongs to whom [mechanisms 5.1, 5.3].
 */
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { call, finish, routine, step, type Routine } from '../../mach/routine.ts';
import { procOf, type Relations } from '../proc.ts';
import type { OsfWorld } from '../world.ts';
import type { ProcessCall } from './admission.ts';
import { fromMaster } from './master-call.ts';
import { pmaOf } from './pma.ts';
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

export const pmaGetpgid = relation('pma.getpgid', 'says to whom a process belongs', 'pmm.get_group');
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

export const groupCalls: readonly Routine[] = [pmaGetpgid, pmaSetpgid, executed, pmaSetsid];
