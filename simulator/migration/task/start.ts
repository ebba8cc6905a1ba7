/**
 * Moving a Mach task that is no process: whoever asks freezes it, has the agent move it, and looks after what is left.
 *
 *   pre-copy   the agent takes a first copy of the memory, while the task runs          (that strategy only)
 *   freeze     the task is suspended: from here on it computes nothing
 *   install    the agent moves it; the order of things is sms.ts
 *   restart    the agent resumes it on its new node
 *
 * Nobody keeps anything for it as a PMA does for a process: requests wait in the queues of its ports, and move with them.
 *
 *   failure                      before commit                        after commit
 *   the source                   the task is lost with its node       lost, unless it has all arrived
 *   the destination              goes on at the source                lost: what is left of it ends
 *   the agent, on a third node   goes on at the source                lost: what is left of it ends
 */
import { openAccount } from '../../base/ledger.ts';
import { assert } from '../../base/assert.ts';
import { NONE, at } from '../../base/table.ts';
import { bootRight } from '../../dipc/boot.ts';
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { deallocate } from '../../mach/ipc/release.ts';
import { COPY_SEND } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import type { TaskInfo } from '../../mach/kernel-services/task-services.ts';
import { again, call, finish, goTo, routine, step } from '../../mach/routine.ts';
import { taskPort } from '../../mach/task.ts';
import { threadCreate, threadStart, type Thread } from '../../mach/thread.ts';
import { firstThreadOf } from '../../mach/task-threads.ts';
import { agentPort } from '../agent/agent.ts';
import type { PreCopy, Pull } from '../agent/pull.ts';
import { atStep, enterPhase, migrationEnd, migrationOpen, stamp, type MigrationWorld } from '../record.ts';
import { settled } from './ghost.ts';
import { simply, unsupported, type TaskMove } from './how.ts';

export interface TaskMigrationRequest {
  /** Row of the task. */
  readonly task: number;
  readonly to: number;
  /** Null or nothing: the simple migration server, from the destination. */
  readonly how?: TaskMove | null;
}

interface MoveMachTask {
  readonly migration: number;
  /** Names of the rights to the task and to the agent. */
  readonly task: number;
  readonly agent: number;
  /** How often it was suspended before. */
  suspensions: number;
  /** The agent has a first copy of its memory. */
  copied: boolean;
  code: string;
  resumes: number;
}

/** Opens the record and has a thread of the caller's task do the rest. Returns the record's id at once. */
export function startTaskMigration(w: MigrationWorld, t: Thread, request: TaskMigrationRequest): number {
  const task = at(w.tasks, request.task);
  const how = request.how ?? simply;
  const { to } = request;
  const identity = firstThreadOf(w, task)?.identity ?? NONE;
  const m = migrationOpen(w, {
    pid: NONE,
    name: task.name,
    by: 'task',
    from: task.node,
    to,
    activity: openAccount(w.ledger, `migration of ${task.name}`).id,
    thread: identity,
    how,
    task: task.id,
  });
  const reason = whyNot(w, m.id);
  if (reason !== '') {
    migrationEnd(w, m.id, 'refused', reason);
    return m.id;
  }
  if (to === task.node) {
    migrationEnd(w, m.id, 'done');
    return m.id;
  }
  const own = at(w.tasks, t.task);
  const port = agentPort(w, to, how);
  assert(port !== null, '4.3', () => `${at(w.nodes, to).name} has no agent`);
  const names = { task: bootRight(w, taskPort(w, task), own), agent: bootRight(w, port, own) };
  const helper = threadCreate(w, own, 'migrate');
  helper.activity = m.activity;
  const frame: MoveMachTask = { migration: m.id, ...names, suspensions: 0, copied: false, code: '', resumes: 0 };
  call(helper, moveMachTask, frame);
  threadStart(w, helper);
  return m.id;
}

/** Everything is checked before anything changes. */
function whyNot(w: MigrationWorld, id: number): string {
  const m = at(w.migrations, id);
  const { how, to, task } = m;
  const down = [to, how.agent].find((node) => node !== NONE && w.nodes.rows[node]?.up !== true);
  if (down !== undefined) return `${w.nodes.rows[down]?.name ?? 'the node'} is down`;
  if (at(w.tasks, task).kind !== 'mach') return 'only a Mach task can be moved without its process';
  const other = w.migrations.rows.some((each) => each.id !== id && each.outcome === '' && each.task === task);
  return other ? 'it is being moved already' : unsupported(how);
}

/** Why a task that is gone is not moved: as a process that has exited. */
const TASK_ENDED = 'ESRCH';

export const moveMachTask = routine<MigrationWorld, MoveMachTask>('migration.move_mach_task', 'moves a Mach task', [
  step('ask how often it is suspended', (w, t, f) => kernelCall(w, t, f.task, 'task_info')),
  step('have a first copy of its memory taken', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return stays(w, t, f, TASK_ENDED);
    f.suspensions = (t.body as TaskInfo).suspendCount;
    const { how, to } = at(w.migrations, f.migration);
    if (how.strategy !== 'pre_copy') return goTo(w, t, 'freeze it');
    const body: PreCopy = { migration: f.migration, how, to };
    rpc(w, t, f.agent, 'migration.pre_copy', { body, rights: [{ name: f.task, disposition: COPY_SEND }] });
  }),
  step('see whether there is one', (w, t, f) => {
    f.copied = t.code === 'KERN_SUCCESS';
    if (f.copied) return goTo(w, t, 'freeze it');
    f.code = t.code;
    kernelCall(w, t, f.task, 'task_info');
  }),
  step('the task has ended, or its agent could not', (w, t, f) => {
    stays(w, t, f, t.code === 'KERN_SUCCESS' ? f.code : TASK_ENDED);
  }),
  step('freeze it', (w, t, f) => {
    enterPhase(w, f.migration, 'freeze', at(w.migrations, f.migration).from);
    atStep(w, f.migration, 3);
    kernelCall(w, t, f.task, 'task_suspend');
  }),
  step('ask the agent to move it', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return stays(w, t, f, TASK_ENDED);
    stamp(w, f.migration, 'suspended');
    stamp(w, f.migration, 'frozen');
    const { how, to } = at(w.migrations, f.migration);
    const body: Pull = { migration: f.migration, alone: true, stopped: false, how, to };
    rpc(w, t, f.agent, 'migration.pull', { body, rights: [{ name: f.task, disposition: COPY_SEND }] });
  }),
  step('see how it went', (w, t, f) => {
    f.code = t.code;
    const { committed, stamps } = at(w.migrations, f.migration);
    if (f.code === 'KERN_SUCCESS' || stamps.resumed !== NONE) goTo(w, t, 'it has moved');
    else if (committed) goTo(w, t, 'end what is left of it');
  }),
  step('ask what the agent has left of it', (w, t, f) => {
    enterPhase(w, f.migration, 'refused', at(w.migrations, f.migration).from);
    settled(w, f.migration);
    kernelCall(w, t, f.task, 'task_info');
  }),
  step('let it go on at the source', (w, t, f) => {
    assert(!at(w.migrations, f.migration).committed, '4.6', 'a task is taken back after commit');
    if (t.code !== 'KERN_SUCCESS') return stays(w, t, f, f.code);
    // An agent that could answer has resumed it as often as it had suspended it; others may have done either meanwhile.
    f.resumes = agentDied.includes(f.code) ? (t.body as TaskInfo).suspendCount - f.suspensions : 1;
  }),
  step('resume it', (w, t, f) => {
    if (f.resumes-- <= 0) return;
    again(t);
    kernelCall(w, t, f.task, 'task_resume');
  }),
  step('it is where it was', (w, t, f) => {
    stamp(w, f.migration, 'resumed');
    migrationEnd(w, f.migration, 'failed', f.code);
    goTo(w, t, 'give up the rights');
  }),
  step('end what is left of it', (w, t, f) => kernelCall(w, t, f.task, 'task_terminate')),
  step('it is lost, unless it runs and only the agent could not say so any more', (w, t, f) => {
    if (isRunning(w, f.migration)) migrationEnd(w, f.migration, 'done');
    else migrationEnd(w, f.migration, 'failed', `lost on its way: ${f.code}`);
    goTo(w, t, 'give up the rights');
  }),
  step('it has moved', (w, t, f) => {
    migrationEnd(w, f.migration, 'done');
    goTo(w, t, 'give up the rights');
  }),
  step('have what was copied of it forgotten', (w, t, f) => {
    if (f.copied) rpc(w, t, f.agent, 'migration.forget', { body: { migration: f.migration } });
  }),
  step('give up the rights', (w, t, f) => {
    // Whoever asks is no server, and its own housekeeping is none of the migration's cost.
    for (const name of [f.task, f.agent]) deallocate(w, at(w.tasks, t.task), name);
    finish(t);
  }),
]);

const agentDied: readonly string[] = ['MIG_SERVER_DIED', 'MACH_SEND_INVALID_DEST'];

/** Nothing has been done to it, or it is gone. */
function stays(w: MigrationWorld, t: Thread, f: MoveMachTask, code: string): void {
  migrationEnd(w, f.migration, 'failed', code);
  goTo(w, t, 'have what was copied of it forgotten');
}

/** Whether the new task is there and was resumed, as an operator with perfect sight would see it. */
export function isRunning(w: MigrationWorld, id: number): boolean {
  const { task, name, to } = at(w.migrations, id);
  const row = w.tasks.rows[task];
  return row?.live === true && row.name === name && row.node === to && row.suspendCount === 0;
}
