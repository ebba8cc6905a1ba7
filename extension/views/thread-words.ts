/** What there is to say of a thread, in words: the same in the Tasks view and in the process inspector. */
import type { ThreadState } from '../../simulator/inspect/state.ts';

/** The routine that it is in, and what it does there. */
export function doing({ frames: [inner] }: ThreadState): string {
  if (inner === undefined) return '';
  return inner.routine === '' || inner.step === '' ? inner.routine + inner.step : `${inner.routine}: ${inner.step}`;
}

/** The call that a signal would end now. */
export const interruption = ({ interruptible }: ThreadState): string =>
  interruptible === null ? '' : `${interruptible.operation} on ${interruptible.port}`;

const EMULATOR = /^emulator\.(?!thread_end$)/;

/** The system call that it is in; empty while it computes, and of a thread that runs no program. */
export function systemCall({ frames, program }: ThreadState): string {
  if (program === null) return '';
  // A handler may run on top of a call that it has interrupted: what counts is what the innermost program has called.
  const inProgram = frames.findIndex(({ line }) => line !== null);
  const called = inProgram < 0 ? frames : frames.slice(0, inProgram);
  return called.findLast(({ routine }) => EMULATOR.test(routine))?.routine.replace(EMULATOR, '') ?? '';
}

/** The line of the script that it is at. */
export const lineOf = ({ frames }: ThreadState): number | '' => frames.find(({ line }) => line !== null)?.line ?? '';
