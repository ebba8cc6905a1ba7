/** The routines of task migration. */
import type { Routine } from '../../mach/routine.ts';
import { cleanPoints } from './clean-points.ts';
import { inKernel, kernelMigration } from './in-kernel.ts';
import { importRegion } from './import-region.ts';
import { kernelPort } from './kernel-port.ts';
import { makeTask } from './make-task.ts';
import { moveName } from './move-name.ts';
import { moveThread } from './move-thread.ts';
import { copyRegion } from './oms/copy.ts';
import { keepRegion } from './oms/keep.ts';
import { pagerLoop } from './oms/pager.ts';
import { forgetCopy, preCopy } from './oms/pre-copy.ts';
import { takeRegion } from './oms/region.ts';
import { giveUp } from './oms/release.ts';
import { relayLoop } from './relay.ts';
import { smsRoutine } from './sms.ts';

export const taskMigrationRoutines: readonly Routine[] = [
  smsRoutine,
  cleanPoints,
  makeTask,
  importRegion,
  moveName,
  kernelPort,
  moveThread,
  relayLoop,
  inKernel,
  kernelMigration,
  takeRegion,
  copyRegion,
  keepRegion,
  preCopy,
  forgetCopy,
  pagerLoop,
  giveUp,
];
