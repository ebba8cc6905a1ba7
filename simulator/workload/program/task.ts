/** What only Mach tasks do: they call the kernel, and send and receive messages that take rights along. */

import type { Expression } from './expression.ts';

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
  /** The well-known port of a node under a number, and giving it one [mechanisms 2.12]. */
  | 'norma_get_special_port'
  | 'norma_set_special_port'
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

/** Memory that a message takes along out of line: the name of its region, and whether it leaves the sender's map. */
export interface CarriedRegion {
  readonly name: Expression;
  readonly deallocate: boolean;
}

/**
 * A message takes this many slots, in this order: the name of its reply right, and what can be asked of it. The slot of
 * the message itself is the first.
 */
export const messageSlots = ['operation', 'body', 'bytes', 'port', 'rights', 'to', 'sequence', 'memory'] as const;

export type NotificationVariant = 'no-senders' | 'dead-name' | 'port-destroyed';

export type TaskInstruction =
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
      readonly memory: readonly CarriedRegion[];
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
  /**
   * Also in programs: one more thread goes on with the next instruction and a copy of the locals; this one jumps to `to`. The
   * slot receives its number, in a program.
   */
  | { readonly op: 'thread'; readonly to: number; readonly slot: number }
  /** Ends the thread, not the task or the process. */
  | { readonly op: 'thread_end' }
  /** In a task a child, on a node named by a text, or where its parent is; in a scenario a task on a node of its cluster. */
  | {
      readonly op: 'start';
      readonly program: number;
      readonly operands: readonly Expression[];
      readonly node: Expression | null;
      readonly slot: number;
    };
