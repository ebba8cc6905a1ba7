/**
 * Instructions: a flat list with jump targets, in four kinds by who has them: everybody, processes, Mach tasks, scenarios.
 *
 * Slots are indexes into the frame's locals; `to` is an index into the code. A slot of -1 means that the result is not
 * kept.
 */

import type { Expression, Span, Value } from './expression.ts';
import type { ScenarioInstruction } from './scenario.ts';
import type { TaskInstruction } from './task.ts';

export const systemCallNames = [
  'getpid',
  'getppid',
  'wait',
  'waitpid',
  'kill',
  'killpg',
  'signal',
  'sigprocmask',
  'sigpending',
  'sigsuspend',
  'pause',
  'sigismember',
  'sleep',
  'alarm',
  'setitimer',
  'getpgid',
  'setpgid',
  'getsid',
  'setsid',
  'getuid',
  'geteuid',
  'setuid',
  'seteuid',
  'umask',
  'chmod',
  'chown',
  'tcgetpgrp',
  'tcsetpgrp',
  'getrusage',
  'times',
  'getrlimit',
  'setrlimit',
  'nice',
  'getpriority',
  'setpriority',
  'open',
  'creat',
  'read',
  'write',
  'pread',
  'pwrite',
  'fsync',
  'access',
  'truncate',
  'buffer',
  'lseek',
  'close',
  'dup',
  'dup2',
  'pipe',
  'socket',
  'socketpair',
  'bind',
  'listen',
  'accept',
  'connect',
  'shutdown',
  'select',
  'fcntl',
  'fd_set',
  'FD_SET',
  'FD_CLR',
  'FD_ISSET',
  'FD_FIRST',
  'ftruncate',
  'mmap',
  'munmap',
  'msync',
  'load',
  'store',
  'fstat',
  'stat',
  'unlink',
  'link',
  'rename',
  'mkdir',
  'rmdir',
  'readdir',
  'chdir',
  'getcwd',
  'exit',
  'errno',
  'pthread_join',
  'pthread_self',
  'migrate',
  'least_loaded',
  'allow_migration',
  'disallow_migration',
  'join_migration_group',
  'leave_migration_group',
  'process_info',
] as const;

export type SystemCall = (typeof systemCallNames)[number];

export type RegionName = 'text' | 'data' | 'bss' | 'stack';

interface Placed {
  readonly span: Span;
  /** True on the first instruction of a statement: the places where a line breakpoint can be. */
  readonly statement: boolean;
}

type CommonInstruction =
  | { readonly op: 'set'; readonly slot: number; readonly value: Expression }
  | { readonly op: 'jump'; readonly to: number }
  /** Goes on with the next instruction if the condition holds, to `to` if it does not. */
  | { readonly op: 'unless'; readonly condition: Expression; readonly to: number }
  | { readonly op: 'print'; readonly values: readonly Expression[] }
  /** Uses the processor; not in scenarios. */
  | { readonly op: 'compute'; readonly duration: Expression }
  /** Ends the thread: exit(0) in a program; the end of the task in a task; a scenario is over when all its threads have ended. */
  | { readonly op: 'end' };

/** Processes touch the regions of their image, and call their emulator. */
type ProcessInstruction =
  /** Touches pages first..last (inclusive, counted from the start of the region). */
  | {
      readonly op: 'touch';
      readonly region: RegionName;
      readonly first: Expression;
      readonly last: Expression;
      readonly write: boolean;
    }
  | {
      readonly op: 'call';
      readonly call: SystemCall;
      readonly operands: readonly Expression[];
      /** What stands for the value, and for each part of a record, after a failure: -1, or nothing. */
      readonly failure: readonly Value[];
      readonly slot: number;
    }
  /**
   * The child goes on with the next instruction and a copy of the locals, the parent at `to` with the pid in slot. `node` is
   * the name of the node that it is made on, or null: where its parent is.
   */
  | { readonly op: 'fork'; readonly to: number; readonly node: Expression | null; readonly slot: number }
  | {
      readonly op: 'exec';
      readonly program: number;
      readonly operands: readonly Expression[];
      readonly node: Expression | null;
    }
  /** From now on the signal has a handler: the instructions up to `to`, which `handled` ends. */
  | {
      readonly op: 'handle';
      readonly signal: Expression;
      readonly restart: boolean;
      readonly mask: Expression;
      readonly to: number;
    }
  | { readonly op: 'handled' };

export type Instruction = Placed & (CommonInstruction | ProcessInstruction | TaskInstruction | ScenarioInstruction);
