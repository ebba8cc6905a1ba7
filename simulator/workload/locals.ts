/** The variables of a frame, and going on from one instruction to another. */
import { again, type Frame } from '../mach/routine.ts';
import type { Thread } from '../mach/thread.ts';
import type { WorkloadFrame } from './frame.ts';
import type { Value } from './program.ts';
import type { WorkloadWorld } from './world.ts';

/** A program has its own variables; the threads of a scenario share the operator's. */
export function localsOf(w: WorkloadWorld, f: WorkloadFrame): (Value | null)[] {
  return f.kind === 'program' ? f.locals : w.operator.locals;
}

/** Goes on with the next instruction, in an event of its own. */
export function next(t: Thread, f: WorkloadFrame): void {
  jump(t, f, f.pc + 1);
}

export function jump(t: Thread, f: WorkloadFrame, to: number): void {
  f.pc = to;
  f.begun = false;
  again(t);
}

/** Performs the same instruction again when the thread goes on: what it waits for may have happened by then. */
export function stay(t: Thread, f: WorkloadFrame): void {
  f.begun = true;
  again(t);
}

/** The frame on top of the thread: that of the interpreter, while it performs an instruction. */
export function topFrame(t: Thread): Frame {
  return t.top!;
}
