/**
 * Rights crossing a node boundary [mechanisms 2.6].
 *
 * A message leaves in network form: each right becomes three numbers: type, UID, and credits (send) or the node where the
 * principal is (send-once, receive). It stays in that form in the receiver's queue and is made local when a thread dequeues it; a
 * receive right moves only then (2.8).
 */
import { assert } from '../base/assert.ts';
import { NONE, at } from '../base/table.ts';
import type { Message } from '../mach/ipc/message.ts';
import type { Port } from '../mach/ipc/port.ts';
import { useDestination } from '../mach/ipc/port-death.ts';
import { dropSend } from '../mach/ipc/release.ts';
import { DEAD_NAME, RECEIVE, SEND, SEND_ONCE } from '../mach/ipc/space.ts';
import {
  CREDIT_UNIT,
  UNCOUNTED,
  copyOrProxy,
  distributedOf,
  enter,
  originOf,
  type Distributed,
} from './distributed.ts';
import type { DipcWorld } from './world.ts';

/** Numbers per right in network form. */
export const WIRE_STRIDE = 3;

/** Puts the message into network form; its destination right stays behind (send) or goes along (send-once). */
export function toNetworkForm(w: DipcWorld, message: Message): void {
  const dest = at(w.ports, message.dest);
  const wire: number[] = [];
  for (let i = 0; i < message.rights.length; i += 2) leave(w, wire, message.rights[i]!, message.rights[i + 1]!);
  message.rights = wire;
  if (message.reply !== NONE) {
    const reply = at(w.ports, message.reply);
    const state = enter(w, reply);
    message.reply = state.uid;
    message.replyHome = homeOf(state, reply);
    dropSendOnce(w, reply);
  }
  message.wire = true;
  message.destUid = enter(w, dest).uid;
  const { destType } = message;
  message.dest = NONE;
  if (destType === SEND) message.destType = NONE;
  if (destType === SEND_ONCE) dropSendOnce(w, dest);
  else useDestination(w, dest, destType);
}

/** The reply right of a message that was dequeued on this node; returns the port copy. */
export function arriveSendOnce(w: DipcWorld, node: number, uid: number, from: number): Port {
  const port = copyOrProxy(w, node, uid, from);
  port.sorights++;
  if (!port.proxy) distributedOf(w, port).remoteSendOnce--;
  return port;
}

export function arriveSend(w: DipcWorld, node: number, uid: number, credits: number): Port {
  const port = copyOrProxy(w, node, uid, originOf(uid));
  port.srights++;
  const state = distributedOf(w, port);
  if (credits === UNCOUNTED) state.counted = false;
  else state.transit += credits;
  return port;
}

/** A send-once right leaves this copy: one more exists elsewhere, or one that was here goes on. */
function dropSendOnce(w: DipcWorld, port: Port): void {
  if (!port.proxy && port.active) distributedOf(w, port).remoteSendOnce++;
  useDestination(w, port, SEND_ONCE);
}

function leave(w: DipcWorld, wire: number[], type: number, id: number): void {
  if (type === DEAD_NAME) {
    wire.push(type, NONE, 0);
    return;
  }
  const port = at(w.ports, id);
  if (!port.active && type !== RECEIVE) {
    wire.push(DEAD_NAME, NONE, 0);
    useDestination(w, port, type);
    return;
  }
  const state = enter(w, port);
  if (type === SEND) {
    wire.push(type, state.uid, takeCredits(state, port));
    dropSend(w, port);
  } else if (type === SEND_ONCE) {
    wire.push(type, state.uid, homeOf(state, port));
    dropSendOnce(w, port);
  } else {
    assert(type === RECEIVE, '2.6', () => `a right of type ${type} leaves`);
    state.convert = true;
    wire.push(type, state.uid, port.node);
  }
}

/** Where this node believes the principal to be: what a send-once right carries along, so that it need not be looked for. */
function homeOf(state: Distributed, port: Port): number {
  return port.proxy ? state.destination : port.node;
}

/** What goes along with a send right that leaves this copy. */
export function takeCredits(state: Distributed, port: Port): number {
  if (!state.counted) return UNCOUNTED;
  const credits = port.proxy ? passOn(state.transit, port.srights) : CREDIT_UNIT;
  state.transit -= credits;
  return credits;
}

/** The first proxy that would give away a send right without a credit to go with it, or null [2.7]. */
export function proxyWithoutCredit(w: DipcWorld, message: Message): Port | null {
  const { rights } = message;
  for (let i = 0; i < rights.length; i += 2) {
    if (rights[i] !== SEND) continue;
    const port = at(w.ports, rights[i + 1]!);
    if (!port.proxy || !port.active) continue;
    let copies = 0;
    for (let j = 0; j < rights.length; j += 2) if (rights[j] === SEND && rights[j + 1] === port.id) copies++;
    const { counted, transit } = distributedOf(w, port);
    if (counted && copies < port.srights && transit >> copies < 1) return port;
  }
  return null;
}

/** How many credits go along: all with the last right, else half, so that one at least stays [D3]. */
function passOn(transit: number, srights: number): number {
  return srights <= 1 ? transit : Math.floor(transit / 2);
}
