/** The routines of distributed memory, and the kernel services among them. */
import type { Routine } from '../mach/routine.ts';
import { copyCall } from './copy-call.ts';
import { dataRequest } from './data-request.ts';
import { returnServices } from './data-return.ts';
import { importServices } from './import-services.ts';
import { kernelSideServices } from './lock-request.ts';
import { normaTaskServices } from './norma.ts';
import { attributesChange, shareServices } from './share.ts';
import { vectorServices } from './vm-map-vector.ts';

export const xmmServices: readonly Routine[] = [
  dataRequest,
  ...returnServices,
  ...kernelSideServices,
  copyCall,
  ...shareServices,
  ...importServices,
  ...normaTaskServices,
  ...vectorServices,
  attributesChange,
];
