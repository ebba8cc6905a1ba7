/**
 * A migration: where from and to, how far it has come, the virtual time of each stamp, and what its task still needs of
 * other nodes.
 */
import { showTime } from '../../language/vocabulary/units.ts';
import type { ClusterState, MigrationState, TaskState } from '../../simulator/inspect/state.ts';
import { presentValue } from './value.ts';
import { group, type Shown } from './shown.ts';
import { presentResiduals } from './task.ts';

const facts = [
  'migration',
  'name',
  'by',
  'from',
  'to',
  'phase',
  'step',
  'committed',
  'calls',
  'group',
  'outcome',
  'reason',
  'how',
  'pages',
] as const;
const stampNames = ['decision', 'frozen', 'detached', 'installed', 'attached', 'resumed', 'ended'] as const;
const durations = ['freezingTime', 'freezeTime', 'taskTime', 'totalTime'] as const;

const pathNames = [
  'kernelCalls',
  'localMessages',
  'remoteMessages',
  'rights',
  'bytes',
  'processor',
  'waiting',
] as const satisfies readonly (keyof MigrationState['path'])[];

/** Those of a process by its pid, of a Mach task by the task. */
export function migrationsOf({ migrations }: ClusterState, task: TaskState | undefined): readonly MigrationState[] {
  if (task === undefined) return [];
  return migrations.filter((each) => (task.pid === null ? each.task === task.task : each.pid === task.pid));
}

/** The migrations of a task, the latest first; of a single one its members, without a level in between. */
export function presentMigrations(state: ClusterState, task: TaskState | undefined): readonly Shown[] {
  const migrations = [...migrationsOf(state, task)].reverse();
  const [only] = migrations;
  if (only !== undefined && migrations.length === 1) return presentMigration(state, only);
  return migrations.map((migration) => ({
    name: `migration ${migration.migration}`,
    value: `${migration.from} -> ${migration.to}, ${migration.outcome === '' ? migration.phase : migration.outcome}`,
    expression: `migration(${migration.migration})`,
    children: () => presentMigration(state, migration),
  }));
}

function presentMigration({ tasks }: ClusterState, migration: MigrationState): readonly Shown[] {
  const task = tasks.find((each) => each.task === migration.task);
  const base = `migration(${migration.migration})`;
  const stamps = stampNames.map((stamp) => presentTime(stamp, migration.stamps[stamp], `${base}.stamps.${stamp}`));
  return [
    ...facts.map((fact) => presentValue(fact, migration[fact], `${base}.${fact}`)),
    ...durations.map((duration) => presentTime(duration, migration[duration], `${base}.${duration}`)),
    group('stamps', stamps, `${base}.stamps`),
    presentPath(migration, base),
    ...(task === undefined ? [] : [presentResiduals(task)]),
  ];
}

/** Where its time went: the members add up to what has passed since the decision. */
function presentPath({ path, beside }: MigrationState, base: string): Shown {
  const total = Object.values(path).reduce((sum, each) => sum + each, 0);
  const members = pathNames.map((name) => presentTime(name, path[name], `${base}.path.${name}`));
  return {
    ...group('path', members, `${base}.path`),
    value: `${showTime(total)}, and ${showTime(beside)} meanwhile`,
  };
}

function presentTime(name: string, nanoseconds: number | null, expression: string): Shown {
  return { name, value: nanoseconds === null ? 'not reached' : showTime(nanoseconds), type: 'time', expression };
}
