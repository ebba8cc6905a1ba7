/** All routines of migration, and which of them serves which operation. */
import type { Routine } from '../mach/routine.ts';
import { delegate } from './agent/delegate.ts';
import { abandonPrepared, forgetPrepared, prepareTask } from './agent/early.ts';
import { pullTask } from './agent/pull.ts';
import { membersHere, promise, unpromise } from './group/members.ts';
import { moveGroup } from './group/move-group.ts';
import { attach } from './process/attach.ts';
import { moveTask } from './process/by-task.ts';
import { cleanUp } from './process/cleanup.ts';
import { detach } from './process/detach.ts';
import { freeze } from './process/freeze.ts';
import { prepare } from './process/prepare.ts';
import { installRoutine } from './process/install.ts';
import { giveUp } from './process/lost.ts';
import { migrateRoutine } from './process/migrate.ts';
import { reinstate, resume } from './process/refused.ts';
import { restart } from './process/restart.ts';
import { acquireTokens, regainTokens, returnTokens } from './process/tokens.ts';
import { leave, reserve } from './process/turn.ts';
import { keepRegion } from './task/oms/keep.ts';
import { forgetCopy, preCopy } from './task/oms/pre-copy.ts';
import { taskMigrationRoutines } from './task/routines.ts';
import { moveMachTask } from './task/start.ts';

export const migrationRoutines: readonly Routine[] = [
  ...taskMigrationRoutines,
  migrateRoutine,
  freeze,
  prepare,
  prepareTask,
  abandonPrepared,
  forgetPrepared,
  detach,
  returnTokens,
  moveGroup,
  membersHere,
  promise,
  unpromise,
  reserve,
  leave,
  installRoutine,
  attach,
  acquireTokens,
  restart,
  cleanUp,
  reinstate,
  resume,
  regainTokens,
  giveUp,
  moveTask,
  pullTask,
  delegate,
  moveMachTask,
];

export const migrationServices: readonly (readonly [operation: string, routine: Routine])[] = [
  ['pma.migrate_process', migrateRoutine],
  ['pma.migrate_group', moveGroup],
  ['migration.members', membersHere],
  ['local vproc.promise', promise],
  ['local vproc.unpromise', unpromise],
  ['migration.prepare', prepareTask],
  ['migration.forget_prepared', forgetPrepared],
  ['migration.reserve', reserve],
  ['migration.leave', leave],
  ['migration.request', installRoutine],
  ['migration.pull', pullTask],
  ['migration.pre_copy', preCopy],
  ['migration.forget', forgetCopy],
  ['migration.keep', keepRegion],
];
