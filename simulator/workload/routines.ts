/** The routines of the workload room: the interpreter, and what the operator does. */
import type { Routine } from '../mach/routine.ts';
import { interpreter } from './interpret.ts';
import { operatorMigrate, operatorSignal } from './operator.ts';

export const workloadRoutines: readonly Routine[] = [interpreter, operatorSignal, operatorMigrate];
