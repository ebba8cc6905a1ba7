/**
 * The questions of the workload language, answered from the inspected state: what `cc.node` and `m.outcome` are in a
 * script they are in the debugger. A process is its pid there, a migration and a Mach task a number.
 */
import type { Type } from '../../language/compile.ts';
import type { PortIdentityState } from '../../simulator/inspect/state-ports.ts';
import type { ClusterState } from '../../simulator/inspect/state.ts';

/** The field of a local of this type, or undefined if the language has no such field. */
export function fieldOf(state: ClusterState, type: Type, value: unknown, field: string): unknown {
  if (type === 'process') return processField(state, value, field);
  if (type === 'task') return startedField(state, value, field);
  return type === 'migration' ? migrationField(state, value, field) : undefined;
}

/** The port over the whole cluster: by its identity, by the id of a copy, or by its label. */
export function identityOf(state: ClusterState, key: unknown): PortIdentityState | null {
  const { identities } = state;
  return (
    identities.find(({ identity }) => identity === key) ??
    identities.find(({ copies }) => copies.some((copy) => copy === key)) ??
    identities.find(({ label, dead }) => label === key && !dead) ??
    identities.find(({ label }) => label === key) ??
    null
  );
}

/** The process with this pid as one object: its task, if it has one now, and its line in the PM Master's table. */
export function processOf(state: ClusterState, pid: unknown): object | null {
  const entry = state.processes.find((process) => process.pid === pid);
  const task = state.tasks.find((each) => each.kind === 'process' && each.pid === pid);
  if (entry === undefined && task === undefined) return null;
  const migrations = state.migrations.filter((migration) => migration.pid === pid);
  const vprocs = state.vprocs.filter((vproc) => vproc.pid === pid);
  const procs = state.procs.filter((proc) => proc.pid === pid);
  return { ...entry, ...task, migrations, vprocs, procs };
}

function startedField({ started, tasks }: ClusterState, number: unknown, field: string): unknown {
  const found = started.find((each) => each.started === number);
  switch (field) {
    case 'node':
    case 'alive':
    case 'sent':
    case 'received':
    case 'replies':
      return found?.[field];
    case 'threads':
      return tasks.find(({ task }) => task === found?.task)?.threads.length ?? 0;
    default:
      return found?.counts.find(({ name }) => name === field)?.value;
  }
}

function processField(state: ClusterState, pid: unknown, field: string): unknown {
  const entry = state.processes.find((process) => process.pid === pid);
  switch (field) {
    case 'pid':
      return pid;
    case 'node':
      return entry?.node;
    case 'alive':
      return entry?.state === 'alive';
    case 'status':
    case 'signal':
    case 'lost':
      return entry?.[field];
    case 'migrations':
      return state.migrations.filter((migration) => migration.pid === pid && migration.outcome === 'done').length;
    default:
      return undefined;
  }
}

function migrationField(state: ClusterState, number: unknown, field: string): unknown {
  const migration = state.migrations.find((each) => each.migration === number);
  switch (field) {
    case 'outcome':
      return migration?.outcome;
    case 'reason':
      return migration?.reason;
    case 'freezing_time':
      return migration?.freezingTime;
    case 'freeze_time':
      return migration?.freezeTime;
    case 'total_time':
      return migration?.totalTime;
    case 'task_time':
      return migration?.taskTime;
    case 'pages_running':
      return migration?.pages.before;
    case 'pages_frozen':
      return migration?.pages.frozen;
    default:
      return undefined;
  }
}
