/**
 * What is left of the rights to a port when a node has failed [mechanisms 2.13]: counted from what there is, as if every
 * kernel kept lists of who holds what.
 */
import { NONE, at } from '../base/table.ts';
import { notifySendOnce } from '../mach/ipc/notify.ts';
import type { Port } from '../mach/ipc/port.ts';
import { RECEIVE, SEND, SEND_ONCE } from '../mach/ipc/space.ts';
import { noSendersIfTrue } from './credits.ts';
import { WIRE_STRIDE } from './crossing.ts';
import { copyOn, distributedOf, nothing as none, originOf } from './distributed.ts';
import { carriesMessage, type Packet } from './packet.ts';
import type { DipcWorld } from './world.ts';

/** Of one port: the credits and send-once rights that are still somewhere and can find their way back. */
export interface Survivors {
  credits: number;
  sendOnce: number;
  /** Its receive right is in a message. */
  receive: boolean;
}

const nothing: Survivors = { credits: 0, sendOnce: 0, receive: false };

/** The principal counts again which rights are elsewhere: of each answer that will not come, it is told. */
export function writeOffRights(w: DipcWorld, port: Port, survivors: ReadonlyMap<number, Survivors>): void {
  const state = distributedOf(w, port);
  const { credits, sendOnce } = survivors.get(state.uid) ?? nothing;
  if (state.counted) state.transit = -credits;
  for (let lost = state.remoteSendOnce - sendOnce; lost > 0; lost--) {
    state.remoteSendOnce--;
    port.sorights++;
    notifySendOnce(w, port);
  }
  noSendersIfTrue(w, port);
}

/** The receive right has arrived, with numbers from before it was noticed here that these nodes have failed. */
export function writeOffMissed(w: DipcWorld, port: Port): void {
  const state = distributedOf(w, port);
  const { missed } = state;
  state.missed = none;
  for (const node of missed) writeOffRights(w, port, countSurvivors(w, node, at(w.nodes, port.node).over.get(node)!));
}

export function countSurvivors(w: DipcWorld, node: number, incarnation: number): Map<number, Survivors> {
  const isLost = (packet: Packet): boolean => packet.to === node && packet.incarnation <= incarnation;
  const found = new Map<number, Survivors>();
  const of = (uid: number): Survivors => {
    let each = found.get(uid);
    if (each === undefined) found.set(uid, (each = { ...nothing }));
    return each;
  };
  for (const state of w.distributed.rows) {
    if (!state.live) continue;
    const port = at(w.ports, state.port);
    // The principal, from which it comes, still counts what is in the hands of a copy to which the right is on its way.
    if (!port.active || !(port.proxy || state.arriving) || state.destination === node) continue;
    of(state.uid).credits += state.transit;
    of(state.uid).sendOnce += port.sorights;
  }
  const carriers = new Map<number, Packet>();
  for (const packet of w.packets.rows) {
    if (!packet.live) continue;
    if (carriesMessage(packet)) carriers.set(packet.message, packet);
    else if (!isLost(packet)) of(packet.uid).credits += packet.body.credits ?? 0;
  }
  for (const message of w.messages.rows) {
    if (!message.live || !message.wire) continue;
    const carrier = carriers.get(message.id);
    const place = carrier === undefined || isLost(carrier) ? message.node : carrier.to;
    const { rights, reply, destType, dest, destUid } = message;
    const survives = (uid: number, guess: number): boolean => findsHome(w, place, uid, guess, node);
    if (
      destType === SEND_ONCE &&
      dest === NONE &&
      (carrier === undefined || !isLost(carrier)) &&
      survives(destUid, originOf(destUid))
    )
      of(destUid).sendOnce++;
    if (reply !== NONE && survives(reply, message.replyHome)) of(reply).sendOnce++;
    for (let i = 0; i < rights.length; i += WIRE_STRIDE) {
      const uid = rights[i + 1]!;
      if (rights[i] === RECEIVE) of(uid).receive = true;
      if (!survives(uid, rights[i] === SEND_ONCE ? rights[i + 2]! : originOf(uid))) continue;
      if (rights[i] === SEND) of(uid).credits += Math.max(0, rights[i + 2]!);
      if (rights[i] === SEND_ONCE) of(uid).sendOnce++;
    }
  }
  return found;
}

/** Whether a right to the port, made local at the place, leads anywhere but to the failed node. */
function findsHome(w: DipcWorld, place: number, uid: number, guess: number, node: number): boolean {
  if (uid === NONE) return false;
  const copy = copyOn(w, place, uid);
  if (copy === null) return guess !== node;
  return copy.active && (!copy.proxy || distributedOf(w, copy).destination !== node);
}
