/**
 * Ports in the inspected state.
 *
 * A `PortState` is one node's copy of a port: what that node's kernel knows. A `PortIdentityState` is the port over the
 * whole cluster, which nobody in it can see: its copies by their ids in `ports`, who holds which rights to it, and the
 * credits that keep no-senders honest. [mechanisms 2.1, 2.2]
 */

export type RightType = 'send' | 'receive' | 'send-receive' | 'send-once' | 'dead-name' | 'port-set';

export interface PortState {
  readonly port: number;
  readonly node: string;
  readonly label: string;
  readonly uid: string | null;
  /** The row of table 2.3 that the flags are; a port set is `set`. */
  readonly copy: 'principal' | 'proxy' | 'forwarding' | 'arriving' | 'migrating-out' | 'set';
  /** The flags of mechanisms 2.3 that are set: `proxy`, `forward`, `ms_block`, `ms_convert`, `migrate_wait`. */
  readonly flags: readonly string[];
  readonly dead: boolean;
  /** Task that holds the receive right, `kernel`, `in transit`, or empty for a proxy. */
  readonly receiver: string;
  readonly receiverName: number | null;
  /** What the kernel answers for on this port, `task cc1`; empty if it is not the kernel's. */
  readonly object: string;
  /** Label of the port set that it is a member of; null if it is in none. */
  readonly portSet: string | null;
  /** For a proxy: where the principal is believed to be. */
  readonly destination: string | null;
  /** The nodes along which a message from this copy goes, itself first; it ends at the principal, or where the way is lost. */
  readonly way: readonly string[];
  readonly makeSendCount: number;
  readonly sequenceNumber: number;
  readonly queueLimit: number;
  readonly sendRights: number;
  readonly sendOnceRights: number;
  /** Send-once rights on other nodes that the principal knows of. [D4] */
  readonly remoteSendOnceRights: number;
  /** Credits held (proxy), or minus those handed out (principal). [2.7] */
  readonly transit: number;
  readonly queue: readonly MessageState[];
  /** Messages that wait in this copy: for room at the principal, or for the receive right to arrive. */
  readonly held: readonly MessageState[];
  /** Nodes whose messages were refused because the queue was full, in the order in which they are called back. [2.10] */
  readonly refused: readonly string[];
  readonly blockedSenders: readonly string[];
  readonly waitingReceivers: readonly string[];
  readonly requests: readonly NotificationRequestState[];
  /** Nodes that this copy will tell when the port dies. [mechanisms 2.11] */
  readonly registered: readonly string[];
  /** Why messages wait in this copy, in words. */
  readonly obstacles: readonly string[];
}

/** Somebody has asked to be told. [mechanisms 1.9] */
export interface NotificationRequestState {
  readonly kind: 'no-senders' | 'port-destroyed' | 'dead-name';
  /** Label of the port that the notification goes to. */
  readonly to: string;
  /** Who receives it, as far as this node knows. */
  readonly receiver: string;
  /** The name that is watched, or the make-send count from which on it counts; empty if there is nothing to say. */
  readonly watched: string;
}

export interface MessageState {
  readonly message: number;
  /** Its number among all messages of the run, in the order in which they were sent. */
  readonly serial: number;
  readonly operation: string;
  /** Thread and node that sent it; empty if they are no more. */
  readonly from: string;
  readonly fromNode: string;
  /** The right that it was sent with: `send` or `send-once`. */
  readonly right: string;
  /** Label of the reply port; null if it wants no answer. */
  readonly reply: string | null;
  readonly bytes: number;
  /** Number of rights that it carries, and what they are, in words. */
  readonly rights: number;
  readonly carries: readonly string[];
  /** Memory that it carries out of line: how the sender calls it, its pages, and the node where they are. [mechanisms 1.11] */
  readonly memory: readonly { readonly name: string; readonly pages: number; readonly node: string }[];
  /** Rights are in network form until a thread receives it. [mechanisms 2.4] */
  readonly networkForm: boolean;
  /** Node that its body is still on: what is queued is a placeholder. Null if it is here. [mechanisms 2.5] */
  readonly bodyOn: string | null;
  /** When it began to wait; null if it does not. */
  readonly since: number | null;
}

export interface PortIdentityState {
  /** The UID, or `port 12` while no other node knows the port. */
  readonly identity: string;
  readonly uid: string | null;
  readonly label: string;
  readonly dead: boolean;
  /** Id of the copy that holds the receive right, or will; null if there is none. */
  readonly principal: number | null;
  /** Node of the principal; empty if there is none. */
  readonly node: string;
  readonly receiver: string;
  /** Ids of all copies, the principal's first. */
  readonly copies: readonly number[];
  readonly rights: readonly HeldRightState[];
  /** Credits handed out by the principal, held by proxies, and on the way; the first is the sum of the others. [D2] */
  readonly credits: { readonly handedOut: number; readonly held: number; readonly underWay: number };
}

export interface HeldRightState {
  readonly holder: 'task' | 'message' | 'thread' | 'kernel';
  readonly node: string;
  /** The task, the thread, the message (`operation #serial`), or what the kernel keeps it for. */
  readonly who: string;
  /** Id of the task; null if it is held by no task. */
  readonly task: number | null;
  /** Its name in the name space of the task. */
  readonly name: number | null;
  readonly type: RightType;
  readonly userReferences: number;
}
