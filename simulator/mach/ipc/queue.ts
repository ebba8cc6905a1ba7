/**
 * Queues of messages: lists through the message rows, on the row of a port, of a port set, or of the port that a
 * node's kernel threads serve [mechanisms 1.8, 2.5].
 */
import { NONE, at } from '../../base/table.ts';
import type { MachWorld } from '../world.ts';
import type { Message } from './message.ts';
import { KERNEL, type Port } from './port.ts';

/** The row whose queue holds this port's messages. */
export function queueOf(w: MachWorld, port: Port): Port {
  if (port.pset !== NONE) return at(w.ports, port.pset);
  if (port.receiver === KERNEL) return at(w.ports, at(w.nodes, port.node).kernelQueue);
  return port;
}

/** Takes the first message out of the queue, without giving it to anybody; msgcount is the caller's. */
export function takeFirst(w: MachWorld, queue: Port): Message | null {
  if (queue.firstMessage === NONE) return null;
  const message = at(w.messages, queue.firstMessage);
  queue.firstMessage = message.next;
  if (queue.firstMessage === NONE) queue.lastMessage = NONE;
  message.next = NONE;
  return message;
}

export function append(w: MachWorld, queue: Port, message: Message): void {
  if (queue.firstMessage === NONE) queue.firstMessage = message.id;
  else at(w.messages, queue.lastMessage).next = message.id;
  queue.lastMessage = message.id;
}

/** The messages for the port, in order, where they are. */
export function queuedFor(w: MachWorld, port: Port): Message[] {
  const mine: Message[] = [];
  for (let id = queueOf(w, port).firstMessage; id !== NONE; id = at(w.messages, id).next) {
    if (at(w.messages, id).dest === port.id) mine.push(at(w.messages, id));
  }
  return mine;
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
