/**
 * Routines: the programs of the system.
 *
 * Whatever runs in the cluster is a thread with a stack of frames, and a frame is a routine, a place in it, and its
 * data. A routine is a table of steps. A step is a short function that looks at the world, changes it, and says what
 * the thread waits for next (a kernel call, an answer, a message, the processor, nothing); when that has happened the
 * next step is performed. Because all of this is data, a thread can be copied, shown, moved to another node, and
 * stepped backwards; and the table itself is the page that a debugger shows.
 *
 *   const forkRoutine = routine<OsfWorld, Fork>('pma.fork', 'makes a child process', [
 *     step('ask the PM Master for a pid', (w, t, f) => rpc(w, t, ...)),
 *     step('make the task', (w, t, f) => { f.pid = ...; kernelCall(w, t, ...) }),
 *   ]);
 */
import type { MachWorld } from './world.ts';
import { runnable, type Thread } from './thread.ts';
import { assert } from '../base/assert.ts';

export interface Step<W extends MachWorld, D extends object> {
  readonly name: string;
  readonly perform: (w: W, t: Thread, frame: D) => void;
}

export interface Routine {
  /** Index in the setup's list; given once, by the engine. */
  index: number;
  readonly name: string;
  /** What it does, in a few words. */
  readonly story: string;
  readonly steps: readonly Step<never, never>[];
}

/** A frame as it is written down: in a message, or in the state of a thread. */
export interface Frame {
  /** Index of the routine. */
  routine: number;
  /** Index of the step that comes next. */
  step: number;
  /** Index of the step that was performed last: what an interrupted thread performs again. */
  current: number;
  /** The routine's own plain data. */
  data: object;
}

/** A frame on the stack of a thread. Stacks are short: a call goes a few routines deep, and nothing is recursive. */
export interface StackedFrame extends Frame {
  /** The frame that called it, or null. */
  readonly below: StackedFrame | null;
}

export function step<W extends MachWorld, D extends object>(
  name: string,
  perform: (w: W, t: Thread, frame: D) => void,
): Step<W, D> {
  return { name, perform };
}

export function routine<W extends MachWorld, D extends object>(
  name: string,
  story: string,
  steps: readonly Step<W, D>[],
): Routine {
  return { index: -1, name, story, steps };
}

/** Pushes a frame: the thread goes on with the routine's first step, and comes back when it has finished. */
export function call(t: Thread, to: Routine, data: object): void {
  assert(to.index >= 0, 'routine', () => `${to.name} is not in the engine's list`);
  t.top = { routine: to.index, step: 0, current: 0, data, below: t.top };
}

/** Puts frames that were written down on top of the stack, the outermost first. */
export function pushFrames(t: Thread, frames: readonly Frame[]): void {
  for (const { routine, step, current, data } of frames) t.top = { routine, step, current, data, below: t.top };
}

/** The frames of the thread as they are, the outermost first. */
export function framesOf(t: Thread): StackedFrame[] {
  const frames: StackedFrame[] = [];
  for (let frame = t.top; frame !== null; frame = frame.below) frames.push(frame);
  return frames.reverse();
}

/** Ends the routine; `result` is what the caller's next step, and no later one, finds in `t.result`. */
export function finish(t: Thread, result: unknown = null): void {
  t.top = t.top!.below;
  t.result = result;
}

/** Ends this routine and goes on in another one, in its place. */
export function replace(t: Thread, by: Routine, data: object): void {
  t.top = t.top!.below;
  call(t, by, data);
}

/** Goes on with the named step of the routine that is on top. */
export function goTo(w: MachWorld, t: Thread, name: string): void {
  const frame = t.top!;
  const target = w.setup.routines[frame.routine]!.steps.findIndex((each) => each.name === name);
  assert(target >= 0, 'routine', () => `no step "${name}" in ${w.setup.routines[frame.routine]!.name}`);
  frame.step = target;
}

/** What serves a request that nobody knows. */
export const unknownOperation = routine<MachWorld, object>('mig', 'answers that there is no such operation', [
  step('refuse', (_w, t) => finish(t, { code: 'MIG_BAD_ID' })),
]);

/** Performs the same step again when the thread runs next. */
export function again(t: Thread): void {
  t.top!.step--;
}

/** Performs one step of the thread's innermost frame; a thread whose last frame is gone has ended. */
export function performStep(w: MachWorld, t: Thread): void {
  const frame = t.top!;
  const steps = w.setup.routines[frame.routine]!.steps;
  frame.current = frame.step++;
  const next = steps[frame.current];
  if (next === undefined) finish(t);
  else next.perform(w as never, t, frame.data as never);
  // A result is for the next step alone: what that step keeps of it is its own.
  if (t.top === frame || !hasReturned(frame, t.top)) t.result = null;
  runnable(w, t);
}

/** Whether what is on top now is what called the frame, or called that. */
function hasReturned(frame: StackedFrame, top: StackedFrame | null): boolean {
  let caller = frame.below;
  while (caller !== null && caller !== top) caller = caller.below;
  return caller === top;
}
