/**
 * The functions of the language: system calls in programs, Mach's calls in tasks, questions and orders in scenarios.
 *
 * They are not words of the grammar, so a variable may be called `read`; a call looks its name up here.
 */
import { allRooms, optional, parameter, type FunctionWord, type Room } from './function-word.ts';
import { taskFunctions } from './task-functions.ts';

export { allRooms, type FunctionWord, type Room } from './function-word.ts';

const tasks: readonly Room[] = ['task', 'scenario'];
const program: readonly Room[] = ['program'];
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
  {
    name: 'getpid',
    rooms: program,
    parameters: [],
    result: 'process',
    doc: 'The process itself. A call to its PMA.',
  },
  { name: 'getppid', rooms: program, parameters: [], result: 'process', doc: 'The parent of the process.' },
  {
    name: 'wait',
    rooms: program,
    parameters: [optional('child', 'process')],
    result: 'int',
    doc: 'Waits until the child, or without an argument any child, has exited. Its exit status; -1 without a child.',
  },
  {
    name: 'kill',
    rooms: program,
    parameters: [parameter('process', 'process'), parameter('signal', 'signal')],
    result: 'int',
    doc: 'Sends a signal to a process, wherever it runs now. 0, or -1 if there is no such process.',
  },
  {
    name: 'open',
    rooms: program,
    parameters: [parameter('path', 'text'), parameter('flags', 'flags')],
    result: 'descriptor',
    doc: 'Opens a file at its file server. Flags: `read`, `write`, `create`, joined by `|`. -1 if there is no such file.',
  },
  {
    name: 'read',
    rooms: program,
    parameters: [parameter('file', 'descriptor'), parameter('size', 'size')],
    result: 'size',
    doc: 'Reads from an open file; the size that was read.',
  },
  {
    name: 'write',
    rooms: program,
    parameters: [parameter('file', 'descriptor'), parameter('size', 'size')],
    result: 'size',
    doc: 'Writes to an open file; the size that was written.',
  },
  {
    name: 'close',
    rooms: program,
    parameters: [parameter('file', 'descriptor')],
    result: 'int',
    doc: 'Closes an open file.',
  },
  {
    name: 'exit',
    rooms: program,
    parameters: [optional('status', 'int')],
    result: 'nothing',
    doc: 'Ends the process with an exit status, 0 if none is given.',
  },
  {
    name: 'migrate',
    rooms: program,
    parameters: [parameter('process', 'process'), parameter('node', 'text')],
    result: 'int',
    doc: 'pcntl(PCNTL_MIGRATE, pid, node): moves a process, the caller included. 0, or -1 if it was refused.',
  },
  {
    name: 'allow_migration',
    rooms: program,
    parameters: [],
    result: 'int',
    doc: 'pcntl(PCNTL_ALLOW): the process may be migrated again.',
  },
  {
    name: 'disallow_migration',
    rooms: program,
    parameters: [],
    result: 'int',
    doc: 'pcntl(PCNTL_DISALLOW): the process must stay where it is.',
  },
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
