/**
 * The source's side of early task migration (agent/early.ts): while it awaits the calls in progress it has the destination copy
 * the task. That is work for the process like a call in progress, and is awaited like one; if it fails nothing is lost.
 */
import { NONE, at } from '../../base/table.ts';
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND } from '../../mach/ipc/right.ts';
import { call, finish, routine, step } from '../../mach/routine.ts';
import { threadCreate, threadStart, type Thread } from '../../mach/thread.ts';
import { completeCall } from '../../osf1/pma/admission.ts';
import { peerOf, pmaOf } from '../../osf1/pma/pma.ts';
import { procOf, type Proc } from '../../osf1/proc.ts';
import type { Prepare } from '../agent/early.ts';
import type { MigrationWorld } from '../record.ts';

interface Preparation extends Prepare {
  readonly pid: number;
}

/** Calls that only wait hold up the freeze, and nothing else: the task stands still, and may be copied. */
export function mayPrepare({ callsInProgress }: Proc): boolean {
  return (
    callsInProgress.some(({ channel, cancelled }) => channel !== '' && !cancelled) &&
    !callsInProgress.some((each) => each.modifiesState)
  );
}

export function startPreparing(w: MigrationWorld, t: Thread, proc: Proc, { migration, turn }: Prepare): void {
  const task = at(w.tasks, t.task);
  const helper = threadCreate(w, task, task.name);
  const { activity } = t;
  helper.activity = activity;
  const nobody = { reply: NONE, names: [], arrivedOn: NONE, client: NONE };
  proc.callsInProgress.push({
    thread: helper.identity,
    request: { operation: 'migration.prepare', body: { migration }, ...nobody, activity },
    modifiesState: true,
    channel: '',
    cancelled: false,
    dropped: false,
  });
  call(helper, prepare, { migration, turn, pid: proc.pid } satisfies Preparation);
  threadStart(w, helper);
}

export const prepare = routine<MigrationWorld, Preparation>('migration.have_prepared', 'has a task copied early', [
  step('ask the destination', (w, t, { migration, turn, pid }) => {
    const body: Prepare = { migration, turn };
    const rights = [{ name: procOf(w, t.node, pid)!.names.task, disposition: COPY_SEND }];
    rpc(w, t, peerOf(w, pmaOf(w, t), at(w.migrations, migration).to), 'migration.prepare', { body, rights });
  }),
  step('it is copied, or not', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid);
    if (proc !== null) completeCall(w, t, proc);
    finish(t);
  }),
]);
