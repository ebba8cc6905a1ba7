/**
 * Handlers: a thread of a program is interrupted between two instructions, and goes on where it was when the handler has ended.
 *
 * Before its next instruction a thread that was nudged asks for a signal. If there is one its handler begins: a place in the
 * same instructions, with the same variables. What it interrupts is written down: where the program was, how much of a
 * computation was left, the mask and errno. If that was a call that the signal has ended the action of the signal says
 * whether it is made again. When the handler ends the program asks once more, and goes on if there is nothing to take.
 */
import { NONE, at } from '../base/table.ts';
import { call } from '../mach/routine.ts';
import { blockOn, type Thread } from '../mach/thread.ts';
import { END } from '../osf1/emulator/calls.ts';
import { computeWithin, emulatorOverrun, isOverrun, keepRest } from '../osf1/emulator/limits.ts';
import { emulatorTake } from '../osf1/emulator/signals.ts';
import { emulatorOf, threadIn, type EmulatorState, type EmulatorThread } from '../osf1/emulator/state.ts';
import type { Sigtake, Taken } from '../osf1/pma/signal-calls.ts';
import type { WorkloadFrame } from './frame.ts';
import { stay } from './locals.ts';
import type { Instruction, Value } from './program.ts';
import type { WorkloadWorld } from './world.ts';

/** Whether something comes before the next instruction of a program: a signal, or the rest of a computation. */
export function isInterrupted(w: WorkloadWorld, t: Thread, f: WorkloadFrame, instruction: Instruction): boolean {
  const emulator = emulatorOf(at(w.tasks, t.task));
  const mine = threadIn(emulator, t);
  keepRest(t, mine);
  if (emulator.alone !== NONE && emulator.alone !== mine.number) {
    // Another thread ends the process, or has its program replaced: this one begins nothing any more.
    stay(t, f);
    f.begun = false;
    blockOn(w, t, END);
    return true;
  }
  const { result } = t;
  if (isTaken(result)) {
    begin(w, f, emulator, mine, result, instruction);
    stay(t, f);
    f.begun = false;
    return true;
  }
  // In the middle of touching pages there is no place to stop.
  if (mine.nudged && f.page === NONE) {
    ask(t, f, null);
    return true;
  }
  f.failing = null;
  if (f.page === NONE && isOverrun(w, t)) {
    stay(t, f);
    call(t, emulatorOverrun, {});
    return true;
  }
  const { left } = mine;
  if (left === 0) return false;
  mine.left = 0;
  stay(t, f);
  computeWithin(w, t, left);
  return true;
}

const isTaken = (result: unknown): result is Taken =>
  typeof result === 'object' && result !== null && 'signal' in result && result.signal !== NONE;

function ask(t: Thread, f: WorkloadFrame, restore: number | null): void {
  stay(t, f);
  call(t, emulatorTake, { restore } satisfies Sigtake);
}

/** The handler of the signal comes next. */
function begin(
  w: WorkloadWorld,
  f: WorkloadFrame,
  { handled, handlers }: EmulatorState,
  mine: EmulatorThread,
  { signal, mask }: Taken,
  instruction: Instruction,
): void {
  const { left, errno } = mine;
  handled[signal] = (handled[signal] ?? 0) + 1;
  const handler = handlers[signal]!;
  let { pc } = f;
  let error = errno;
  if (f.failing !== null && !f.failing.goesOn && (f.failing.final || !handler.restart)) {
    error = fail(w, f, mine, instruction);
    pc++;
  }
  f.failing = null;
  mine.left = 0;
  f.interrupted.push({ pc, left, errno: error, mask });
  f.pc = handler.entry;
}

/** The call has failed with EINTR: its value is there when the handler has ended. Returns errno. */
function fail(w: WorkloadWorld, f: WorkloadFrame, mine: EmulatorThread, instruction: Instruction): string {
  if (instruction.op !== 'call') return 'EINTR';
  const slept = instruction.call === 'sleep';
  const values: readonly Value[] = slept ? [Math.max(0, mine.wakes - w.time)] : instruction.failure;
  mine.wakes = NONE;
  if (instruction.slot >= 0) values.forEach((value, index) => (f.locals[instruction.slot + index] = value));
  return slept ? mine.errno : 'EINTR';
}

/** A handler has ended: the program goes on where it was, unless there is another signal to take. */
export function comeBack(w: WorkloadWorld, t: Thread, f: WorkloadFrame): void {
  const { pc, left, errno, mask } = f.interrupted.pop()!;
  Object.assign(threadIn(emulatorOf(at(w.tasks, t.task)), t), { left, errno });
  f.pc = pc;
  ask(t, f, mask);
}
