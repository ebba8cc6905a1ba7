/** The routines of distributed IPC, and the kernel services among them. */
import type { Routine } from '../mach/routine.ts';
import { prepareMemory } from './pull-memory.ts';
import { receiveStatus } from './receive-status.ts';
import { normaServices } from './special-ports.ts';

export const dipcServices: readonly Routine[] = [...receiveStatus, ...normaServices];
export const dipcRoutines: readonly Routine[] = [...dipcServices, prepareMemory];
