/**
 * The state of a thread, as others read and write it [mechanisms 1.13].
 *
 * What registers and stack hold is, here, the frames of the program. A debugger or a handler of exceptions reads and
 * writes these (THREAD_STATE); frames that the kernel has put on top of them for an exception or a call are not part of
 * it, and stay. A migration server reads and writes everything that is the thread's own (THREAD_MACHINE_STATE): with it the
 * thread goes on elsewhere in the middle of whatever it was in, a receive or an exception, as if nothing had happened.
 */
import { copy } from '../base/plain.ts';
import { exceptionRoutine } from './exceptions.ts';
import { trap } from './kernel-call.ts';
import { framesOf, pushFrames, type Frame } from './routine.ts';
import { RETRY_NOTHING, type Thread } from './thread.ts';

export const THREAD_STATE = 1;
export const THREAD_MACHINE_STATE = 2;

/** The parts of a thread that are its own. */
const registers = [
  'result',
  'retry',
  'suspendCount',
  'remaining',
  'until',
  'schedule',
  'systemTime',
  'replyName',
  'receiveName',
  'expectsReply',
  'servedBy',
  'serves',
  'operation',
  'code',
  'body',
  'reply',
  'names',
  'brought',
  'arrivedOn',
  'sequence',
] as const satisfies readonly (keyof Thread)[];

export type ThreadState = Pick<Thread, (typeof registers)[number] | 'name' | 'identity'> & {
  /** The outermost first. */
  readonly frames: Frame[];
};

export function isFlavor(flavor: number): boolean {
  return flavor === THREAD_STATE || flavor === THREAD_MACHINE_STATE;
}

/** A copy of the thread's state; nothing that happens to the thread changes it. */
export function threadStateOf(t: Thread, flavor: number): Partial<ThreadState> {
  const frames = written(t);
  if (flavor === THREAD_STATE) return { frames: frames.slice(0, firstOfKernel(frames)) };
  const { name, identity } = t;
  const state: Record<string, unknown> = { name, identity, frames };
  for (const register of registers) state[register] = copy(t[register]);
  return state;
}

/** Gives a thread that does not run the state, or those parts of it that are given. */
export function setThreadState(t: Thread, state: Partial<ThreadState>): void {
  const { frames } = state;
  const given = registers.filter((register) => register in state);
  if (frames !== undefined && given.length === 0) {
    setProgram(t, copy(frames));
    return;
  }
  if (frames !== undefined) setFrames(t, copy(frames));
  Object.assign(t, Object.fromEntries(given.map((register) => [register, copy(state[register])])));
}

/** The program is somewhere else now: what it was in is forgotten, unless it is the kernel that is in it. */
function setProgram(t: Thread, frames: Frame[]): void {
  const own = framesOf(t);
  const kernel = own.slice(firstOfKernel(own));
  setFrames(t, [...frames, ...kernel]);
  if (kernel.length > 0) return;
  t.retry = RETRY_NOTHING;
  t.remaining = 0;
  t.result = null;
}

function setFrames(t: Thread, frames: readonly Frame[]): void {
  t.top = null;
  pushFrames(t, frames);
}

/** The frames as they are written down. */
function written(t: Thread): Frame[] {
  return framesOf(t).map(({ routine, step, current, data }) => ({ routine, step, current, data: copy(data) }));
}

/** Index of the first frame that the kernel has put on top of the program's. */
function firstOfKernel(frames: readonly Frame[]): number {
  const first = frames.findIndex(({ routine }) => routine === exceptionRoutine.index || routine === trap.index);
  return first < 0 ? frames.length : first;
}
