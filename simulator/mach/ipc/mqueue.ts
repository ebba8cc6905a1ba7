/**
 * Message queues: where a message waits for a thread, or a thread for a message; never both at once [I11].
 *
 * A port's messages are in its own queue, or in the queue of the set that it belongs to, or, if the kernel owns it, in
 * the one queue that the node's kernel threads serve [mechanisms 1.8, 2.5]. The queue limit is counted per port.
 * Blocked senders are served strictly in order: the first one's message takes the place that a dequeue makes. (Real
 * Mach wakes the first and lets it try again, so that a newcomer may overtake; see docs/decisions.)
 */
import { COPYOUT, ROOM, SEND_REMOTE } from '../../base/event.ts';
import { WAITING, book } from '../../base/ledger.ts';
import { NONE, at } from '../../base/table.ts';
import { RECEIVING, SENDING, noNames, runAt, threadOf, type Thread } from '../thread.ts';
import { emit, tell, type MachWorld } from '../world.ts';
import { messageFree, type Message } from './message.ts';
import { messageDestroy, useDestination } from './port-death.ts';
import { KERNEL, type ObjectKind, type Port } from './port.ts';
import { copyout } from './right.ts';
import { RECEIVE, SEND, find, portAt, typeAt } from './space.ts';

/** The row whose queue holds this port's messages. */
export function queueOf(w: MachWorld, port: Port): Port {
  if (port.pset !== NONE) return at(w.ports, port.pset);
  if (port.receiver === KERNEL) return at(w.ports, at(w.nodes, port.node).kernelQueue);
  return port;
}

/** A message has reached its port's node (or was sent on it). `sender` is the thread whose send this completes. */
export function deliver(w: MachWorld, message: Message, sender: Thread | null): void {
  const port = at(w.ports, message.dest);
  if (port.proxy || port.blocked) {
    emit(w, SEND_REMOTE, message.id);
    return;
  }
  if (!port.active || isCircular(w, message, port)) {
    messageDestroy(w, message);
    if (sender !== null) sendDone(w, sender);
    return;
  }
  holdReceiveRights(w, message, port.id);
  if (message.destType === SEND && (port.msgcount >= port.qlimit || port.firstSender !== NONE)) {
    // Nobody waits with the message of a thread that has ended.
    if (sender === null) messageDestroy(w, message);
    else blockSender(w, sender, message, port);
    return;
  }
  enqueue(w, message, port);
  if (sender !== null) sendDone(w, sender);
}

/** Puts the message at the end of the port's queue, or straight into the hands of a waiting receiver. */
export function enqueue(w: MachWorld, message: Message, port: Port): void {
  const queue = queueOf(w, port);
  port.msgcount++;
  if (message.queuedAt === NONE) message.queuedAt = w.time;
  const receiver = queue.firstReceiver;
  if (receiver === NONE) {
    append(w, queue, message);
    return;
  }
  const t = at(w.threads, receiver);
  queue.firstReceiver = t.nextWaiting;
  if (queue.firstReceiver === NONE) queue.lastReceiver = NONE;
  t.nextWaiting = NONE;
  t.waitPort = NONE;
  accept(w, t, message, port);
}

/** The thread takes the first message of the queue, or waits in it. `name` is what it receives on. */
export function receiveFrom(w: MachWorld, t: Thread, queue: Port, name: number): void {
  t.state = RECEIVING;
  t.receiveName = name;
  const message = takeFirst(w, queue);
  if (message !== null) {
    book(w.ledger, message.activity, WAITING, 0, w.time - message.queuedAt);
    accept(w, t, message, at(w.ports, message.dest));
    return;
  }
  t.waitPort = queue.id;
  if (queue.firstReceiver === NONE) queue.firstReceiver = t.id;
  else at(w.threads, queue.lastReceiver).nextWaiting = t.id;
  queue.lastReceiver = t.id;
}

/** Takes the first message out of the queue, without giving it to anybody; msgcount is the caller's. */
function takeFirst(w: MachWorld, queue: Port): Message | null {
  if (queue.firstMessage === NONE) return null;
  const message = at(w.messages, queue.firstMessage);
  queue.firstMessage = message.next;
  if (queue.firstMessage === NONE) queue.lastMessage = NONE;
  message.next = NONE;
  return message;
}

/** The message is dequeued: it gets its sequence number, and a blocked sender gets its place [mechanisms 1.5, 1.7]. */
function accept(w: MachWorld, t: Thread, message: Message, port: Port): void {
  if (w.setup.watched) tellReceived(w, t, message, port);
  port.seqno++;
  port.msgcount--;
  t.arrivedOn = port.receiverName;
  t.kernelPort = port.receiver === KERNEL ? port.id : NONE;
  if (port.callers) emit(w, ROOM, port.id);
  else if (port.firstSender !== NONE && port.msgcount < port.qlimit) admitSender(w, port);
  if (!message.wire) {
    finishReceive(w, t, message);
    return;
  }
  // While its rights are fetched the port may die: only a send-once right keeps its row.
  if (message.destType === NONE) message.dest = NONE;
  t.outgoing = message.id;
  emit(w, COPYOUT, t.id, message.id);
}

function tellReceived(w: MachWorld, t: Thread, message: Message, port: Port): void {
  const { seqno, node, id, dipc } = port;
  const { sender, serial } = message;
  w.notices.push({ kind: 'received', node, port: id, dipc, seqno, sender, serial, thread: t.identity });
}

/** Copyout: the rights enter the receiver's space, and the thread has the message [mechanisms 1.5 step 6]. */
export function finishReceive(w: MachWorld, t: Thread, message: Message): void {
  const task = at(w.tasks, t.task);
  t.outgoing = NONE;
  t.operation = message.operation;
  t.code = message.code;
  t.body = message.body;
  t.reply = message.reply === NONE ? NONE : copyout(w, task, { type: message.replyType, port: message.reply });
  if (message.rights.length === 0) t.names = noNames;
  else if (t.kernelPort !== NONE) t.hand = message.rights;
  else t.names = copyoutAll(w, t, message.rights);
  if (t.expectsReply) {
    t.expectsReply = false;
    t.servedBy = NONE;
  } else {
    t.activity = message.activity;
    t.serves = message.client;
    const client = message.client === NONE ? null : threadOf(w, message.client);
    if (client !== null) client.servedBy = t.identity;
  }
  const { dest, destType } = message;
  messageFree(w, message);
  if (dest !== NONE) useDestination(w, at(w.ports, dest), destType);
  runAt(w, t, w.time);
}

/** The send is over: an RPC goes on to wait for its answer, anything else to its next step. */
export function sendDone(w: MachWorld, t: Thread): void {
  t.outgoing = NONE;
  if (!t.expectsReply) {
    runAt(w, t, w.time);
    return;
  }
  const { space } = at(w.tasks, t.task);
  const index = find(space, t.replyName);
  if (index !== NONE && (typeAt(space, index) & RECEIVE) !== 0) {
    receiveFrom(w, t, at(w.ports, portAt(space, index)), t.replyName);
  } else receiveFails(w, t, 'MACH_RCV_PORT_DIED');
}

/** Every thread that waits in this queue goes on with the given code. */
export function wakeReceivers(w: MachWorld, queue: Port, code: string): void {
  let next = queue.firstReceiver;
  queue.firstReceiver = NONE;
  queue.lastReceiver = NONE;
  while (next !== NONE) {
    const t = at(w.threads, next);
    next = t.nextWaiting;
    t.nextWaiting = NONE;
    t.waitPort = NONE;
    receiveFails(w, t, code);
  }
}

function receiveFails(w: MachWorld, t: Thread, code: string): void {
  t.expectsReply = false;
  t.servedBy = NONE;
  t.code = code;
  t.operation = '';
  t.body = null;
  t.reply = NONE;
  t.names = noNames;
  runAt(w, t, w.time);
}

/** Takes a thread out of the queue in which it waits for a message. */
export function leaveQueue(w: MachWorld, t: Thread): void {
  const queue = at(w.ports, t.waitPort);
  queue.firstReceiver = without(w, queue.firstReceiver, t);
  queue.lastReceiver = lastOf(w, queue.firstReceiver);
  t.waitPort = NONE;
}

/** Takes a blocked sender, with its message, away from the port whose queue is full. */
export function leaveSenders(w: MachWorld, t: Thread, port: Port): void {
  port.firstSender = without(w, port.firstSender, t);
  port.lastSender = lastOf(w, port.firstSender);
}

/** mach_port_move_member: the port joins the set (or leaves its set, for NONE), and its messages move in order. */
export function moveMember(w: MachWorld, port: Port, set: Port | null): void {
  const queued = takeAll(w, port);
  port.pset = set === null ? NONE : set.id;
  if (set !== null) wakeReceivers(w, port, 'MACH_RCV_PORT_CHANGED');
  for (const message of queued) enqueue(w, message, port);
}

/** Another space, or the kernel, receives on the port from now on (or nobody does): its messages change queues in order. */
export function changeReceiver(w: MachWorld, port: Port, receiver: number, receiverName: number): void {
  if (port.pset !== NONE) moveMember(w, port, null);
  const queued = takeAll(w, port);
  port.receiver = receiver;
  port.receiverName = receiverName;
  if (receiver === NONE) wakeReceivers(w, port, 'MACH_RCV_PORT_DIED');
  for (const message of queued) enqueue(w, message, port);
}

/** The kernel gives up the receive right of a port that it answered on; what is queued for it stays with the port. */
export function kernelPortRelease(w: MachWorld, port: Port): void {
  changeReceiver(w, port, NONE, NONE);
  port.objectKind = '';
  port.object = NONE;
  port.mscount = 0;
  port.seqno = 0;
}

/** The kernel answers on this port from now on, and serves what is queued for it. */
export function kernelPortAdopt(w: MachWorld, port: Port, kind: ObjectKind, object: number): void {
  port.objectKind = kind;
  port.object = object;
  port.destination = NONE;
  changeReceiver(w, port, KERNEL, NONE);
}

/** Takes all messages for the port, in order, out of whichever queue they are in; the others in it stay. */
export function takeAll(w: MachWorld, port: Port): Message[] {
  const mine: Message[] = [];
  const others: Message[] = [];
  const from = queueOf(w, port);
  for (let message = takeFirst(w, from); message !== null; message = takeFirst(w, from)) {
    (message.dest === port.id ? mine : others).push(message);
  }
  for (const message of others) append(w, from, message);
  port.msgcount -= mine.length;
  return mine;
}

/** A set that ends gives its members their messages back. */
export function membersMoveOut(w: MachWorld, set: Port): void {
  for (const port of w.ports.rows) if (port.live && port.pset === set.id) moveMember(w, port, null);
}

function append(w: MachWorld, queue: Port, message: Message): void {
  if (queue.firstMessage === NONE) queue.firstMessage = message.id;
  else at(w.messages, queue.lastMessage).next = message.id;
  queue.lastMessage = message.id;
}

function blockSender(w: MachWorld, t: Thread, message: Message, port: Port): void {
  t.state = SENDING;
  t.outgoing = message.id;
  t.since = w.time;
  if (port.firstSender === NONE) port.firstSender = t.id;
  else at(w.threads, port.lastSender).nextWaiting = t.id;
  port.lastSender = t.id;
  if (w.setup.watched)
    tell(w, 'queue full', port.node, port, t.identity, `${t.name} waits to send ${message.operation}`);
}

/** Room that was kept for senders on other nodes is free for those that wait here. */
export function admitSenders(w: MachWorld, port: Port): void {
  while (port.firstSender !== NONE && port.msgcount < port.qlimit) admitSender(w, port);
}

function admitSender(w: MachWorld, port: Port): void {
  const t = at(w.threads, port.firstSender);
  port.firstSender = t.nextWaiting;
  if (port.firstSender === NONE) port.lastSender = NONE;
  t.nextWaiting = NONE;
  book(w.ledger, t.activity, WAITING, 0, w.time - t.since);
  const message = at(w.messages, t.outgoing);
  enqueue(w, message, port);
  sendDone(w, t);
}

function copyoutAll(w: MachWorld, t: Thread, rights: readonly number[]): number[] {
  const task = at(w.tasks, t.task);
  const names: number[] = [];
  for (let i = 0; i < rights.length; i += 2) names.push(copyout(w, task, { type: rights[i]!, port: rights[i + 1]! }));
  return names;
}

/** Receive rights in a queued message are in transit to the port that it is queued on [mechanisms 1.1]. */
function holdReceiveRights(w: MachWorld, message: Message, destination: number): void {
  if (message.wire) return;
  for (let i = 0; i < message.rights.length; i += 2) {
    if (message.rights[i] === RECEIVE) at(w.ports, message.rights[i + 1]!).destination = destination;
  }
}

/** Whether the message carries the receive right of a port that the destination is itself on the way to [I9]. */
function isCircular(w: MachWorld, message: Message, port: Port): boolean {
  if (message.wire) return false;
  for (let i = 0; i < message.rights.length; i += 2) {
    if (message.rights[i] !== RECEIVE) continue;
    for (let each = port; ; each = at(w.ports, each.destination)) {
      if (each.id === message.rights[i + 1]) return true;
      if (each.destination === NONE) break;
    }
  }
  return false;
}

function without(w: MachWorld, first: number, t: Thread): number {
  const { nextWaiting } = t;
  t.nextWaiting = NONE;
  if (first === t.id) return nextWaiting;
  for (let id = first; id !== NONE; id = at(w.threads, id).nextWaiting) {
    const each = at(w.threads, id);
    if (each.nextWaiting !== t.id) continue;
    each.nextWaiting = nextWaiting;
    break;
  }
  return first;
}

function lastOf(w: MachWorld, first: number): number {
  let last = first;
  for (let id = first; id !== NONE; id = at(w.threads, id).nextWaiting) last = id;
  return last;
}
