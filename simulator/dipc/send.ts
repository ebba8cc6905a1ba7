/**
 * Sending a message to a port on another node [mechanisms 2.4].
 *
 * The message is put into network form and sent to where the proxy believes the principal to be. An RPC request needs
 * no connect reply, because its answer is one; a send that expects no answer waits until the other node has taken the
 * message. What the other node may reply, and what the sending kernel then does:
 *
 *   DATA_SENT           taken, with its body                    the sender goes on
 *   SUCCESS             taken as a placeholder [2.5]            the sender goes on; the body waits here to be pulled
 *   DATA_DROPPED        taken, but there was no room for the    the same
 *                       body of a message that cannot wait
 *   QUEUE_FULL          this node is to be called back          wait for UNBLOCK_PORT (flow-control.ts)
 *   RETRY_SEND          it is to be called back already         look again
 *   RESOURCE_SHORTAGE   the node has no buffer                  ask to be called back, wait for UNBLOCK_NODE
 *   PORT_MIGRATED       only a forwarding proxy is there        chase the port (locate.ts), then send again
 *   NO_UID, PORT_DEAD   the port is gone                        the proxy dies, the send fails
 *
 * A refused message is still in network form and is simply sent again. While a proxy waits for something, what is sent
 * to it waits behind, in the order in which it was sent.
 */
import { LAST_SEND } from '../base/event.ts';
import { NONE, at } from '../base/table.ts';
import { foldReply, type Message } from '../mach/ipc/message.ts';
import { enqueue } from '../mach/ipc/mqueue.ts';
import { sendDone } from '../mach/ipc/senders.ts';
import { messageDestroy, portDestroy } from '../mach/ipc/port-death.ts';
import type { Port } from '../mach/ipc/port.ts';
import { SEND_ONCE } from '../mach/ipc/space.ts';
import { SENDING, runAt, threadOf, type Thread } from '../mach/thread.ts';
import { emit } from '../mach/world.ts';
import { acquireCredits } from './credits.ts';
import { WIRE_STRIDE, proxyWithoutCredit, toNetworkForm } from './crossing.ts';
import { copyOrProxy, distributedOf, leadsNowhere, originOf, type Distributed } from './distributed.ts';
import { waitForBuffers } from './flow-control.ts';
import { chase } from './locate.ts';
import { oneWay, sendPacket, type Packet } from './packet.ts';
import type { DipcWorld } from './world.ts';

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
  if (mustWait(port, state)) return setAside(w, state, message);
  if (!message.wire) {
    foldReply(message);
    const starving = message.rights.length === 0 ? null : proxyWithoutCredit(w, [message]);
    if (starving !== null) {
      setAside(w, distributedOf(w, starving), message);
      return acquireCredits(w, starving, message.activity);
    }
    toNetworkForm(w, message);
  }
  transmit(w, message, state.destination, false);
}

/** Sends a message in network form to a node; `migrating` if it comes from the queue of a port that moves [2.8]. */
export function transmit(w: DipcWorld, message: Message, to: number, migrating: boolean): void {
  const { node: from, destUid: uid, id, activity } = message;
  const rights = message.rights.length / WIRE_STRIDE;
  const whole = message.bodyNode === NONE;
  const kind = migrating && !whole ? 'send meta kmsg' : 'connect';
  const bytes = whole ? message.bytes : 0;
  const base = oneWay(w);
  const done = sendPacket(w, { kind, from, to, uid, message: id, activity, base, rights, bytes, migrating });
  const sender = senderOf(w, message);
  if (sender === null) return;
  if (sender.expectsReply) sendDone(w, sender);
  else if (message.destType === SEND_ONCE) letGo(w, sender, done);
}

/** The other node has taken a send that expects no answer: the sender goes on. */
export function accepted(w: DipcWorld, packet: Packet): void {
  const sender = threadOf(w, packet.body.sender ?? NONE);
  if (sender !== null && sender.outgoing === packet.message) letGo(w, sender, w.time);
}

/** The other node has refused the message: wait for room, try elsewhere, or give up. */
export function refused(w: DipcWorld, packet: Packet): void {
  const message = at(w.messages, packet.message);
  const { reply, node } = packet.body;
  const port = proxyFor(w, packet.to, packet.uid, packet.from);
  if (reply === 'NO_UID' || reply === 'PORT_DEAD') {
    if (port.proxy) portDestroy(w, port);
    return abandonSend(w, message);
  }
  if (port.proxy) {
    const state = distributedOf(w, port);
    if (reply === 'RESOURCE_SHORTAGE') waitForBuffers(w, port, state, packet.from);
    else if (reply === 'PORT_MIGRATED') chase(w, port, packet.from, node!);
    else if (!state.fullAt.includes(packet.from)) state.fullAt = [...state.fullAt, packet.from];
  }
  sendRemote(w, message);
}

/** Whether what is sent to this copy has to wait. */
export function mustWait(port: Port, state: Distributed): boolean {
  return port.blocked || state.fullAt.length > 0 || state.shortage !== NONE || state.probing !== NONE;
}

/** The message waits at the copy, before those that were sent after it. */
export function setAside(w: DipcWorld, state: Distributed, message: Message): void {
  const { held } = state;
  let place = held.length;
  while (place > 0 && at(w.messages, held[place - 1]!).serial > message.serial) place--;
  state.held = [...held.slice(0, place), message.id, ...held.slice(place)];
}

/** Sends what waits at the copy, or so many messages of it: the first ones. */
export function releaseHeld(w: DipcWorld, state: Distributed, room = state.held.length): void {
  const { held } = state;
  state.held = held.slice(room);
  for (let i = 0; i < held.length && i < room; i++) sendRemote(w, at(w.messages, held[i]!));
  if (state.live) retireIfUnused(w, at(w.ports, state.port));
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
  if (port.blocked) setAside(w, state, message);
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

function letGo(w: DipcWorld, t: Thread, time: number): void {
  t.outgoing = NONE;
  runAt(w, t, time);
}

/** The thread whose send this message still is, or null. */
export function senderOf(w: DipcWorld, message: Message): Thread | null {
  const t = message.sender === NONE ? null : threadOf(w, message.sender);
  return t !== null && t.state === SENDING && t.outgoing === message.id ? t : null;
}

/** A message that is sent again may find that its node has forgotten the port: then the new proxy goes after it. */
function proxyFor(w: DipcWorld, node: number, uid: number, guess: number): Port {
  const port = copyOrProxy(w, node, uid, guess);
  retireIfUnused(w, port);
  return port;
}

export function retireIfUnused(w: DipcWorld, port: Port): void {
  if (port.proxy && port.srights === 0 && port.sorights === 0) emit(w, LAST_SEND, port.id);
}
