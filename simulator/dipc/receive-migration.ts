/**
 * A receive right moves to another node [mechanisms 2.8], and every message of its queue with it.
 *
 *   destination (D)                             source (S)
 *   a thread dequeues the right:
 *   its copy becomes *arriving*; messages
 *   that come for it are set aside
 *                      -- begin -->             becomes a forwarding proxy at once: no new message
 *                                               can enter its queue
 *                      <-- begun --
 *                      <-- messages, in order   (taken in although ordinary messages wait; of a placeholder only the
 *                                               handle moves: its body is pulled from where it is)
 *                      <-- migrate state        when all has left, S is a clean forwarding proxy; its waiters retry
 *   numbers installed, what was set aside
 *   follows what was forwarded [D8];
 *   the thread goes on
 *
 * Not carried: make-send count, port set, notification requests. A migration server restores them [2.8, end].
 */
import { COPYOUT, MOVED_OUT } from '../base/event.ts';
import { WAITING, book } from '../base/ledger.ts';
import { assert } from '../base/assert.ts';
import { NONE, at } from '../base/table.ts';
import type { Message } from '../mach/ipc/message.ts';
import { enqueue } from '../mach/ipc/mqueue.ts';
import { queuedFor, takeAll } from '../mach/ipc/queue.ts';
import { leaveSenders } from '../mach/ipc/senders.ts';
import { DEFAULT_QUEUE_LIMIT, type Port } from '../mach/ipc/port.ts';
import { DEAD_NAME, RECEIVE } from '../mach/ipc/space.ts';
import { firstOf } from '../mach/ipc/waiting.ts';
import { threadOf, type Thread } from '../mach/thread.ts';
import { emit, emitAt } from '../mach/world.ts';
import { WIRE_STRIDE, proxyWithoutCredit, toNetworkForm } from './crossing.ts';
import { killCopy, notifyDeath } from './dead-names.ts';
import { wakeSender } from './deliver.ts';
import { copyOn, copyOrProxy, distributedOf, leadsNowhere, nothing, type Distributed } from './distributed.ts';
import { callBackAll, releaseBuffer } from './flow-control.ts';
import { oneWay, sendPacket, type Packet } from './packet.ts';
import { releaseHeld, sendRemote, transmit } from './send.ts';
import { writeOffMissed } from './survivors.ts';
import type { DipcWorld } from './world.ts';

/** D, step 3: this node's copy will be the principal; ask the node that holds the right now. */
export function beginReceiveMigration(w: DipcWorld, t: Thread, message: Message, uid: number, home: number): void {
  const port = copyOrProxy(w, t.node, uid, home);
  const state = distributedOf(w, port);
  state.receiver = t.identity;
  if (port.blocked) return;
  // The message knows better than an old proxy: the right stays where it was sent from until it is received.
  state.destination = home;
  port.proxy = false;
  port.blocked = true;
  state.convert = false;
  state.forward = false;
  state.arriving = true;
  state.remoteSendOnce = -port.sorights;
  state.fullAt = nothing;
  state.shortage = NONE;
  state.probing = NONE;
  state.watching = false;
  state.missed = nothing;
  const { activity } = message;
  const body = { node: t.node };
  sendPacket(w, { kind: 'begin recv migrate', from: t.node, to: home, uid, activity, body, base: oneWay(w) });
}

/** S, step 4: from here no new message can enter the queue; then its messages go, head first, and its numbers. */
export function begin(w: DipcWorld, packet: Packet): void {
  const { uid, activity } = packet;
  const to = packet.body.node!;
  const port = copyOn(w, packet.to, uid);
  if (port === null || !port.active || leadsNowhere(port, distributedOf(w, port))) {
    sendPacket(w, { kind: 'dn notify', from: packet.to, to, uid, activity, base: oneWay(w) });
    return;
  }
  const state = distributedOf(w, port);
  if (port.proxy) {
    const { kind, body } = packet;
    sendPacket(w, { kind, from: packet.to, to: state.destination, uid, activity, body, base: oneWay(w) });
    return;
  }
  const queued = takeQueue(w, port);
  for (const message of queued) releaseBuffer(w, message);
  port.proxy = true;
  port.blocked = true;
  port.receiver = NONE;
  state.forward = true;
  state.convert = true;
  state.destination = to;
  sendPacket(w, { kind: 'begin recv migrate reply', from: port.node, to, uid, activity, base: oneWay(w) });
  for (const message of queued) transmit(w, message, to, true);
  const gone = sendState(w, port, to, activity);
  becomeForwardingProxy(port, state);
  emitAt(w, gone, MOVED_OUT, port.id);
}

/** A proxy in the queue of the port that cannot pass its rights on before it has bought credits, or null. */
export function queueWithoutCredit(w: DipcWorld, packet: Packet): Port | null {
  const port = copyOn(w, packet.to, packet.uid);
  return port === null || !port.active || port.proxy ? null : proxyWithoutCredit(w, queuedFor(w, port));
}

/** D, step 7: the numbers of the port; the messages that were set aside follow those that were forwarded. */
export function install(w: DipcWorld, packet: Packet): void {
  const port = copyOn(w, packet.to, packet.uid);
  // The thread that was to receive the right has ended, and the port with it: the old node must hear of that.
  if (port === null || !port.active || !distributedOf(w, port).arriving) {
    // What is here was made since, for a right to a port that is dead.
    if (port !== null) killCopy(w, port);
    return notifyDeath(w, packet.to, packet.from, packet.uid);
  }
  const state = distributedOf(w, port);
  const { seqno, qlimit, counted, transit, sendOnce, mappedBy } = packet.body;
  port.seqno = 0;
  assert(seqno === 0, 'I8', () => `${port.label} moved with sequence number ${seqno}`);
  port.qlimit = qlimit!;
  if (mappedBy !== NONE) {
    port.objectKind = 'paged';
    port.object = mappedBy!;
  }
  state.counted = counted!;
  state.transit += transit!;
  state.remoteSendOnce += sendOnce!;
  if (!state.registered.includes(packet.from)) state.registered = [...state.registered, packet.from];
  state.moved = true;
  state.arriving = false;
  port.blocked = false;
  const aside = state.held;
  state.held = nothing;
  for (const id of aside) {
    const message = at(w.messages, id);
    if (message.dest === NONE) sendRemote(w, message);
    else {
      wakeSender(w, message);
      enqueue(w, message, port);
    }
  }
  writeOffMissed(w, port);
  const t = threadOf(w, state.receiver);
  state.receiver = NONE;
  if (t !== null) emit(w, COPYOUT, t.id, t.outgoing);
}

/** The right will not arrive, because its port has died: the thread that waits for it finds a dead name in its place. */
export function arrivalFails(w: DipcWorld, port: Port, state: Distributed): void {
  if (!state.arriving) return;
  const t = threadOf(w, state.receiver);
  state.arriving = false;
  state.receiver = NONE;
  port.blocked = false;
  if (t === null) return;
  arrivesDead(at(w.messages, t.outgoing), state.uid);
  emit(w, COPYOUT, t.id, t.outgoing);
}

/** The message carries a dead name where it carried the receive right. */
export function arrivesDead(message: Message, uid: number): void {
  const { rights } = message;
  for (let i = 0; i < rights.length; i += WIRE_STRIDE) {
    if (rights[i] === RECEIVE && rights[i + 1] === uid) rights.splice(i, WIRE_STRIDE, DEAD_NAME, NONE, 0);
  }
}

/**
 * Step 5: the whole queue, in order. A message in local form is put into network form while this copy is the principal
 * still, so that rights to the port itself leave with its credits.
 */
function takeQueue(w: DipcWorld, port: Port): Message[] {
  const queued = takeAll(w, port);
  for (const message of queued) {
    book(w.ledger, message.activity, WAITING, 0, w.time - message.queuedAt);
    message.queuedAt = NONE;
    if (!message.wire) toNetworkForm(w, message);
    else leaveDestination(w, message, port);
    message.dest = NONE;
  }
  return queued;
}

/** A message that is in network form already gives up what it held of the port that it was queued on. */
function leaveDestination(w: DipcWorld, message: Message, port: Port): void {
  if (message.destType === NONE) return;
  port.sorights--;
  distributedOf(w, port).remoteSendOnce++;
}

/** Step 6. */
function sendState(w: DipcWorld, port: Port, to: number, activity: number): number {
  const state = distributedOf(w, port);
  const body = {
    seqno: port.seqno,
    qlimit: port.qlimit,
    counted: state.counted,
    transit: state.counted ? state.transit - port.srights : 0,
    sendOnce: state.remoteSendOnce + port.sorights,
    mappedBy: port.objectKind === 'paged' ? port.object : NONE,
  };
  const { uid } = state;
  return sendPacket(w, { kind: 'migrate state', from: port.node, to, uid, activity, body, base: oneWay(w) });
}

/** Step 6: what the principal was is gone from here; until everything has left, ordinary operations wait (ms_block). */
function becomeForwardingProxy(port: Port, state: Distributed): void {
  state.transit = state.counted ? port.srights : 0;
  state.remoteSendOnce = 0;
  state.promised = 0;
  port.seqno = 0;
  port.qlimit = DEFAULT_QUEUE_LIMIT;
  port.receiver = NONE;
  port.receiverName = NONE;
  port.destination = NONE;
  port.objectKind = '';
  port.object = NONE;
}

/** Step 8: everything has left; whoever waited here goes on as at any proxy. */
export function movedOut(w: DipcWorld, id: number): void {
  const port = w.ports.rows[id]!;
  if (!port.live || !port.active || !port.proxy || !port.blocked) return;
  const state = distributedOf(w, port);
  port.blocked = false;
  while (port.lastSender !== NONE) {
    const t = firstOf(w, port.lastSender);
    leaveSenders(w, t, port);
    book(w.ledger, t.activity, WAITING, 0, w.time - t.since);
    sendRemote(w, at(w.messages, t.outgoing));
  }
  callBackAll(w, port, state);
  releaseHeld(w, state);
}
