/** The routines of the workload room: the interpreter, and what the operator does. */
import type { Routine } from '../mach/routine.ts';
import { interpreter } from './interpret.ts';
import { machRoutines } from './mach-routines.ts';
import { askNameServer, nameServices } from './name-server.ts';
import { operatorMigrate, operatorSignal } from './operator.ts';
import { startTask, startThread } from './start-task.ts';

export const workloadRoutines: readonly Routine[] = [
  interpreter,
  operatorSignal,
  operatorMigrate,
  startTask,
  startThread,
  askNameServer,
  ...machRoutines,
  ...nameServices,
];

/** What the name server serves, by operation. */
export const workloadServices = new Map(nameServices.map((each) => [each.name, each] as const));
