/**
 * The instructions that only scenarios have: making processes, waiting for what happens to them, moving them, breaking
 * nodes and booting them again, and judging.
 *
 * What an operator asks of the cluster it asks by message, as a superuser would at a terminal of the master node; what
 * it waits for is announced to it.
 */
import { CRASH, CUT, HEAL, REBOOT } from '../base/event.ts';
import { NONE, at } from '../base/table.ts';
import { kernelCall } from '../mach/kernel-call.ts';
import { call, finish, pushFrames, type Frame } from '../mach/routine.ts';
import { blockOn, sleepUntil, threadCreate, threadStart, type Thread } from '../mach/thread.ts';
import { emitAt } from '../mach/world.ts';
import { simply, type TaskMove } from '../migration/task/how.ts';
import { startTaskMigration } from '../migration/task/start.ts';
import { exitChannel, migrationChannel, phaseChannel, taskChannel } from '../osf1/announce.ts';
import { masterEntryOf } from '../osf1/pm-master/entry.ts';
import { Fault, evaluate, number, truth } from './evaluate.ts';
import type { WorkloadFrame } from './frame.ts';
import { ended } from '../osf1/started-tasks.ts';
import { jump, localsOf, next, stay, topFrame } from './locals.ts';
import { hostOn, kernelOn, operatorSignal, refuseEnded, startMigration } from './operator.ts';
import type { Expression, Instruction, TaskMigrationHow, Value } from './program.ts';
import { taskField, tasksStarted } from './questions.ts';
import { compared } from './show.ts';
import { isAskedAgain, performSpawn } from './spawn.ts';
import { startTask, startingTask } from './start-task.ts';
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
    case 'await':
      return performAwait(w, t, f, instruction);
    case 'await_phase': {
      const pid = number(w, locals, instruction.process);
      const { phase } = instruction;
      if (w.migrations.rows.some((m) => m.live && m.pid === pid && m.outcome === '' && m.phase === phase)) {
        return next(t, f);
      }
      blockOn(w, t, phaseChannel(pid));
      return stay(t, f);
    }
    case 'migrate':
      return performMigrate(w, t, f, instruction);
    case 'start':
      return performStart(w, t, f, instruction);
    case 'task_control': {
      const started = number(w, locals, instruction.task);
      const { right } = w.operator.started[started]!;
      if (instruction.call === 'terminate') ended(w, started);
      return kernelCall(w, t, right, `task_${instruction.call}`);
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
    case 'reboot': {
      const node = number(w, locals, instruction.node);
      next(t, f);
      return emitAt(w, w.time, REBOOT, node);
    }
    case 'partition': {
      const others = instruction.others.map((each) => number(w, locals, each));
      for (const node of instruction.nodes) {
        const from = number(w, locals, node);
        for (const other of others) emitAt(w, w.time, CUT, from, other);
      }
      return next(t, f);
    }
    case 'heal':
      next(t, f);
      return emitAt(w, w.time, HEAL, NONE);
    case 'expect':
      return performExpect(w, t, f, instruction);
    case 'async': {
      const frame: Frame = { routine: topFrame(t).routine, step: 0, current: 0, data: { ...f, pc: f.pc + 1 } };
      const thread = threadCreate(w, at(w.tasks, t.task), t.name);
      pushFrames(thread, [frame]);
      threadStart(w, thread);
      return jump(t, f, instruction.to);
    }
    case 'end':
      return finish(t);
    default:
      throw new Fault(`a scenario cannot ${instruction.op}`, instruction.span);
  }
}

/** A request has been answered; the answer to spawn and start has a value. */
export function keepScenarioResult(w: WorkloadWorld, t: Thread, f: WorkloadFrame, instruction: Instruction): void {
  if (instruction.op === 'spawn') {
    if (isAskedAgain(w, t, instruction)) return;
    if (t.code !== 'KERN_SUCCESS') throw new Fault(`the process could not be made: ${t.code}`, instruction.span);
    if (instruction.slot >= 0) localsOf(w, f)[instruction.slot] = (t.body as { pid: number }).pid;
  }
  if (instruction.op === 'start') {
    const { code, started } = t.result as { code: string; started?: number };
    if (started === undefined) throw new Fault(`the task could not be started: ${code}`, instruction.span);
    if (instruction.slot >= 0) localsOf(w, f)[instruction.slot] = started;
  }
  f.pc++;
}

function performAwait(w: WorkloadWorld, t: Thread, f: WorkloadFrame, instruction: Op<'await'>): void {
  const id = number(w, localsOf(w, f), instruction.value);
  switch (instruction.what) {
    case 'process':
      if (hasExited(w, id)) return next(t, f);
      blockOn(w, t, exitChannel(id));
      return stay(t, f);
    case 'task':
      if (taskField(w, id, 'alive') === false) return next(t, f);
      blockOn(w, t, taskChannel(id));
      return stay(t, f);
    case 'migration':
      if (at(w.migrations, id).outcome !== '') return next(t, f);
      blockOn(w, t, migrationChannel(id));
      return stay(t, f);
  }
}

function performMigrate(w: WorkloadWorld, t: Thread, f: WorkloadFrame, instruction: Op<'migrate'>): void {
  const locals = localsOf(w, f);
  const id = number(w, locals, instruction.process);
  const to = number(w, locals, instruction.node);
  const how = instruction.how === null ? simply : moveOf(w, locals, instruction.how);
  let m: number;
  if (instruction.what === 'process')
    m = startMigration(w, t, { pid: id, to, by: instruction.by, how, calls: instruction.calls });
  else {
    const [task] = tasksStarted(w, id);
    const { ended: hasEnded } = w.operator.started[id]!;
    m =
      task === undefined || hasEnded
        ? refuseEnded(w, id, to, how)
        : startTaskMigration(w, t, { task: task.id, to, how });
  }
  if (instruction.slot >= 0) locals[instruction.slot] = m;
  next(t, f);
}

function moveOf(w: WorkloadWorld, locals: readonly (Value | null)[], how: TaskMigrationHow): TaskMove {
  const { using, strategy } = how;
  const value = (of: Expression | null, otherwise: number): number => (of === null ? otherwise : number(w, locals, of));
  const agent = value(how.agent, simply.agent);
  return {
    using,
    strategy,
    agent,
    rounds: value(how.rounds, simply.rounds),
    threshold: value(how.threshold, simply.threshold),
  };
}

function performStart(w: WorkloadWorld, t: Thread, f: WorkloadFrame, instruction: Op<'start'>): void {
  const locals = localsOf(w, f);
  const node = instruction.node === null ? NONE : number(w, locals, instruction.node);
  const { self, nameServer } = w.operator;
  const operands = instruction.operands.map((each) => evaluate(w, locals, each));
  const { program } = instruction;
  const on = kernelOn(w, node);
  const host = hostOn(w, node);
  const { routine: interpreter } = topFrame(t);
  const fields = { on, inherit: false, node: NONE, self, nameServer, host, interpreter, program, operands };
  call(t, startTask, startingTask(fields));
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
