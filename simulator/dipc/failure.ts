/**
 * What the failure of a node means for the ports of the others [mechanisms 2.13, 5.6].
 *
 *   in flight     a packet for the failed node is sent again until its sender notices; then its message is destroyed
 *   proxies       that believe their principal to be there die: their names become dead names, who waits there goes on.
 *                 A forwarding proxy was the way to a port that may still live; it fails all the same (2.13 g)
 *   arriving      a receive right that was on its way from there is lost: a dead name arrives
 *   in limbo      a port whose receive right had been sent there, and not fetched yet, dies
 *   bodies        of messages that were sent from there and not pulled yet are lost: who receives one finds
 *                 MACH_RCV_BODY_ERROR
 *   incarnation   a node that comes up again says so to every other one; what was sent to it before finds nobody
 *   principals    the send-once rights that were there are lost, and each gives its port the notice that who waits for an
 *                 answer gets instead; the credits that were there are written off, so that no-senders stays live. If the
 *                 receive right is just on its way, this is done where it arrives, as soon as it has
 *
 * What has survived is counted from what there is (survivors.ts).
 */
import { ARRIVE, NODE_DOWN } from '../base/event.ts';
import { SYSTEM } from '../base/ledger.ts';
import { withdraw } from '../base/queue.ts';
import { NONE, at } from '../base/table.ts';
import { admitSenders, beingSent } from '../mach/ipc/senders.ts';
import { portDie } from '../mach/ipc/port-death.ts';
import type { Port } from '../mach/ipc/port.ts';
import { incarnationFor, isKnownDown } from '../mach/node.ts';
import { RECEIVING, SENDING, runAt, type Thread } from '../mach/thread.ts';
import { emit, emitAt } from '../mach/world.ts';
import { acquireCredits } from './credits.ts';
import { killCopy } from './dead-names.ts';
import { copyOn, detach, distributedOf, isWellKnown } from './distributed.ts';
import { callBack, callNext } from './flow-control.ts';
import { bodyLost, waiting } from './meta-message.ts';
import { arrive, carriesMessage, freePacket, type Packet } from './packet.ts';
import { abandonSend, mustWait, releaseHeld } from './send.ts';
import { specialLost } from './special-ports.ts';
import { countSurvivors, writeOffRights, type Survivors } from './survivors.ts';
import { isCut, type DipcWorld } from './world.ts';

/** A packet reaches its node, or the place where its node has been. */
export function arriveOrFail(w: DipcWorld, packet: Packet): void {
  const to = at(w.nodes, packet.to);
  if (to.up && isCut(w, packet.from, to.id)) {
    // Nobody acknowledges it: it is sent again until the network heals, or one of the two is down.
    w.held.push(packet.id);
    return;
  }
  if (to.up && to.incarnation === packet.incarnation) return arrive(w, packet);
  const known = incarnationFor(at(w.nodes, packet.from), to.id);
  // Nobody acknowledges it: it is sent again until its sender learns why.
  const noticed = to.failedAt + w.setup.prices.failure_detection;
  if (known <= packet.incarnation && !isKnownDown(w, packet.from, to.id)) return emitAt(w, noticed, ARRIVE, packet.id);
  const port = copyOn(w, packet.from, packet.uid);
  if (port !== null && !to.up) severCopy(w, port, to.id);
  if (carriesMessage(packet)) abandonSend(w, at(w.messages, packet.message));
  else if (packet.kind === 'pull message') {
    const t = waiting(w, packet);
    if (t !== null) bodyLost(w, t, at(w.messages, packet.message));
  } else if (packet.kind === 'get special port') specialLost(w, packet.from, to.id);
  freePacket(w, packet);
}

/**
 * A node says that it is up again. Who has not noticed yet that it had failed notices now, and what was sent to the former
 * incarnation is not sent again.
 */
export function aliveAgain(w: DipcWorld, { from: node, to: here, body }: Packet): void {
  const missed = body.incarnation! - incarnationFor(at(w.nodes, here), node);
  if (missed <= 0) return;
  const isStale = (id: number): boolean => {
    const { from, to, incarnation } = w.packets.rows[id]!;
    return from === here && to === node && incarnation < body.incarnation!;
  };
  const stale: number[] = [];
  withdraw(w.queue, (kind, a, b) => {
    if (kind === ARRIVE && isStale(a)) stale.push(a);
    return kind === NODE_DOWN ? a === here && b === node : kind === ARRIVE && isStale(a);
  });
  for (let i = 0; i < missed; i++) emit(w, NODE_DOWN, here, node);
  for (const id of stale) emit(w, ARRIVE, id);
}

/** The observer notices that the node is down: its present incarnation is over. */
export function severNode(w: DipcWorld, observer: number, node: number): void {
  const survivors = countSurvivors(w, node, at(w.nodes, observer).over.get(node)!);
  const copies = [...at(w.nodes, observer).portByUid.values()].map((id) => at(w.ports, id));
  for (const port of copies) if (port.live && port.dipc !== NONE) severCopy(w, port, node);
  for (const port of copies) {
    if (!port.live || !port.active || port.proxy || port.dipc === NONE) continue;
    const { convert, uid } = distributedOf(w, port);
    if (convert && !survivors.get(uid)?.receive) portDie(w, port);
    else writeOff(w, port, node, survivors);
  }
  for (const port of copies) if (port.live && port.active && port.dipc !== NONE) stopWaitingFor(w, port, node);
  const { bufferCallers } = at(w.nodes, observer);
  if (bufferCallers.includes(node)) bufferCallers.splice(bufferCallers.indexOf(node), 1);
  // It may have been called, and not have sent any more.
  callNext(w, observer);
  loseBodies(w, observer, node);
  specialLost(w, observer, node);
  releaseSenders(w, observer);
}

/** A proxy that leads elsewhere may have waited for a call or for credits from the failed node. */
function stopWaitingFor(w: DipcWorld, port: Port, node: number): void {
  const state = distributedOf(w, port);
  state.registered = state.registered.filter((each) => each !== node);
  if (!port.proxy) return;
  const waited = state.shortage === node || state.fullAt.includes(node);
  state.fullAt = state.fullAt.filter((each) => each !== node);
  if (state.shortage === node) state.shortage = NONE;
  if (state.acquiring) {
    state.acquiring = false;
    acquireCredits(w, port, SYSTEM);
  }
  if (waited && !mustWait(port, state)) releaseHeld(w, state);
}

/** Threads here that wait for the body of a message that was on the failed node. */
function loseBodies(w: DipcWorld, observer: number, node: number): void {
  for (const t of w.threads.rows) {
    if (!t.live || t.node !== observer || t.state !== RECEIVING || t.outgoing === NONE) continue;
    const message = at(w.messages, t.outgoing);
    if (message.pulling && message.bodyNode === node) bodyLost(w, t, message);
  }
}

/** A copy that depends on the failed node dies. */
function severCopy(w: DipcWorld, port: Port, node: number): void {
  if (!port.active) return;
  const state = distributedOf(w, port);
  const leads = state.destination === node || state.probing === node;
  if (port.proxy ? !leads : !state.arriving || isComing(w, state.uid)) return;
  killCopy(w, port);
  // A well-known UID is the next incarnation's, too: rights to it are to another port.
  if (port.dipc === NONE || !isWellKnown(state.uid)) return;
  detach(w, port);
  port.proxy = false;
}

/** Whether a receive right on its way will still arrive: its old principal is up, or it has left already. */
function isComing(w: DipcWorld, uid: number): boolean {
  for (const state of w.distributed.rows) {
    if (!state.live || state.uid !== uid || state.arriving) continue;
    const port = at(w.ports, state.port);
    if (port.active && !port.proxy) return true;
  }
  return w.packets.rows.some((packet) => packet.live && packet.uid === uid && packet.kind === 'migrate state');
}

/** The principal counts again what is elsewhere. */
function writeOff(w: DipcWorld, port: Port, node: number, survivors: ReadonlyMap<number, Survivors>): void {
  const state = distributedOf(w, port);
  // Its numbers are on their way, and were taken before this was known.
  if (state.arriving) state.missed = [...state.missed, node];
  else writeOffRights(w, port, survivors);
  state.callbacks = state.callbacks.filter((each) => each !== node);
  port.callers = state.callbacks.length > 0;
  state.promised = 0;
  for (const { live, uid, kind, to, body } of w.packets.rows) {
    const promise = kind === 'unblock port' || kind === 'unblock port reply';
    if (live && uid === state.uid && promise && to !== node) state.promised += Math.max(0, body.room!);
  }
  if (port.callers) callBack(w, port.id);
  else if (state.promised === 0) admitSenders(w, port);
}

/** Threads whose message was taken in by the failed node, which can no longer say so. */
function releaseSenders(w: DipcWorld, observer: number): void {
  for (const t of w.threads.rows) {
    if (!t.live || t.node !== observer || t.state !== SENDING || t.outgoing === NONE) continue;
    if (beingSent(w, t) !== null || isTaken(w, t)) continue;
    t.outgoing = NONE;
    t.code = 'MACH_SEND_INVALID_DEST';
    runAt(w, t, w.time);
  }
}

/** A node that is up has taken the thread's message: word of it is on its way. */
function isTaken(w: DipcWorld, t: Thread): boolean {
  return w.packets.rows.some(({ live, kind, from, to, message, body }) => {
    const word = live && kind === 'connect reply' && to === t.node && message === t.outgoing;
    return word && body.sender === t.identity && at(w.nodes, from).up;
  });
}
