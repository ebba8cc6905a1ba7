/** What only scenarios do: they start what runs, have it moved, break nodes, and look. */

import type { Phase } from '../../base/notice.ts';
import type { Expression } from './expression.ts';

export type { Phase };

export type TaskMigrationImplementation = 'sms' | 'oms' | 'user_level' | 'in_kernel';
export type TaskMigrationStrategy = 'copy_on_reference' | 'eager' | 'flush' | 'pre_copy';

/**
 * What becomes of the system calls that its PMA executes for a process when it is migrated [mechanisms 5.5 step 4]: their end
 * is awaited; those that change nothing are given up and begun again at the destination; they are awaited, and the task is
 * copied meanwhile.
 */
export type CallTreatment = 'await' | 'restart' | 'early';

/** `migrate t to n by task using oms with pre_copy rounds 4 threshold 2 agent on m` [mechanisms 4.5]. */
export interface TaskMigrationHow {
  readonly using: TaskMigrationImplementation;
  readonly strategy: TaskMigrationStrategy;
  /** Node on which the agent runs; null: the destination. */
  readonly agent: Expression | null;
  /** Pre-copy: rounds at most while the task runs, and number of dirty pages at which it stops earlier. */
  readonly rounds: Expression | null;
  readonly threshold: Expression | null;
}

export type ScenarioInstruction =
  | { readonly op: 'task_control'; readonly call: 'suspend' | 'resume' | 'terminate'; readonly task: Expression }
  | {
      readonly op: 'spawn';
      readonly program: number;
      readonly operands: readonly Expression[];
      /** null: where the placement policy of the cluster says. */
      readonly node: Expression | null;
      readonly slot: number;
    }
  /** Waits until the virtual clock shows this time. */
  | { readonly op: 'at'; readonly time: Expression }
  /** Also in Mach tasks. */
  | { readonly op: 'sleep'; readonly duration: Expression }
  /** Waits until the process has exited, until the task or the migration has ended. */
  | { readonly op: 'await'; readonly what: 'process' | 'task' | 'migration'; readonly value: Expression }
  /** Waits until the migration of this process enters this phase. */
  | { readonly op: 'await_phase'; readonly process: Expression; readonly phase: Phase }
  /** Asks for a migration and goes on at once; the slot receives the migration. */
  | {
      readonly op: 'migrate';
      readonly what: 'process' | 'task';
      readonly process: Expression;
      readonly node: Expression;
      readonly by: 'process' | 'task';
      readonly calls: CallTreatment;
      /** How the task is moved; null leaves it to the simple migration server. */
      readonly how: TaskMigrationHow | null;
      readonly slot: number;
    }
  | { readonly op: 'signal'; readonly process: Expression; readonly signal: Expression }
  | { readonly op: 'crash'; readonly node: Expression }
  | { readonly op: 'reboot'; readonly node: Expression }
  /** No packet crosses between the two sides until the network heals. */
  | { readonly op: 'partition'; readonly nodes: readonly Expression[]; readonly others: readonly Expression[] }
  | { readonly op: 'heal' }
  /** `text` is the source of the condition, shown in reports. */
  | { readonly op: 'expect'; readonly condition: Expression; readonly text: string }
  /** A second scenario thread goes on with the next instruction and shares the locals; this one jumps to `to`. */
  | { readonly op: 'async'; readonly to: number };
