/**
 * The system calls of programs, by UNIX's own names. The simulator has the other half: what each of them runs is in
 * simulator/workload/system-calls.ts.
 */
import type { Type } from '../types.ts';
import { parameter, type FunctionParameter, type FunctionWord, type Room } from './function-word.ts';

const program: readonly Room[] = ['program'];

/** A parameter that may be left out, and what then stands for it. */
export interface SystemCallParameter extends FunctionParameter {
  readonly value?: number | string;
}

export interface SystemCallWord extends FunctionWord {
  readonly parameters: readonly SystemCallParameter[];
}

const left = (value: number | string, name: string, ...types: Type[]): SystemCallParameter => ({
  name,
  types,
  optional: true,
  value,
});

function systemCall(
  name: string,
  parameters: readonly SystemCallParameter[],
  result: Type,
  doc: string,
): SystemCallWord {
  return { name, rooms: program, parameters, result, doc };
}

const file = parameter('file', 'descriptor');
const size = parameter('size', 'size');
const process = parameter('process', 'process');

export const systemCalls: readonly SystemCallWord[] = [
  systemCall('getpid', [], 'process', 'The process itself. A call to its PMA.'),
  systemCall('getppid', [], 'process', 'The parent of the process.'),
  systemCall(
    'wait',
    [left(-1, 'child', 'process')],
    'int',
    'Waits until the child, or without an argument any child, has exited. Its exit status; -1 without a child.',
  ),
  systemCall(
    'waitpid',
    [left(-1, 'child', 'process')],
    'ended',
    'Waits as `wait` does, and says more: `.pid`, `.status`, `.signal`.',
  ),
  systemCall(
    'kill',
    [process, parameter('signal', 'signal')],
    'int',
    'Sends a signal to a process, wherever it runs now. 0, or -1 if there is no such process.',
  ),
  systemCall(
    'open',
    [parameter('path', 'text'), parameter('flags', 'flags')],
    'descriptor',
    'Opens a file at its file server. Flags: `read`, `write`, `create`, joined by `|`. -1 if there is no such file.',
  ),
  systemCall('read', [file, size], 'size', 'Reads from an open file; the size that was read.'),
  systemCall('write', [file, size], 'size', 'Writes to an open file; the size that was written.'),
  systemCall('close', [file], 'int', 'Closes an open file.'),
  systemCall(
    'exit',
    [left(0, 'status', 'int')],
    'nothing',
    'Ends the process with an exit status, 0 if none is given.',
  ),
  systemCall(
    'errno',
    [],
    'text',
    'The error of the last system call that failed, by its name: `"ECHILD"`; `""` before the first.',
  ),
  systemCall(
    'migrate',
    [process, parameter('node', 'text')],
    'int',
    'pcntl(PCNTL_MIGRATE, pid, node): moves a process, the caller included. 0, or -1 if it was refused.',
  ),
  systemCall('allow_migration', [], 'int', 'pcntl(PCNTL_ALLOW): the process may be migrated again.'),
  systemCall('disallow_migration', [], 'int', 'pcntl(PCNTL_DISALLOW): the process must stay where it is.'),
];
