/** All routines of the microkernel, and which of them serve which operation. */
import { sendMemory } from './ipc/send-memory.ts';
import { exceptionRoutine } from './exceptions.ts';
import { kernelLoop, trap } from './kernel-call.ts';
import { contentRoutines, contentServices } from './kernel-services/memory-contents.ts';
import { inheritServices } from './kernel-services/memory-inherit.ts';
import { memoryServices } from './kernel-services/memory-services.ts';
import { portServices } from './kernel-services/port-services.ts';
import { receiveServices } from './kernel-services/receive-services.ts';
import { scheduleServices, trapServices } from './kernel-services/schedule-services.ts';
import { specialPortServices } from './kernel-services/special-port-services.ts';
import { taskServices } from './kernel-services/task-services.ts';
import { threadServices } from './kernel-services/thread-services.ts';
import { unknownOperation, type Routine } from './routine.ts';
import { serverLoop } from './server.ts';
import { defaultPagerLoop } from './vm/default-pager.ts';
import { pageInRoutine } from './vm/page-in.ts';
import { pageOutRoutine } from './vm/page-out.ts';
import { terminateRoutine } from './vm/terminate.ts';

/** Every kernel service is called by its own name. */
export const kernelServices: readonly Routine[] = [
  ...taskServices,
  ...threadServices,
  ...specialPortServices,
  ...scheduleServices,
  ...trapServices,
  ...portServices,
  ...receiveServices,
  ...memoryServices,
  ...contentServices,
  ...inheritServices,
];

export const machRoutines: readonly Routine[] = [
  unknownOperation,
  serverLoop,
  kernelLoop,
  trap,
  pageInRoutine,
  exceptionRoutine,
  pageOutRoutine,
  terminateRoutine,
  sendMemory,
  defaultPagerLoop,
  ...contentRoutines.filter((each) => !contentServices.includes(each)),
  ...kernelServices,
];
