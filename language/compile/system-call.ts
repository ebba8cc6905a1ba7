/** The system calls, and what stands for an argument that is left out. */
import type { Expression, SystemCall } from '../../simulator/workload/program.ts';
import type * as ast from '../generated/ast.ts';
import type { Code } from './code.ts';

/** The system calls by the names that programs call them by. */
export const systemCalls: ReadonlyMap<string, SystemCall> = new Map([
  ['getpid', 'getpid'],
  ['getppid', 'getppid'],
  ['wait', 'wait'],
  ['kill', 'kill'],
  ['open', 'open'],
  ['read', 'read'],
  ['write', 'write'],
  ['close', 'close'],
  ['exit', 'exit'],
  ['migrate', 'pcntl_migrate'],
  ['allow_migration', 'pcntl_allow'],
  ['disallow_migration', 'pcntl_disallow'],
]);

/** The operand of a call whose argument is left out: wait for any child, exit with 0. */
export const defaults: ReadonlyMap<string, Expression> = new Map([
  ['wait', { kind: 'value', value: -1 }],
  ['exit', { kind: 'value', value: 0 }],
]);

export const isSystemCall = (code: Code, call: ast.Call): boolean =>
  code.around.room === 'program' && systemCalls.has(call.function);
