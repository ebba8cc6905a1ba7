/**
 * Messages (kmsg): what is sent, and the rights that travel with it.
 *
 * A message row exists from copyin until its receiver has it (or it is destroyed). `dest` is a port copy on `node`.
 * `rights` is flat: type, port, type, port ...; in network form (`wire`) each is type, UID, credits, and the
 * room dipc makes them local again when the message is dequeued [mechanisms 2.6]. The destination right counts on its port while the
 * message lives; `destType` NONE means that the right stayed on the sender's node (a send right borrowed by dipc).
 *
 * `body` is the payload as plain data, already marshalled: only its size costs. `code` is what a reply reports.
 */
import { NONE, type Row } from '../../base/table.ts';
import type { Region } from '../vm/region.ts';
import type { MachWorld } from '../world.ts';
import { SEND } from './space.ts';

/** A right to send along: a name in the sender's space, and what to do with it. */
export interface Carried {
  readonly name: number;
  readonly disposition: number;
}

/** An out-of-line array of ports: names in the sender's space, and what to do with all of them [mechanisms 1.11]. */
export interface CarriedArray {
  readonly names: readonly number[];
  readonly disposition: number;
}

/** Out-of-line memory to send along: pages of a region of the sender [mechanisms 1.11]. */
export interface CarriedMemory {
  /** Name of the region in the sender's map. */
  readonly region: string;
  /** First page, and how many: the whole region if nothing is said. */
  readonly first?: number;
  readonly pages?: number;
  /** The region leaves the sender's map. */
  readonly deallocate?: boolean;
  /** `physical`: it is copied now. `virtual`, if nothing is said: as late as possible. */
  readonly copy?: 'physical' | 'virtual';
}

/** Out-of-line memory that has been taken (out-of-line.ts). */
export interface MemoryInMessage {
  /** Region of the kernel's map on the node where it is; NONE: it is on its way between two nodes, or lost. */
  readonly region: number;
  /** What the sender called it. */
  readonly name: string;
  readonly pages: number;
  /** What it was in the sender's map, which it has left; null: the sender still has it. */
  readonly before: Pick<Region, 'start' | 'protection' | 'inheritance' | 'maximum'> | null;
  readonly physical: boolean;
  /** On its way: the versions of its pages, and the logical memory that the message keeps for them. */
  readonly versions: readonly number[];
  readonly memory: number;
}

export interface Message extends Row {
  operation: string;
  code: string;
  body: unknown;
  node: number;
  dest: number;
  destType: number;
  reply: number;
  replyType: number;
  rights: number[];
  /** What the sender named them: it can take them back while the message waits for room. */
  carried: readonly Carried[];
  /** The same for the rights of the header, if the sender said how to take them; else null. */
  sentTo: Carried | null;
  replyTo: Carried | null;
  /** It waits for room at most until then; NONE: for ever. */
  deadline: number;
  bytes: number;
  memory: MemoryInMessage[];
  /** Pages of 4 KB sent out of line besides: a large body, which the receiving node pulls [mechanisms 2.5]. */
  pages: number;
  wire: boolean;
  /** Node that keeps the body until the receiver pulls it: the message is a placeholder [2.5]. NONE: it is all here. */
  bodyNode: number;
  /** The node that kept it has failed since. */
  bodyGone: boolean;
  /** The body has been asked for. */
  pulling: boolean;
  /** It came from another node and takes one of this node's message buffers. */
  buffered: boolean;
  /** In network form: UID of the destination port. */
  destUid: number;
  /** In network form: node where the sender believed the principal of the reply port to be. */
  replyHome: number;
  /** Identity of the thread that waits for the answer, or NONE. */
  client: number;
  /** Identity of the thread that sent it. */
  sender: number;
  activity: number;
  /** Its number among all messages of the run, in the order in which they were sent. */
  serial: number;
  next: number;
  /** When it began to wait in a queue, or NONE. */
  queuedAt: number;
}

export const noRights: number[] = [];
/** Shared by all messages that have none: the list is replaced. */
export const noMemory: MemoryInMessage[] = [];
const nothing: readonly Carried[] = [];

/** Rows of freed messages are used again as they are: every field is set here. */
export function messageAllocate(
  w: MachWorld,
  operation: string,
  dest: number,
  destType: number,
  activity: number,
): Message {
  const id = w.messages.free.pop();
  if (id !== undefined) {
    const message = w.messages.rows[id]!;
    message.live = true;
    message.operation = operation;
    message.dest = dest;
    message.destType = destType;
    message.activity = activity;
    message.serial = ++w.sent;
    return message;
  }
  const message: Message = {
    id: w.messages.rows.length,
    live: true,
    operation,
    code: 'KERN_SUCCESS',
    body: null,
    node: NONE,
    dest,
    destType,
    reply: NONE,
    replyType: NONE,
    rights: noRights,
    memory: noMemory,
    carried: nothing,
    sentTo: null,
    replyTo: null,
    deadline: NONE,
    bytes: 0,
    pages: 0,
    wire: false,
    bodyNode: NONE,
    bodyGone: false,
    pulling: false,
    buffered: false,
    destUid: NONE,
    replyHome: NONE,
    client: NONE,
    sender: NONE,
    activity,
    serial: ++w.sent,
    next: NONE,
    queuedAt: NONE,
  };
  w.messages.rows.push(message);
  return message;
}

/**
 * A reply right that is a send right crosses to another node like the rights in the body, before them; there and
 * wherever else the message is received it stands in the header again.
 */
export function foldReply(message: Message): void {
  if (message.replyType !== SEND || message.reply === NONE) return;
  message.rights = [SEND, message.reply, ...message.rights];
  message.reply = NONE;
}

export function unfoldReply(message: Message): void {
  const [type = NONE, port = NONE, ...rights] = message.rights;
  message.replyType = type;
  message.reply = port;
  message.rights = rights.length === 0 ? noRights : rights;
}

/** The row is given back; whoever had rights in it has taken them out. */
export function messageFree(w: MachWorld, message: Message): void {
  message.live = false;
  message.operation = '';
  message.code = 'KERN_SUCCESS';
  message.body = null;
  message.node = NONE;
  message.dest = NONE;
  message.destType = NONE;
  message.reply = NONE;
  message.replyType = NONE;
  message.rights = noRights;
  message.memory = noMemory;
  message.carried = nothing;
  message.sentTo = null;
  message.replyTo = null;
  message.deadline = NONE;
  message.bytes = 0;
  message.pages = 0;
  message.wire = false;
  message.bodyNode = NONE;
  message.bodyGone = false;
  message.pulling = false;
  message.buffered = false;
  message.destUid = NONE;
  message.replyHome = NONE;
  message.client = NONE;
  message.sender = NONE;
  message.activity = 0;
  message.serial = 0;
  message.next = NONE;
  message.queuedAt = NONE;
  w.messages.free.push(message.id);
}
