/**
 * What a scenario can ask of the world: about a process, about a migration, and what a process has left behind.
 *
 * The answers are read from the tables, as an operator with perfect sight would; no message is sent.
 */
import { NONE, at, select } from '../base/table.ts';
import type { Task } from '../mach/task.ts';
import { threadsOf } from '../mach/task-threads.ts';
import { between } from '../migration/record.ts';
import { procOf, type Proc } from '../osf1/proc.ts';
import { masterEntryOf } from '../osf1/pm-master/entry.ts';
import { residualForwarders, residualPages, residualRelays } from '../migration/residual.ts';
import type { MigrationField, ProcessField, ResidualField, TaskField, Value } from './program.ts';
import { startedAs } from '../osf1/started-tasks.ts';
import type { WorkloadWorld } from './world.ts';

/** The proc of a living process, on whatever node. */
function procAnywhere(w: WorkloadWorld, pid: number): Proc | null {
  const node = masterEntryOf(w, pid)?.node ?? NONE;
  return procOf(w, node, pid) ?? w.procs.rows.find((proc) => proc.live && proc.pid === pid) ?? null;
}

export function processField(w: WorkloadWorld, pid: number, field: ProcessField): Value {
  const entry = masterEntryOf(w, pid);
  const proc = entry?.state === 'alive' ? procAnywhere(w, pid) : null;
  switch (field) {
    case 'pid':
      return pid;
    case 'node':
      return entry?.node ?? NONE;
    case 'status':
      return entry?.status ?? NONE;
    case 'signal':
      return entry?.signal ?? 0;
    case 'lost':
      return entry?.lost ?? false;
    case 'alive':
      return entry?.state === 'alive';
    case 'migrations':
      return proc?.migrations ?? entry?.migrations ?? 0;
    case 'delivered':
      return proc?.signals.delivered ?? entry?.delivered ?? 0;
  }
}

export function migrationField(w: WorkloadWorld, id: number, field: MigrationField): Value {
  const m = at(w.migrations, id);
  switch (field) {
    case 'outcome':
      return m.outcome;
    case 'reason':
      return m.reason;
    case 'freezing_time':
      return between(m, 'decision', 'frozen');
    case 'freeze_time':
      return between(m, 'suspended', 'resumed');
    case 'total_time':
      return between(m, 'decision', 'resumed');
    case 'task_time':
      return between(m, 'installed', 'moved');
    case 'pages_running':
      return m.pages.before;
    case 'pages_frozen':
      return m.pages.frozen;
  }
}

export function taskField(w: WorkloadWorld, id: number, field: TaskField): Value {
  const { ended, sent, received, replies } = w.operator.started[id]!;
  const [task] = tasksStarted(w, id);
  switch (field) {
    case 'node':
      return task?.node ?? NONE;
    case 'alive':
      return !ended && task !== undefined;
    case 'threads':
      return task === undefined ? 0 : threadsOf(w, task).length;
    case 'sent':
      return sent;
    case 'received':
      return received;
    case 'replies':
      return replies;
  }
}

export function residualField(
  w: WorkloadWorld,
  tasks: readonly Task[],
  node: number,
  field: Exclude<ResidualField, 'pma'>,
): Value {
  switch (field) {
    case 'pages':
      return tasks.reduce((sum, task) => sum + residualPages(w, task)[node]!, 0);
    case 'forwarders':
      return residualForwarders(w, tasks, node);
    case 'relay':
      return residualRelays(w, tasks, node);
  }
}

/**
 * The rows of a Mach task that the script has started: one, or two while it migrates, the one with threads first. The
 * task itself keeps the number that it was started under, so that it can be found wherever it goes.
 */
export function tasksStarted(w: WorkloadWorld, id: number): Task[] {
  return select(w.tasks, (task) => task.kind === 'mach' && startedAs(task) === id).sort(
    (a, b) => threadsOf(w, b).length - threadsOf(w, a).length || a.id - b.id,
  );
}

export function tasksOf(w: WorkloadWorld, pid: number): Task[] {
  return select(w.tasks, (task) => task.pid === pid && task.kind === 'process');
}
