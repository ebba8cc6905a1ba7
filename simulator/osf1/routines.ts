/** All routines of the OSF/1 AD servers and of the emulator, and which of them serves which operation. */
import type { Routine } from '../mach/routine.ts';
import { NO_SENDERS_NOTICE } from '../mach/ipc/notify.ts';
import { holderRoutine } from './credentials/holders.ts';
import { credentialsRoutines } from './credentials/operations.ts';
import { credentialsRequest, recoverHolders } from './credentials/recover.ts';
import { callRoutines } from './emulator/calls.ts';
import { childInit } from './emulator/child-init.ts';
import { emulatorExec } from './emulator/exec.ts';
import { fileRoutines } from './emulator/files.ts';
import { mappingRoutines } from './emulator/mappings.ts';
import { limitRoutines } from './emulator/limits.ts';
import { emulatorPriority } from './emulator/priority.ts';
import { emulatorLeastLoaded } from './emulator/placement.ts';
import { emulatorIdentity } from './emulator/identity.ts';
import { emulatorPathRoutines } from './emulator/paths.ts';
import { emulatorPipe } from './emulator/pipes.ts';
import { emulatorFcntl } from './emulator/fcntl.ts';
import { emulatorSelect } from './emulator/select.ts';
import { descriptorSetRoutines } from './emulator/descriptor-set.ts';
import { emulatorSocketRoutines } from './emulator/sockets.ts';
import { statusCalls } from './emulator/status.ts';
import { transferRoutines } from './emulator/transfer.ts';
import { writeBack } from './emulator/write-back.ts';
import { emulatorFork } from './emulator/fork.ts';
import { pmaCall } from './emulator/pma-call.ts';
import { emulatorSigismember } from './emulator/signal-sets.ts';
import { signalRoutines } from './emulator/signals.ts';
import { threadRoutines } from './emulator/threads.ts';
import { emulatorTerminalRoutines } from './emulator/terminal.ts';
import { dataRoutines, fileNoSenders } from './file-server/data.ts';
import { pathRoutines } from './file-server/directory.ts';
import { mappedNoSenders, mappedServices } from './file-server/mapped.ts';
import { filePager } from './file-server/pager.ts';
import { throughRoutines, throughServices } from './file-server/through.ts';
import { statusRoutines } from './file-server/status.ts';
import { handsOut } from './file-server/hand-out.ts';
import { filePoll } from './file-server/poll.ts';
import { waitingNotices, waitingRoutines } from './file-server/waiting.ts';
import { monitorRoutines } from './monitor/monitor.ts';
import { handOverRoutines } from './file-server/hand-over.ts';
import { takeHome } from './file-server/token.ts';
import { callImageBack } from './file-server/kept-images.ts';
import { admission, operations } from './pma/admission.ts';
import { createProcess } from './pma/create.ts';
import { pmaExec } from './pma/exec.ts';
import { exitProcess, pmaExit, tellOfEnd } from './pma/exit.ts';
import { forkHere, forkThere } from './pma/fork-remote.ts';
import { pmaChildInit, pmaFork } from './pma/fork.ts';
import { pmaHolders } from './pma/holders.ts';
import { introduceInit } from './pma/init.ts';
import { pmaSpawn } from './pma/spawn.ts';
import { groupCalls, setGroup } from './pma/groups.ts';
import { killCalls } from './pma/kill.ts';
import { imageRecall } from './pma/images.ts';
import { pmaGetpid, pmaGetppid, pmaGetrusage, pmaLeastLoaded, pmaTimes } from './pma/identity.ts';
import { limitCalls } from './pma/limits.ts';
import { choosePlace, pmaPlace } from './pma/place.ts';
import { priorityCalls, schedule } from './pma/priority.ts';
import { changeIdentity, pmaGetuid, pmaSetuid } from './pma/identity-change.ts';
import { migrateProcess, pcntlMigrate } from './pma/pcntl.ts';
import { controlRoutines } from './pma/pcntl-control.ts';
import { forwardedCall, keptCall } from './pma/pending.ts';
import { pmaReport } from './pma/report.ts';
import { settleSignals, signalProcess } from './pma/signal.ts';
import { clock, setitimer } from './pma/timer.ts';
import { signalCalls } from './pma/signal-calls.ts';
import { terminalCalls } from './pma/terminal.ts';
import { threadCalls } from './pma/threads.ts';
import { tokenRecall, yieldTokens } from './pma/tokens.ts';
import { vprocCallRoutine } from './pma/vproc-call.ts';
import { childExit, pmaWait } from './pma/wait.ts';
import { childRoutines } from './pm-master/children.ts';
import { pipeRoutines } from './pipes/transfer.ts';
import { callParents, exitRoutines } from './pm-master/exit.ts';
import { terminalRoutines } from './pm-master/terminals.ts';
import { hangUp } from './pm-master/hang-up.ts';
import { leaveOrphans, lookAtGroup, orphanRoutines } from './pm-master/orphans.ts';
import { blockRoutines, findOwner, forwardedRequest, masterRequest } from './pm-master/owner.ts';
import { pidRoutines } from './pm-master/pids.ts';
import { gatherMembers, groupRoutines, tellOwners } from './pm-master/groups.ts';
import { disown } from './pm-master/disown.ts';
import { initRoutines } from './pm-master/init.ts';
import { countLoads, placementRoutines } from './pm-master/placement.ts';
import { recover } from './pm-master/recover.ts';
import { takeOver, takeOverRoutines } from './pm-master/take-over.ts';
import { relationRoutines } from './pm-master/relations.ts';
import { connectionRoutines } from './sockets/connect.ts';
import { namingRoutines } from './sockets/open.ts';
import { socketTransferRoutines } from './sockets/transfer.ts';

/** Executed for a process, once its request is admitted; named like the operation. */
const processRoutines: readonly Routine[] = [
  pmaChildInit,
  pmaFork,
  pmaExec,
  pmaExit,
  pmaWait,
  pmaGetpid,
  pmaGetppid,
  pmaGetrusage,
  pmaTimes,
  ...limitCalls,
  ...priorityCalls,
  pmaLeastLoaded,
  pmaPlace,
  pmaGetuid,
  pmaSetuid,
  ...groupCalls,
  ...terminalCalls,
  ...killCalls,
  ...signalCalls,
  ...threadCalls,
  setitimer,
  pcntlMigrate,
  ...controlRoutines,
  signalProcess,
  childExit,
  migrateProcess,
];

/** Executed for a PM Master, once it is known that it is the right one; named like the operation. */
const masterRoutines: readonly Routine[] = [
  ...pidRoutines,
  ...relationRoutines,
  ...exitRoutines,
  ...childRoutines,
  disown,
  ...initRoutines,
  ...placementRoutines,
  ...groupRoutines,
  ...terminalRoutines,
  ...blockRoutines,
  ...takeOverRoutines,
  ...orphanRoutines,
];

/** Requests to a server as such; named like the operation. */
const serverRoutines: readonly Routine[] = [
  pmaSpawn,
  forkHere,
  pmaReport,
  pmaHolders,
  forwardedCall,
  forwardedRequest,
  ...monitorRoutines,
  ...dataRoutines,
  ...mappedServices,
  ...throughServices,
  ...statusRoutines,
  ...pathRoutines,
  filePoll,
  ...namingRoutines,
  ...connectionRoutines,
  ...handOverRoutines,
  tokenRecall,
  imageRecall,
];

export const osfRoutines: readonly Routine[] = [
  admission,
  ...processRoutines,
  createProcess,
  forkThere,
  changeIdentity,
  schedule,
  choosePlace,
  holderRoutine,
  setGroup,
  exitProcess,
  tellOfEnd,
  settleSignals,
  clock,
  vprocCallRoutine,
  takeHome,
  callImageBack,
  yieldTokens,
  writeBack,
  keptCall,
  callParents,
  hangUp,
  gatherMembers,
  countLoads,
  tellOwners,
  leaveOrphans,
  lookAtGroup,
  recover,
  takeOver,
  findOwner,
  masterRequest,
  ...masterRoutines,
  credentialsRequest,
  recoverHolders,
  introduceInit,
  ...credentialsRoutines,
  ...serverRoutines,
  ...filePager.map(([, each]) => each),
  childInit,
  pmaCall,
  emulatorFork,
  emulatorExec,
  ...fileRoutines,
  ...transferRoutines,
  ...statusCalls,
  ...mappingRoutines,
  ...emulatorPathRoutines,
  ...signalRoutines,
  emulatorSigismember,
  ...callRoutines,
  ...limitRoutines,
  ...Object.values(emulatorPriority),
  ...emulatorTerminalRoutines,
  emulatorLeastLoaded,
  ...Object.values(emulatorIdentity),
  ...pipeRoutines,
  ...waitingNotices.map(([, each]) => each),
  ...waitingRoutines,
  handsOut,
  mappedNoSenders,
  ...throughRoutines,
  ...socketTransferRoutines,
  emulatorPipe,
  ...emulatorSocketRoutines,
  emulatorSelect,
  emulatorFcntl,
  ...threadRoutines,
  ...descriptorSetRoutines,
];

const byName = (each: Routine): readonly [string, Routine] => [each.name, each];

export const osfServices: readonly (readonly [operation: string, routine: Routine])[] = [
  ...Object.keys(operations).map((operation) => [operation, admission] as const),
  ...processRoutines.map((each) => [`local ${each.name}`, each] as const),
  ...masterRoutines.map(({ name }) => [name, masterRequest] as const),
  ...masterRoutines.map((each) => [`local ${each.name}`, each] as const),
  ...credentialsRoutines.map(({ name }) => [name, credentialsRequest] as const),
  ...credentialsRoutines.map((each) => [`local ${each.name}`, each] as const),
  ...serverRoutines.map(byName),
  ...filePager,
  [NO_SENDERS_NOTICE, fileNoSenders],
  ...waitingNotices,
];
