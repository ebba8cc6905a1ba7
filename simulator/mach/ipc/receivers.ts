/**
 * Threads that wait for a message: taking the next one, copying it out, and being sent away without one.
 *
 * A message that comes while a thread waits is handed to it directly, so that a queue never holds both [I11]. Whatever
 * way it takes, a message gets its port's next sequence number when it leaves for its thread [mechanisms 1.7].
 */
import { COPYOUT, ROOM } from '../../base/event.ts';
import { WAITING, book } from '../../base/ledger.ts';
import { NONE, at } from '../../base/table.ts';
import {
  RECEIVING,
  noNames,
  noRegions,
  nothingBrought,
  runAt,
  threadOf,
  type Brought,
  type Thread,
} from '../thread.ts';
import { emit, type MachWorld } from '../world.ts';
import { messageFree, unfoldReply, type Message } from './message.ts';
import { copyoutMemory, discardMemory } from './out-of-line.ts';
import { messageDestroy, useDestination } from './port-death.ts';
import { KERNEL, type Port } from './port.ts';
import { firstMessage, takeFirst } from './queue.ts';
import { anyMessage } from './receive-options.ts';
import { copyout } from './right.ts';
import { admitSender } from './senders.ts';
import { DEAD, DEAD_NAME, SEND } from './space.ts';
import { endLimit, limitWait } from './timeout.ts';
import { firstOf, waitingIn, withLast, without, withoutFirst } from './waiting.ts';

/** The thread takes the first message of the queue, or waits in it. `name` is what it receives on. */
export function receiveFrom(w: MachWorld, t: Thread, queue: Port, name: number, options = anyMessage): void {
  t.state = RECEIVING;
  t.receiveName = name;
  t.receiveOptions = options;
  if (queue.lastMessage !== NONE) {
    const first = firstMessage(w, queue);
    if (mustStay(t, first)) return tellSize(w, t, first);
    const message = takeFirst(w, queue)!;
    book(w.ledger, message.activity, WAITING, 0, w.time - message.queuedAt);
    accept(w, t, message, at(w.ports, message.dest));
    return;
  }
  if (options.timeout === 0) return receiveFails(w, t, 'MACH_RCV_TIMED_OUT');
  if (options.timeout !== undefined) limitWait(w, t, w.time + options.timeout);
  t.waitPort = queue.id;
  queue.lastReceiver = withLast(w, queue.lastReceiver, t);
}

/**
 * Hands a message that has just come to the thread that has waited longest in the queue and can take it. Those that
 * want to leave too large a message in the queue go on without it; false if nobody is left.
 */
export function handOver(w: MachWorld, queue: Port, message: Message, port: Port): boolean {
  while (queue.lastReceiver !== NONE) {
    const t = firstOf(w, queue.lastReceiver);
    queue.lastReceiver = withoutFirst(w, queue.lastReceiver, t);
    t.waitPort = NONE;
    if (!mustStay(t, message)) {
      accept(w, t, message, port);
      return true;
    }
    tellSize(w, t, message);
  }
  return false;
}

/** The message is dequeued: it gets its sequence number, and a blocked sender gets its place [mechanisms 1.5, 1.7]. */
function accept(w: MachWorld, t: Thread, message: Message, port: Port): void {
  if (w.setup.watched) tellReceived(w, t, message, port);
  t.sequence = port.seqno++;
  port.msgcount--;
  if (port.lowered) port.lowered = port.msgcount > port.qlimit;
  endLimit(t);
  t.arrivedOn = port.receiver === KERNEL ? KERNEL - port.id : port.receiverName;
  if (port.callers) emit(w, ROOM, port.id);
  else if (port.lastSender !== NONE && port.msgcount < port.qlimit) admitSender(w, port);
  if (isTooLarge(t, message)) return tooLarge(w, t, message);
  if (!message.wire) {
    finishReceive(w, t, message);
    return;
  }
  // While its rights are fetched the port may die: only a send-once right keeps its row.
  if (message.destType === NONE) message.dest = NONE;
  t.outgoing = message.id;
  emit(w, COPYOUT, t.id, message.id);
}

function isTooLarge({ receiveOptions: { size } }: Thread, message: Message): boolean {
  return size !== undefined && message.bytes > size;
}

/** MACH_RCV_LARGE: what does not fit stays where it is, without a number, for whoever comes with more room. */
function mustStay(t: Thread, message: Message): boolean {
  return t.receiveOptions.large === true && isTooLarge(t, message);
}

function tellSize(w: MachWorld, t: Thread, message: Message): void {
  receiveFails(w, t, 'MACH_RCV_TOO_LARGE');
  t.body = { size: message.bytes };
}

/** The message is lost to the thread that has too little room for it [mechanisms 1.5 step 6]. */
function tooLarge(w: MachWorld, t: Thread, message: Message): void {
  receiveFails(w, t, 'MACH_RCV_TOO_LARGE');
  messageDestroy(w, message);
}

function tellReceived(w: MachWorld, t: Thread, message: Message, port: Port): void {
  const { seqno, node, id, dipc } = port;
  const { sender, serial } = message;
  w.notices.push({ kind: 'received', node, port: id, dipc, seqno, sender, serial, thread: t.identity });
}

/** What a message brings with rights that stand as type, port, type, port ..., and regions. */
export function broughtBy(rights: readonly number[], memory = noRegions): Brought {
  if (rights.length === 0 && memory.length === 0) return nothingBrought;
  return { types: rights.filter((_, i) => i % 2 === 0), memory };
}

/** In a kernel thread: the kernel-owned port that the request was sent to, which has no name; NONE in any other. */
export function kernelPortOf({ arrivedOn }: Thread): number {
  return arrivedOn < NONE ? KERNEL - arrivedOn : NONE;
}

/** Copyout: the rights enter the receiver's space, and the thread has the message [mechanisms 1.5 step 6]. */
export function finishReceive(w: MachWorld, t: Thread, message: Message): void {
  t.outgoing = NONE;
  t.operation = message.operation;
  t.code = message.code;
  t.body = message.body;
  if (message.replyType === SEND && message.reply === NONE) unfoldReply(message);
  t.reply = replyName(w, t, message);
  const { rights } = message;
  if (rights.length === 0) t.names = noNames;
  else if (t.arrivedOn < NONE) t.hand = rights;
  else t.names = copyoutAll(w, t, rights);
  t.brought = broughtBy(rights, message.memory.length === 0 ? noRegions : arrivedMemory(w, t, message));
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

/** The kernel maps no memory that it is sent. */
function arrivedMemory(w: MachWorld, t: Thread, message: Message): readonly string[] {
  if (t.arrivedOn < NONE) {
    discardMemory(w, message);
    return noRegions;
  }
  const arrived = copyoutMemory(w, at(w.tasks, t.task), message, t.receiveOptions.overwrite ?? noRegions);
  if (arrived.includes('')) t.code = 'MACH_RCV_BODY_ERROR';
  return arrived;
}

/** The name of the right to answer with; one to a dead port is a dead name. */
function replyName(w: MachWorld, t: Thread, { reply, replyType }: Message): number {
  if (reply !== NONE) return copyout(w, at(w.tasks, t.task), { type: replyType, port: reply });
  return replyType === DEAD_NAME ? DEAD : NONE;
}

function copyoutAll(w: MachWorld, t: Thread, rights: readonly number[]): number[] {
  const task = at(w.tasks, t.task);
  const names: number[] = [];
  for (let i = 0; i < rights.length; i += 2) names.push(copyout(w, task, { type: rights[i]!, port: rights[i + 1]! }));
  return names;
}

/** Every thread that waits in this queue goes on with the given code. */
export function wakeReceivers(w: MachWorld, queue: Port, code: string): void {
  const receivers = waitingIn(w, queue.lastReceiver);
  queue.lastReceiver = NONE;
  for (const t of receivers) {
    t.nextWaiting = NONE;
    t.waitPort = NONE;
    receiveFails(w, t, code);
  }
}

export function receiveFails(w: MachWorld, t: Thread, code: string): void {
  endLimit(t);
  t.expectsReply = false;
  t.servedBy = NONE;
  t.code = code;
  t.operation = '';
  t.body = null;
  t.reply = NONE;
  t.names = noNames;
  t.brought = nothingBrought;
  runAt(w, t, w.time);
}

/** Takes a thread out of the queue in which it waits for a message. */
export function leaveQueue(w: MachWorld, t: Thread): void {
  const queue = at(w.ports, t.waitPort);
  queue.lastReceiver = without(w, queue.lastReceiver, t);
  t.waitPort = NONE;
  endLimit(t);
}
