/**
 * Process groups and sessions, as a PMA sees them: the PM Master says who belongs to whom [mechanisms 5.1, 5.3].
 */
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { call, finish, routine, step, type Routine } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
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
      if (pid === 0 || pid === f.pid) learn(w, t, f.pid);
      finish(t, { code: fromMaster(t.code), body: t.body } satisfies Payload);
    }),
  ]);
}

/** What the PM Master has just said of the process: its PMA keeps it for one that comes back and has to ask [P2]. */
function learn(w: OsfWorld, t: Thread, pid: number): void {
  const proc = procOf(w, t.node, pid);
  const known = t.body as Partial<Relations> | null;
  if (t.code === 'KERN_SUCCESS' && proc !== null && known?.group !== undefined)
    proc.relations = { ...proc.relations, ...known };
}

export const pmaGetpgid = relation('pma.getpgid', 'says to whom a process belongs', 'pmm.get_group');
export const setGroup = relation('pma.set_group', 'moves a process into a group', 'pmm.set_group');

interface SetpgidCall extends ProcessCall {
  answered?: Payload;
}

/**
 * A child that has called exec is in the group that it was in then: its PMA is asked, and only for a child. And its PMA is told
 * that it is in another one, wherever that is: if the child is on its way it hears of it where it comes to.
 */
const pmaSetpgid = routine<OsfWorld, SetpgidCall>('pma.setpgid', 'moves a process into a group', [
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
  step('tell the PMA of the child', (_w, t, f) => {
    const { pid } = f.body as { readonly pid: number };
    f.answered = t.result as Payload;
    const { code = 'KERN_SUCCESS' } = f.answered;
    if (code === 'KERN_SUCCESS' && pid !== 0 && pid !== f.pid) vprocCall(t, f.pid, 'vproc.regrouped', { pid });
  }),
  step('report', (_w, t, f) => finish(t, f.answered)),
]);

interface Executed {
  readonly executed: boolean;
}

const executed = routine<OsfWorld, ProcessCall>('vproc.executed', 'says whether a process has called exec', [
  step('answer', (w, t, f) => {
    finish(t, { body: { executed: procOf(w, t.node, f.pid)!.executed } satisfies Executed } satisfies Payload);
  }),
]);
/** The PM Master is asked, and not the parent: the child may have changed its group itself meanwhile. */
const regrouped = routine<OsfWorld, ProcessCall>('vproc.regrouped', 'learns in which group a process is', [
  step('ask the PM Master', (w, t, f) =>
    rpc(w, t, pmaOf(w, t).master, 'pmm.get_group', { body: { pid: f.pid, of: f.pid } }),
  ),
  step('keep it', (w, t, f) => {
    learn(w, t, f.pid);
    finish(t, {} satisfies Payload);
  }),
]);

const pmaSetsid = relation('pma.setsid', 'makes the caller the leader of a session', 'pmm.set_session');

export const groupCalls: readonly Routine[] = [pmaGetpgid, pmaSetpgid, executed, regrouped, pmaSetsid];
