/**
 * Sending a message to a port on another node [mechanisms 2.4].
 *
 * The message is put into network form and sent to where the proxy believes the principal to be. An RPC request needs
 * no acknowledgement, because its reply is one; a send that expects no reply waits until the other node has accepted
 * the message. The other node may refuse it: the queue is full (it will call back), the port has moved (try there), or
 * it is dead. A refused message is still in network form and is simply sent again.
 */
import { LAST_SEND } from '../base/event.ts';
import { NONE, at } from '../base/table.ts';
import type { Message } from '../mach/ipc/message.ts';
import { enqueue } from '../mach/ipc/mqueue.ts';
import { admitSenders, sendDone } from '../mach/ipc/senders.ts';
import { messageDestroy, portDestroy } from '../mach/ipc/port-death.ts';
import type { Port } from '../mach/ipc/port.ts';
import { SEND_ONCE } from '../mach/ipc/space.ts';
import { SENDING, runAt, threadOf, type Thread } from '../mach/thread.ts';
import { emit } from '../mach/world.ts';
import { BYTES_PER_PAGE } from '../mach/vm/object.ts';
import { WIRE_STRIDE, proxyWithoutCredit, toNetworkForm } from './crossing.ts';
import { copyOn, copyOrProxy, distributedOf, leadsNowhere, originOf, type Distributed } from './distributed.ts';
import { acknowledgement, oneWay, sendPacket, type Packet } from './packet.ts';
import type { DipcWorld } from './world.ts';

const refusals = { full: 'queue full', moved: 'moved', dead: 'dn notify' } as const;

/** A message for a proxy, or for a port whose receive right is arriving, has been sent on this node. */
export function sendRemote(w: DipcWorld, message: Message): void {
  const port = message.wire
    ? proxyFor(w, message.node, message.destUid, originOf(message.destUid))
    : at(w.ports, message.dest);
  if (!port.active) return abandonSend(w, message);
  if (!port.proxy) return acceptHere(w, message, port);
  const state = distributedOf(w, port);
  if (leadsNowhere(port, state)) {
    portDestroy(w, port);
    return abandonSend(w, message);
  }
  if (state.queueFull) {
    state.held.push(message.id);
    return;
  }
  if (!message.wire) {
    const starving = proxyWithoutCredit(w, message);
    if (starving !== null) return acquireCredits(w, distributedOf(w, starving), starving, message);
    toNetworkForm(w, message);
  }
  transmit(w, message, state.destination, false);
}

/** Sends a message in network form to a node; `migrating` if it comes from the queue of a port that moves [2.8]. */
export function transmit(w: DipcWorld, message: Message, to: number, migrating: boolean): void {
  const from = message.node;
  const rights = message.rights.length / WIRE_STRIDE;
  const bytes = message.bytes + message.pages * BYTES_PER_PAGE;
  const { destUid: uid, id, activity } = message;
  // A body out of line is pulled once the placeholder is accepted: the acknowledgement comes before the data [2.5].
  const base = message.pages > 0 ? oneWay(w) + acknowledgement(w) : oneWay(w);
  const done = sendPacket(w, { kind: 'connect', from, to, uid, message: id, activity, base, rights, bytes, migrating });
  const sender = senderOf(w, message);
  if (sender === null) return;
  if (sender.expectsReply) sendDone(w, sender);
  else if (message.destType === SEND_ONCE) letGo(w, sender, done);
}

/** A message has arrived: it is queued, set aside, or refused. */
export function receiveMessage(w: DipcWorld, packet: Packet): void {
  const message = at(w.messages, packet.message);
  const port = copyOn(w, packet.to, packet.uid);
  if (port === null || !port.active) return refuse(w, packet, refusals.dead, NONE);
  const state = distributedOf(w, port);
  if (leadsNowhere(port, state)) return refuse(w, packet, refusals.dead, NONE);
  if (port.proxy) return refuse(w, packet, refusals.moved, state.destination);
  const isSend = message.destType !== SEND_ONCE;
  if (isSend && !packet.migrating && !port.blocked && port.msgcount >= port.qlimit) {
    if (!state.refused.includes(packet.from)) state.refused.push(packet.from);
    port.callers = true;
    return refuse(w, packet, refusals.full, NONE);
  }
  if (message.reply === NONE && isSend && !packet.migrating) accept(w, packet);
  message.node = packet.to;
  message.dest = port.id;
  if (!isSend) {
    port.sorights++;
    state.remoteSendOnce--;
  }
  if (port.blocked && !packet.migrating) state.held.push(message.id);
  else enqueue(w, message, port);
}

/** The other node has accepted a send that expects no reply: the sender goes on. */
export function accepted(w: DipcWorld, packet: Packet): void {
  const sender = threadOf(w, packet.body.sender ?? NONE);
  if (sender !== null && sender.outgoing === packet.message) letGo(w, sender, w.time);
}

/** The other node has refused the message: wait for room, try elsewhere, or give up. */
export function refused(w: DipcWorld, packet: Packet): void {
  const message = at(w.messages, packet.message);
  const port = proxyFor(w, packet.to, packet.uid, packet.from);
  if (packet.body.reason === 'dn notify') {
    if (port.proxy) portDestroy(w, port);
    return abandonSend(w, message);
  }
  if (port.proxy) {
    const state = distributedOf(w, port);
    if (packet.body.reason === 'queue full') state.queueFull = true;
    // A forwarding proxy knows better than who forwarded to it: only the next one in the chain tells it something new.
    else if (!state.forward || packet.from === state.destination) state.destination = packet.body.node!;
  }
  sendRemote(w, message);
}

/** After a dequeue at the principal: one of the nodes that were refused may try again, before senders here [2.10]. */
export function callBack(w: DipcWorld, id: number): void {
  const port = w.ports.rows[id]!;
  if (!port.live || !port.callers || port.msgcount >= port.qlimit) return;
  const state = distributedOf(w, port);
  const { refused: waiting, uid } = state;
  const to = waiting.shift()!;
  port.callers = waiting.length > 0;
  state.calledBack++;
  sendPacket(w, { kind: 'unblock port', from: port.node, to, uid, base: oneWay(w) });
}

/**
 * There is room at the principal: everything that waited here is sent, in order; the first refusal stops it again. The
 * principal hears when that is done, so that room that nobody used does not stay promised.
 */
export function unblock(w: DipcWorld, packet: Packet): void {
  const { to: from, from: to, uid } = packet;
  const port = copyOn(w, from, uid);
  if (port !== null) {
    const state = distributedOf(w, port);
    state.queueFull = false;
    releaseHeld(w, state);
  }
  sendPacket(w, { kind: 'unblock port reply', from, to, uid, base: oneWay(w) });
}

/** A node that was called back has sent what it had: what room is left is for the next one. */
export function unblocked(w: DipcWorld, packet: Packet): void {
  const port = copyOn(w, packet.to, packet.uid);
  if (port === null || !port.active) return;
  const state = distributedOf(w, port);
  if (state.calledBack === 0) return;
  state.calledBack--;
  if (port.callers) callBack(w, port.id);
  else if (state.calledBack === 0) admitSenders(w, port);
}

export function releaseHeld(w: DipcWorld, state: Distributed): void {
  const { held } = state;
  state.held = [];
  for (const id of held) sendRemote(w, at(w.messages, id));
  retireIfUnused(w, at(w.ports, state.port));
}

function acquireCredits(w: DipcWorld, state: Distributed, port: Port, message: Message): void {
  state.held.push(message.id);
  const { node: from } = port;
  const { destination: to, uid } = state;
  sendPacket(w, { kind: 'acquire transits', from, to, uid, activity: message.activity, base: oneWay(w) });
}

/** The principal is here after all, or its right is arriving here. */
function acceptHere(w: DipcWorld, message: Message, port: Port): void {
  const state = distributedOf(w, port);
  const sender = senderOf(w, message);
  if (message.wire) {
    message.dest = port.id;
    if (message.destType === SEND_ONCE) {
      port.sorights++;
      state.remoteSendOnce--;
    }
  }
  if (port.blocked) state.held.push(message.id);
  else enqueue(w, message, port);
  if (sender !== null) sendDone(w, sender);
}

/** The port is dead: the send is over, and the message is destroyed with the rights in it. */
export function abandonSend(w: DipcWorld, message: Message): void {
  const sender = senderOf(w, message);
  if (sender !== null && !sender.expectsReply) {
    sender.code = 'MACH_SEND_INVALID_DEST';
    letGo(w, sender, w.time);
  } else if (sender !== null) sendDone(w, sender);
  messageDestroy(w, message);
}

function refuse(w: DipcWorld, packet: Packet, reason: 'queue full' | 'moved' | 'dn notify', node: number): void {
  const { to: from, from: to, uid, message, activity } = packet;
  sendPacket(w, { kind: 'refused', from, to, uid, message, activity, body: { reason, node }, base: oneWay(w) });
}

function accept(w: DipcWorld, packet: Packet): void {
  const { to: from, from: to, uid, message, activity } = packet;
  const { sender } = at(w.messages, message);
  sendPacket(w, {
    kind: 'connect reply',
    from,
    to,
    uid,
    message,
    activity,
    body: { sender },
    base: acknowledgement(w),
  });
}

function letGo(w: DipcWorld, t: Thread, time: number): void {
  t.outgoing = NONE;
  runAt(w, t, time);
}

/** The thread whose send this message still is, or null. */
function senderOf(w: DipcWorld, message: Message): Thread | null {
  const t = message.sender === NONE ? null : threadOf(w, message.sender);
  return t !== null && t.state === SENDING && t.outgoing === message.id ? t : null;
}

/** A message that is sent again may find that its node has forgotten the port: then the new proxy goes after it. */
function proxyFor(w: DipcWorld, node: number, uid: number, guess: number): Port {
  const port = copyOrProxy(w, node, uid, guess);
  retireIfUnused(w, port);
  return port;
}

function retireIfUnused(w: DipcWorld, port: Port): void {
  if (port.proxy && port.srights === 0 && port.sorights === 0) emit(w, LAST_SEND, port.id);
}
