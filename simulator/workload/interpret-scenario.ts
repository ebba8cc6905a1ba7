/**
 * The instructions that only scenarios have: making processes, waiting for what happens to them, moving them, breaking
 * nodes, and judging.
 *
 * What an operator asks of the cluster it asks by message, as a superuser would at a terminal of the master node; what
 * it waits for is announced to it.
 */
import { CRASH } from '../base/event.ts';
import { NONE, at } from '../base/table.ts';
import { rpc } from '../mach/ipc/mach-msg.ts';
import { call, finish, type Frame } from '../mach/routine.ts';
import { blockOn, sleepUntil, threadCreate, threadStart, type Thread } from '../mach/thread.ts';
import { emitAt } from '../mach/world.ts';
import { exitChannel, migrationChannel, phaseChannel } from '../osf1/announce.ts';
import type { Spawn } from '../osf1/pma/fork.ts';
import { masterEntryOf } from '../osf1/pm-master/entry.ts';
import { Fault, evaluate, number, truth } from './evaluate.ts';
import { programFrame, type WorkloadFrame } from './frame.ts';
import { imageOf } from './image.ts';
import { jump, localsOf, next, stay, topFrame } from './locals.ts';
import { operatorSignal, startMigration } from './operator.ts';
import type { Instruction } from './program.ts';
import { compared } from './show.ts';
import type { WorkloadWorld } from './world.ts';

type Op<Name extends Instruction['op']> = Extract<Instruction, { op: Name }>;

export function performInScenario(w: WorkloadWorld, t: Thread, f: WorkloadFrame, instruction: Instruction): void {
  const locals = localsOf(w, f);
  switch (instruction.op) {
    case 'spawn':
      return performSpawn(w, t, f, instruction);
    case 'at': {
      const time = number(w, locals, instruction.time);
      next(t, f);
      if (time > w.time) sleepUntil(w, t, time);
      return;
    }
    case 'sleep': {
      const duration = number(w, locals, instruction.duration);
      next(t, f);
      if (duration > 0) sleepUntil(w, t, w.time + duration);
      return;
    }
    case 'await': {
      const id = number(w, locals, instruction.value);
      const forProcess = instruction.what === 'process';
      if (forProcess ? hasExited(w, id) : at(w.migrations, id).outcome !== '') return next(t, f);
      blockOn(w, t, forProcess ? exitChannel(id) : migrationChannel(id));
      return stay(t, f);
    }
    case 'await_phase': {
      const pid = number(w, locals, instruction.process);
      const { phase } = instruction;
      if (w.migrations.rows.some((m) => m.live && m.pid === pid && m.outcome === '' && m.phase === phase)) {
        return next(t, f);
      }
      blockOn(w, t, phaseChannel(pid));
      return stay(t, f);
    }
    case 'migrate': {
      const pid = number(w, locals, instruction.process);
      const m = startMigration(w, t, pid, number(w, locals, instruction.node), instruction.by);
      if (instruction.slot >= 0) locals[instruction.slot] = m;
      return next(t, f);
    }
    case 'signal': {
      const pid = number(w, locals, instruction.process);
      return call(t, operatorSignal, { pid, signal: number(w, locals, instruction.signal), tries: 0 });
    }
    case 'crash': {
      const node = number(w, locals, instruction.node);
      next(t, f);
      return emitAt(w, w.time, CRASH, node);
    }
    case 'expect':
      return performExpect(w, t, f, instruction);
    case 'async': {
      const frame: Frame = { routine: topFrame(t).routine, step: 0, current: 0, data: { ...f, pc: f.pc + 1 } };
      const thread = threadCreate(w, at(w.tasks, t.task), t.name);
      thread.frames.push(frame);
      threadStart(w, thread);
      return jump(t, f, instruction.to);
    }
    case 'end':
      return finish(t);
    default:
      throw new Fault(`a scenario cannot ${instruction.op}`, instruction.span);
  }
}

/** A request has been answered; spawn is the only one whose answer has a value. */
export function keepScenarioResult(w: WorkloadWorld, t: Thread, f: WorkloadFrame, instruction: Instruction): void {
  if (instruction.op === 'spawn') {
    if (t.code !== 'KERN_SUCCESS') throw new Fault(`the process could not be made: ${t.code}`, instruction.span);
    if (instruction.slot >= 0) localsOf(w, f)[instruction.slot] = (t.body as { pid: number }).pid;
  }
  f.pc++;
}

function performSpawn(w: WorkloadWorld, t: Thread, f: WorkloadFrame, instruction: Op<'spawn'>): void {
  const locals = localsOf(w, f);
  const node = number(w, locals, instruction.node);
  const pma = w.operator.pmas[node] ?? NONE;
  if (pma === NONE) throw new Fault(`${w.nodes.rows[node]?.name ?? 'this node'} has no PMA`, instruction.span);
  const program = w.setup.image.programs[instruction.program]!;
  const operands = instruction.operands.map((each) => evaluate(w, locals, each));
  const frames = [programFrame(topFrame(t).routine, instruction.program, program, operands)];
  rpc(w, t, pma, 'pma.spawn', { body: { image: imageOf(program), frames } satisfies Spawn });
}

function performExpect(w: WorkloadWorld, t: Thread, f: WorkloadFrame, instruction: Op<'expect'>): void {
  const locals = localsOf(w, f);
  const { condition, text, span } = instruction;
  const held = truth(w, locals, condition);
  const actual = compared(w, locals, condition);
  const { line } = span;
  w.expectations.push({ text, line, time: w.time, held, actual });
  w.notices.push({ kind: 'expectation', held, text, actual, line, thread: t.identity });
  next(t, f);
}

function hasExited(w: WorkloadWorld, pid: number): boolean {
  const entry = masterEntryOf(w, pid);
  return entry === null || entry.state !== 'alive';
}
