/**
 * What a scenario can ask of the world: about a process, about a migration, and what a process has left behind.
 *
 * The answers are read from the tables, as an operator with perfect sight would; no message is sent.
 */
import { NONE, at, select } from '../base/table.ts';
import type { Task } from '../mach/task.ts';
import { between } from '../migration/record.ts';
import { procOf, type Proc } from '../osf1/proc.ts';
import { masterEntryOf } from '../osf1/pm-master/entry.ts';
import { pagesByNode } from '../xmm/residual.ts';
import type { MigrationField, ProcessField, ResidualField, TaskField, Value } from './program.ts';
import { startedAs } from './task-memory.ts';
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
      return entry === null || entry.state === 'alive' ? -1 : entry.status;
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
      return task?.threads.length ?? 0;
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
      return tasks.reduce((sum, task) => sum + pagesByNode(w, task)[node]!, 0);
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
    (a, b) => b.threads.length - a.threads.length || a.id - b.id,
  );
}

export function tasksOf(w: WorkloadWorld, pid: number): Task[] {
  return select(w.tasks, (task) => task.pid === pid && task.kind === 'process');
}

/** Procs, local vprocs and kept requests of the process in the PMA of the node. */
export function residualEntries(w: WorkloadWorld, pid: number, node: number): number {
  const procs = select(w.procs, (proc) => proc.pid === pid && proc.node === node).length;
  let entries = procs;
  for (const vproc of w.vprocs.rows) {
    if (!vproc.live || vproc.pid !== pid || vproc.node !== node) continue;
    entries += vproc.pending.length + (vproc.operations === 'local' ? 1 : 0);
  }
  return entries;
}

/** Forwarding proxies on the node for ports whose receive right the tasks hold now. */
function residualForwarders(w: WorkloadWorld, of: readonly Task[], node: number): number {
  const tasks = new Set(of.map((task) => task.id));
  let count = 0;
  for (const state of w.distributed.rows) {
    if (!state.live || !state.forward) continue;
    const port = at(w.ports, state.port);
    if (port.node !== node) continue;
    for (const other of w.nodes.rows) {
      const copy = w.ports.rows[other.portByUid.get(state.uid) ?? NONE];
      if (copy?.live === true && !copy.proxy && tasks.has(copy.receiver)) count++;
    }
  }
  return count;
}

/** Kernel ports of the tasks and their threads that a migration server on the node answers on [mechanisms 4.4]. */
function residualRelays(w: WorkloadWorld, tasks: readonly Task[], node: number): number {
  const identities = new Set(tasks.flatMap((task) => task.threads.map((id) => at(w.threads, id).identity)));
  const ids = new Set(tasks.map((task) => task.id));
  return select(w.relays, (relay) => {
    const { task, thread } = at(w.migrations, relay.migration);
    return relay.node === node && (ids.has(task) || identities.has(thread));
  }).length;
}
