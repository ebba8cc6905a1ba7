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
 * If the node of the body fails, the receiver finds MACH_RCV_BODY_ERROR, the operation and the reply right; the rights
 * that were in the body are given up [2.13 f].
 */
import { COPYOUT } from '../base/event.ts';
import { NONE } from '../base/table.ts';
import type { Message } from '../mach/ipc/message.ts';
import { BYTES_PER_PAGE } from '../mach/vm/object.ts';
import { RECEIVING, threadOf, type Thread } from '../mach/thread.ts';
import { emit } from '../mach/world.ts';
import { acknowledgement, sendPacket, type Packet } from './packet.ts';
import type { DipcWorld } from './world.ts';

/** Asks for the body of the message that the thread has dequeued. */
export function pullBody(w: DipcWorld, t: Thread, message: Message): void {
  if (message.pulling) return;
  message.pulling = true;
  const { id, bodyNode: to, node: from, destUid: uid, activity, serial } = message;
  const body = { serial, sender: t.identity };
  sendPacket(w, { kind: 'pull message', from, to, uid, message: id, activity, body, base: acknowledgement(w) });
}

/** The receiver wants the body: it leaves, and nothing of the message stays here. */
export function pulled(w: DipcWorld, packet: Packet): void {
  const { from: to, to: from, uid, message: id, activity, body } = packet;
  if (waiting(w, packet) === null) return;
  const { bytes, pages } = w.messages.rows[id]!;
  const size = bytes + pages * BYTES_PER_PAGE;
  sendPacket(w, { kind: 'pull message reply', from, to, uid, message: id, activity, body, base: 0, bytes: size });
}

/** The body is here: the message is whole. */
export function bodyArrived(w: DipcWorld, packet: Packet): void {
  const t = waiting(w, packet);
  if (t === null) return;
  const message = w.messages.rows[packet.message]!;
  message.bodyNode = NONE;
  message.pulling = false;
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
  emit(w, COPYOUT, t.id, message.id);
}

/** The thread that still waits for this body, or null: it has ended, and the message with it. */
export function waiting(w: DipcWorld, packet: Packet): Thread | null {
  const message = w.messages.rows[packet.message]!;
  const t = threadOf(w, packet.body.sender!);
  if (!message.live || message.serial !== packet.body.serial || !message.pulling) return null;
  return t !== null && t.state === RECEIVING && t.outgoing === message.id ? t : null;
}
