/**
 * A frame of a script: which program or scenario, where in it, and its variables.
 *
 * The frame is data of the interpreter's routine, like the data of every other frame, so that a process can be stopped
 * between any two instructions, copied by fork and moved to another node. The threads of a scenario share one set of
 * variables, which is the operator's; their frames have none.
 */
import { NONE } from '../base/table.ts';
import type { Frame } from '../mach/routine.ts';
import type { Program, Value } from './program.ts';

/** Where the program goes on when the handler of a signal has ended. */
export interface Interrupted {
  readonly pc: number;
  /** What is left of the computation that was interrupted (ns). */
  readonly left: number;
  readonly errno: string;
  /** Blocked signals, as before. */
  readonly mask: number;
}

/** A system call that has ended with EINTR. */
export interface Failing {
  readonly final: boolean;
  readonly goesOn: boolean;
}

export interface WorkloadFrame {
  readonly kind: 'program' | 'scenario';
  /** Index of the program or scenario in the image. */
  readonly unit: number;
  /** Index of the instruction that comes next, or is under way. */
  pc: number;
  /** The instruction is under way: it waits for something, and is looked at again. */
  begun: boolean;
  readonly locals: (Value | null)[];
  /** touch: the page that comes next, NONE if it has not begun. */
  page: number;
  /** sleep: when it is over, NONE if it has not begun. */
  until: number;
  /** What handlers of signals have interrupted, the outermost first. */
  readonly interrupted: Interrupted[];
  /** The call that a signal has ended: what it gives if it is not made again; null if there is none. */
  failing: Failing | null;
  /** Not the first thread of a Mach task, or not the main one of a process: its end is not that of the task. */
  further: boolean;
  /** What the last call of a Mach task's thread answered. */
  code: string;
}

export function frameOf(kind: WorkloadFrame['kind'], unit: number, locals: (Value | null)[]): WorkloadFrame {
  const rest = { pc: 0, begun: false, page: NONE, until: NONE, further: false, code: 'KERN_SUCCESS' };
  return { kind, unit, locals, ...rest, interrupted: [], failing: null };
}

/** The frame with which a program starts; `routine` is the interpreter's number. */
export function programFrame(routine: number, unit: number, program: Program, operands: readonly Value[]): Frame {
  const locals = program.slots.map((_, slot) => (slot < program.parameters ? (operands[slot] ?? null) : null));
  const data = frameOf('program', unit, locals);
  return { routine, step: 0, current: 0, data };
}
