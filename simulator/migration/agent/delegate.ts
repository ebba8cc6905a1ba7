/**
 * A PMA at the destination has somebody else move the task of a process that it takes in: a migration server that will be
 * the task's pager or the relay of its kernel calls, or an agent on another node. It waits for the result, as if it had
 * moved the task itself.
 */
import { at } from '../../base/table.ts';
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND } from '../../mach/ipc/right.ts';
import { call, finish, routine, step } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import { pmaOf } from '../../osf1/pma/pma.ts';
import type { MigrationWorld } from '../record.ts';
import { isOwn } from '../task/how.ts';
import { migratingTask, smsRoutine, type TaskMigrationResult } from '../task/sms.ts';
import { agentFor } from './agent.ts';
import { goOnWithPrepared } from './early.ts';
import type { Pull } from './pull.ts';

interface Delegate {
  readonly migration: number;
  /** Name of the right to the task's kernel port. */
  readonly task: number;
}

/** The PMA moves the task to its own node, or has it moved; the next step finds a TaskMigrationResult. */
export function pullOver(w: MigrationWorld, t: Thread, migration: number, task: number, stopped: boolean): void {
  if (goOnWithPrepared(w, t, migration, stopped)) return;
  const { how } = at(w.migrations, migration);
  if (isOwn(how, t.node)) call(t, smsRoutine, migratingTask(migration, task, pmaOf(w, t).self, { how, to: t.node }));
  else call(t, delegate, { migration, task } satisfies Delegate);
}

export const delegate = routine<MigrationWorld, Delegate>('migration.delegate', 'has a task moved by another agent', [
  step('ask the agent to move it', (w, t, f) => {
    const { how } = at(w.migrations, f.migration);
    const body: Pull = { migration: f.migration, alone: false, stopped: false, how, to: t.node };
    const rights = [{ name: f.task, disposition: COPY_SEND }];
    rpc(w, t, agentFor(w, pmaOf(w, t), t.node, how), 'migration.pull', { body, rights });
  }),
  step('report', (_w, t, f) => {
    finish(t, { code: t.code, task: f.task, surplus: [] } satisfies TaskMigrationResult);
  }),
]);
