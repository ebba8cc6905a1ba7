/**
 * The proc (and user) structure: the local state of a process, sole property of the PMA on its node [mechanisms 5.4].
 *
 * Lists [P1]: *active* (the process lives here), *migrating* (detached, kept for recovery until the destination has
 * it), *free* (the row means nothing; the PMA that had it uses it again). States of an active process:
 *
 *   creating  its task exists, its emulator has not called child_init yet; it cannot be migrated
 *   running   on its way through its program, in whatever call
 *   stopped   by SIGSTOP, until SIGCONT
 *   exiting   in exit(), or killed: nothing new is accepted for it
 *   attaching on its way in from another node
 *
 * Open files are no part of it: they are the emulator's, in the task's own memory. Relations (parent, children's
 * statuses) are the PM Master's. What travels in a migration is named in `LOCAL_STATE_BYTES`.
 */
import { PROCESSOR } from '../base/ledger.ts';
import { NONE, release, take, type Row } from '../base/table.ts';
import type { Request } from '../mach/server.ts';
import type { Ended } from './ended.ts';
import type { Pma } from './pma/pma.ts';
import { noCreations, noteCreation, type Creations } from './creation-rate.ts';
import { newLimits, type Limits } from './limits.ts';
import { noSignals, type Signals } from './signal-state.ts';
import type { OsfWorld } from './world.ts';

export type ProcList = 'active' | 'migrating' | 'free';
export type ProcState = 'creating' | 'running' | 'stopped' | 'exiting' | 'attaching';

/** Size of the proc and user structures, of the credentials and of the rusage [paper section 4]. */
const PROC_BYTES = 1120;
export const CREDENTIALS_BYTES = 100;
const RUSAGE_BYTES = 76;
export const LOCAL_STATE_BYTES = PROC_BYTES + CREDENTIALS_BYTES + RUSAGE_BYTES;

/** Names, in the space of the PMA, of the nine capabilities that it keeps of a process [mechanisms 5.4]. */
export interface ProcNames {
  task: number;
  mainThread: number;
  signalThread: number;
  exception: number;
  signal: number;
  credentials: number;
  root: number;
  directory: number;
  terminal: number;
}

/** The order in which the nine travel. */
export const procNames = [
  'task',
  'mainThread',
  'signalThread',
  'exception',
  'signal',
  'credentials',
  'root',
  'directory',
  'terminal',
] as const satisfies readonly (keyof ProcNames)[];

/** A request as it was received, kept whole: its reply right stays under its name until somebody answers. */
export interface SavedRequest extends Request {
  /** Account that its work is booked on. */
  readonly activity: number;
}

/** A request for the process that a thread of the PMA is executing [P5]. */
export interface CallInProgress {
  /** Identity of the PMA's thread. */
  readonly thread: number;
  readonly request: SavedRequest;
  /** Whether it changes the process's state: if not, it may be cancelled and executed again elsewhere [mechanisms 5.5]. */
  readonly modifiesState: boolean;
  /** What it waits on, having changed nothing; empty while it works. */
  channel: string;
  /** It must put its request back at the head of the queue and end, as soon as it looks. */
  cancelled: boolean;
  /** It must end then, and nobody wants its answer. */
  dropped: boolean;
}

/** The timer that raises SIGALRM (pma/timer.ts). */
export interface Timer {
  /** When it expires, and how often again (ns); NONE if it is not set, 0 if it expires once. */
  expires: number;
  interval: number;
  /** Identity of the PMA's thread that waits for it; NONE while it does not run. */
  clock: number;
}

/** A time that is counted over nodes: on the earlier ones, what this one began with, and of the children. */
export interface Counted {
  accumulated: number;
  base: number;
  children: number;
}

/** Parent, process group and session, by pid. They are the PM Master's to say. */
export interface Relations {
  readonly parent: number;
  readonly group: number;
  readonly session: number;
}

export interface Proc extends Row {
  pid: number;
  name: string;
  node: number;
  list: ProcList;
  state: ProcState;
  /** Effective, real and saved user. */
  uid: number;
  realUid: number;
  savedUid: number;
  /** It has called exec since it was made: its parent does not move it into another group any more. */
  executed: boolean;
  /** Account of the process. */
  activity: number;
  /** The per-process port, on which the emulator calls: a receive right in the PMA's space. */
  processPort: number;
  names: ProcNames;
  signals: Signals;
  timer: Timer;
  /** What it may use (limits.ts), and how little it wants of the processor: -20 to 19 (priority.ts). */
  limits: Limits;
  nice: number;
  /**
   * Nanoseconds of processor time: on all earlier nodes, the account's total when this node began to count [P7], and
   * what the children that were waited for have used.
   */
  usage: Counted & {
    /** Of that, the computation of programs; the rest is what servers and kernels have done for them. */
    computed: Counted;
  };
  created: number;
  lastMigrated: number;
  migrations: number;
  /** pcntl(DISALLOW) clears it. */
  migratable: boolean;
  /** Those of one group move together; 0: it moves by itself. */
  migrationGroup: number;
  creations: Creations;
  /** Relations as far as the PMA has heard of them: what it tells a PM Master that has to ask. */
  relations: Relations;
  /**
   * Pids of the children that have not been waited for, and of those among them whose exit was reported, and of those that
   * are said to have stopped or to go on. `news` counts those reports; it begins anew on each node.
   */
  children: number[];
  exited: number[];
  changed: { readonly child: number; readonly how: 'stopped' | 'continued' }[];
  news: number;
  /** How it ends, while it is exiting. */
  ended: Ended | null;
  readonly callsInProgress: CallInProgress[];
}

const nothingCounted: Readonly<Counted> = { accumulated: 0, base: 0, children: 0 };

function noProcNames(): ProcNames {
  return {
    task: NONE,
    mainThread: NONE,
    signalThread: NONE,
    exception: NONE,
    signal: NONE,
    credentials: NONE,
    root: NONE,
    directory: NONE,
    terminal: NONE,
  };
}

function blankProc(id: number): Proc {
  return {
    id,
    live: true,
    pid: NONE,
    name: '',
    node: NONE,
    list: 'free',
    state: 'creating',
    uid: 0,
    realUid: 0,
    savedUid: 0,
    executed: false,
    activity: 0,
    processPort: NONE,
    names: noProcNames(),
    signals: noSignals(),
    timer: { expires: NONE, interval: 0, clock: NONE },
    limits: newLimits(),
    nice: 0,
    usage: { ...nothingCounted, computed: { ...nothingCounted } },
    created: 0,
    lastMigrated: NONE,
    migrations: 0,
    migratable: true,
    migrationGroup: 0,
    creations: noCreations(0),
    relations: { parent: NONE, group: NONE, session: NONE },
    children: [],
    exited: [],
    changed: [],
    news: 0,
    ended: null,
    callsInProgress: [],
  };
}

type Lists = Pick<Pma, 'node' | 'free'>;

/** The birth of a proc at a PMA: from its free list to its active list, in state `creating`. */
export function procAllocate(w: OsfWorld, { node, free }: Lists, pid: number): Proc {
  const own = free.pop();
  // The table gives out first what came back last.
  if (own !== undefined) w.procs.free.push(own);
  const proc = take(w.procs, blankProc);
  proc.pid = pid;
  proc.node = node;
  proc.list = 'active';
  proc.created = w.time;
  proc.creations = noCreations(w.time);
  return proc;
}

/** Its death: back on the free list of its PMA. Its capabilities have been given up or moved before. */
export function procFree(w: OsfWorld, { free }: Lists, proc: Proc): void {
  release(w.procs, proc, blankProc);
  free.push(w.procs.free.pop()!);
}

/** A PMA has failed with its node, and all its lists with it. */
export function procsLost(w: OsfWorld, { node, free }: Lists): void {
  w.procs.free.push(...free.splice(0));
  for (const proc of w.procs.rows) if (proc.live && proc.node === node) release(w.procs, proc, blankProc);
}

/** The proc of a process on a node, active or migrating, or null. */
export function procOf(w: OsfWorld, node: number, pid: number): Proc | null {
  for (const proc of w.procs.rows) if (proc.live && proc.node === node && proc.pid === pid) return proc;
  return null;
}

/** Processor time since the process came to this node (ns); policy asks for it. */
export function currentUsage(w: OsfWorld, proc: Proc): number {
  return w.ledger.rows[proc.activity]!.spent[PROCESSOR]! - proc.usage.base;
}

/** Processor time of the whole life of the process: what getrusage and wait report. */
export function totalUsage(w: OsfWorld, proc: Proc): number {
  return proc.usage.accumulated + currentUsage(w, proc);
}

/** The part of it that was computation: user time. */
export function userTime(w: OsfWorld, { activity, usage: { computed } }: Proc): number {
  return computed.accumulated + w.ledger.rows[activity]!.computed - computed.base;
}

/** Channel on which threads of the PMA wait for the end of the calls in progress. */
export const callsChannel = (proc: Proc): string => `calls of ${proc.pid}`;
/** Channel on which wait() waits for the exit of a child. */
export const childrenChannel = (proc: Proc): string => `children of ${proc.pid}`;
/** Channel on which sigsuspend waits for a signal. */
export const signalChannel = (proc: Proc): string => `signals of ${proc.pid}`;
/** Channel on which a request waits until the emulator of a new process is ready. */
export const startChannel = (proc: Proc): string => `start of ${proc.pid}`;

/** The process has made a child: it is counted, wherever it was made [5.7]. */
export function noteChild(proc: Proc, child: number, now: number): void {
  proc.children.push(child);
  noteCreation(proc.creations, now);
}
