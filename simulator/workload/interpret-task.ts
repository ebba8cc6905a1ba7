/**
 * The instructions that only Mach tasks have: messages, ports, memory, threads.
 *
 * Each is one call, made by the thread itself; the step after it keeps what the call answered. A call that fails says so
 * in a notice and costs an entry into the kernel, and the thread goes on: `code()` is there to be looked at. A receive
 * that fails ends its thread, since there is nothing more to come. The end of the first thread is the end of the task.
 */
import { copy } from '../base/plain.ts';
import { KERNEL_CALLS } from '../base/ledger.ts';
import { NONE, at } from '../base/table.ts';
import { raise } from '../mach/exceptions.ts';
import { answer, receive, rpc, send, type Payload } from '../mach/ipc/mach-msg.ts';
import { COPY_SEND, MAKE_SEND, MAKE_SEND_ONCE, MOVE_RECEIVE, MOVE_SEND, MOVE_SEND_ONCE } from '../mach/ipc/right.ts';
import { SEND_ONCE, lookup } from '../mach/ipc/space.ts';
import { kernelCall } from '../mach/kernel-call.ts';
import { charge, compute } from '../mach/processor.ts';
import { call, finish, type Frame } from '../mach/routine.ts';
import { sleepUntil, type Thread } from '../mach/thread.ts';
import type { StartedTask } from '../osf1/operator.ts';
import { Fault, evaluate, number, text, type MachineException } from './evaluate.ts';
import type { WorkloadFrame } from './frame.ts';
import { next, stay, topFrame } from './locals.ts';
import { performMach } from './mach-calls.ts';
import { requestNotification } from './mach-routines.ts';
import { messageSlots, type CarriedRight, type Instruction } from './program.ts';
import { startTask, startThread, startingTask, startingThread } from './start-task.ts';
import { ended } from '../osf1/started-tasks.ts';
import { taskMemory } from './task-memory.ts';
import { touchPages } from './touch-pages.ts';
import type { WorkloadWorld } from './world.ts';
import { threadsOf } from '../mach/task-threads.ts';

type Op<Name extends Instruction['op']> = Extract<Instruction, { op: Name }>;

/** What one of the routines that make several calls finishes with. */
interface CallResult {
  readonly code: string;
  readonly value: number | string;
  readonly started?: number;
}

/** What is known of the task that the thread is in. */
function record(w: WorkloadWorld, t: Thread): StartedTask {
  return w.operator.started[taskMemory(at(w.tasks, t.task)).started]!;
}

function self(w: WorkloadWorld, t: Thread): number {
  return taskMemory(at(w.tasks, t.task)).self;
}

export function performInTask(w: WorkloadWorld, t: Thread, f: WorkloadFrame, instruction: Instruction): void {
  const { locals } = f;
  switch (instruction.op) {
    case 'compute': {
      const duration = number(w, locals, instruction.duration);
      next(t, f);
      if (duration > 0) compute(w, t, duration);
      return;
    }
    case 'sleep':
      return performSleep(w, t, f, instruction);
    case 'touch_memory':
      return touchPages(w, t, f, text(w, locals, instruction.memory), instruction);
    case 'count_get':
      locals[instruction.slot] = record(w, t).counts[instruction.count]!;
      return next(t, f);
    case 'count_set':
      record(w, t).counts[instruction.count] = number(w, locals, instruction.value);
      return next(t, f);
    case 'mach':
      return performMach(w, t, f, instruction, self(w, t));
    case 'message':
      return performMessage(w, t, f, instruction);
    case 'receive':
      return receive(w, t, number(w, locals, instruction.from));
    case 'request_notification': {
      const name = number(w, locals, instruction.port);
      const notify = number(w, locals, instruction.notify);
      const { variant } = instruction;
      return call(t, requestNotification, { self: self(w, t), name, notify, variant, code: '' });
    }
    case 'thread': {
      const frame: Frame = {
        routine: topFrame(t).routine,
        step: 0,
        current: 0,
        data: { ...copy(f), pc: f.pc + 1, further: true },
      };
      const name = `thread ${threadsOf(w, at(w.tasks, t.task)).length + 1}`;
      return call(t, startThread, startingThread(self(w, t), name, frame));
    }
    case 'start': {
      const operands = instruction.operands.map((each) => evaluate(w, locals, each));
      const { program } = instruction;
      const own = self(w, t);
      const { routine: interpreter } = topFrame(t);
      const parent = { on: own, inherit: true, node: nodeOfChild(w, t, f, instruction), self: own };
      return call(t, startTask, startingTask({ ...parent, ...inherited, interpreter, program, operands }));
    }
    case 'thread_end':
      return finish(t);
    case 'end':
      return endTask(w, t);
    default:
      throw new Fault(`a task cannot ${instruction.op}`, instruction.span);
  }
}

/** A child has copies of its parent's bootstrap and registered ports from the kernel [mechanisms 1.12]. */
const inherited = { nameServer: NONE, host: NONE } as const;

/** Where a child is made: NONE for where its parent is, also if the parent's node is named. */
function nodeOfChild(w: WorkloadWorld, t: Thread, f: WorkloadFrame, { node, span }: Op<'start'>): number {
  if (node === null) return NONE;
  const name = text(w, f.locals, node);
  const index = w.nodes.rows.findIndex((each) => each.name === name);
  if (index < 0) throw new Fault(`there is no node ${JSON.stringify(name)}`, span);
  return index === t.node ? NONE : index;
}

/**
 * What the machine finds is an exception: whoever has the exception port may settle it, and the instruction is performed
 * again. Any other mistake that shows only now ends the task, as an exception does that nobody handles.
 */
export function faultInTask(w: WorkloadWorld, t: Thread, f: WorkloadFrame, exception: MachineException | null): void {
  if (f.further && instructionEnds(w, f)) return finish(t);
  if (exception === null) return endTask(w, t);
  const { type, code, subcode } = exception;
  stay(t, f);
  raise(w, t, type, code, subcode);
}

/** A receive that fails is the end of its thread alone. */
function instructionEnds(w: WorkloadWorld, { unit, pc }: WorkloadFrame): boolean {
  return w.setup.image.programs[unit]!.code[pc]!.op === 'receive';
}

/** The task ends, and whoever waits for its end goes on. */
function endTask(w: WorkloadWorld, t: Thread): void {
  const { started, self: own } = taskMemory(at(w.tasks, t.task));
  ended(w, started);
  kernelCall(w, t, own, 'task_terminate');
}

/** A sleep goes on after the thread has been taken out of it and moved elsewhere. */
function performSleep(w: WorkloadWorld, t: Thread, f: WorkloadFrame, instruction: Op<'sleep'>): void {
  if (f.until === NONE) f.until = w.time + number(w, f.locals, instruction.duration);
  if (f.until > w.time) {
    sleepUntil(w, t, f.until);
    return stay(t, f);
  }
  f.until = NONE;
  next(t, f);
}

function performMessage(w: WorkloadWorld, t: Thread, f: WorkloadFrame, instruction: Op<'message'>): void {
  const { locals } = f;
  const to = number(w, locals, instruction.destination);
  const operation = instruction.operation === null ? 'message' : text(w, locals, instruction.operation);
  const bytes = instruction.bytes === null ? 0 : number(w, locals, instruction.bytes);
  const value = instruction.body === null ? 0 : number(w, locals, instruction.body);
  const rights = instruction.rights.map((each) => carried(w, t, f, each));
  const memory = instruction.memory.map(({ name, deallocate }) => ({ region: text(w, locals, name), deallocate }));
  const payload: Payload = {
    ...{ body: { value, bytes }, bytes },
    ...(rights.length > 0 ? { rights } : {}),
    ...(memory.length > 0 ? { memory } : {}),
  };
  t.code = 'KERN_SUCCESS';
  switch (instruction.call) {
    case 'send':
      return send(w, t, to, operation, payload);
    case 'rpc':
      return rpc(w, t, to, operation, payload);
    case 'reply':
      if (to === NONE) t.code = 'MACH_SEND_INVALID_DEST';
      return answer(w, t, to, payload);
  }
}

/** `move` takes whatever the name has: a send right, or a send-once right. */
function carried(
  w: WorkloadWorld,
  t: Thread,
  f: WorkloadFrame,
  right: CarriedRight,
): { name: number; disposition: number } {
  const name = number(w, f.locals, right.name);
  switch (right.disposition) {
    case 'copy':
      return { name, disposition: COPY_SEND };
    case 'make_send':
      return { name, disposition: MAKE_SEND };
    case 'make_send_once':
      return { name, disposition: MAKE_SEND_ONCE };
    case 'move_receive':
      return { name, disposition: MOVE_RECEIVE };
    case 'move': {
      const entry = lookup(at(w.tasks, t.task).space, name);
      return { name, disposition: entry?.type === SEND_ONCE ? MOVE_SEND_ONCE : MOVE_SEND };
    }
  }
}

/** A call has come back: what it brought goes where the instruction says. */
export function keepTaskResult(w: WorkloadWorld, t: Thread, f: WorkloadFrame, instruction: Instruction): void {
  const result = t.result as CallResult | null;
  f.code = result?.code ?? t.code;
  const well = f.code === 'KERN_SUCCESS';
  const { locals } = f;
  switch (instruction.op) {
    case 'message':
      if (well) record(w, t).sent++;
      if (instruction.call === 'rpc' && well) record(w, t).replies++;
      if (instruction.call === 'rpc' && instruction.slot >= 0) keepMessage(t, locals, instruction.slot);
      break;
    case 'receive':
      if (t.operation === '') throw new Fault(`receive: ${f.code}`, instruction.span);
      record(w, t).received++;
      if (instruction.slot >= 0) keepMessage(t, locals, instruction.slot);
      f.pc++;
      return;
    case 'mach':
      if (instruction.slot >= 0) locals[instruction.slot] = result?.value ?? NONE;
      break;
    case 'start':
      if (instruction.slot >= 0) locals[instruction.slot] = result?.started ?? NONE;
      break;
    default:
  }
  f.pc = instruction.op === 'thread' ? instruction.to : f.pc + 1;
  if (!well) tellFailure(w, t, f.code, instruction);
}

function tellFailure(w: WorkloadWorld, t: Thread, code: string, instruction: Instruction): void {
  const what = instruction.op === 'mach' || instruction.op === 'message' ? instruction.call : instruction.op;
  const text = `line ${instruction.span.line}: ${what}: ${code}`;
  w.notices.push({ kind: 'fault', pid: null, thread: t.identity, text });
  charge(w, t, KERNEL_CALLS, 1, w.setup.prices.kernel_call);
}

/** The slots of a message: what it is answered by, then what can be asked of it. */
function keepMessage(t: Thread, locals: WorkloadFrame['locals'], slot: number): void {
  const body = (t.body ?? {}) as { value?: number; bytes?: number; name?: number; mscount?: number };
  const parts = {
    operation: t.operation,
    body: body.value ?? body.mscount ?? 0,
    bytes: body.bytes ?? 0,
    port: t.names[0] ?? body.name ?? NONE,
    rights: t.names.length,
    to: t.arrivedOn,
    sequence: t.sequence,
    memory: t.brought.memory[0] ?? '',
  };
  locals[slot] = t.reply;
  messageSlots.forEach((part, index) => (locals[slot + 1 + index] = parts[part]));
}
