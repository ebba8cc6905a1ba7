/**
 * Threads whose message waits for room [mechanisms 1.6], and the end of every send.
 *
 * Blocked senders are served strictly in order: the first one's message takes the place that a dequeue makes. (Real
 * Mach wakes the first and lets it try again, so that a newcomer may overtake; see docs/decisions.)
 */
import { ROOM } from '../../base/event.ts';
import { WAITING, book } from '../../base/ledger.ts';
import { NONE, at } from '../../base/table.ts';
import { SENDING, runAt, type Thread } from '../thread.ts';
import { emit, tell, type MachWorld } from '../world.ts';
import type { Message } from './message.ts';
import { enqueue } from './mqueue.ts';
import type { Port } from './port.ts';
import { receiveFails, receiveFrom } from './receivers.ts';
import { RECEIVE, find, portAt, typeAt } from './space.ts';
import { endLimit, limitWait } from './timeout.ts';
import { firstOf, waitingIn, withLast, without, withoutFirst } from './waiting.ts';

export function blockSender(w: MachWorld, t: Thread, message: Message, port: Port): void {
  t.state = SENDING;
  t.outgoing = message.id;
  t.since = w.time;
  port.lastSender = withLast(w, port.lastSender, t);
  if (message.deadline !== NONE) limitWait(w, t, message.deadline);
  if (w.setup.watched) {
    tell(w, 'queue full', port.node, port, t.identity, `${t.name} waits to send ${message.operation}`);
  }
}

/** The message that the thread is sending; null if another node has taken it, and only word of that is missing. */
export function beingSent(w: MachWorld, t: Thread): Message | null {
  const message = t.state === SENDING ? w.messages.rows[t.outgoing] : undefined;
  return message?.live === true && message.sender === t.identity ? message : null;
}

/** Room that was kept for senders on other nodes is free for those that wait here. */
export function admitSenders(w: MachWorld, port: Port): void {
  while (port.lastSender !== NONE && port.msgcount < port.qlimit) admitSender(w, port);
}

export function admitSender(w: MachWorld, port: Port): void {
  const t = firstOf(w, port.lastSender);
  port.lastSender = withoutFirst(w, port.lastSender, t);
  book(w.ledger, t.activity, WAITING, 0, w.time - t.since);
  const message = at(w.messages, t.outgoing);
  enqueue(w, message, port);
  sendDone(w, t);
}

/** The send is over: an RPC goes on to wait for its answer, anything else to its next step. */
export function sendDone(w: MachWorld, t: Thread): void {
  t.outgoing = NONE;
  endLimit(t);
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

/** Takes a blocked sender, with its message, away from the port whose queue is full. */
export function leaveSenders(w: MachWorld, t: Thread, port: Port): void {
  port.lastSender = without(w, port.lastSender, t);
  endLimit(t);
}

/** mach_port_set_qlimit: whoever waits for the room that there is now goes on [mechanisms 1.6]. */
export function setQueueLimit(w: MachWorld, port: Port, qlimit: number): void {
  port.qlimit = qlimit;
  port.lowered = port.msgcount > qlimit;
  if (port.callers) emit(w, ROOM, port.id);
  else admitSenders(w, port);
}

/** The port dies: every send is over and reports success; returns the messages, which are to be destroyed. */
export function releaseSenders(w: MachWorld, port: Port): Message[] {
  const unsent: Message[] = [];
  const senders = waitingIn(w, port.lastSender);
  port.lastSender = NONE;
  for (const t of senders) t.nextWaiting = NONE;
  for (const t of senders) {
    unsent.push(at(w.messages, t.outgoing));
    sendDone(w, t);
  }
  return unsent;
}
