/**
 * The types of values, and what the operators make of them.
 *
 * A type says what a number counts: `int` nothing, `time` nanoseconds, `size` bytes, `process` is a pid, `descriptor` a
 * file descriptor. Times and sizes never mix with plain numbers by accident; multiplying and dividing by plain numbers is
 * how they scale. `task` is a Mach task, `port` a name in its port name space, `message` what was received, `ended` what waitpid says of a child, `pipe` and `socketpair` two descriptors, `memory` a
 * region of the task's own, or the address of a file that a program has mapped. `unknown` is the type of something already reported: it fits everywhere, so that one mistake gives one
 * message. `nothing` is what a call without a value gives.
 */

export type Type =
  | 'int'
  | 'time'
  | 'size'
  | 'text'
  | 'bool'
  | 'process'
  | 'thread'
  | 'migration'
  | 'node'
  | 'descriptor'
  | 'flags'
  | 'signal'
  | 'signals'
  | 'mask_change'
  | 'disposition'
  | 'residual'
  | 'task'
  | 'port'
  | 'message'
  | 'ended'
  | 'file_status'
  | 'usage'
  | 'tms'
  | 'limit'
  | 'resource'
  | 'which'
  | 'process_info'
  | 'pipe'
  | 'socketpair'
  | 'fd_set'
  | 'ready'
  | 'whence'
  | 'options'
  | 'calls'
  | 'how'
  | 'command'
  | 'memory'
  | 'protection'
  | 'sharing'
  | 'nothing'
  | 'unknown';

/** The types that a program's parameter can have. */
export const parameterTypes = ['int', 'time', 'size', 'text', 'bool', 'process', 'descriptor'] as const;

/** The same for a task: memory that it inherits has the same name there. */
export const taskParameterTypes = ['int', 'time', 'size', 'text', 'bool', 'memory'] as const;

export function parameterType(name: string | undefined): Type {
  return [...parameterTypes, ...taskParameterTypes].find((each) => each === name) ?? 'unknown';
}

const titles: Readonly<Record<Type, string>> = {
  int: 'a whole number',
  time: 'a time',
  size: 'a size',
  text: 'a text',
  bool: 'a condition',
  process: 'a process',
  thread: 'a thread',
  migration: 'a migration',
  node: 'a node',
  descriptor: 'a file descriptor',
  flags: 'open flags',
  signal: 'a signal',
  signals: 'a set of signals',
  mask_change: 'SIG_BLOCK, SIG_UNBLOCK or SIG_SETMASK',
  disposition: 'SIG_DFL or SIG_IGN',
  residual: 'what a process or a task left behind',
  calls: 'what becomes of calls in progress',
  task: 'a Mach task',
  port: 'a port',
  message: 'a message',
  ended: 'what became of a child',
  file_status: 'what a file is',
  usage: 'what a process has used',
  tms: 'what a process has used, and how',
  limit: 'a limit',
  resource: 'RLIMIT_CPU, RLIMIT_AS, RLIMIT_NOFILE or RLIMIT_NPROC',
  which: 'PRIO_PROCESS, PRIO_PGRP or PRIO_USER',
  process_info: 'what is known of a process',
  pipe: 'a pipe',
  options: 'options of waitpid',
  socketpair: 'two sockets',
  fd_set: 'a set of descriptors',
  ready: 'what select says',
  whence: 'SEEK_SET, SEEK_CUR or SEEK_END',
  how: 'SHUT_RD, SHUT_WR or SHUT_RDWR',
  command: 'F_GETFL, F_SETFL, F_GETFD or F_SETFD',
  memory: 'memory',
  protection: 'PROT_READ or PROT_WRITE',
  sharing: 'MAP_SHARED or MAP_PRIVATE',
  nothing: 'nothing',
  unknown: 'something unknown',
};

/** The type with its article, as messages say it. */
export const title = (type: Type): string => titles[type];

/** Whether a value of one type may stand where the other is wanted: a signal stands for the set of itself. */
export function fits(given: Type, wanted: Type): boolean {
  if (given === 'signal' && wanted === 'signals') return true;
  return given === wanted || given === 'unknown' || wanted === 'unknown';
}

const counted: ReadonlySet<Type> = new Set<Type>(['int', 'time', 'size']);

/** Whether values of the type have an order and a distance. */
export const isCounted = (type: Type): boolean => counted.has(type) || type === 'unknown';

/** A process, a thread and a file descriptor are numbers too: a program compares them with one to see whether a call failed. */
const numeric = (type: Type): boolean =>
  type === 'int' || type === 'process' || type === 'thread' || type === 'descriptor';

const records: ReadonlySet<Type> = new Set<Type>([
  'message',
  'ended',
  'file_status',
  'usage',
  'tms',
  'limit',
  'process_info',
  'pipe',
  'socketpair',
  'ready',
]);

/** Whether values of the type have parts that came with them, not questions about the world. */
export const isRecord = (type: Type): boolean => records.has(type);

const incomparable: ReadonlySet<Type> = new Set<Type>(['nothing', 'residual', ...records]);

/** Whether `==` between the two means anything. */
function comparable(left: Type, right: Type): boolean {
  if (incomparable.has(left) || incomparable.has(right)) return false;
  return (
    fits(left, right) || fits(right, left) || ((left === 'int' || right === 'int') && numeric(left) && numeric(right))
  );
}

/** The type of `left operator right`, or undefined if the operator does not join these types. */
export function joined(operator: string, left: Type, right: Type): Type | undefined {
  switch (operator) {
    case 'and':
    case 'or':
      return fits(left, 'bool') && fits(right, 'bool') ? 'bool' : undefined;
    case '==':
    case '!=':
      return comparable(left, right) ? 'bool' : undefined;
    case '<':
    case '<=':
    case '>':
    case '>=':
      return ordered(left, right) ? 'bool' : undefined;
    case '|':
      if (left === 'options' || right === 'options') return fits(left, right) ? 'options' : undefined;
      if (left === 'protection' || right === 'protection') return fits(left, right) ? 'protection' : undefined;
      if (fits(left, 'flags') && fits(right, 'flags')) return 'flags';
      return fits(left, 'signals') && fits(right, 'signals') ? 'signals' : undefined;
    default:
      return calculated(operator, left, right);
  }
}

function ordered(left: Type, right: Type): boolean {
  if (isCounted(left) && isCounted(right)) return fits(left, right);
  return comparable(left, right) && (left === 'int' || right === 'int');
}

function calculated(operator: string, left: Type, right: Type): Type | undefined {
  if (left === 'unknown' || right === 'unknown') return 'unknown';
  if (operator === '+' && left === 'text' && right === 'text') return 'text';
  if (!counted.has(left) || !counted.has(right)) return undefined;
  switch (operator) {
    case '+':
    case '-':
    case '%':
      return left === right ? left : undefined;
    case '*':
      return left === 'int' ? right : right === 'int' ? left : undefined;
    default:
      return right === 'int' ? left : left === right ? 'int' : undefined;
  }
}
