/**
 * mach_msg: what a thread calls to send, to receive, and to do both (RPC).
 *
 * Copyin of the header and the body happens in the sender's step; the transfer is paid for; then the message reaches
 * its port. On one node a null message takes half an RPC to hand over; a send that expects no answer pays the other
 * half for queueing and wake-up [mechanisms 7.2]. A message for a proxy goes to distributed IPC, which pays for it.
 *
 * When the thread performs its next step the call is over: `t.code` says how it went. After an RPC or a receive,
 * `t.body`, `t.names` and `t.reply` hold what came.
 */
import { DELIVER, SEND_REMOTE } from '../../base/event.ts';
import { LOCAL_BYTES, LOCAL_MESSAGES, LOCAL_RIGHTS, bookWork } from '../../base/ledger.ts';
import { copy } from '../../base/plain.ts';
import { NONE, at } from '../../base/table.ts';
import { occupyFor } from '../processor.ts';
import { BYTES_PER_PAGE } from '../vm/object.ts';
import { SENDING, noNames, nothingBrought, type Thread } from '../thread.ts';
import { emit, emitAt, type MachWorld } from '../world.ts';
import { freeEntry } from './entry.ts';
import { copyinHeader } from './header.ts';
import {
  messageAllocate,
  noRights,
  type Carried,
  type CarriedArray,
  type CarriedMemory,
  type Message,
} from './message.ts';
import { copyinMemory, pagesOf } from './out-of-line.ts';
import type { ReceiveOptions } from './receive-options.ts';
import { receiveFrom } from './receivers.ts';
import { leaveDeadSet } from './port-set.ts';
import type { Port } from './port.ts';
import { messageClean } from './port-death.ts';
import { deallocate, discardAll } from './release.ts';
import { COPY_SEND, MOVE_SEND_ONCE, copyin, destinationOf, portAllocate } from './right.ts';
import { copyFirst } from './send-memory.ts';
import { PORT_SET, RECEIVE, SEND, SEND_ONCE, find, portAt, typeAt } from './space.ts';

export type { Carried, CarriedArray, CarriedMemory } from './message.ts';

export interface Payload {
  /** Plain data; it is copied when it is sent. */
  readonly body?: unknown;
  /** Size of the inline body in bytes: what it costs. */
  readonly bytes?: number;
  /** Pages of 4 KB that the kernels and the servers send out of line: only their number costs. */
  readonly pages?: number;
  readonly rights?: readonly Carried[];
  /** Out-of-line arrays of ports: their names follow those of `rights`, in order; the body says how many they are. */
  readonly arrays?: readonly CarriedArray[];
  /** Out-of-line memory, after all rights in the order of the body. */
  readonly memory?: readonly CarriedMemory[];
  /** What the answer is to be sent with: a name in the sender's space, and any disposition that makes a send right. */
  readonly reply?: Carried;
  /** How the destination is taken: if nothing is said COPY_SEND, or MOVE_SEND_ONCE of a send-once right. */
  readonly destination?: number;
  /** How long the message waits for room at most, in nanoseconds; for ever if nothing is said. */
  readonly timeout?: number;
  readonly code?: string;
}

const empty: Payload = {};
const noCopies: readonly string[] = [];
const noCarried: readonly Carried[] = [];
const bytesPerKilobyte = 1024;

/** Sends a request to a send right and waits for the answer on the thread's reply port. */
export function rpc(w: MachWorld, t: Thread, to: number, operation: string, payload = empty): void {
  if (payload.memory !== undefined && copyFirst(w, t, 'rpc', to, operation, payload)) return;
  rpcNow(w, t, to, operation, payload, noCopies);
}

/** The same when all memory to send can be taken at once; `copies` are those that took longer (send-memory.ts). */
export function rpcNow(
  w: MachWorld,
  t: Thread,
  to: number,
  operation: string,
  payload: Payload,
  copies: readonly string[],
): void {
  if (hasLostReplyPort(w, t)) return;
  const message = header(w, t, to, operation, payload, copies);
  if (message === null) return;
  expectReply(w, t, message);
  transmit(w, t, message);
}

/** An RPC by the kernel on behalf of the thread: it holds a right to the port, and the rights to send in hand. */
export function rpcToPort(
  w: MachWorld,
  t: Thread,
  port: Port,
  operation: string,
  payload: Payload,
  rights: number[] = noRights,
): void {
  if (!port.active) fail(t, 'MACH_SEND_INVALID_DEST');
  if (!port.active || hasLostReplyPort(w, t)) {
    discardAll(w, rights);
    return;
  }
  port.srights++;
  const message = fill(w, t, port, SEND, operation, payload);
  message.rights = rights;
  expectReply(w, t, message);
  transmit(w, t, message);
}

/** Sends a message and does not wait for an answer, only until it is queued. */
export function send(w: MachWorld, t: Thread, to: number, operation: string, payload = empty): void {
  if (payload.memory !== undefined && copyFirst(w, t, 'send', to, operation, payload)) return;
  sendNow(w, t, to, operation, payload, noCopies);
}

export function sendNow(
  w: MachWorld,
  t: Thread,
  to: number,
  operation: string,
  payload: Payload,
  copies: readonly string[],
): void {
  const message = header(w, t, to, operation, payload, copies);
  if (message !== null) transmit(w, t, message);
}

/**
 * Answers a request: uses up the send-once right under the name, also if nobody waits at its port any more. A NONE name
 * answers nobody.
 */
export function answer(w: MachWorld, t: Thread, to: number, payload = empty): void {
  t.serves = NONE;
  if (to === NONE) return;
  if (payload.memory !== undefined && copyFirst(w, t, 'answer', to, 'reply', payload)) return;
  answerNow(w, t, to, payload, noCopies);
}

export function answerNow(w: MachWorld, t: Thread, to: number, payload: Payload, copies: readonly string[]): void {
  const message = header(w, t, to, 'reply', payload, copies);
  if (message === null) deallocate(w, at(w.tasks, t.task), to);
  else transmit(w, t, message);
}

/** The kernel's way to answer: the rights are in hand already. */
export function answerWith(w: MachWorld, t: Thread, to: number, payload: Payload, rights: number[]): void {
  const message = header(w, t, to, 'reply', payload);
  if (message === null) {
    deallocate(w, at(w.tasks, t.task), to);
    discardAll(w, rights);
    return;
  }
  if (rights.length > 0) message.rights = rights;
  transmit(w, t, message);
}

/** Takes the next message from the port or port set under the name, or waits for one, with the options given. */
export function receive(w: MachWorld, t: Thread, name: number, options?: ReceiveOptions): void {
  const { space } = at(w.tasks, t.task);
  const index = find(space, name);
  if (index === NONE || (typeAt(space, index) & (RECEIVE | PORT_SET)) === 0) {
    fail(t, 'MACH_RCV_INVALID_NAME');
    return;
  }
  const port = at(w.ports, portAt(space, index));
  leaveDeadSet(w, port);
  if (port.pset !== NONE) fail(t, 'MACH_RCV_IN_SET');
  else receiveFrom(w, t, port, name, options);
}

/**
 * Copyin of the header, both rights or none, and of the rights and the memory in the body, in order. If something of that
 * cannot be taken the message is destroyed with everything that was: nothing returns to its name [mechanisms 1.5 step 2].
 */
function header(
  w: MachWorld,
  t: Thread,
  to: number,
  operation: string,
  payload: Payload,
  copies = noCopies,
): Message | null {
  const message =
    payload.reply === undefined && payload.destination === undefined
      ? plainHeader(w, t, to, operation, payload)
      : fullHeader(w, t, to, operation, payload);
  if (message === null) return null;
  const carried = carriedBy(payload);
  const { memory } = payload;
  if (carried.length === 0 && memory === undefined) return message;
  const task = at(w.tasks, t.task);
  message.carried = carried;
  message.rights = [];
  for (const { name, disposition } of carried) {
    const right = copyin(w, task, name, disposition);
    if (right === null) {
      messageClean(w, message);
      return fail(t, 'MACH_SEND_INVALID_RIGHT');
    }
    message.rights.push(right.type, right.port);
  }
  if (memory !== undefined && !copyinMemory(w, task, message, memory, copies)) {
    messageClean(w, message);
    return fail(t, 'MACH_SEND_INVALID_MEMORY');
  }
  return message;
}

/** The usual header: a copied send right, or a send-once right that is used up; who waits for an answer is added later. */
function plainHeader(w: MachWorld, t: Thread, to: number, operation: string, payload: Payload): Message | null {
  const task = at(w.tasks, t.task);
  const dest = destinationOf(w, task, to);
  if (dest === NONE) return fail(t, 'MACH_SEND_INVALID_DEST');
  const port = at(w.ports, dest);
  const index = find(task.space, to);
  const destType = typeAt(task.space, index) === SEND_ONCE ? SEND_ONCE : SEND;
  if (destType === SEND_ONCE) freeEntry(w, task, index);
  else port.srights++;
  return fill(w, t, port, destType, operation, payload);
}

function fullHeader(w: MachWorld, t: Thread, to: number, operation: string, payload: Payload): Message | null {
  const task = at(w.tasks, t.task);
  const { space } = task;
  const index = find(space, to);
  const once = index !== NONE && typeAt(space, index) === SEND_ONCE;
  const dest = { name: to, disposition: payload.destination ?? (once ? MOVE_SEND_ONCE : COPY_SEND) };
  const taken = copyinHeader(w, task, dest, payload.reply ?? null);
  if (typeof taken === 'string') return fail(t, taken);
  const message = fill(w, t, at(w.ports, taken.dest.port), taken.dest.type, operation, payload);
  message.sentTo = dest;
  message.replyTo = payload.reply ?? null;
  message.reply = taken.reply?.port ?? NONE;
  message.replyType = taken.reply?.type ?? NONE;
  return message;
}

/** All rights of the body, in the order of its descriptors. */
export function carriedBy({ rights, arrays }: Payload): readonly Carried[] {
  if (arrays === undefined) return rights ?? noCarried;
  const flat = arrays.flatMap(({ names, disposition }) => names.map((name) => ({ name, disposition })));
  return [...(rights ?? noCarried), ...flat];
}

function fill(w: MachWorld, t: Thread, port: Port, destType: number, operation: string, payload: Payload): Message {
  const message = messageAllocate(w, operation, port.id, destType, t.activity);
  message.node = t.node;
  message.sender = t.identity;
  message.body = payload.body === undefined ? null : copy(payload.body);
  message.bytes = payload.bytes ?? 0;
  message.pages = payload.pages ?? 0;
  message.code = payload.code ?? 'KERN_SUCCESS';
  if (payload.timeout !== undefined) message.deadline = w.time + payload.timeout;
  return message;
}

/** Somebody has taken the receive right of the thread's reply port: the send fails, and the next one makes a new port. */
function hasLostReplyPort(w: MachWorld, t: Thread): boolean {
  if (t.replyName === NONE) return false;
  const { space } = at(w.tasks, t.task);
  const index = find(space, t.replyName);
  if (index !== NONE && (typeAt(space, index) & RECEIVE) !== 0) return false;
  t.replyName = NONE;
  fail(t, 'MACH_SEND_INVALID_REPLY');
  return true;
}

/** The message carries a send-once right to the thread's reply port, and the thread will wait there. */
function expectReply(w: MachWorld, t: Thread, message: Message): void {
  const task = at(w.tasks, t.task);
  if (t.replyName === NONE) t.replyName = portAllocate(w, task, `${t.name}.reply`);
  const reply = at(w.ports, portAt(task.space, find(task.space, t.replyName)));
  reply.sorights++;
  message.reply = reply.id;
  message.replyType = SEND_ONCE;
  message.client = t.identity;
  t.expectsReply = true;
}

function transmit(w: MachWorld, t: Thread, message: Message): void {
  t.state = SENDING;
  t.outgoing = message.id;
  const port = at(w.ports, message.dest);
  if (port.proxy || port.blocked) {
    emit(w, SEND_REMOTE, message.id);
    return;
  }
  emitAt(w, payLocal(w, t, message), DELIVER, message.id, t.id);
}

/** Pays for a transfer on the thread's node and returns when it is done. */
function payLocal(w: MachWorld, t: Thread, message: Message): number {
  const { prices } = w.setup;
  const oneWay = message.destType === SEND && message.client === NONE;
  const base = oneWay ? prices.local_send : prices.local_rpc / 2;
  const { rights, activity } = message;
  const pages = message.pages + (message.memory.length === 0 ? 0 : pagesOf(message, true));
  const bytes = message.bytes + pages * BYTES_PER_PAGE;
  const count = rights.length / 2;
  const moved = count * prices.local_right;
  const transfer = bytes === 0 ? 0 : Math.round((bytes * prices.local_kilobyte) / bytesPerKilobyte);
  const done = occupyFor(w, t, base + moved + transfer);
  bookWork(w, activity, LOCAL_MESSAGES, 1, base, done - transfer - moved - base);
  if (count > 0) bookWork(w, activity, LOCAL_RIGHTS, count, moved, done - transfer - moved);
  if (bytes > 0) bookWork(w, activity, LOCAL_BYTES, bytes, transfer, done - transfer);
  return done;
}

function fail(t: Thread, code: string): null {
  t.code = code;
  t.body = null;
  t.reply = NONE;
  t.names = noNames;
  t.brought = nothingBrought;
  t.operation = '';
  return null;
}
