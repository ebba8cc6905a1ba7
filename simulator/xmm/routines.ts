/** The kernel services of distributed memory. */
import type { Routine } from '../mach/routine.ts';
import { dataRequest } from './data-request.ts';
import { importServices } from './import-services.ts';

export const xmmServices: readonly Routine[] = [dataRequest, ...importServices];
