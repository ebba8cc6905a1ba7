/**
 * The system calls of programs: which routine of the emulator makes each of them, and with what. The language has the other
 * half, their names and types, in language/vocabulary/system-calls.ts.
 */
import type { Routine } from '../mach/routine.ts';
import {
  emulatorAllow,
  emulatorJoinGroup,
  emulatorProcessInfo,
  emulatorErrno,
  emulatorExit,
  emulatorGetpgid,
  emulatorGetpid,
  emulatorGetppid,
  emulatorGetrusage,
  emulatorGetsid,
  emulatorMigrate,
  emulatorSetpgid,
  emulatorSetsid,
  emulatorTimes,
  emulatorWait,
  emulatorWaitpid,
} from '../osf1/emulator/calls.ts';
import {
  emulatorClose,
  emulatorDup,
  emulatorOpen,
  type EmulatorClose,
  type EmulatorDup,
  type EmulatorOpen,
} from '../osf1/emulator/files.ts';
import {
  emulatorAccess,
  emulatorChdir,
  emulatorChmod,
  emulatorCut,
  emulatorGetcwd,
  emulatorLink,
  emulatorMkdir,
  emulatorReaddir,
  emulatorRename,
  emulatorRmdir,
  emulatorStat,
  emulatorUnlink,
} from '../osf1/emulator/paths.ts';
import { emulatorIdentity } from '../osf1/emulator/identity.ts';
import { emulatorFdClr, emulatorFdFirst, emulatorFdIsset, emulatorFdSet } from '../osf1/emulator/descriptor-set.ts';
import { emulatorFcntl, type EmulatorFcntl } from '../osf1/emulator/fcntl.ts';
import {
  emulatorKill,
  emulatorKillpg,
  emulatorSetitimer,
  emulatorSigaction,
  emulatorSigpending,
  emulatorSigprocmask,
  emulatorSigsuspend,
  emulatorSleep,
  type EmulatorSigaction,
} from '../osf1/emulator/signals.ts';
import { emulatorSigismember } from '../osf1/emulator/signal-sets.ts';
import { emulatorJoin, emulatorSelf } from '../osf1/emulator/threads.ts';
import { maskChanges } from '../osf1/pma/signal-calls.ts';
import {
  emulatorMmap,
  emulatorMsync,
  emulatorMunmap,
  emulatorTouch,
  touching,
  type EmulatorMmap,
  type OfMapping,
} from '../osf1/emulator/mappings.ts';
import { emulatorPipe } from '../osf1/emulator/pipes.ts';
import { emulatorSelect, selectFrame } from '../osf1/emulator/select.ts';
import {
  emulatorAccept,
  emulatorBind,
  emulatorConnect,
  emulatorListen,
  emulatorShutdown,
  emulatorSocket,
  emulatorSocketpair,
} from '../osf1/emulator/sockets.ts';
import { emulatorSeek, emulatorStatus, emulatorSync, emulatorTruncate } from '../osf1/emulator/status.ts';
import { emulatorBuffer, emulatorRead, emulatorWrite, type EmulatorTransfer } from '../osf1/emulator/transfer.ts';
import { emulatorTerminal } from '../osf1/emulator/terminal.ts';
import { emulatorLeastLoaded } from '../osf1/emulator/placement.ts';
import { emulatorLimitCalls } from '../osf1/emulator/limits.ts';
import { emulatorPriority } from '../osf1/emulator/priority.ts';
import { resources } from '../osf1/limits.ts';
import { whose } from '../osf1/priority.ts';
import type { PathCall } from '../osf1/file-server/directory.ts';
import type { PcntlMigrate } from '../osf1/pma/pcntl.ts';
import type { Wait } from '../osf1/pma/wait.ts';
import { NONE } from '../base/table.ts';
import { Fault } from './evaluate.ts';
import type { SystemCall, Value } from './program.ts';
import type { WorkloadWorld } from './world.ts';

interface SystemCallEntry {
  readonly routine: Routine;
  /** The data of the routine's frame, from the operands in their order. */
  readonly frame: (operands: readonly Value[], w: WorkloadWorld) => object;
}

/** The language has checked the types of all operands. */
const int = (value: Value | undefined): number => value as number;
const text = (value: Value | undefined): string => value as string;

/** A mode is written as chmod(1) has it, in octal digits. */
function octal(value: Value | undefined): number {
  if (!/^[0-7]{1,4}$/.test(text(value))) throw new Fault(`${JSON.stringify(value)} is no mode in octal digits`, null);
  return Number.parseInt(text(value), 8);
}

const none = (): object => ({});
const ofProcess = ([pid]: readonly Value[]): object => ({ pid: int(pid) });
const ofPath = ([path]: readonly Value[]): PathCall => ({ path: text(path) });
const ofPaths = ([path, to]: readonly Value[]): PathCall => ({ path: text(path), to: text(to) });
const ofDescriptorAndPath = ([descriptor, path]: readonly Value[]): object => ({
  descriptor: int(descriptor),
  path: text(path),
});
const ofMapping = ([address]: readonly Value[]): OfMapping => ({ address: int(address) });
const ofSet = ([descriptor, set]: readonly Value[]): object => ({ set: text(set), descriptors: [int(descriptor)] });
const transfer = ([descriptor, data]: readonly Value[]): EmulatorTransfer => ({
  descriptor: int(descriptor),
  data: typeof data === 'string' ? data : int(data),
  size: 0,
  done: 0,
  bytes: '',
  at: NONE,
  end: NONE,
  recalls: 0,
});

/** pread and pwrite: the same at a place of the file, and the position stays. */
const transferAt = ([descriptor, data, offset]: readonly Value[]): EmulatorTransfer => {
  const f = transfer([descriptor!, data!]);
  return { ...f, at: int(offset), end: int(offset) + (typeof data === 'number' ? data : 0) };
};

/** creat(path) is open(path, write | create | truncate). */
const CREAT = 2 | 4 | 16;
/** In the order of the numbers of AWAIT_CALLS, RESTART_CALLS and MIGRATE_EARLY. */
const treatments = ['await', 'restart', 'early'] as const;
const SIG_IGN = 1;
const whences = ['set', 'current', 'end'] as const;

export const systemCalls: Readonly<Record<SystemCall, SystemCallEntry>> = {
  getpid: { routine: emulatorGetpid, frame: none },
  getppid: { routine: emulatorGetppid, frame: none },
  wait: { routine: emulatorWait, frame: ([child]): Wait => ({ pid: int(child), options: 0 }) },
  waitpid: {
    routine: emulatorWaitpid,
    frame: ([child, options]): Wait => ({ pid: int(child), options: int(options) }),
  },
  kill: { routine: emulatorKill, frame: ([pid, signal]) => ({ pid: int(pid), signal: int(signal) }) },
  killpg: { routine: emulatorKillpg, frame: ([group, signal]) => ({ group: int(group), signal: int(signal) }) },
  signal: {
    routine: emulatorSigaction,
    frame: ([signal, action]): EmulatorSigaction => ({
      signal: int(signal),
      action: int(action) === SIG_IGN ? 'ignore' : 'default',
      mask: 0,
      handler: null,
    }),
  },
  sigprocmask: {
    routine: emulatorSigprocmask,
    frame: ([how, set]) => ({ how: maskChanges[int(how)] ?? 'block', set: int(set) }),
  },
  sigpending: { routine: emulatorSigpending, frame: none },
  sigsuspend: { routine: emulatorSigsuspend, frame: ([mask]) => ({ mask: int(mask) }) },
  pause: { routine: emulatorSigsuspend, frame: () => ({ mask: null }) },
  sigismember: {
    routine: emulatorSigismember,
    frame: ([set, signal]) => ({ set: int(set), signal: int(signal) }),
  },
  alarm: { routine: emulatorSetitimer, frame: ([time]) => ({ time: int(time), interval: 0 }) },
  setitimer: {
    routine: emulatorSetitimer,
    frame: ([time, interval]) => ({ time: int(time), interval: int(interval) }),
  },
  sleep: { routine: emulatorSleep, frame: ([time]) => ({ time: int(time) }) },
  getpgid: { routine: emulatorGetpgid, frame: ofProcess },
  setpgid: { routine: emulatorSetpgid, frame: ([pid, group]) => ({ pid: int(pid), group: int(group) }) },
  getsid: { routine: emulatorGetsid, frame: ofProcess },
  setsid: { routine: emulatorSetsid, frame: () => ({ pid: 0 }) },
  getuid: { routine: emulatorIdentity.getuid, frame: none },
  geteuid: { routine: emulatorIdentity.geteuid, frame: none },
  setuid: { routine: emulatorIdentity.setuid, frame: ([uid]) => ({ uid: int(uid) }) },
  seteuid: { routine: emulatorIdentity.seteuid, frame: ([uid]) => ({ uid: int(uid) }) },
  umask: { routine: emulatorIdentity.umask, frame: ([mask]) => ({ mask: octal(mask) }) },
  chmod: { routine: emulatorChmod, frame: ([path, mode]): PathCall => ({ path: text(path), mode: octal(mode) }) },
  chown: { routine: emulatorChmod, frame: ([path, owner]): PathCall => ({ path: text(path), owner: int(owner) }) },
  tcgetpgrp: { routine: emulatorTerminal.tcgetpgrp, frame: ([tty]) => ({ descriptor: int(tty) }) },
  tcsetpgrp: {
    routine: emulatorTerminal.tcsetpgrp,
    frame: ([tty, group]) => ({ descriptor: int(tty), group: int(group) }),
  },
  getrusage: { routine: emulatorGetrusage, frame: none },
  times: { routine: emulatorTimes, frame: none },
  nice: { routine: emulatorPriority.nice, frame: ([increment]) => ({ increment: int(increment) }) },
  getpriority: {
    routine: emulatorPriority.getpriority,
    frame: ([which, who]) => ({ which: whose[int(which)] ?? 'process', who: int(who), value: null }),
  },
  setpriority: {
    routine: emulatorPriority.setpriority,
    frame: ([which, who, value]) => ({ which: whose[int(which)] ?? 'process', who: int(who), value: int(value) }),
  },
  getrlimit: {
    routine: emulatorLimitCalls.getrlimit,
    frame: ([resource]) => ({ resource: resources[int(resource)] ?? '' }),
  },
  setrlimit: {
    routine: emulatorLimitCalls.setrlimit,
    frame: ([resource, soft, hard]) => ({
      resource: resources[int(resource)] ?? '',
      soft: int(soft),
      hard: int(hard),
    }),
  },
  open: {
    routine: emulatorOpen,
    frame: ([path, flags, mode]): EmulatorOpen => ({
      path: text(path),
      flags: int(flags),
      mode: octal(mode),
      recalls: 0,
    }),
  },
  creat: {
    routine: emulatorOpen,
    frame: ([path, mode]): EmulatorOpen => ({ path: text(path), flags: CREAT, mode: octal(mode), recalls: 0 }),
  },
  read: { routine: emulatorRead, frame: transfer },
  write: { routine: emulatorWrite, frame: transfer },
  pread: { routine: emulatorRead, frame: (operands) => transferAt(operands) },
  pwrite: { routine: emulatorWrite, frame: (operands) => transferAt(operands) },
  fsync: { routine: emulatorSync, frame: ([descriptor]) => ({ descriptor: int(descriptor) }) },
  access: { routine: emulatorAccess, frame: ofPath },
  truncate: { routine: emulatorCut, frame: ([path, size]): PathCall => ({ path: text(path), size: int(size) }) },
  buffer: { routine: emulatorBuffer, frame: none },
  lseek: {
    routine: emulatorSeek,
    frame: ([descriptor, offset, whence]) => ({
      descriptor: int(descriptor),
      seek: { offset: int(offset), whence: whences[int(whence)] ?? 'set' },
    }),
  },
  close: {
    routine: emulatorClose,
    frame: ([descriptor]): EmulatorClose => ({ descriptor: int(descriptor), file: null }),
  },
  dup: { routine: emulatorDup, frame: ([descriptor]) => duplicate(int(descriptor), null) },
  dup2: { routine: emulatorDup, frame: ([descriptor, wanted]) => duplicate(int(descriptor), int(wanted)) },
  pipe: { routine: emulatorPipe, frame: none },
  socket: { routine: emulatorSocket, frame: none },
  socketpair: { routine: emulatorSocketpair, frame: none },
  bind: { routine: emulatorBind, frame: ofDescriptorAndPath },
  listen: {
    routine: emulatorListen,
    frame: ([descriptor, backlog]) => ({ descriptor: int(descriptor), backlog: int(backlog) }),
  },
  accept: { routine: emulatorAccept, frame: ([descriptor]) => ({ descriptor: int(descriptor) }) },
  connect: { routine: emulatorConnect, frame: ofDescriptorAndPath },
  shutdown: {
    routine: emulatorShutdown,
    frame: ([descriptor, how]) => ({ descriptor: int(descriptor), how: int(how) }),
  },
  select: {
    routine: emulatorSelect,
    frame: ([read, write, within]) => selectFrame(text(read), text(write), int(within)),
  },
  fcntl: {
    routine: emulatorFcntl,
    frame: ([descriptor, command, flags]): EmulatorFcntl => ({
      descriptor: int(descriptor),
      command: int(command),
      flags: int(flags),
    }),
  },
  fd_set: { routine: emulatorFdSet, frame: (descriptors) => ({ set: '', descriptors }) },
  FD_SET: { routine: emulatorFdSet, frame: ofSet },
  FD_CLR: { routine: emulatorFdClr, frame: ofSet },
  FD_ISSET: { routine: emulatorFdIsset, frame: ofSet },
  FD_FIRST: { routine: emulatorFdFirst, frame: ([set]) => ({ set: text(set), descriptors: [] }) },
  mmap: {
    routine: emulatorMmap,
    frame: ([descriptor, length, protection, sharing, offset]): EmulatorMmap => ({
      descriptor: int(descriptor),
      length: int(length),
      protection: int(protection),
      sharing: int(sharing),
      offset: int(offset),
    }),
  },
  munmap: { routine: emulatorMunmap, frame: ofMapping },
  msync: { routine: emulatorMsync, frame: ofMapping },
  load: {
    routine: emulatorTouch,
    frame: ([address, offset, size]) => touching(int(address), int(offset), int(size)),
  },
  store: {
    routine: emulatorTouch,
    frame: ([address, offset, data]) => touching(int(address), int(offset), text(data)),
  },
  ftruncate: {
    routine: emulatorTruncate,
    frame: ([descriptor, size]) => ({ descriptor: int(descriptor), size: int(size) }),
  },
  fstat: { routine: emulatorStatus, frame: ([descriptor]) => ({ descriptor: int(descriptor) }) },
  stat: { routine: emulatorStat, frame: ofPath },
  unlink: { routine: emulatorUnlink, frame: ofPath },
  link: { routine: emulatorLink, frame: ofPaths },
  rename: { routine: emulatorRename, frame: ofPaths },
  mkdir: { routine: emulatorMkdir, frame: ([path, mode]): PathCall => ({ path: text(path), mode: octal(mode) }) },
  rmdir: { routine: emulatorRmdir, frame: ofPath },
  readdir: {
    routine: emulatorReaddir,
    frame: ([path, index]): PathCall => ({ path: text(path), index: int(index) }),
  },
  chdir: { routine: emulatorChdir, frame: ofPath },
  getcwd: { routine: emulatorGetcwd, frame: none },
  exit: { routine: emulatorExit, frame: ([status]) => ({ status: int(status) }) },
  pthread_join: { routine: emulatorJoin, frame: ([thread]) => ({ thread: int(thread) }) },
  pthread_self: { routine: emulatorSelf, frame: () => ({}) },
  errno: { routine: emulatorErrno, frame: none },
  migrate: {
    routine: emulatorMigrate,
    frame: ([pid, node, calls], w): PcntlMigrate => ({
      pid: int(pid),
      node: nodeNamed(w, text(node)),
      calls: treatments[int(calls)] ?? 'await',
    }),
  },
  least_loaded: { routine: emulatorLeastLoaded, frame: none },
  allow_migration: { routine: emulatorAllow, frame: ([pid]) => ({ pid: int(pid), migratable: true }) },
  disallow_migration: { routine: emulatorAllow, frame: ([pid]) => ({ pid: int(pid), migratable: false }) },
  join_migration_group: {
    routine: emulatorJoinGroup,
    frame: ([group, pid]) => ({ pid: int(pid), group: int(group) }),
  },
  leave_migration_group: { routine: emulatorJoinGroup, frame: ([pid]) => ({ pid: int(pid), group: 0 }) },
  process_info: { routine: emulatorProcessInfo, frame: ofProcess },
};

/** Programs are bound to no cluster and name nodes by text. */
export function nodeNamed(w: WorkloadWorld, name: string): number {
  const node = w.nodes.rows.findIndex((each) => each.name === name);
  if (node < 0) throw new Fault(`there is no node ${JSON.stringify(name)}`, null);
  return node;
}

function duplicate(descriptor: number, wanted: number | null): EmulatorDup {
  return { descriptor, wanted, file: null };
}
