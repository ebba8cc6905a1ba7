/**
 * Flow control between nodes [mechanisms 2.10].
 *
 * A full queue refuses a message and remembers the node that it came from (the callback map). After a dequeue one of
 * these nodes is called back, before senders that wait here: it is told how many places there are, sends that many of
 * the messages that wait with it, and says whether it has more; then it is in the map again. The places that were
 * promised to it are nobody else's until it has said so.
 *
 *   sending node                              principal
 *                      -- connect -->         full: the node goes into the callback map
 *   wait               <-- QUEUE_FULL --
 *                      <-- unblock port --    a thread has received: there is room for so many
 *   send so many       -- connect ... -->
 *                      -- its reply -->       more: into the map again; no: the next node, or senders here
 *
 * A node also has a limited number of buffers for messages from other nodes. Who finds none asks to be called back;
 * when a message is received its buffer goes to the first of those that asked, and to the next one if that message is
 * refused for another reason (its port is full, or has moved), or its node has nothing to send any more, or fails.
 *
 * Mach's kernel sends what it has one by one until the queue is full again (`resending`); here the principal says how
 * many will find room, and they leave together [docs/decisions].
 */
import { NONE, at } from '../base/table.ts';
import type { Message } from '../mach/ipc/message.ts';
import { admitSenders } from '../mach/ipc/senders.ts';
import type { Port } from '../mach/ipc/port.ts';
import { copyOn, distributedOf, type Distributed } from './distributed.ts';
import { oneWay, sendPacket, type Packet } from './packet.ts';
import { mustWait, releaseHeld } from './send.ts';
import type { DipcWorld } from './world.ts';

/** Said to a node that shall send all that it has: the port is not here any more. */
const NO_LIMIT = -1;

/** After a dequeue at the principal: one of the nodes that were refused may try again, before senders here. */
export function callBack(w: DipcWorld, id: number): void {
  const port = w.ports.rows[id]!;
  if (!port.live || !port.callers) return;
  const state = distributedOf(w, port);
  const room = port.qlimit - port.msgcount - state.promised;
  if (room < 1) return;
  const [to, ...others] = state.callbacks;
  state.callbacks = others;
  port.callers = others.length > 0;
  state.promised += room;
  sendPacket(w, { kind: 'unblock port', from: port.node, to: to!, uid: state.uid, body: { room }, base: oneWay(w) });
}

/** The port has moved or died: every node that waits for room shall try, and will learn of it. */
export function callBackAll(w: DipcWorld, port: Port, state: Distributed): void {
  const { callbacks, uid } = state;
  state.callbacks = [];
  state.promised = 0;
  port.callers = false;
  const body = { room: NO_LIMIT };
  for (const to of callbacks) {
    sendPacket(w, { kind: 'unblock port', from: port.node, to, uid, body, base: oneWay(w) });
  }
}

/** There is room at the principal: so many of those that wait here are sent, in order. */
export function unblockPort(w: DipcWorld, packet: Packet): void {
  const { to: from, from: to, uid } = packet;
  const room = packet.body.room!;
  const port = copyOn(w, from, uid);
  let more = false;
  if (port !== null && port.active) {
    const state = distributedOf(w, port);
    state.fullAt = state.fullAt.filter((node) => node !== to);
    if (!mustWait(port, state)) releaseHeld(w, state, room === NO_LIMIT ? undefined : room);
    more = room !== NO_LIMIT && state.live && state.held.length > 0 && port.proxy && !mustWait(port, state);
    if (more) state.fullAt = [to];
  }
  sendPacket(w, { kind: 'unblock port reply', from, to, uid, body: { room, more }, base: oneWay(w) });
}

/** A node that was called back has sent what it could: what room is left is for the next one. */
export function portUnblocked(w: DipcWorld, packet: Packet): void {
  const { to: from, from: to, uid } = packet;
  const { room, more } = packet.body;
  if (uid === NONE) return callNext(w, from);
  const port = copyOn(w, from, uid);
  if (port === null || !port.active || port.proxy) {
    // The node waits for a call from here, which will not come otherwise.
    if (more === true) {
      sendPacket(w, { kind: 'unblock port', from, to, uid, body: { room: NO_LIMIT }, base: oneWay(w) });
    }
    return;
  }
  if (room === NO_LIMIT) return;
  const state = distributedOf(w, port);
  state.promised = Math.max(0, state.promised - room!);
  if (more === true && !state.callbacks.includes(to)) {
    state.callbacks = [...state.callbacks, to];
    port.callers = true;
  }
  if (port.callers) callBack(w, port.id);
  else if (state.promised === 0) admitSenders(w, port);
}

/** Message buffers of the node that are free. */
export function freeBuffers(w: DipcWorld, node: number): number {
  return w.setup.interconnect.message_buffers - at(w.nodes, node).buffered;
}

export function takeBuffer(w: DipcWorld, node: number, message: Message): void {
  message.buffered = true;
  at(w.nodes, node).buffered++;
}

/** The message leaves the node's buffers: it was received or destroyed, or goes on to another node. */
export function releaseBuffer(w: DipcWorld, message: Message): void {
  if (!message.buffered) return;
  message.buffered = false;
  at(w.nodes, message.node).buffered--;
  callNext(w, message.node);
}

/** The first of the nodes that wait for buffers here is called, if there is one free. */
export function callNext(w: DipcWorld, node: number): void {
  if (freeBuffers(w, node) < 1) return;
  const to = at(w.nodes, node).bufferCallers.shift();
  if (to !== undefined) unblockNode(w, node, to);
}

/** A node refused because it has no buffer: it is asked to say when it has. */
export function waitForBuffers(w: DipcWorld, port: Port, state: Distributed, node: number): void {
  if (state.shortage !== NONE) return;
  state.shortage = node;
  sendPacket(w, { kind: 'request callback', from: port.node, to: node, uid: state.uid, base: oneWay(w) });
}

/** A node wants to know when there are buffers here: now, or when the next message is received. */
export function callbackRequested(w: DipcWorld, packet: Packet): void {
  if (freeBuffers(w, packet.to) > 0) return unblockNode(w, packet.to, packet.from);
  const { bufferCallers } = at(w.nodes, packet.to);
  if (!bufferCallers.includes(packet.from)) bufferCallers.push(packet.from);
}

function unblockNode(w: DipcWorld, from: number, to: number): void {
  sendPacket(w, { kind: 'unblock node', from, to, uid: NONE, body: { room: freeBuffers(w, from) }, base: oneWay(w) });
}

/** The node has so many buffers: that many messages go to it, from the ports that wait for it in their order. */
export function nodeUnblocked(w: DipcWorld, packet: Packet): void {
  const { to: here, from: node } = packet;
  let room = packet.body.room!;
  for (const id of [...at(w.nodes, here).portByUid.values()]) {
    const port = at(w.ports, id);
    const state = distributedOf(w, port);
    if (state.shortage !== node) continue;
    state.shortage = NONE;
    if (mustWait(port, state)) continue;
    const count = Math.min(room, state.held.length);
    room -= count;
    releaseHeld(w, state, count);
    if (state.live && state.held.length > 0 && port.active) waitForBuffers(w, port, state, node);
  }
  if (room < packet.body.room!) return;
  // Nothing waits here any more, and the next one shall be called: an answer about no port.
  const body = { room, more: false };
  sendPacket(w, { kind: 'unblock port reply', from: here, to: node, uid: NONE, body, base: oneWay(w) });
}
