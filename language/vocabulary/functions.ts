/**
 * The functions of the language: system calls in programs, Mach's calls in tasks, questions and orders in scenarios.
 *
 * They are not words of the grammar, so a variable may be called `read`; a call looks its name up here.
 */
import { allRooms, parameter, type FunctionWord, type Room } from './function-word.ts';
import { systemCalls } from './system-calls.ts';
import { taskFunctions } from './task-functions.ts';

export { allRooms, type FunctionWord, type Room } from './function-word.ts';

const tasks: readonly Room[] = ['task', 'scenario'];
const scenario: readonly Room[] = ['scenario'];

export const functions: readonly FunctionWord[] = [
  {
    name: 'print',
    rooms: allRooms,
    parameters: null,
    result: 'nothing',
    doc: 'Writes its arguments to the output of the run.',
  },
  {
    name: 'random',
    rooms: allRooms,
    parameters: [parameter('low', 'int', 'time', 'size'), parameter('high', 'int', 'time', 'size')],
    result: 'int',
    doc: 'A value from low to high, both included, from the random stream of the workload. The seed decides it.',
  },
  ...systemCalls,
  ...taskFunctions,
  {
    name: 'suspend',
    rooms: tasks,
    parameters: [parameter('task', 'task')],
    result: 'nothing',
    doc: 'task_suspend: no thread of the task runs until it is resumed as often.',
  },
  {
    name: 'resume',
    rooms: tasks,
    parameters: [parameter('task', 'task')],
    result: 'nothing',
    doc: 'task_resume: takes one suspension back.',
  },
  {
    name: 'terminate',
    rooms: tasks,
    parameters: [parameter('task', 'task')],
    result: 'nothing',
    doc: 'task_terminate: the task ends, with its threads, its memory and its rights.',
  },
  {
    name: 'wait',
    rooms: scenario,
    parameters: [parameter('subject', 'process', 'task', 'migration')],
    result: 'nothing',
    doc: 'Waits until the process has exited, the task or the migration has ended.',
  },
  {
    name: 'kill',
    rooms: scenario,
    parameters: [parameter('process', 'process'), parameter('signal', 'signal')],
    result: 'nothing',
    doc: 'Sends a signal to a process, wherever it runs now.',
  },
  {
    name: 'process',
    rooms: scenario,
    parameters: [parameter('pid', 'int')],
    result: 'process',
    doc: 'The process with this pid, which a program may have forked. What is asked of one that does not exist is refused, or lost.',
  },
  {
    name: 'residual',
    rooms: scenario,
    parameters: [parameter('process', 'process', 'task'), parameter('node', 'node')],
    result: 'residual',
    doc: 'What a process or a task has left on a node: `.pma`, `.pages`, `.forwarders`, `.relay`.',
  },
  {
    name: 'up',
    rooms: scenario,
    parameters: [parameter('node', 'node')],
    result: 'bool',
    doc: 'Whether the node is up.',
  },
];

export function functionNamed(name: string, room: Room): FunctionWord | undefined {
  return functions.find((each) => each.name === name && each.rooms.includes(room));
}

export function functionNames(room: Room): string[] {
  return functions.filter((each) => each.rooms.includes(room)).map((each) => each.name);
}

/** The head of a function as hover and completion show it. */
export function signature(word: FunctionWord): string {
  const parameters = word.parameters?.map(
    (each) => `${each.name}${each.optional === true ? '?' : ''}: ${each.types.join(' or ')}`,
  );
  if (word.carries !== undefined) {
    const first = word.carries === 'port' ? 'to: port' : 'message: message';
    const operation = word.carries === 'port' ? ', operation: text' : '';
    return `${word.name}(${first}${operation}, body: int, length: size, right ...)${word.name === 'rpc' ? ': message' : ''}`;
  }
  const result = word.result === 'nothing' ? '' : `: ${word.result}`;
  return `${word.name}(${parameters?.join(', ') ?? '...'})${result}`;
}
