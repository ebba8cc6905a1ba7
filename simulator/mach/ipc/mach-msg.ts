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
import { LOCAL_BYTES, LOCAL_MESSAGES, LOCAL_RIGHTS, book } from '../../base/ledger.ts';
import { assert } from '../../base/assert.ts';
import { copy } from '../../base/plain.ts';
import { NONE, at } from '../../base/table.ts';
import { occupy } from '../processor.ts';
import { BYTES_PER_PAGE } from '../vm/object.ts';
import { SENDING, noNames, type Thread } from '../thread.ts';
import { emit, emitAt, type MachWorld } from '../world.ts';
import { messageAllocate, messageFree, noRights, type Carried, type Message } from './message.ts';

import { receiveFrom } from './receivers.ts';
import type { Port } from './port.ts';
import { messageDestroy, useDestination } from './port-death.ts';
import { deallocate, discard } from './release.ts';
import {
  MOVE_RECEIVE,
  MOVE_SEND,
  MOVE_SEND_ONCE,
  copyin,
  copyout,
  copyoutAs,
  destinationOf,
  portAllocate,
} from './right.ts';
import { DEAD_NAME, RECEIVE, PORT_SET, SEND, SEND_ONCE, find, portAt, remove, typeAt } from './space.ts';

export type { Carried } from './message.ts';

export interface Payload {
  /** Plain data; it is copied when it is sent. */
  readonly body?: unknown;
  /** Size of the inline body in bytes: what it costs. */
  readonly bytes?: number;
  /** Pages of 4 KB sent out of line. */
  readonly pages?: number;
  readonly rights?: readonly Carried[];
  readonly code?: string;
}

const empty: Payload = {};
const bytesPerKilobyte = 1024;

/** Sends a request to a send right and waits for the answer on the thread's reply port. */
export function rpc(w: MachWorld, t: Thread, to: number, operation: string, payload = empty): void {
  const message = header(w, t, to, operation, payload);
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
  if (!port.active) {
    fail(t, 'MACH_SEND_INVALID_DEST');
    for (let i = 0; i < rights.length; i += 2) discard(w, { type: rights[i]!, port: rights[i + 1]! });
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
  const message = header(w, t, to, operation, payload);
  if (message !== null) transmit(w, t, message);
}

/**
 * Answers a request: uses up the send-once right under the name, also if nobody waits at its port any more. A NONE name
 * answers nobody.
 */
export function answer(w: MachWorld, t: Thread, to: number, payload = empty): void {
  t.serves = NONE;
  if (to === NONE) return;
  const message = header(w, t, to, 'reply', payload);
  if (message === null) deallocate(w, at(w.tasks, t.task), to);
  else transmit(w, t, message);
}

/** The kernel's way to answer: the rights are in hand already. */
export function answerWith(w: MachWorld, t: Thread, to: number, payload: Payload, rights: number[]): void {
  const message = header(w, t, to, 'reply', payload);
  if (message === null) {
    deallocate(w, at(w.tasks, t.task), to);
    for (let i = 0; i < rights.length; i += 2) discard(w, { type: rights[i]!, port: rights[i + 1]! });
    return;
  }
  if (rights.length > 0) message.rights = rights;
  transmit(w, t, message);
}

/** Takes the next message from the port or port set under the name, or waits for one. */
export function receive(w: MachWorld, t: Thread, name: number): void {
  const { space } = at(w.tasks, t.task);
  const index = find(space, name);
  if (index === NONE || (typeAt(space, index) & (RECEIVE | PORT_SET)) === 0) {
    fail(t, 'MACH_RCV_INVALID_NAME');
    return;
  }
  const port = at(w.ports, portAt(space, index));
  if (port.pset !== NONE) fail(t, 'MACH_RCV_IN_SET');
  else receiveFrom(w, t, port, name);
}

/** Copyin of the destination and of the rights in the body; on failure nothing is sent and the code says why. */
function header(w: MachWorld, t: Thread, to: number, operation: string, payload: Payload): Message | null {
  const task = at(w.tasks, t.task);
  const dest = destinationOf(w, task, to);
  if (dest === NONE) return fail(t, 'MACH_SEND_INVALID_DEST');
  const port = at(w.ports, dest);
  const destType = typeAt(task.space, find(task.space, to)) === SEND_ONCE ? SEND_ONCE : SEND;
  if (destType === SEND_ONCE) remove(task.space, to);
  else port.srights++;
  const message = fill(w, t, port, destType, operation, payload);
  if (payload.rights === undefined) return message;
  message.carried = payload.rights;
  const rights: number[] = [];
  for (const carried of payload.rights) {
    const right = copyin(w, task, carried.name, carried.disposition);
    if (right === null) {
      message.rights = rights.length === 0 ? noRights : rights;
      messageDestroy(w, message);
      return fail(t, 'MACH_SEND_INVALID_RIGHT');
    }
    rights.push(right.type, right.port);
  }
  if (rights.length > 0) message.rights = rights;
  return message;
}

function fill(w: MachWorld, t: Thread, port: Port, destType: number, operation: string, payload: Payload): Message {
  const message = messageAllocate(w, operation, port.id, destType, t.activity);
  message.node = t.node;
  message.sender = t.identity;
  message.body = payload.body === undefined ? null : copy(payload.body);
  message.bytes = payload.bytes ?? 0;
  message.pages = payload.pages ?? 0;
  message.code = payload.code ?? 'KERN_SUCCESS';
  return message;
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
  const oneWay = message.destType === SEND && message.reply === NONE;
  const base = oneWay ? prices.local_send : prices.local_rpc / 2;
  const { rights, activity } = message;
  const bytes = message.bytes + message.pages * BYTES_PER_PAGE;
  let cost = base;
  book(w.ledger, activity, LOCAL_MESSAGES, 1, base);
  if (rights.length > 0) {
    const count = rights.length / 2;
    book(w.ledger, activity, LOCAL_RIGHTS, count, count * prices.local_right);
    cost += count * prices.local_right;
  }
  if (bytes > 0) {
    const transfer = Math.round((bytes * prices.local_kilobyte) / bytesPerKilobyte);
    book(w.ledger, activity, LOCAL_BYTES, bytes, transfer);
    cost += transfer;
  }
  return occupy(w, at(w.nodes, t.node), activity, cost);
}

function fail(t: Thread, code: string): null {
  t.code = code;
  t.body = null;
  t.reply = NONE;
  t.names = noNames;
  t.operation = '';
  return null;
}

function isMove(disposition: number): boolean {
  return disposition === MOVE_RECEIVE || disposition === MOVE_SEND || disposition === MOVE_SEND_ONCE;
}

/**
 * Takes back a message that its sender could not deliver (the queue stayed full and the send was interrupted), so that
 * it can be sent again: what was moved into it returns to its name, what was copied or made is given up
 * [mechanisms 1.6, pseudo-receive]. The rights of a message that the kernel sent for the thread had no names: the kernel
 * makes them again.
 */
export function takeBack(w: MachWorld, t: Thread, message: Message): void {
  assert(!message.wire, 'pseudo-receive', () => `${message.operation} has left its node`);
  const task = at(w.tasks, t.task);
  const { rights, reply, dest, destType, carried } = message;
  messageFree(w, message);
  if (reply !== NONE) useDestination(w, at(w.ports, reply), SEND_ONCE);
  for (let i = 0; i < rights.length; i += 2) {
    const right = { type: rights[i]!, port: rights[i + 1]! };
    const from = carried[i / 2];
    if (right.type === DEAD_NAME) continue;
    if (from === undefined || !isMove(from.disposition)) {
      useDestination(w, at(w.ports, right.port), right.type);
    } else if (copyoutAs(w, task, from.name, right) !== 'KERN_SUCCESS') copyout(w, task, right);
  }
  useDestination(w, at(w.ports, dest), destType);
}
