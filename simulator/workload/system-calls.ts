/**
 * The system calls of programs: which routine of the emulator makes each of them, and with what. The language has the other
 * half, their names and types, in language/vocabulary/system-calls.ts.
 */
import type { Routine } from '../mach/routine.ts';
import {
  emulatorAllow,
  emulatorDisallow,
  emulatorErrno,
  emulatorExit,
  emulatorGetpid,
  emulatorGetppid,
  emulatorKill,
  emulatorMigrate,
  emulatorWait,
  emulatorWaitpid,
} from '../osf1/emulator/calls.ts';
import {
  emulatorClose,
  emulatorOpen,
  emulatorRead,
  emulatorWrite,
  type EmulatorClose,
  type EmulatorOpen,
  type EmulatorTransfer,
} from '../osf1/emulator/files.ts';
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

const none = (): object => ({});
const ofProcess = ([pid]: readonly Value[]): object => ({ pid: int(pid) });
const transfer = ([descriptor, size]: readonly Value[]): EmulatorTransfer => ({
  descriptor: int(descriptor),
  size: int(size),
  done: 0,
});

export const systemCalls: Readonly<Record<SystemCall, SystemCallEntry>> = {
  getpid: { routine: emulatorGetpid, frame: none },
  getppid: { routine: emulatorGetppid, frame: none },
  wait: { routine: emulatorWait, frame: ofProcess },
  waitpid: { routine: emulatorWaitpid, frame: ofProcess },
  kill: { routine: emulatorKill, frame: ([pid, signal]) => ({ pid: int(pid), signal: int(signal) }) },
  open: {
    routine: emulatorOpen,
    frame: ([path, flags]): EmulatorOpen => ({ path: text(path), flags: int(flags) }),
  },
  read: { routine: emulatorRead, frame: transfer },
  write: { routine: emulatorWrite, frame: transfer },
  close: {
    routine: emulatorClose,
    frame: ([descriptor]): EmulatorClose => ({ descriptor: int(descriptor), file: null }),
  },
  exit: { routine: emulatorExit, frame: ([status]) => ({ status: int(status) }) },
  errno: { routine: emulatorErrno, frame: none },
  migrate: {
    routine: emulatorMigrate,
    frame: ([pid, node], w) => ({ pid: int(pid), node: nodeNamed(w, text(node)) }),
  },
  allow_migration: { routine: emulatorAllow, frame: none },
  disallow_migration: { routine: emulatorDisallow, frame: none },
};

/** Programs are bound to no cluster and name nodes by text. */
function nodeNamed(w: WorkloadWorld, name: string): number {
  const node = w.nodes.rows.findIndex((each) => each.name === name);
  if (node < 0) throw new Fault(`there is no node ${JSON.stringify(name)}`, null);
  return node;
}
