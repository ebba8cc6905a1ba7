/**
 * A message arrives from another node [mechanisms 2.4]: it is queued, set aside, or refused.
 *
 * It takes one of the node's message buffers until it is received. A message that cannot wait (to a send-once right, or
 * from the queue of a port that moves here) is taken although there is no buffer, but its body is not kept: it stays
 * where it came from, and is pulled when it is received.
 */
import { NONE, at } from '../base/table.ts';
import type { Message } from '../mach/ipc/message.ts';
import { enqueue } from '../mach/ipc/mqueue.ts';
import type { Port } from '../mach/ipc/port.ts';
import { SEND_ONCE } from '../mach/ipc/space.ts';
import { copyOn, distributedOf, leadsNowhere } from './distributed.ts';
import { callNext, freeBuffers, takeBuffer } from './flow-control.ts';
import { acknowledgement, oneWay, sendPacket, type ConnectReply, type Packet } from './packet.ts';
import { abandonSend, senderOf, setAside } from './send.ts';
import type { DipcWorld } from './world.ts';

/** What a connect, or a placeholder from the queue of a port that moves, does where it arrives. */
export function receiveMessage(w: DipcWorld, packet: Packet): void {
  const message = at(w.messages, packet.message);
  const port = copyOn(w, packet.to, packet.uid);
  const refusal = refusalOf(w, packet, message, port);
  if (port === null || refusal !== null) return refuse(w, packet, refusal ?? 'NO_UID', port);
  const waits = message.client === NONE && message.destType !== SEND_ONCE && !packet.migrating;
  const state = distributedOf(w, port);
  keep(w, packet, message);
  message.node = packet.to;
  message.dest = port.id;
  if (message.destType === SEND_ONCE) {
    port.sorights++;
    state.remoteSendOnce--;
  }
  if (port.blocked && !packet.migrating) return setAside(w, state, message);
  if (waits) acknowledge(w, packet, message.bodyNode === NONE ? 'DATA_SENT' : 'SUCCESS');
  enqueue(w, message, port);
}

/** Why the message cannot be taken here, or null. */
function refusalOf(w: DipcWorld, packet: Packet, message: Message, port: Port | null): ConnectReply | null {
  if (port === null) return 'NO_UID';
  const state = distributedOf(w, port);
  if (!port.active || leadsNowhere(port, state)) return 'PORT_DEAD';
  if (port.proxy) return 'PORT_MIGRATED';
  if (message.destType === SEND_ONCE || packet.migrating) return null;
  if (!port.blocked && port.msgcount >= port.qlimit) {
    if (state.callbacks.includes(packet.from)) return 'RETRY_SEND';
    state.callbacks = [...state.callbacks, packet.from];
    port.callers = true;
    return 'QUEUE_FULL';
  }
  return freeBuffers(w, packet.to) > 0 ? null : 'RESOURCE_SHORTAGE';
}

/** The message gets a buffer; if none is left, its body stays where it came from. */
function keep(w: DipcWorld, packet: Packet, message: Message): void {
  if (freeBuffers(w, packet.to) > 0) return takeBuffer(w, packet.to, message);
  if (message.bytes === 0 || message.bodyNode !== NONE) return;
  message.bodyNode = packet.from;
  acknowledge(w, packet, 'DATA_DROPPED');
}

/** A receive right has settled here: senders elsewhere, whose messages were set aside meanwhile, go on. */
export function wakeSender(w: DipcWorld, message: Message): void {
  const t = senderOf(w, message);
  if (t === null || t.node === message.node) return;
  const { node: from, destUid: uid, id, activity } = message;
  const body = { sender: t.identity };
  sendPacket(w, {
    kind: 'wakeup sender',
    from,
    to: t.node,
    uid,
    message: id,
    activity,
    body,
    base: acknowledgement(w),
  });
}

/** The port died while the message was set aside: it goes back to a sender elsewhere, which learns of it so. */
export function giveBack(w: DipcWorld, message: Message): void {
  const t = senderOf(w, message);
  if (t === null || t.node === message.node) return abandonSend(w, message);
  const { node: from, destUid: uid, id, activity } = message;
  message.node = t.node;
  message.dest = NONE;
  const body = { reply: 'PORT_DEAD' } as const;
  sendPacket(w, { kind: 'connect refused', from, to: t.node, uid, message: id, activity, body, base: oneWay(w) });
}

function refuse(w: DipcWorld, packet: Packet, reply: ConnectReply, port: Port | null): void {
  const { to: from, from: to, uid, message, activity } = packet;
  const node = port === null ? NONE : distributedOf(w, port).destination;
  const body = { reply, node };
  sendPacket(w, { kind: 'connect refused', from, to, uid, message, activity, body, base: oneWay(w) });
  // The buffer that the message was called for is still free.
  callNext(w, from);
}

function acknowledge(w: DipcWorld, packet: Packet, reply: ConnectReply): void {
  const { to: from, from: to, uid, message, activity } = packet;
  const body = { reply, sender: at(w.messages, message).sender };
  sendPacket(w, { kind: 'connect reply', from, to, uid, message, activity, body, base: acknowledgement(w) });
}
