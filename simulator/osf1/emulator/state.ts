/**
 * What the emulator keeps in the memory of its process [mechanisms 5.1]: the names of the capabilities that it calls
 * on, the open file descriptors, how signals are handled, and the threads. It moves with the task and nobody else needs to know.
 *
 * The eight send rights of a process have the same names in every process, because fork copies the memory in which the
 * names are written; a new process therefore gets its rights inserted under these names.
 */
import { NONE } from '../../base/table.ts';
import type { Task } from '../../mach/task.ts';
import type { Thread } from '../../mach/thread.ts';
import { emulatorLimits, usualLimits, type EmulatorLimits } from '../limits.ts';
import { MAIN } from '../signal-state.ts';
import type { HeldToken } from './tokens.ts';

/** The well-known names of a process's send rights: index in the name space, generation 0. */
export const TASK_SELF = 0x100;
export const MAIN_THREAD = 0x200;
export const SIGNAL_THREAD = 0x300;
/** The per-process port of the PMA: where process-related system calls go. */
export const PROCESS_PORT = 0x400;
export const CREDENTIALS = 0x500;
export const ROOT_DIRECTORY = 0x600;
export const CURRENT_DIRECTORY = 0x700;
export const TERMINAL = 0x800;

/** The terminal of the session that a process is in. */
export const TERMINAL_PATH = '/dev/tty';

export interface OpenFile {
  path: string;
  /** Names of the rights to the open file structure and to its token. */
  capability: number;
  token: number;
  /** Position as last reported by the file server, which keeps it; shown to people. */
  position: number;
  /** Name of the node of the file server; shown to people. */
  server: string;
  /** exec closes it. */
  closeOnExec: boolean;
  /** No file but a pipe: a read or a write may wait for ever, and a signal interrupts it. */
  waits: boolean;
  /** The file server may grant its token (tokens.ts). */
  caching: boolean;
  /** A parent or a child has had it, too: the server has to learn the position. */
  shared: boolean;
}

export function newOpenFile(path: string, capability: number, token: number, server: string): OpenFile {
  return {
    path,
    capability,
    token,
    position: 0,
    server,
    closeOnExec: false,
    waits: false,
    caching: false,
    shared: false,
  };
}

/** A block of the program; the calls that it interrupts are made again, or fail with EINTR. */
export interface Handler {
  /** Place of its first instruction. */
  readonly entry: number;
  readonly restart: boolean;
}

/** A call that a signal may interrupt: by which operation, on which port, under which number. */
export interface Waiting {
  readonly port: number;
  readonly operation: string;
  readonly call: number;
}

/** How the names of the regions begin that files are mapped in. */
export const MAPPED = 'mapping ';

/** A file that the program has mapped. The region begins with the first page of the file; the program sees it from `offset` on. */
export interface FileMapping {
  /** Name of the region. */
  readonly region: string;
  /** Virtual address of the first byte that the program sees. */
  readonly address: number;
  /** Of that byte in the file, and how many there are. */
  readonly offset: number;
  readonly length: number;
  readonly shared: boolean;
  /** Shown to people. */
  readonly path: string;
  /** Name of the right to the memory object. */
  readonly memory: number;
}

/** A thread of the program: what is its own of the emulator's memory. */
export interface EmulatorThread {
  /** MAIN for the main thread; no number is used again. */
  readonly number: number;
  /** Its identity, and the name of the right to its kernel port; NONE for the main thread, whose right is MAIN_THREAD. */
  readonly identity: number;
  readonly port: number;
  /** Computation that a signal has interrupted: what is left of it, in nanoseconds. */
  left: number;
  /** When a sleep that a signal has interrupted would be over; NONE outside of one. */
  wakes: number;
  /** A signal waits to be taken: the thread does so before anything else. */
  nudged: boolean;
  /** The call that may be interrupted and that the thread is in. */
  waiting: Waiting | null;
  /** The error of the last system call that failed: `ECHILD`; empty before the first. */
  errno: string;
  /** What was read last, as a string of bytes (file-server/bytes.ts); write(file, size) writes from it. */
  buffer: string;
}

export function newThread(number: number, identity = NONE, port = NONE): EmulatorThread {
  return { number, identity, port, left: 0, wakes: NONE, nudged: false, waiting: null, errno: '', buffer: '' };
}

/** An open file that a thread is in a call on: calls of several threads on one file happen one after the other. */
export interface FileInUse {
  readonly capability: number;
  readonly thread: number;
}

export interface EmulatorState {
  /** Name of the program whose image is mapped; empty before the first exec. */
  image: string;
  /** Names of the receive rights of the signal port and the exception port. */
  signalPort: number;
  exceptionPort: number;
  /** By descriptor; null where it is free. */
  files: (OpenFile | null)[];
  /** In the order in which they were made. */
  mappings: FileMapping[];
  /** Where relative paths begin: absolute, without a slash at its end but for the root. */
  directory: string;
  /** The main thread, and the others, the oldest first; the highest number that one has had. */
  threads: EmulatorThread[];
  started: number;
  /** Number of the thread that ends the process, or has its program replaced: the others begin nothing. NONE otherwise. */
  alone: number;
  /** One of them has the PMA look at the processor time that they have used. */
  looks: boolean;
  /** What all threads of the program count on. */
  counts: number[];
  inUse: FileInUse[];
  /** Tokens of open files, and what is kept under them. */
  tokens: HeldToken[];
  /** How often tokens were wanted back. */
  recalls: number;
  /** The task was moved alone: its PMA does not share this memory any more, so it may hold no token. */
  away: boolean;
  /** Signals handled so far, by number. */
  handled: Record<string, number>;
  /** What the program does with the signals that it catches, by number. */
  handlers: Record<string, Handler>;
  /** How many calls that may be interrupted were made. */
  calls: number;
  /** The effective user, and the bits that the modes of new files do not have. */
  uid: number;
  umask: number;
  /** A policy has chosen its node when it was made, and it has executed nothing since: exec does not ask again. */
  placed: boolean;
  /** What it enforces itself of the process's limits (limits.ts). */
  limits: EmulatorLimits;
}

/** A new process holds no token, even of what its parent has open. */
export const noTokens = (): Pick<EmulatorState, 'tokens' | 'recalls'> => ({ tokens: [], recalls: 0 });

/** Threads of a process that has only begun: one. */
export const oneThread = (): Pick<EmulatorState, 'threads' | 'started' | 'alone' | 'looks' | 'counts' | 'inUse'> => ({
  threads: [newThread(MAIN)],
  started: MAIN,
  alone: NONE,
  looks: false,
  counts: [],
  inUse: [],
});

export function newEmulator(uid: number): EmulatorState {
  return {
    image: '',
    signalPort: NONE,
    exceptionPort: NONE,
    files: [],
    mappings: [],
    directory: '/',
    ...oneThread(),
    ...noTokens(),
    away: false,
    handled: {},
    handlers: {},
    calls: 0,
    uid,
    umask: 0o022,
    placed: false,
    limits: emulatorLimits(usualLimits, 0),
  };
}

export function emulatorOf(task: Task): EmulatorState {
  return task.emulator as EmulatorState;
}

/** What is the thread's own: the main one is the one that no right names. */
export function threadIn({ threads }: EmulatorState, { identity }: Thread): EmulatorThread {
  return (threads.length === 1 ? undefined : threads.find((each) => each.identity === identity)) ?? threads[0]!;
}

/** Name of the right to the thread's kernel port. */
export const portOf = ({ port }: EmulatorThread): number => (port === NONE ? MAIN_THREAD : port);
