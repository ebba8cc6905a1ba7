/**
 * Threads of a program: `thread { ... }`, what pthread_create is in UNIX [docs/decisions/0061-threads-of-a-process.md].
 *
 * They are Mach threads of the process's task, which the emulator makes itself: they share its memory, its name space, its
 * descriptors and the emulator. The PMA is told that there is one more, and when it ends, because each has a mask of signals. What
 * a thread has of the emulator's memory for itself (errno, the call that it is in, what it has read) stands in `threads`.
 *
 *   start   pma.thread_create; thread_create and thread_resume, by the task itself
 *   end     of the block: pma.thread_end, and its kernel port's right goes. The end of main, and exit, end them all
 *   join    waits here, in the memory of the process, and costs no message
 *
 * Calls of several threads on one open file happen one after the other (`oneAtATime`): POSIX wants reads and writes of a file to be
 * whole, and what is kept under a token has no place for two. A pipe or a socket is its server's to keep in order.
 */
import { NONE, at } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, call, finish, goTo, routine, step, type Frame, type Routine } from '../../mach/routine.ts';
import { blockOn, wakeAll, type Thread } from '../../mach/thread.ts';
import type { OsfWorld } from '../world.ts';
import { failed, type Failed } from './errno.ts';
import { fileAt } from './files.ts';
import { pmaCall, type PmaCall } from './pma-call.ts';
import { TASK_SELF, emulatorOf, newThread, threadIn, type EmulatorState } from './state.ts';

const stateOf = (w: OsfWorld, t: Thread): EmulatorState => emulatorOf(at(w.tasks, t.task));

/** What those wait for that join a thread, and those that want to use a file. */
export const JOIN = 'end of a thread';
const TURN = 'turn to use a file';

/** Threads that a process may have at a time. */
const MOST_THREADS = 64;

export interface EmulatorThreadStart {
  /** The frame of the program with which it begins. */
  readonly frame: Frame;
  number: number;
}

/** Body of `pma.thread_create`; `thread` is the caller. */
export interface ThreadCreated {
  readonly number: number;
  readonly thread?: number;
}

/** Finishes with the number of the thread. */
export const emulatorThreadStart = routine<OsfWorld, EmulatorThreadStart>(
  'emulator.thread_create',
  'starts a thread of the program',
  [
    step('tell the PMA', (w, t, f) => {
      const emulator = stateOf(w, t);
      if (emulator.threads.length >= MOST_THREADS) return finish(t, failed('EAGAIN'));
      f.number = ++emulator.started;
      const body: ThreadCreated = { number: f.number };
      call(t, pmaCall, { operation: 'pma.thread_create', payload: { body }, tries: 0 } satisfies PmaCall);
    }),
    step('make it', (w, t, f) => {
      const { code } = t.result as Payload;
      if (code !== 'KERN_SUCCESS') return finish(t, failed(code));
      const end: Frame = { routine: emulatorThreadEnd.index, step: 0, current: 0, data: {} };
      const body = { name: `thread ${f.number}`, frames: [end, f.frame] };
      kernelCall(w, t, TASK_SELF, 'thread_create', { body });
    }),
    step('let it run', (w, t, f) => {
      const port = t.names[0]!;
      const { identity } = t.body as { identity: number };
      stateOf(w, t).threads.push(newThread(f.number, identity, port));
      kernelCall(w, t, port, 'thread_resume');
    }),
    step('return', (_w, t, f) => finish(t, f.number)),
  ],
);

/** The outermost frame of a thread that is not the main one: its program has come to its end. */
const emulatorThreadEnd = routine<OsfWorld, object>('emulator.thread_end', 'ends a thread of the program', [
  step('tell the PMA', (_w, t) => {
    call(t, pmaCall, { operation: 'pma.thread_end', payload: {}, tries: 0 } satisfies PmaCall);
  }),
  step('forget it', (w, t) => {
    const task = at(w.tasks, t.task);
    const emulator = emulatorOf(task);
    const { number, port } = threadIn(emulator, t);
    emulator.threads = emulator.threads.filter((each) => each.number !== number);
    wakeAll(w, task, JOIN);
    kernelCall(w, t, TASK_SELF, 'mach_port_deallocate', { body: { name: port } });
  }),
]);

export interface Join {
  /** NONE: all but the caller. */
  readonly thread: number;
}

/** Finishes with 0. A handler runs meanwhile if there is a signal to take; then the wait goes on, as POSIX has it. */
export const emulatorJoin = routine<OsfWorld, Join>('emulator.pthread_join', 'waits for the end of a thread', [
  step('wait until it has ended', (w, t, f) => {
    const { threads, started } = stateOf(w, t);
    const mine = threadIn(stateOf(w, t), t);
    if (f.thread === mine.number) return finish(t, failed('EDEADLK'));
    if (f.thread > started || (f.thread < 1 && f.thread !== NONE)) return finish(t, failed('ESRCH'));
    if (!threads.some(({ number }) => number === f.thread || (f.thread === NONE && number !== mine.number))) {
      return finish(t, 0);
    }
    if (mine.nudged) return finish(t, { ...failed('EINTR'), goesOn: true } satisfies Failed);
    blockOn(w, t, JOIN);
    again(t);
  }),
]);

export const emulatorSelf = routine<OsfWorld, object>('emulator.pthread_self', 'which thread am I', [
  step('look', (w, t) => finish(t, threadIn(stateOf(w, t), t).number)),
]);

/** A call on an open file, of a process that has several threads. */
export interface OneAtATime {
  readonly descriptor: number;
  /** Index of the routine of the call, and its frame. */
  readonly routine: number;
  readonly frame: object;
  capability: number;
}

export const oneAtATime = routine<OsfWorld, OneAtATime>('emulator.turn', 'has calls on a file follow each other', [
  step('wait for its turn', (w, t, f) => {
    const emulator = stateOf(w, t);
    const capability = fileAt(w, t, f.descriptor)?.capability;
    if (capability === undefined) return;
    if (emulator.inUse.some((each) => each.capability === capability)) {
      blockOn(w, t, TURN);
      return again(t);
    }
    f.capability = capability;
    emulator.inUse.push({ capability, thread: threadIn(emulator, t).number });
  }),
  step('make the call', (w, t, f) => call(t, w.setup.routines[f.routine]!, f.frame)),
  step('let the next one in', (w, t, f) => {
    const emulator = stateOf(w, t);
    emulator.inUse = emulator.inUse.filter(({ capability }) => capability !== f.capability);
    wakeAll(w, at(w.tasks, t.task), TURN);
    finish(t, t.result);
  }),
]);

/** Whether the call has to wait for its turn: closing and doubling a descriptor always has, the rest if it stands for a file. */
export function needsTurn(w: OsfWorld, t: Thread, name: string, descriptor: unknown): boolean {
  if (stateOf(w, t).threads.length === 1 || typeof descriptor !== 'number') return false;
  const file = fileAt(w, t, descriptor);
  return file !== null && (always.has(name) || (onFiles.has(name) && !file.waits));
}

const always: ReadonlySet<string> = new Set(['close', 'dup', 'dup2']);
const onFiles: ReadonlySet<string> = new Set([
  'read',
  'write',
  'pread',
  'pwrite',
  'lseek',
  'fsync',
  'fstat',
  'ftruncate',
]);

interface KernelRow {
  readonly calls: { readonly on: number; readonly operation: string; readonly body?: object }[];
}

/** Kernel calls that are made in a row, whatever they answer: some thread may have ended meanwhile. */
export const kernelRow = routine<OsfWorld, KernelRow>('emulator.kernel calls', 'calls the kernel several times', [
  step('make the next one', (w, t, f) => {
    const next = f.calls.shift();
    if (next === undefined) return finish(t);
    kernelCall(w, t, next.on, next.operation, next.body === undefined ? {} : { body: next.body });
  }),
  step('go on', (w, t) => goTo(w, t, 'make the next one')),
]);

export const threadRoutines: readonly Routine[] = [
  emulatorThreadStart,
  emulatorThreadEnd,
  emulatorJoin,
  emulatorSelf,
  oneAtATime,
  kernelRow,
];
