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

import type { Span } from './program/expression.ts';
import type { Instruction } from './program/instruction.ts';

export type * from './program/expression.ts';
export * from './program/instruction.ts';
export type * from './program/scenario.ts';
export * from './program/task.ts';

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
  /** Who manages processes: one PMA; PMAs with one PM Master; PMAs with a PM Master each. */
  readonly management: 'centralised' | 'distributed' | 'local_masters';
  /** Where the process of a fork or an exec goes that says no node. */
  readonly placement: 'local' | 'least_loaded' | 'round_robin';
  /** Emulators may keep what is in files, under tokens. */
  readonly fileCaching: boolean;
  /** A process ends as soon as it is known that pages of it are lost with the node that it came from; else when it touches one. */
  readonly endsAtOnce: boolean;
  readonly nodes: readonly NodeSpec[];
}

export interface NodeSpec {
  readonly name: string;
  readonly span: Span;
  /** The node runs a process management agent; without one it is a pure compute node. */
  readonly pma: boolean;
  readonly pmMaster: boolean;
  readonly credentials: boolean;
  /** The statistics monitor is here. */
  readonly monitor: boolean;
  /** The operator is here; if nowhere, on the node of the PM Master. */
  readonly console: boolean;
  /** Directory whose files this node's file server holds (`/` for the root server), or null. */
  readonly fileServer: string | null;
  /** Physical memory in bytes. */
  readonly memory: number;
  /** Migrations into this node are refused while fewer than this many bytes of memory are free; 0 never refuses. */
  readonly refuseBelow: number;
  /** The node refuses every incoming migration. */
  readonly refuseAll: boolean;
  /** The node refuses a migration while another one comes in; otherwise it has to wait for its turn. */
  readonly refuseWhenBusy: boolean;
}

export interface FileSpec {
  readonly path: string;
  /** Index of the node in the cluster that holds the file, or null to leave it to the longest file server prefix. */
  readonly node: string | null;
  /** Size in bytes. */
  readonly size: number;
  /** Null: the user's, which he may write; of an image, the superuser's, which all may execute. */
  readonly owner: number | null;
  readonly mode: number | null;
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
