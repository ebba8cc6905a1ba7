/**
 * Meta-messages: placeholders for messages whose body is large [mechanisms 2.5].
 *
 * A body with out-of-line pages, or above the limit for inline bodies, does not travel when the message is sent. What is
 * queued is a placeholder with the header and the rights; the body stays on the node that it was sent from (`bodyNode`)
 * until a thread receives the message, and is pulled then. So a message that is never received costs no transfer, and
 * one that follows a receive right to another node is pulled straight from where it came from.
 *
 *   sender                     receiver
 *   -- connect -->             the placeholder is queued
 *                              a thread dequeues it
 *   <-- pull message --
 *   -- its reply -->           the thread has the message
 *
 * The pull is paid for as the acknowledgement that Table 2 has in a message with data, and the body by its size alone:
 * together they cost what the message cost when it travelled in one piece [7.2, 7.4].
 *
 * Out-of-line memory is part of the body: the kernel there reads it first (pull-memory.ts).
 *
 * If the node of the body fails, the receiver finds MACH_RCV_BODY_ERROR, the operation and the reply right; the rights
 * and the memory that were in the body are given up [2.13 f]. If the node has booted again since, it answers that it has no
 * such body.
 */
import { COPYOUT } from '../base/event.ts';
import { NONE, at } from '../base/table.ts';
import type { Message } from '../mach/ipc/message.ts';
import { loseItems, pagesOf } from '../mach/ipc/out-of-line.ts';
import { BYTES_PER_PAGE } from '../mach/vm/object.ts';
import { RECEIVING, threadOf, type Thread } from '../mach/thread.ts';
import { emit } from '../mach/world.ts';
import { acknowledgement, sendPacket, type Packet } from './packet.ts';
import { memoryArrived, prepare } from './pull-memory.ts';
import type { DipcWorld } from './world.ts';

/** Asks for the body of the message that the thread has dequeued. */
export function pullBody(w: DipcWorld, t: Thread, message: Message): void {
  if (message.pulling) return;
  message.pulling = true;
  const { id, bodyNode: to, node: from, destUid: uid, activity, serial } = message;
  const body = { serial, sender: t.identity };
  sendPacket(w, { kind: 'pull message', from, to, uid, message: id, activity, body, base: acknowledgement(w) });
}

/** From which node to which one a body is to go, and what for: which thread waits for which message. */
export type BodyWanted = Pick<Packet, 'from' | 'to' | 'uid' | 'body'>;

/** The receiver wants the body: it leaves, and nothing of the message stays here. */
export function pulled(w: DipcWorld, packet: Packet): void {
  const { from: to, to: from, uid, message: id, body } = packet;
  if (waiting(w, packet) === null) return;
  const message = at(w.messages, id);
  if (message.bodyGone) {
    const answer = { ...body, code: 'MACH_RCV_BODY_ERROR' };
    sendPacket(w, { kind: 'pull message reply', from, to, uid, message: id, body: answer, base: 0 });
    return;
  }
  if (message.memory.length > 0) prepare(w, message, { from, to, uid, body });
  else sendBody(w, id, { from, to, uid, body });
}

/** All of the body is in hand: it leaves, if somebody still waits for it. */
export function sendBody(w: DipcWorld, id: number, { from, to, uid, body }: BodyWanted): void {
  const message = w.messages.rows[id]!;
  if (receiverOf(w, message, body) === null) return;
  const { bytes, pages, activity } = message;
  const size = bytes + (pages + pagesOf(message)) * BYTES_PER_PAGE;
  sendPacket(w, { kind: 'pull message reply', from, to, uid, message: id, activity, body, base: 0, bytes: size });
}

/** The body is here: the message is whole. */
export function bodyArrived(w: DipcWorld, packet: Packet): void {
  const t = waiting(w, packet);
  if (t === null) return;
  const message = w.messages.rows[packet.message]!;
  if (packet.body.code !== undefined) return bodyLost(w, t, message);
  message.bodyNode = NONE;
  message.pulling = false;
  memoryArrived(w, message, t.node);
  emit(w, COPYOUT, t.id, message.id);
}

/** The node of the body has failed: the thread has what there is of the message. */
export function bodyLost(w: DipcWorld, t: Thread, message: Message): void {
  message.bodyNode = NONE;
  message.pulling = false;
  message.code = 'MACH_RCV_BODY_ERROR';
  message.body = null;
  message.bytes = 0;
  message.pages = 0;
  loseItems(w, message);
  emit(w, COPYOUT, t.id, message.id);
}

/** The thread that still waits for this body, or null: it has ended, and the message with it. */
export function waiting(w: DipcWorld, packet: Packet): Thread | null {
  return receiverOf(w, w.messages.rows[packet.message]!, packet.body);
}

function receiverOf(w: DipcWorld, message: Message, { sender, serial }: Packet['body']): Thread | null {
  const t = threadOf(w, sender!);
  if (!message.live || message.serial !== serial || !message.pulling) return null;
  return t !== null && t.state === RECEIVING && t.outgoing === message.id ? t : null;
}
