/**
 * Lowers what Mach tasks do. What a message shares becomes a right first: the memory object behind the region, which then moves
 * into the message.
 */
import {
  type CarriedRegion,
  type CarriedRight,
  type Expression,
  type Instruction,
  type MachCall,
  type Span,
  type TaskField,
} from '../../simulator/workload/program.ts';
import * as ast from '../generated/ast.ts';
import { countsOf, runnableOf, spanOf, startedTask } from '../tree.ts';
import { fieldsOf, names } from '../vocabulary/words.ts';
import type { Code } from './code.ts';
import { lowerExpression, programIndex } from './expression.ts';

/** The functions of tasks that are one call each. */
const machCalls: ReadonlyMap<string, MachCall> = new Map(
  (
    [
      'code',
      'make_send',
      'deallocate',
      'destroy',
      'join',
      'queue_limit',
      'vm_allocate',
      'vm_map',
      'vm_deallocate',
      'vm_read',
      'suspend',
      'resume',
      'terminate',
      'norma_get_special_port',
      'norma_set_special_port',
    ] as const
  ).map((name) => [name, name]),
);

const others: readonly string[] = ['send', 'rpc', 'reply', 'receive', 'exit'];

export const isTaskCall = (name: string): boolean => machCalls.has(name) || others.includes(name);

type Mach = Extract<Instruction, { op: 'mach' }>;

/** The instruction of a call, its operands lowered; the caller says where its value goes. */
export function lowered(code: Code, call: MachCall, operands: readonly ast.Expression[]): Omit<Mach, 'slot'> {
  const values = operands.map((each) => lowerExpression(code, each));
  return { ...code.place(), op: 'mach', call, operands: values };
}

/** Lowers a call of a task; false if it is none of these. */
export function lowerTaskCall(code: Code, call: ast.Call, slot: number): boolean {
  const { function: name, arguments: given } = call;
  const mach = machCalls.get(name);
  if (mach !== undefined) {
    code.emit({ ...lowered(code, mach, given), slot });
    return true;
  }
  const [first] = given;
  if (name === 'exit') code.emit({ ...code.place(), op: 'end' });
  else if (name === 'receive' && first !== undefined) {
    const from = lowerExpression(code, first);
    code.emit({ ...code.place(), op: 'receive', from, slot });
  } else if ((name === 'send' || name === 'rpc' || name === 'reply') && first !== undefined) {
    lowerMessage(code, name, first, given.slice(1), slot);
  } else return false;
  return true;
}

function lowerMessage(
  code: Code,
  call: 'send' | 'rpc' | 'reply',
  first: ast.Expression,
  carried: readonly ast.Expression[],
  slot: number,
): void {
  const destination = lowerExpression(code, first);
  const rights: CarriedRight[] = [];
  const memory: CarriedRegion[] = [];
  let operation: Expression | null = null;
  let body: Expression | null = null;
  let bytes: Expression | null = null;
  for (const each of carried) {
    if (ast.isCarried(each) && isMemory(code, each)) {
      memory.push({ name: lowerExpression(code, each.right), deallocate: each.move });
      continue;
    }
    if (ast.isCarried(each)) {
      rights.push(lowerCarried(code, each));
      continue;
    }
    const value = lowerExpression(code, each);
    const type = code.around.typing.of(each);
    if (type === 'text') operation = value;
    else if (type === 'size') bytes = value;
    else body = value;
  }
  code.emit({ ...code.place(), op: 'message', call, destination, operation, body, bytes, rights, memory, slot });
}

/** What is copied or moved is memory itself; what is shared is a right to it. */
function isMemory(code: Code, { share, right }: ast.Carried): boolean {
  return !share && code.around.typing.of(right) === 'memory';
}

function lowerCarried(code: Code, carried: ast.Carried): CarriedRight {
  const name = lowerExpression(code, carried.right);
  if (!carried.share) return { disposition: dispositionOf(carried), name };
  const slot = code.newSlot('', 'port');
  code.emit({ ...code.place(), op: 'mach', call: 'memory_entry', operands: [name], slot });
  return { disposition: 'move', name: { kind: 'slot', slot, span: spanOf(carried) } };
}

function dispositionOf({ copy, make, once, receive }: ast.Carried): CarriedRight['disposition'] {
  if (copy) return 'copy';
  if (make) return once ? 'make_send_once' : 'make_send';
  return receive ? 'move_receive' : 'move';
}

export function lowerPortAllocate(code: Code, { set, members }: ast.PortAllocate, slot: number): void {
  code.emit({ ...lowered(code, set ? 'port_set' : 'port', members), slot });
}

export function lowerStart(code: Code, start: ast.Start, slot: number): void {
  const program = programIndex(code, start.task.ref);
  const operands = start.arguments.map((each) => lowerExpression(code, each));
  const node = start.node === undefined ? null : lowerExpression(code, start.node);
  code.emit({ ...code.place(), op: 'start', program, operands, node, slot });
}

/** A count is read where it is used: another thread may have counted in between. */
export function lowerCount(code: Code, count: ast.CountStatement, span: Span): Expression {
  const slot = code.newSlot('', 'int');
  code.emit({ ...code.place(), op: 'count_get', count: countIndex(count), slot });
  return { kind: 'slot', slot, span };
}

export function countIndex(count: ast.CountStatement): number {
  const task = runnableOf(count);
  return ast.isTaskDeclaration(task) || ast.isProgramDeclaration(task) ? countsOf(task).indexOf(count) : -1;
}

export function lowerTaskField(use: ast.FieldUse, task: Expression): Expression {
  const span = spanOf(use);
  if (names(fieldsOf('task')).includes(use.field)) return { kind: 'task', field: use.field as TaskField, task, span };
  const declaration = startedTask(use.receiver);
  const counts = declaration === undefined ? [] : countsOf(declaration).map(({ name }) => name);
  return { kind: 'count', count: counts.indexOf(use.field), task, span };
}
