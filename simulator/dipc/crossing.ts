/**
 * Rights crossing a node boundary [mechanisms 2.6].
 *
 * A message leaves in network form: each right becomes three numbers: type, UID, and credits (send) or the node where the
 * principal is (send-once, receive). It stays in that form in the receiver's queue and is made local when a thread dequeues it; a
 * receive right moves only then (2.8).
 */
import { assert } from '../base/assert.ts';
import { NONE, at } from '../base/table.ts';
import { foldReply, type Message } from '../mach/ipc/message.ts';
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
  foldReply(message);
  if (message.rights.length > 0) message.rights = leaveAll(w, message.rights);
  const { inline_limit: limit } = w.setup.interconnect;
  if (message.pages > 0 || message.memory.length > 0 || message.bytes > limit) message.bodyNode = message.node;
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

function leaveAll(w: DipcWorld, rights: readonly number[]): number[] {
  const wire: number[] = [];
  for (let i = 0; i < rights.length; i += 2) leave(w, wire, rights, i);
  return wire;
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

function leave(w: DipcWorld, wire: number[], rights: readonly number[], place: number): void {
  const type = rights[place]!;
  if (type === DEAD_NAME) {
    wire.push(type, NONE, 0);
    return;
  }
  const port = at(w.ports, rights[place + 1]!);
  if (!port.active && type !== RECEIVE) {
    wire.push(DEAD_NAME, NONE, 0);
    useDestination(w, port, type);
    return;
  }
  const state = enter(w, port);
  if (type === SEND) {
    wire.push(type, state.uid, takeCredits(state, port, copiesFrom(rights, place, port.id)));
    dropSend(w, port);
  } else if (type === SEND_ONCE) {
    wire.push(type, state.uid, homeOf(state, port));
    dropSendOnce(w, port);
  } else {
    assert(type === RECEIVE, '2.6', () => `a right of type ${type} leaves`);
    state.convert = true;
    // If it was queued here, the port of that queue moves, and this one is no longer on the way to it [I9].
    port.destination = NONE;
    wire.push(type, state.uid, port.node);
  }
}

/** Where this node believes the principal to be: what a send-once right carries along, so that it need not be looked for. */
function homeOf(state: Distributed, port: Port): number {
  return port.proxy ? state.destination : port.node;
}

/** What goes along with a send right that leaves this copy, the first of so many that leave together. */
export function takeCredits(state: Distributed, port: Port, copies = 1): number {
  if (!state.counted) return UNCOUNTED;
  const credits = port.proxy ? passOn(state.transit, port.srights, copies) : CREDIT_UNIT;
  state.transit -= credits;
  return credits;
}

/**
 * How many credits go along: everything with the last right; else a fair share, so that one at least stays for the rights
 * that stay, and for each that will follow [D3].
 */
function passOn(transit: number, srights: number, copies: number): number {
  return srights <= 1 ? transit : Math.floor(transit / (copies + (srights > copies ? 1 : 0)));
}

/** Whether one more right can leave this copy while others stay. */
export function passesCredit(state: Distributed, port: Port): boolean {
  return !port.proxy || !state.counted || state.transit > 1;
}

/** The first proxy that would give away a send right of these messages without a credit to go with it, or null [2.7]. */
export function proxyWithoutCredit(w: DipcWorld, messages: readonly Message[]): Port | null {
  const left = new Map<number, { srights: number; transit: number }>();
  for (const { wire, rights } of messages) {
    if (wire) continue;
    for (let i = 0; i < rights.length; i += 2) {
      if (rights[i] !== SEND) continue;
      const port = at(w.ports, rights[i + 1]!);
      if (!port.proxy || !port.active || !distributedOf(w, port).counted) continue;
      let has = left.get(port.id);
      if (has === undefined)
        left.set(port.id, (has = { srights: port.srights, transit: distributedOf(w, port).transit }));
      const credits = passOn(has.transit, has.srights, copiesFrom(rights, i, port.id));
      has.transit -= credits;
      has.srights--;
      if (credits < 1 || (has.srights > 0 && has.transit < 1)) return port;
    }
  }
  return null;
}

/** How many send rights to the port there are in the message from this place on. */
function copiesFrom(rights: readonly number[], place: number, port: number): number {
  let copies = 0;
  for (let i = place; i < rights.length; i += 2) if (rights[i] === SEND && rights[i + 1] === port) copies++;
  return copies;
}
