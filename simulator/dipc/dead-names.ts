/**
 * The death of a port, seen from other nodes [mechanisms 2.11].
 *
 * A kernel whose tasks want to know registers its proxy where it believes the principal to be; a forwarding proxy takes
 * the registration too, because it hears of the death itself: the copy that the receive right moved to registers it
 * (2.8 step 7). When the port dies the registered nodes are told, their copies die, the local notices follow, and each
 * tells those that were registered with it. A proxy that nobody registered learns of it with the next send.
 *
 *   proxy                    forwarding proxy          principal
 *   -- dn register -->       (registered itself)
 *                                                      the port dies
 *                            <-- dn notify --
 *   <-- dn notify --
 *   notices to the tasks
 */
import { NONE, at } from '../base/table.ts';
import { bury, portDie } from '../mach/ipc/port-death.ts';
import type { Port } from '../mach/ipc/port.ts';
import { callBackAll } from './flow-control.ts';
import { copyOn, detach, distributedOf, leadsNowhere, nothing } from './distributed.ts';
import { giveBack } from './deliver.ts';
import { resume } from './dispatch.ts';
import { oneWay, sendPacket, type Packet } from './packet.ts';
import { arrivalFails } from './receive-migration.ts';
import type { DipcWorld } from './world.ts';

/** Somebody on this node asked to be told when the port dies. */
export function watchForDeath(w: DipcWorld, id: number): void {
  const port = w.ports.rows[id];
  if (port === undefined || !port.live || !port.active || !port.proxy || port.dipc === NONE) return;
  const state = distributedOf(w, port);
  if (state.watching) return;
  state.watching = true;
  sendPacket(w, { kind: 'dn register', from: port.node, to: state.destination, uid: state.uid, base: oneWay(w) });
}

/** A node wants to learn of the port's death. A plain proxy passes the wish on. */
export function registered(w: DipcWorld, packet: Packet): void {
  const { to: here, uid } = packet;
  const node = packet.body.node ?? packet.from;
  const port = copyOn(w, here, uid);
  if (port === null || !port.active || leadsNowhere(port, distributedOf(w, port))) {
    return notifyDeath(w, here, node, uid);
  }
  const state = distributedOf(w, port);
  if (port.proxy && !state.forward) {
    sendPacket(w, { kind: 'dn register', from: here, to: state.destination, uid, body: { node }, base: oneWay(w) });
  } else if (!state.registered.includes(node)) state.registered = [...state.registered, node];
}

/** The port is dead where this copy believed it to be alive. */
export function learnOfDeath(w: DipcWorld, packet: Packet): void {
  const port = copyOn(w, packet.to, packet.uid);
  if (port !== null) killCopy(w, port);
}

export function killCopy(w: DipcWorld, port: Port): void {
  portDie(w, port);
  announceDeath(w, port);
}

/** A copy has died: who registered here is told, what was set aside here is given up. */
export function announceDeath(w: DipcWorld, port: Port): void {
  if (port.dipc === NONE) return;
  const state = distributedOf(w, port);
  arrivalFails(w, port, state);
  const { registered: told, held, postponed, uid } = state;
  state.registered = nothing;
  state.held = nothing;
  state.postponed = nothing;
  for (const to of told) notifyDeath(w, port.node, to, uid);
  callBackAll(w, port, state);
  for (const id of held) giveBack(w, at(w.messages, id));
  for (const id of postponed) resume(w, at(w.packets, id));
  forgetIfDead(w, port);
}

/** The distributed state of a dead copy ends with its last right. */
function forgetIfDead(w: DipcWorld, port: Port): void {
  if (port.active || port.srights > 0 || port.sorights > 0 || port.dipc === NONE) return;
  detach(w, port);
  bury(w, port);
}

/** Tells a node that the port is dead. */
export function notifyDeath(w: DipcWorld, from: number, to: number, uid: number): void {
  sendPacket(w, { kind: 'dn notify', from, to, uid, base: oneWay(w) });
}
