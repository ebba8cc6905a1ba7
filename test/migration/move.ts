// The vocabulary of the stories about Mach tasks that move: a cluster with migration servers, and an operator.
import assert from 'node:assert/strict';
import { at, select } from '../../simulator/base/table.ts';
import { taskCreate, type Task } from '../../simulator/mach/task.ts';
import { threadCreate } from '../../simulator/mach/thread.ts';
import { migrationRoutines, migrationServices } from '../../simulator/migration/routines.ts';
import { between, type Migration, type Stamps } from '../../simulator/migration/record.ts';
import { simply, type TaskMove } from '../../simulator/migration/task/how.ts';
import { startTaskMigration } from '../../simulator/migration/task/start.ts';
import type { Routine } from '../../simulator/mach/routine.ts';
import { xmmServices } from '../../simulator/xmm/routines.ts';
import { clusterWith, type Actor, type Cluster, type ClusterOptions } from '../mach/cluster.ts';

export interface Lab extends Cluster {
  /** Asks for the task to be moved, now; the record of it. */
  move(task: Actor, to: string, how?: Partial<Omit<TaskMove, 'agent'>> & { agent?: string }): Migration;
  /** The live task of that name. */
  named(name: string): Task;
}

/** Nodes whose kernels can import memory of one another, and servers that can move tasks. */
export function lab(nodes: readonly string[], options: ClusterOptions = {}): Lab {
  const routines = [...migrationRoutines, ...xmmServices, ...(options.routines ?? [])];
  const c = clusterWith({ ...options, routines }, ...nodes);
  const services = c.w.setup.services as Map<string, Routine>;
  for (const [operation, each] of migrationServices) services.set(operation, each);
  const kernel = c.w.setup.kernelServices as Map<string, Routine>;
  for (const each of xmmServices) kernel.set(each.name, each);
  const operator = taskCreate(c.w, nodes.length - 1, 'mach', 'operator', 0);
  const asking = threadCreate(c.w, operator, 'operator');
  return {
    ...c,
    move({ task }, to, { agent, ...how } = {}) {
      const whole = { ...simply, ...how, agent: agent === undefined ? simply.agent : nodes.indexOf(agent) };
      return at(c.w.migrations, startTaskMigration(c.w, asking, { task: task.id, to: nodes.indexOf(to), how: whole }));
    },
    named(name) {
      const [task, ...others] = select(c.w.tasks, (each) => each.name === name);
      assert.ok(task !== undefined && others.length === 0, `there is not one task ${name}`);
      return task;
    },
  };
}

export function milliseconds(m: Migration, from: keyof Stamps, to: keyof Stamps): number {
  return between(m, from, to) / 1e6;
}
