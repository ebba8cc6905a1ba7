/**
 * Message queues: where a message waits for a thread, or a thread for a message; never both at once [I11].
 *
 * A port's messages are in its own queue, or in the queue of the set that it belongs to, or, if the kernel owns it, in
 * the one queue that the node's kernel threads serve [mechanisms 1.8, 2.5]. The queue limit is counted per port.
 */
import { SEND_REMOTE } from '../../base/event.ts';
import { NONE, at } from '../../base/table.ts';
import type { Thread } from '../thread.ts';
import { emit, type MachWorld } from '../world.ts';
import type { Message } from './message.ts';
import { messageDestroy } from './port-death.ts';
import { leaveDeadSet, moveMember } from './port-set.ts';
import { KERNEL, type ObjectKind, type Port } from './port.ts';
import { append, queueOf, takeAll } from './queue.ts';
import { handOver, wakeReceivers } from './receivers.ts';
import { blockSender, sendDone } from './senders.ts';
import { SEND } from './space.ts';
import { holdReceiveRights, isCircular } from './transit.ts';

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
  if (message.destType === SEND && (port.msgcount >= port.qlimit || port.lastSender !== NONE)) {
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
  leaveDeadSet(w, port);
  const queue = queueOf(w, port);
  port.msgcount++;
  if (message.queuedAt === NONE) message.queuedAt = w.time;
  if (queue.lastReceiver === NONE || !handOver(w, queue, message, port)) append(w, queue, message);
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

/**
 * The receive right leaves where it was, and is nowhere yet: out of its set, away from the threads that received on it;
 * its make-send count and sequence number start again [mechanisms 1.4, I8].
 */
export function intoLimbo(w: MachWorld, port: Port): void {
  changeReceiver(w, port, NONE, NONE);
  port.destination = NONE;
  port.mscount = 0;
  port.seqno = 0;
}

/** The kernel gives up the receive right of a port that it answered on; what is queued for it stays with the port. */
export function kernelPortRelease(w: MachWorld, port: Port): void {
  intoLimbo(w, port);
  port.objectKind = '';
  port.object = NONE;
}

/** The kernel answers on this port from now on, and serves what is queued for it. */
export function kernelPortAdopt(w: MachWorld, port: Port, kind: ObjectKind, object: number): void {
  port.objectKind = kind;
  port.object = object;
  port.destination = NONE;
  changeReceiver(w, port, KERNEL, NONE);
}
