/**
 * Queues of messages: rings through the message rows, on the row of a port, of a port set, or of the port that a
 * node's kernel threads serve [mechanisms 1.8, 2.5]. The last message leads to the first.
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

/** The message that has waited longest; one must wait. */
export function firstMessage(w: MachWorld, queue: Port): Message {
  return at(w.messages, at(w.messages, queue.lastMessage).next);
}

/** Takes the first message out of the queue, without giving it to anybody; msgcount is the caller's. */
export function takeFirst(w: MachWorld, queue: Port): Message | null {
  if (queue.lastMessage === NONE) return null;
  const last = at(w.messages, queue.lastMessage);
  const message = at(w.messages, last.next);
  last.next = message.next;
  message.next = NONE;
  if (message === last) queue.lastMessage = NONE;
  return message;
}

export function append(w: MachWorld, queue: Port, message: Message): void {
  if (queue.lastMessage === NONE) message.next = message.id;
  else {
    const last = at(w.messages, queue.lastMessage);
    message.next = last.next;
    last.next = message.id;
  }
  queue.lastMessage = message.id;
}

/** All messages of the queue, in order, where they are. */
export function messagesIn(w: MachWorld, queue: Port): Message[] {
  const messages: Message[] = [];
  if (queue.lastMessage === NONE) return messages;
  let message = at(w.messages, queue.lastMessage);
  do messages.push((message = at(w.messages, message.next)));
  while (message.id !== queue.lastMessage);
  return messages;
}

/** The messages for the port, in order, where they are. */
export function queuedFor(w: MachWorld, port: Port): Message[] {
  return messagesIn(w, queueOf(w, port)).filter(({ dest }) => dest === port.id);
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
