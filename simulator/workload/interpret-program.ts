/** The instructions that only programs have: computing, touching memory, and system calls through the emulator. */
import { copy } from '../base/plain.ts';
import { NONE, at } from '../base/table.ts';
import { EXC_BAD_ACCESS } from '../mach/exception-ports.ts';
import { call, finish, type Frame } from '../mach/routine.ts';
import type { Thread } from '../mach/thread.ts';
import { emulatorExit } from '../osf1/emulator/calls.ts';
import { isTrap, valuesOf, type CallResult, type Failed } from '../osf1/emulator/errno.ts';
import { emulatorExec, type EmulatorExec } from '../osf1/emulator/exec.ts';
import { emulatorFork, type EmulatorFork } from '../osf1/emulator/fork.ts';
import { computeWithin } from '../osf1/emulator/limits.ts';
import { emulatorSigaction, type EmulatorSigaction } from '../osf1/emulator/signals.ts';
import { emulatorOf, threadIn } from '../osf1/emulator/state.ts';
import {
  emulatorThreadStart,
  needsTurn,
  oneAtATime,
  type EmulatorThreadStart,
  type OneAtATime,
} from '../osf1/emulator/threads.ts';
import { Fault, evaluate, number } from './evaluate.ts';
import { programFrame, type WorkloadFrame } from './frame.ts';
import { imageOf } from './image.ts';
import { next, topFrame } from './locals.ts';
import type { Expression, Instruction, Value } from './program.ts';
import { nodeNamed, systemCalls } from './system-calls.ts';
import { comeBack } from './take-signals.ts';
import { touchPages } from './touch-pages.ts';
import type { WorkloadWorld } from './world.ts';

/** Called after a step of the interpreter: its frame goes on with `keep the result` when the call has finished. */
export function performInProgram(w: WorkloadWorld, t: Thread, f: WorkloadFrame, instruction: Instruction): void {
  switch (instruction.op) {
    case 'compute': {
      const duration = number(w, f.locals, instruction.duration);
      next(t, f);
      if (duration > 0) computeWithin(w, t, duration);
      return;
    }
    case 'touch':
      return touchPages(w, t, f, instruction.region, instruction);
    case 'call': {
      const { routine, frame } = systemCalls[instruction.call];
      const operands = instruction.operands.map((each) => evaluate(w, f.locals, each));
      const [descriptor] = operands;
      if (!needsTurn(w, t, instruction.call, descriptor)) return call(t, routine, frame(operands, w));
      const turn = { descriptor: descriptor as number, routine: routine.index, frame: frame(operands, w) };
      return call(t, oneAtATime, { ...turn, capability: NONE } satisfies OneAtATime);
    }
    case 'fork': {
      const child: Frame = {
        routine: topFrame(t).routine,
        step: 0,
        current: 0,
        data: { ...copy(f), pc: f.pc + 1, begun: false, further: false },
      };
      return call(t, emulatorFork, { frames: [child], node: nodeOf(w, f, instruction.node) } satisfies EmulatorFork);
    }
    case 'thread': {
      const data = { ...copy(f), pc: f.pc + 1, begun: false, further: true, interrupted: [], failing: null };
      const frame: Frame = { routine: topFrame(t).routine, step: 0, current: 0, data };
      return call(t, emulatorThreadStart, { frame, number: NONE } satisfies EmulatorThreadStart);
    }
    case 'thread_end':
      return f.further ? finish(t) : call(t, emulatorExit, { status: 0 });
    case 'count_get':
      f.locals[instruction.slot] = emulatorOf(at(w.tasks, t.task)).counts[instruction.count] ?? 0;
      return next(t, f);
    case 'count_set':
      emulatorOf(at(w.tasks, t.task)).counts[instruction.count] = number(w, f.locals, instruction.value);
      return next(t, f);
    case 'exec': {
      const program = w.setup.image.programs[instruction.program]!;
      const operands = instruction.operands.map((each) => evaluate(w, f.locals, each));
      const frames = [programFrame(topFrame(t).routine, instruction.program, program, operands)];
      const node = nodeOf(w, f, instruction.node);
      return call(t, emulatorExec, { image: imageOf(program), frames, node } satisfies EmulatorExec);
    }
    case 'handle': {
      const operands = {
        signal: number(w, f.locals, instruction.signal),
        action: 'catch',
        mask: number(w, f.locals, instruction.mask),
        handler: { entry: f.pc + 1, restart: instruction.restart },
      } satisfies EmulatorSigaction;
      return call(t, emulatorSigaction, operands);
    }
    case 'handled':
      return comeBack(w, t, f);
    case 'end':
      return call(t, emulatorExit, { status: 0 });
    default:
      throw new Fault(`a program cannot ${instruction.op}`, instruction.span);
  }
}

function nodeOf(w: WorkloadWorld, f: WorkloadFrame, node: Expression | null): number {
  return node === null ? NONE : nodeNamed(w, evaluate(w, f.locals, node) as string);
}

/** A system call has come back: its value goes where the instruction says, the parts of a record into the slots after it. */
export function keepProgramResult(w: WorkloadWorld, t: Thread, f: WorkloadFrame, instruction: Instruction): void {
  const result = t.result as CallResult | null;
  if (wasInterrupted(result)) return endCall(w, t, f, result as Failed);
  if (isTrap(result)) {
    const { trap, code, page } = result;
    throw new Fault(trap, instruction.span, { type: EXC_BAD_ACCESS, code, subcode: page });
  }
  const values = result === null ? [] : (valuesOf(result) ?? failure(w, t, instruction, result as Failed));
  if ('slot' in instruction && instruction.slot >= 0) {
    for (let index = 0; index < values.length; index++) f.locals[instruction.slot + index] = values[index]!;
  }
  const { op } = instruction;
  f.pc = op === 'fork' || op === 'handle' || op === 'thread' ? instruction.to : f.pc + 1;
  f.begun = false;
}

/** A signal has ended the call: what becomes of it is decided when the signal is taken. */
function endCall(w: WorkloadWorld, t: Thread, f: WorkloadFrame, { final, goesOn }: Failed): void {
  f.failing = { final: final ?? false, goesOn: goesOn ?? false };
  f.begun = true;
  threadIn(emulatorOf(at(w.tasks, t.task)), t).nudged = true;
}

const wasInterrupted = (result: CallResult | null): boolean =>
  typeof result === 'object' && result !== null && 'errno' in result && result.errno === 'EINTR';

/** What a program sees of a call that has failed, which `errno` names. */
function failure(w: WorkloadWorld, t: Thread, instruction: Instruction, { errno }: Failed): readonly Value[] {
  threadIn(emulatorOf(at(w.tasks, t.task)), t).errno = errno;
  return instruction.op === 'call' ? instruction.failure : [NONE];
}
