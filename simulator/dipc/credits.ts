/**
 * No-senders across nodes [mechanisms 2.7], and the end of proxies.
 *
 * A proxy that nobody on its node needs any more gives its credits back to the principal and is forgotten. When the
 * principal has no send right on its own node and every credit is back, there is no sender left anywhere.
 *
 * A proxy that is down to one credit buys a unit before it passes a right on. What was about to take the right along
 * waits: a message that is sent, or a packet whose work would send rights (a receive right that moves with the messages
 * in its queue, a special port that was asked for).
 */
import { UNUSED } from '../base/event.ts';
import { NONE, at } from '../base/table.ts';
import { notifyNoSenders } from '../mach/ipc/notify.ts';
import { bury } from '../mach/ipc/port-death.ts';
import type { Port } from '../mach/ipc/port.ts';
import { emit } from '../mach/world.ts';
import { announceDeath } from './dead-names.ts';
import { resume } from './dispatch.ts';
import { CREDIT_UNIT, copyOn, detach, distributedOf, leadsNowhere, nothing } from './distributed.ts';
import { oneWay, sendPacket, type Packet } from './packet.ts';
import { releaseHeld } from './send.ts';
import type { DipcWorld } from './world.ts';

/** The last send right of this copy is gone (or was, when the event was emitted: the state says what is true now). */
export function lastSend(w: DipcWorld, id: number): void {
  const port = w.ports.rows[id];
  if (port === undefined || !port.live) return;
  if (!port.active) return announceDeath(w, port);
  if (port.srights > 0) return;
  if (port.proxy) retire(w, port);
  else noSendersIfTrue(w, port);
}

/** A request for the no-senders notice was made: it may be true already. */
export function noSendersIfTrue(w: DipcWorld, port: Port): void {
  if (port.proxy || port.srights > 0) return;
  if (port.dipc !== NONE) {
    const { counted, transit } = distributedOf(w, port);
    if (!counted || transit !== 0) return;
  }
  notifyNoSenders(w, port);
  if (port.objectKind === 'memory') emit(w, UNUSED, port.object);
}

/** Credits come back to the principal; a forwarding proxy relays them. */
export function creditsReturned(w: DipcWorld, packet: Packet): void {
  const port = copyOn(w, packet.to, packet.uid);
  if (port === null || !port.active) return;
  const state = distributedOf(w, port);
  if (leadsNowhere(port, state)) return;
  if (port.proxy) return relay(w, packet, state.destination);
  state.transit += packet.body.credits!;
  noSendersIfTrue(w, port);
}

/** Asks for credits, once. */
export function acquireCredits(w: DipcWorld, port: Port, activity: number): void {
  const state = distributedOf(w, port);
  if (state.acquiring) return;
  state.acquiring = true;
  const { destination: to, uid } = state;
  sendPacket(w, { kind: 'acquire transits', from: port.node, to, uid, activity, base: oneWay(w) });
}

/** A proxy has run out of credits and asks for more. */
export function grantCredits(w: DipcWorld, packet: Packet): void {
  const { uid, activity } = packet;
  const to = packet.body.node ?? packet.from;
  const from = packet.to;
  const port = copyOn(w, from, uid);
  if (port === null || !port.active || leadsNowhere(port, distributedOf(w, port))) {
    sendPacket(w, { kind: 'dn notify', from, to, uid, activity, base: oneWay(w) });
    return;
  }
  const state = distributedOf(w, port);
  if (port.proxy) return relay(w, { ...packet, body: { node: to } }, state.destination);
  state.transit -= CREDIT_UNIT;
  const body = { credits: CREDIT_UNIT };
  sendPacket(w, { kind: 'acquire transits reply', from, to, uid, activity, body, base: oneWay(w) });
}

/** The credits are here: what waited for them goes on. */
export function creditsGranted(w: DipcWorld, packet: Packet): void {
  const port = copyOn(w, packet.to, packet.uid);
  if (port === null) {
    // Nobody here needs them any more.
    const { to: from, from: to, uid, body } = packet;
    sendPacket(w, { kind: 'yield transits', from, to, uid, body, base: oneWay(w) });
    return;
  }
  const state = distributedOf(w, port);
  state.transit += packet.body.credits!;
  state.acquiring = false;
  const { postponed } = state;
  state.postponed = nothing;
  for (const id of postponed) resume(w, at(w.packets, id));
  releaseHeld(w, state);
  if (state.live && port.srights === 0) lastSend(w, port.id);
}

/** A proxy without rights: a forwarding one stays, to forward; an ordinary one gives its credits back and goes. */
function retire(w: DipcWorld, port: Port): void {
  const state = distributedOf(w, port);
  if (port.sorights > 0 || state.held.length > 0 || state.postponed.length > 0) return;
  const { transit: credits, uid, destination: to } = state;
  state.transit = 0;
  if (credits > 0) {
    sendPacket(w, { kind: 'yield transits', from: port.node, to, uid, body: { credits }, base: oneWay(w) });
  }
  if (state.forward) return;
  port.active = false;
  detach(w, port);
  bury(w, port);
}

function relay(w: DipcWorld, packet: Packet, to: number): void {
  const { kind, uid, activity, body } = packet;
  sendPacket(w, { kind, from: packet.to, to, uid, activity, body, base: oneWay(w) });
}
