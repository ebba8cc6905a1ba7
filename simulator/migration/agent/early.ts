/**
 * Early task migration: "Even if, in both cases, the process does not perform any useful execution, process migration could
 * benefit here from an aggressive early task migration." [paper section 4; mechanisms 7.7]
 *
 * While the source awaits a call that only waits (wait), the task is suspended and nothing of it changes. So the destination
 * does now what needs no more than that: steps 1 to 5 of 4.2, up to commit. The task is only copied from; what is left is
 * short. The work is kept until the process comes, or is given up when it does not.
 *
 *   prepare    the source asks; answered when the copy is there (the turn of the migration goes to the next)
 *   forget     the process does not come; the copy is ended, and the task is as it was
 */
import { copy } from '../../base/plain.ts';
import { NONE, at, release, take, type Row } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { call, finish, goTo, routine, step } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { threadCreate, threadStart, type Thread } from '../../mach/thread.ts';
import { pmaOf, type Pma } from '../../osf1/pma/pma.ts';
import { leavePlace } from '../process/turn.ts';
import type { MigrationWorld } from '../record.ts';
import { migratingTask, smsRoutine, type TaskMigration, type TaskMigrationResult } from '../task/sms.ts';
import { giveUpNames } from './give-up.ts';

/** A task that was copied up to commit, at the node that it will move to. */
export interface Prepared extends Row {
  node: number;
  migration: number;
  /** Name of the right to the task that came with the request. */
  name: number;
  work: TaskMigration | null;
}

export const blankPrepared = (id: number): Prepared => ({
  id,
  live: true,
  node: NONE,
  migration: NONE,
  name: NONE,
  work: null,
});

/** Body of `migration.prepare`. The right to the task's kernel port comes along. */
export interface Prepare {
  readonly migration: number;
  readonly turn: number;
}

interface Preparing extends Request {
  readonly body: Prepare;
  surplus?: number[];
  code?: string;
}

export const prepareTask = routine<MigrationWorld, Preparing>('migration.prepare', 'copies a task up to commit', [
  step('copy it', (w, t, f) => {
    const early = { to: t.node, early: true };
    call(t, smsRoutine, migratingTask(f.body.migration, f.names[0]!, pmaOf(w, t).self, early));
  }),
  step('keep the work', (w, t, f) => {
    const { code, surplus, prepared } = t.result as TaskMigrationResult;
    const { migration, turn } = f.body;
    leavePlace(w, pmaOf(w, t), turn);
    f.code = code;
    f.surplus = [...surplus, f.names[0]!];
    if (prepared === undefined) return;
    f.surplus = [];
    const row = take(w.prepared, blankPrepared);
    Object.assign(row, { node: t.node, migration, name: f.names[0]!, work: copy(prepared) });
  }),
  step('give up what nobody needs', (w, t, f) => giveUpNames(w, t, pmaOf(w, t).self, f.surplus!)),
  step('answer', (_w, t, f) => finish(t, { code: f.code! } satisfies Payload)),
]);

const preparedFor = (w: MigrationWorld, node: number, migration: number): Prepared | undefined =>
  w.prepared.rows.find((each) => each.live && each.node === node && each.migration === migration);

/** The freeze and whoever copies the task have suspended it once each. */
const SUSPENSIONS = 2;

/**
 * The process has come: its task is moved from where the work was left. False if nothing was prepared. Signals may have stopped or
 * continued it since it was copied: whether it is stopped comes with the process, and its new task is suspended once, either way.
 */
export function goOnWithPrepared(w: MigrationWorld, t: Thread, migration: number, stopped: boolean): boolean {
  const work = takeWork(w, t.node, migration);
  if (work === null) return false;
  const suspendCount = SUSPENSIONS + (stopped ? 1 : 0);
  call(t, smsRoutine, { ...work, info: { ...work.info!, suspendCount } });
  goTo(w, t, 'list the names of its port name space');
  return true;
}

/** The work, which is nobody else's from here on; the right that it was asked with goes when it is done. */
function takeWork(w: MigrationWorld, node: number, migration: number): TaskMigration | null {
  const row = preparedFor(w, node, migration);
  if (row?.work == null) return null;
  const work = { ...row.work, early: false, surplus: [...row.work.surplus, row.name] };
  release(w.prepared, row, blankPrepared);
  return work;
}

interface Abandon {
  readonly migration: number;
  surplus?: number[];
}

export const abandonPrepared = routine<MigrationWorld, Abandon>('migration.abandon', 'gives up what was prepared', [
  step('end what was built', (w, t, f) => {
    const work = takeWork(w, t.node, f.migration);
    if (work === null) return finish(t);
    call(t, smsRoutine, { ...work, code: 'KERN_ABORTED' });
    goTo(w, t, 'end what was built');
  }),
  step('note the rights', (_w, t, f) => {
    f.surplus = [...(t.result as TaskMigrationResult).surplus];
  }),
  step('give up the rights', (w, t, f) => giveUpNames(w, t, pmaOf(w, t).self, f.surplus!)),
  step('it is as if nothing had been prepared', (_w, t) => finish(t)),
]);

export const forgetPrepared = routine<MigrationWorld, Request>('migration.forget_prepared', 'hears that nobody comes', [
  step('give it up', (_w, t, f) => call(t, abandonPrepared, { ...(f.body as Abandon) })),
  step('answer', (_w, t) => finish(t, {} satisfies Payload)),
]);

/** A node has failed: nobody comes from there. */
export function abandonLost(w: MigrationWorld, pma: Pma, node: number): void {
  for (const { live, node: on, migration } of [...w.prepared.rows]) {
    if (!live || on !== pma.node || at(w.migrations, migration).from !== node) continue;
    const task = at(w.tasks, pma.task);
    const t = threadCreate(w, task, task.name);
    call(t, abandonPrepared, { migration } satisfies Abandon);
    threadStart(w, t);
  }
}
