/**
 * What a workload script compiles to: plain data that the simulator runs.
 *
 * A script is lowered once, by the language's compiler, into an Image. The simulator never sees source text; it sees
 * numbered slots, flat instruction lists with jump targets, and expression trees. Every instruction carries the span
 * of source that it came from, and whether it begins a statement: that is all a debugger needs.
 *
 * Values are numbers, strings and booleans. A time is a number of nanoseconds, a size a number of bytes, a process its
 * pid (pids are never reused within a run), a migration the id of its record, a node the index of the node within its
 * cluster. A Mach task is the index of its record; in a task a port is its name in the task's space, and memory the name
 * of its region. The language knows the types; the simulator does not need them.
 *
 * An Image is immutable and shared by every run and every checkpoint of a run.
 */

import type { Phase } from '../base/notice.ts';

export type Value = number | string | boolean;

/** A range of source: one-based lines and columns, the end exclusive. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface Image {
  /** Path of the script as it was given; shown to people, never opened by the simulator. */
  readonly path: string;
  readonly clusters: readonly ClusterSpec[];
  readonly files: readonly FileSpec[];
  readonly programs: readonly Program[];
  readonly scenarios: readonly Scenario[];
}

export interface ClusterSpec {
  readonly name: string;
  readonly span: Span;
  /** Name of a machine profile, for example `i386_25`. */
  readonly machine: string;
  /** Name of a network profile, for example `ethernet_10`. */
  readonly network: string;
  /** Prices overridden in the script, by price name, in nanoseconds (per event, or per KB for the slopes). */
  readonly prices: Readonly<Record<string, number>>;
  readonly nodes: readonly NodeSpec[];
}

export interface NodeSpec {
  readonly name: string;
  readonly span: Span;
  /** The node runs a process management agent; without one it is a pure compute node. */
  readonly pma: boolean;
  readonly pmMaster: boolean;
  readonly credentials: boolean;
  /** Directory whose files this node's file server holds (`/` for the root server), or null. */
  readonly fileServer: string | null;
  /** Physical memory in bytes. */
  readonly memory: number;
  /** Migrations into this node are refused while fewer than this many bytes of memory are free; 0 never refuses. */
  readonly refuseBelow: number;
  /** The node refuses every incoming migration. */
  readonly refuseAll: boolean;
}

export interface FileSpec {
  readonly path: string;
  /** Index of the node in the cluster that holds the file, or null to leave it to the longest file server prefix. */
  readonly node: string | null;
  /** Size in bytes. */
  readonly size: number;
  readonly span: Span;
}

/** Sizes of a program's initial regions, in bytes. */
export interface Layout {
  readonly text: number;
  readonly data: number;
  readonly bss: number;
  readonly stack: number;
}

/** What a process runs, or what a Mach task does: a task has no layout to speak of, and may have counts. */
export interface Program {
  readonly kind: 'program' | 'task';
  readonly name: string;
  readonly span: Span;
  /** The first `parameters` slots hold the arguments. */
  readonly parameters: number;
  /** Name of every local slot, for the debugger. */
  readonly slots: readonly string[];
  readonly layout: Layout;
  /** Names of the numbers that all threads of the task count on. */
  readonly counts: readonly string[];
  readonly code: readonly Instruction[];
}

export interface Scenario {
  readonly name: string;
  readonly span: Span;
  /** Index of the cluster it runs on. */
  readonly cluster: number;
  readonly seed: number;
  readonly slots: readonly string[];
  readonly code: readonly Instruction[];
}

export type SystemCall =
  | 'getpid'
  | 'getppid'
  | 'wait'
  | 'kill'
  | 'open'
  | 'read'
  | 'write'
  | 'close'
  | 'exit'
  | 'pcntl_migrate'
  | 'pcntl_allow'
  | 'pcntl_disallow';

/** Mach's calls that a task makes, besides sending and receiving; each is Mach's own, or a short row of them. */
export type MachCall =
  /** A new port; its name. */
  | 'port'
  /** A new port set with the operands as members; its name. */
  | 'port_set'
  | 'join'
  | 'make_send'
  | 'deallocate'
  | 'destroy'
  | 'queue_limit'
  | 'publish'
  | 'lookup'
  | 'vm_allocate'
  | 'vm_map'
  | 'vm_deallocate'
  /** Which write a page was last changed by. */
  | 'vm_read'
  /** A send right to the memory object behind a region; its name. */
  | 'memory_entry'
  | 'suspend'
  | 'resume'
  | 'terminate'
  /** What the last call of the thread answered. */
  | 'code';

/** A right that a message takes along: its name in the sender's space, and what becomes of it [mechanisms 1.4]. */
export interface CarriedRight {
  readonly disposition: 'copy' | 'move' | 'move_receive' | 'make_send' | 'make_send_once';
  readonly name: Expression;
}

/**
 * A message takes this many slots, in this order: the name of its reply right, and what can be asked of it. The slot of
 * the message itself is the first.
 */
export const messageSlots = ['operation', 'body', 'bytes', 'port', 'rights', 'to'] as const;

export type NotificationVariant = 'no-senders' | 'dead-name' | 'port-destroyed';

export type RegionName = 'text' | 'data' | 'bss' | 'stack';

export type { Phase };

interface Placed {
  readonly span: Span;
  /** True on the first instruction of a statement: the places where a line breakpoint can be. */
  readonly statement: boolean;
}

/**
 * One instruction. Slots are indexes into the frame's locals; `to` is an index into the code.
 * A slot of -1 means that the result is not kept.
 */
export type Instruction = Placed &
  (
    | { readonly op: 'set'; readonly slot: number; readonly value: Expression }
    | { readonly op: 'jump'; readonly to: number }
    /** Goes on with the next instruction if the condition holds, to `to` if it does not. */
    | { readonly op: 'unless'; readonly condition: Expression; readonly to: number }
    | { readonly op: 'print'; readonly values: readonly Expression[] }
    // programs only
    | { readonly op: 'compute'; readonly duration: Expression }
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
        readonly slot: number;
      }
    /** The child goes on with the next instruction and a copy of the locals, the parent at `to` with the pid in slot. */
    | { readonly op: 'fork'; readonly to: number; readonly slot: number }
    | { readonly op: 'exec'; readonly program: number; readonly operands: readonly Expression[] }
    // Mach tasks only
    | {
        readonly op: 'mach';
        readonly call: MachCall;
        readonly operands: readonly Expression[];
        readonly slot: number;
      }
    /** `slot` is the first of the answer's; -1 if nobody wants it, or none comes. */
    | {
        readonly op: 'message';
        readonly call: 'send' | 'rpc' | 'reply';
        /** A port, or for a reply the message that is answered. */
        readonly destination: Expression;
        readonly operation: Expression | null;
        readonly body: Expression | null;
        readonly bytes: Expression | null;
        readonly rights: readonly CarriedRight[];
        readonly slot: number;
      }
    | { readonly op: 'receive'; readonly from: Expression; readonly slot: number }
    | {
        readonly op: 'request_notification';
        readonly variant: NotificationVariant;
        readonly port: Expression;
        readonly notify: Expression;
      }
    /** Touches pages of memory that the task has made or mapped, as `touch` does. */
    | {
        readonly op: 'touch_memory';
        readonly memory: Expression;
        readonly first: Expression;
        readonly last: Expression;
        readonly write: boolean;
      }
    | { readonly op: 'count_get'; readonly count: number; readonly slot: number }
    | { readonly op: 'count_set'; readonly count: number; readonly value: Expression }
    /** One more thread goes on with the next instruction and a copy of the locals; this one jumps to `to`. */
    | { readonly op: 'thread'; readonly to: number }
    /** Ends the thread, not the task. */
    | { readonly op: 'thread_end' }
    /** In a task a child without a node: it is made where its parent is. Also in scenarios. */
    | {
        readonly op: 'start';
        readonly program: number;
        readonly operands: readonly Expression[];
        readonly node: Expression | null;
        readonly slot: number;
      }
    // scenarios only
    | { readonly op: 'task_control'; readonly call: 'suspend' | 'resume' | 'terminate'; readonly task: Expression }
    | {
        readonly op: 'spawn';
        readonly program: number;
        readonly operands: readonly Expression[];
        readonly node: Expression;
        readonly slot: number;
      }
    /** Waits until the virtual clock shows this time. */
    | { readonly op: 'at'; readonly time: Expression }
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
        /** How the task is moved; null leaves it to the simple migration server. */
        readonly how: TaskMigrationHow | null;
        readonly slot: number;
      }
    | { readonly op: 'signal'; readonly process: Expression; readonly signal: Expression }
    | { readonly op: 'crash'; readonly node: Expression }
    /** `text` is the source of the condition, shown in reports. */
    | { readonly op: 'expect'; readonly condition: Expression; readonly text: string }
    /** A second scenario thread goes on with the next instruction and shares the locals; this one jumps to `to`. */
    | { readonly op: 'async'; readonly to: number }
    /** Ends the thread: exit(0) in a program; the end of the task in a task; a scenario is over when all its threads have ended. */
    | { readonly op: 'end' }
  );

export type TaskMigrationImplementation = 'sms' | 'oms' | 'user_level' | 'in_kernel';
export type TaskMigrationStrategy = 'copy_on_reference' | 'eager' | 'flush' | 'pre_copy';

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

export type UnaryOperator = '-' | 'not';
export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'and' | 'or';

/**
 * What an expression can ask of the world, by the kind of thing it asks.
 * process: pid, node, status (exit status, -1 while alive), alive, migrations, delivered (signals delivered so far);
 * migration: state, outcome ('done', 'refused', 'failed', '' while under way), reason, freezing_time, freeze_time,
 *   total_time, task_time (ns), pages_running and pages_frozen (pages moved before and during the freeze);
 * task: node, alive, threads, sent, received, replies, and its own counts;
 * residual: of a process or a task on a node: `pma`, `pages`, `forwarders`, `relay` (counts).
 */
export type ProcessField = 'pid' | 'node' | 'status' | 'alive' | 'migrations' | 'delivered';
export type MigrationField =
  | 'outcome'
  | 'reason'
  | 'freezing_time'
  | 'freeze_time'
  | 'total_time'
  | 'task_time'
  | 'pages_running'
  | 'pages_frozen';
export type TaskField = 'node' | 'alive' | 'threads' | 'sent' | 'received' | 'replies';
export type ResidualField = 'pma' | 'pages' | 'forwarders' | 'relay';

/** What a number stands for where that is not plain: how it is shown to people. */
export type Unit = 'time' | 'size' | 'node';

export type Expression =
  | { readonly kind: 'value'; readonly value: Value; readonly unit?: Unit }
  | { readonly kind: 'slot'; readonly slot: number; readonly span: Span; readonly unit?: Unit }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression; readonly span: Span }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly span: Span;
    }
  /** low <= operand <= high */
  | {
      readonly kind: 'within';
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly span: Span;
    }
  /** A uniform whole number, low <= n <= high, from the workload's own random stream. */
  | { readonly kind: 'random'; readonly low: Expression; readonly high: Expression; readonly span: Span }
  | { readonly kind: 'process'; readonly field: ProcessField; readonly process: Expression; readonly span: Span }
  | { readonly kind: 'migration'; readonly field: MigrationField; readonly migration: Expression; readonly span: Span }
  | { readonly kind: 'task'; readonly field: TaskField; readonly task: Expression; readonly span: Span }
  /** A count of a Mach task. */
  | { readonly kind: 'count'; readonly count: number; readonly task: Expression; readonly span: Span }
  | {
      readonly kind: 'residual';
      readonly what: 'process' | 'task';
      readonly field: ResidualField;
      readonly process: Expression;
      readonly node: Expression;
      readonly span: Span;
    }
  /** `now`, or whether a node is up. */
  | { readonly kind: 'now'; readonly span: Span }
  | { readonly kind: 'up'; readonly node: Expression; readonly span: Span };
