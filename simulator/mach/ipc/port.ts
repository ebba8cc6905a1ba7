/**
 * Ports, and port sets.
 *
 * A row is one node's *copy* of a port: the principal (it holds, or will hold, the receive right) or a proxy on a node
 * that has rights to it (`proxy`; room dipc). The receive right of a live port is always in exactly one place [I1]:
 *
 *   in a space    receiver = task, receiverName = its name there
 *   the kernel    receiver = KERNEL, object and objectKind say what it stands for
 *   in transit    receiver = NONE, destination = the port whose queue (or message) carries it
 *   in limbo      receiver = NONE, destination = NONE: on the way into or out of a message
 *
 * A port set is a row too (`set`): it has a queue and receivers, and never rights. While a port belongs to a set, its
 * messages live in the set's queue [mechanisms 1.8].
 */
import { NONE, takeBlank, type Row } from '../../base/table.ts';
import type { MachWorld } from '../world.ts';

/** Receiver of the ports that the kernel owns. */
export const KERNEL = -2;

export const DEFAULT_QUEUE_LIMIT = 5;
export const MAXIMUM_QUEUE_LIMIT = 16;

/** `paged`: a task's pager answers on it, and a kernel has mapped what it has; `object` is the node of that kernel. */
export type ObjectKind = '' | 'task' | 'thread' | 'host' | 'memory' | 'pager' | 'paged';

export interface Port extends Row {
  node: number;
  label: string;
  active: boolean;
  set: boolean;
  receiver: number;
  receiverName: number;
  destination: number;
  /** Make-send count; 0 while the right is not in a space [I8]. */
  mscount: number;
  /** Send rights: entries with SEND in the spaces of this node, rights in messages here, rights that the kernel holds. */
  srights: number;
  sorights: number;
  /** How many of `srights` the kernel's own tables hold (I4 counts them). */
  kernelSends: number;
  /** Number of the next message, given at dequeue. */
  seqno: number;
  /** Messages queued for this port, wherever they are queued [I12]. */
  msgcount: number;
  qlimit: number;
  /** The limit was set below what was queued, and more than that still is [I12]. */
  lowered: boolean;
  /** Set that the port belongs to, or NONE. */
  pset: number;
  // Queue of this port or set: messages, waiting receivers, blocked senders; each a ring through its rows, in the order in
  // which they came: the last one, or NONE, which leads to the first.
  lastMessage: number;
  lastReceiver: number;
  lastSender: number;
  objectKind: ObjectKind;
  object: number;
  /** Row of the notification requests, or NONE: few ports have any (requests.ts). */
  requests: number;
  /** Messages for this copy go to another node. */
  proxy: boolean;
  /** The receive right is arriving here: ordinary operations wait (ms_block, mechanisms 2.3). */
  blocked: boolean;
  /** Nodes were refused because the queue was full, and wait to be called back. */
  callers: boolean;
  /** Row of the distributed state, or NONE while the port has not left this node. */
  dipc: number;
}

export function blankPort(id: number): Port {
  return {
    id,
    live: true,
    node: NONE,
    label: '',
    active: true,
    set: false,
    receiver: NONE,
    receiverName: NONE,
    destination: NONE,
    mscount: 0,
    srights: 0,
    sorights: 0,
    kernelSends: 0,
    seqno: 0,
    msgcount: 0,
    qlimit: DEFAULT_QUEUE_LIMIT,
    lowered: false,
    pset: NONE,
    lastMessage: NONE,
    lastReceiver: NONE,
    lastSender: NONE,
    objectKind: '',
    object: NONE,
    requests: NONE,
    proxy: false,
    blocked: false,
    callers: false,
    dipc: NONE,
  };
}

/** A port in limbo: the caller puts its receive right somewhere. */
export function portCreate(w: MachWorld, node: number, label: string): Port {
  const port = takeBlank(w.ports, blankPort);
  port.node = node;
  port.label = label;
  return port;
}

/** A port that the kernel answers on for one of its objects. */
export function kernelPort(w: MachWorld, node: number, label: string, kind: ObjectKind, object: number): Port {
  const port = portCreate(w, node, label);
  port.receiver = KERNEL;
  port.objectKind = kind;
  port.object = object;
  port.qlimit = MAXIMUM_QUEUE_LIMIT;
  return port;
}
