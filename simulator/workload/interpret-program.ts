/** The instructions that only programs have: computing, touching memory, and system calls through the emulator. */
import { copy } from '../base/plain.ts';
import { NONE } from '../base/table.ts';
import { compute } from '../mach/processor.ts';
import { call, type Frame } from '../mach/routine.ts';
import type { Thread } from '../mach/thread.ts';
import {
  emulatorAllow,
  emulatorDisallow,
  emulatorExit,
  emulatorGetpid,
  emulatorGetppid,
  emulatorKill,
  emulatorMigrate,
  emulatorWait,
} from '../osf1/emulator/calls.ts';
import { emulatorExec, type EmulatorExec } from '../osf1/emulator/exec.ts';
import {
  emulatorClose,
  emulatorOpen,
  emulatorRead,
  emulatorWrite,
  type EmulatorClose,
  type EmulatorOpen,
  type EmulatorTransfer,
} from '../osf1/emulator/files.ts';
import { emulatorFork, type EmulatorFork } from '../osf1/emulator/fork.ts';
import { Fault, evaluate, number, text } from './evaluate.ts';
import { programFrame, type WorkloadFrame } from './frame.ts';
import { imageOf } from './image.ts';
import { next, topFrame } from './locals.ts';
import type { Instruction } from './program.ts';
import { touchPages } from './touch-pages.ts';
import type { WorkloadWorld } from './world.ts';

type Op<Name extends Instruction['op']> = Extract<Instruction, { op: Name }>;

/** Called after a step of the interpreter: its frame goes on with `keep the result` when the call has finished. */
export function performInProgram(w: WorkloadWorld, t: Thread, f: WorkloadFrame, instruction: Instruction): void {
  switch (instruction.op) {
    case 'compute': {
      const duration = number(w, f.locals, instruction.duration);
      next(t, f);
      if (duration > 0) compute(w, t, duration);
      return;
    }
    case 'touch':
      return touchPages(w, t, f, instruction.region, instruction);
    case 'call':
      return performCall(w, t, f, instruction);
    case 'fork': {
      const child: Frame = { routine: topFrame(t).routine, step: 0, current: 0, data: { ...copy(f), pc: f.pc + 1 } };
      return call(t, emulatorFork, { frames: [child] } satisfies EmulatorFork);
    }
    case 'exec': {
      const program = w.setup.image.programs[instruction.program]!;
      const operands = instruction.operands.map((each) => evaluate(w, f.locals, each));
      const frames = [programFrame(topFrame(t).routine, instruction.program, program, operands)];
      return call(t, emulatorExec, { image: imageOf(program), frames } satisfies EmulatorExec);
    }
    case 'end':
      return call(t, emulatorExit, { status: 0 });
    default:
      throw new Fault(`a program cannot ${instruction.op}`, instruction.span);
  }
}

/** A system call has come back: its value goes where the instruction says. */
export function keepProgramResult(t: Thread, f: WorkloadFrame, instruction: Instruction): void {
  const value = typeof t.result === 'number' ? t.result : NONE;
  if ('slot' in instruction && instruction.slot >= 0) f.locals[instruction.slot] = value;
  f.pc = instruction.op === 'fork' ? instruction.to : f.pc + 1;
}

function performCall(w: WorkloadWorld, t: Thread, f: WorkloadFrame, instruction: Op<'call'>): void {
  const { operands } = instruction;
  const integer = (index: number): number => number(w, f.locals, operands[index]!);
  const string = (index: number): string => text(w, f.locals, operands[index]!);
  switch (instruction.call) {
    case 'getpid':
      return call(t, emulatorGetpid, {});
    case 'getppid':
      return call(t, emulatorGetppid, {});
    case 'wait':
      return call(t, emulatorWait, { pid: integer(0) });
    case 'kill':
      return call(t, emulatorKill, { pid: integer(0), signal: integer(1) });
    case 'open':
      return call(t, emulatorOpen, { path: string(0), flags: integer(1) } satisfies EmulatorOpen);
    case 'read':
      return call(t, emulatorRead, transferOf(integer(0), integer(1)));
    case 'write':
      return call(t, emulatorWrite, transferOf(integer(0), integer(1)));
    case 'close':
      return call(t, emulatorClose, { descriptor: integer(0), file: null } satisfies EmulatorClose);
    case 'exit':
      return call(t, emulatorExit, { status: integer(0) });
    case 'pcntl_migrate': {
      const name = string(1);
      const node = w.nodes.rows.findIndex((each) => each.name === name);
      if (node >= 0) return call(t, emulatorMigrate, { pid: integer(0), node });
      throw new Fault(`there is no node ${JSON.stringify(name)}`, instruction.span);
    }
    case 'pcntl_allow':
      return call(t, emulatorAllow, {});
    case 'pcntl_disallow':
      return call(t, emulatorDisallow, {});
  }
}

function transferOf(descriptor: number, size: number): EmulatorTransfer {
  return { descriptor, size, done: 0 };
}
