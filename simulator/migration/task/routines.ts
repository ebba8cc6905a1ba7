/** The routines of task migration. */
import type { Routine } from '../../mach/routine.ts';
import { importRegion } from './import-region.ts';
import { moveName } from './move-name.ts';
import { moveThread } from './move-thread.ts';
import { smsRoutine } from './sms.ts';

export const taskMigrationRoutines: readonly Routine[] = [smsRoutine, importRegion, moveName, moveThread];
