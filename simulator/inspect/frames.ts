/** Frames in words: which routine or program, what it is doing, and its locals. */
import { framesOf, type Frame } from '../mach/routine.ts';
import { SENDING, RECEIVING, BLOCKED, COMPUTING, type Thread } from '../mach/thread.ts';
import type { OsfSetup, OsfWorld } from '../osf1/world.ts';
import type { Instruction } from '../workload/program.ts';
import type { WorkloadFrame } from '../workload/frame.ts';
import { interpreter } from '../workload/interpret.ts';
import type { StackFrame } from './stack.ts';
import type { FrameState } from './state.ts';

/** The thread's own frames, innermost first. */
export function frameStates(w: OsfWorld, t: Thread): FrameState[] {
  return framesOf(t)
    .map((frame) => {
      const workload = workloadFrame(frame);
      const top = frame === t.top;
      return {
        routine: nameOf(w.setup, frame),
        step: doing(w.setup, t, frame, top),
        line: workload === null ? null : (instructionAt(w.setup, workload)?.span.line ?? null),
      };
    })
    .reverse();
}

/** The frame's data if a script's program or scenario runs in it, else null. */
export function workloadFrame(frame: Frame): WorkloadFrame | null {
  return frame.routine === interpreter.index ? (frame.data as WorkloadFrame) : null;
}

/** Name of the routine, or of the program or scenario. */
export function nameOf(setup: OsfSetup, frame: Frame): string {
  const workload = workloadFrame(frame);
  if (workload === null) return setup.routines[frame.routine]!.name;
  const { kind, unit } = workload;
  return kind === 'program' ? setup.image.programs[unit]!.name : setup.image.scenarios[unit]!.name;
}

/**
 * Index of the step that the frame is in: the one that is under way if it waits (or has called another routine), the
 * one that comes next otherwise.
 */
export function stepOf(t: Thread, frame: Frame, top: boolean): number {
  const waits = t.state === SENDING || t.state === RECEIVING || t.state === BLOCKED || t.state === COMPUTING;
  return top && !waits ? frame.step : frame.current;
}

export function doing(setup: OsfSetup, t: Thread, frame: Frame, top: boolean): string {
  const workload = workloadFrame(frame);
  if (workload !== null) return instructionAt(setup, workload)?.op ?? 'ends';
  return setup.routines[frame.routine]!.steps[stepOf(t, frame, top)]?.name ?? 'returns';
}

function instructionAt(setup: OsfSetup, frame: WorkloadFrame): Instruction | undefined {
  const { kind, unit, pc } = frame;
  return (kind === 'program' ? setup.image.programs[unit]! : setup.image.scenarios[unit]!).code[pc];
}

/** Locals of a frame, ready to show: a program's variables, or the data of a routine, as far as it is not nested. */
export function localsOf(w: OsfWorld, frame: Frame): StackFrame['locals'] {
  const workload = workloadFrame(frame);
  if (workload !== null) {
    const { kind, unit } = workload;
    const { programs, scenarios } = w.setup.image;
    const { slots } = kind === 'program' ? programs[unit]! : scenarios[unit]!;
    const locals = kind === 'program' ? workload.locals : w.operator.locals;
    return slots.flatMap((name, slot) => {
      const value = locals[slot];
      return value === undefined || value === null ? [] : [{ name, value }];
    });
  }
  return Object.entries(frame.data).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return [{ name, value }];
    return value === null || value === undefined ? [] : [{ name, value: JSON.stringify(value) }];
  });
}
