/**
 * The interpreter: the routine that executes programs on the main threads of processes, what Mach tasks do on their
 * threads, and scenarios on the threads of the operator.
 *
 * One instruction is one step, so a debugger can stop in front of every statement. An instruction that has to wait
 * (a system call, a computation, a page) gives the thread something to wait for and the next step keeps what came of
 * it. A mistake that shows only now ends the process with status 255, the way of every exit, or the Mach task (a page that
 * is lost with a node is no mistake: the process is lost); in a scenario it ends the thread and counts as an expectation that did not hold.
 */
import { at } from '../base/table.ts';
import { call, finish, goTo, routine, step } from '../mach/routine.ts';
import type { Thread } from '../mach/thread.ts';
import { emulatorExit } from '../osf1/emulator/calls.ts';
import { Fault, evaluate, truth } from './evaluate.ts';
import type { WorkloadFrame } from './frame.ts';
import { keepProgramResult, performInProgram } from './interpret-program.ts';
import { keepScenarioResult, performInScenario } from './interpret-scenario.ts';
import { faultInTask, keepTaskResult, performInTask } from './interpret-task.ts';
import { jump, localsOf, next } from './locals.ts';
import { show } from './show.ts';
import type { Instruction } from './program.ts';
import { isInterrupted } from './take-signals.ts';
import type { WorkloadWorld } from './world.ts';

/** Exit status of a process that a mistake of its program has ended. */
const FAULT_STATUS = 255;

export const PERFORM = 'perform the next instruction';

export const interpreter = routine<WorkloadWorld, WorkloadFrame>('workload', 'executes a script', [
  step(PERFORM, (w, t, f) =>
    guarded(w, t, f, () => {
      const instruction = instructionAt(w, f);
      if (textOf(w, f) === 'program' && isInterrupted(w, t, f, instruction)) return;
      perform(w, t, f, instruction);
    }),
  ),
  step('keep the result', (w, t, f) =>
    guarded(w, t, f, () => {
      const instruction = instructionAt(w, f);
      goTo(w, t, PERFORM);
      switch (textOf(w, f)) {
        case 'program':
          return keepProgramResult(w, t, f, instruction);
        case 'task':
          return keepTaskResult(w, t, f, instruction);
        case 'scenario':
          return keepScenarioResult(w, t, f, instruction);
      }
    }),
  ),
]);

export function instructionAt(w: WorkloadWorld, { kind, unit, pc }: WorkloadFrame): Instruction {
  const { programs, scenarios } = w.setup.image;
  return (kind === 'program' ? programs : scenarios)[unit]!.code[pc]!;
}

/** What kind of text the frame is in: a Mach task's is among the programs. */
function textOf(w: WorkloadWorld, { kind, unit }: WorkloadFrame): 'program' | 'task' | 'scenario' {
  return kind === 'scenario' ? kind : w.setup.image.programs[unit]!.kind;
}

function perform(w: WorkloadWorld, t: Thread, f: WorkloadFrame, instruction: Instruction): void {
  const locals = localsOf(w, f);
  switch (instruction.op) {
    case 'set':
      locals[instruction.slot] = evaluate(w, locals, instruction.value);
      return next(t, f);
    case 'jump':
      return jump(t, f, instruction.to);
    case 'unless':
      return truth(w, locals, instruction.condition) ? next(t, f) : jump(t, f, instruction.to);
    case 'print': {
      const text = instruction.values.map((each) => show(w, each, evaluate(w, locals, each))).join('');
      const pid = pidOf(w, t, f);
      w.output.push({ time: w.time, pid, text });
      w.notices.push({ kind: 'output', pid, thread: t.identity, text });
      return next(t, f);
    }
    default:
      switch (textOf(w, f)) {
        case 'program':
          return performInProgram(w, t, f, instruction);
        case 'task':
          return performInTask(w, t, f, instruction);
        case 'scenario':
          return performInScenario(w, t, f, instruction);
      }
  }
}

function pidOf(w: WorkloadWorld, t: Thread, f: WorkloadFrame): number | null {
  return textOf(w, f) === 'program' ? at(w.tasks, t.task).pid : null;
}

/** A fault ends the process, or the scenario's thread; anything else that goes wrong is ours. */
function guarded(w: WorkloadWorld, t: Thread, f: WorkloadFrame, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    fault(w, t, f, error);
  }
}

function fault(w: WorkloadWorld, t: Thread, f: WorkloadFrame, { message, span, exception }: Fault): void {
  const { line } = span ?? instructionAt(w, f).span;
  const text = `line ${line}: ${message}`;
  w.notices.push({ kind: 'fault', pid: pidOf(w, t, f), thread: t.identity, text });
  switch (textOf(w, f)) {
    case 'program':
      return call(t, emulatorExit, { status: FAULT_STATUS, lost: exception?.code === 'KERN_MEMORY_ERROR' });
    case 'task':
      return faultInTask(w, t, f, exception);
    case 'scenario':
  }
  w.expectations.push({ text: message, line, time: w.time, held: false, actual: 'fault' });
  finish(t);
}
