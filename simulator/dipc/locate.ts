/**
 * Finding a port that has moved [mechanisms 2.9].
 *
 * Every node that the receive right has left keeps a forwarding proxy until the port dies. Who sends to one hears that
 * the port has migrated, and asks from node to node along the chain until one is the principal; from then on it sends
 * there directly, so that a stale sender pays for the chain once. What is sent meanwhile waits.
 *
 *   sender                        forwarder            next in the chain          principal
 *   connect  ------------------->
 *   <--------- PORT_MIGRATED, try the next one
 *   port probe  --------------------------------------->
 *   <------------------------------------------ FORWARD
 *   port probe  ----------------------------------------------------------------->
 *   <------------------------------------------------------------------ PRINCIPAL
 *   connect  --------------------------------------------------------------------->
 */
import { NONE, at } from '../base/table.ts';
import type { Port } from '../mach/ipc/port.ts';
import { SEND } from '../mach/ipc/space.ts';
import { kernelService } from '../mach/kernel-call.ts';
import { killCopy } from './dead-names.ts';
import { copyOn, distributedOf, leadsNowhere } from './distributed.ts';
import { oneWay, sendPacket, type Packet } from './packet.ts';
import { releaseHeld } from './send.ts';
import type { DipcWorld } from './world.ts';

/** A message found only a forwarding proxy at `from`; the next one in the chain is said to be at `next`. */
export function chase(w: DipcWorld, port: Port, from: number, next: number): void {
  const state = distributedOf(w, port);
  // Somebody has found it meanwhile, or is on the way, or the copy here knows better than the one it forwarded for.
  if (state.probing !== NONE || state.destination !== from || next === port.node) return;
  state.probing = next;
  probe(w, port, next);
}

/** Somebody asks whether the principal is here. */
export function probed(w: DipcWorld, packet: Packet): void {
  const { to: from, from: to, uid } = packet;
  const port = copyOn(w, from, uid);
  let place: 'DEAD' | 'FORWARD' | 'PRINCIPAL' = 'DEAD';
  let node = NONE;
  if (port !== null && port.active && !leadsNowhere(port, distributedOf(w, port))) {
    place = port.proxy ? 'FORWARD' : 'PRINCIPAL';
    if (port.proxy) node = distributedOf(w, port).destination;
  }
  sendPacket(w, { kind: 'port probe reply', from, to, uid, body: { place, node }, base: oneWay(w) });
}

/** The chase goes on, or is over. */
export function probeAnswered(w: DipcWorld, packet: Packet): void {
  const port = copyOn(w, packet.to, packet.uid);
  if (port === null) return;
  const state = distributedOf(w, port);
  if (state.probing !== packet.from) return;
  state.probing = NONE;
  const { place, node } = packet.body;
  if (place === 'DEAD') return killCopy(w, port);
  if (place === 'FORWARD' && node !== port.node) {
    state.probing = node!;
    return probe(w, port, node!);
  }
  if (place === 'PRINCIPAL') state.destination = packet.from;
  releaseHeld(w, state);
}

function probe(w: DipcWorld, port: Port, to: number): void {
  sendPacket(w, { kind: 'port probe', from: port.node, to, uid: distributedOf(w, port).uid, base: oneWay(w) });
}

/** What `norma_port_location_hint` answers. */
export interface LocationHint {
  readonly node: number;
}

/** The right that comes along is given up when the call returns. */
export const locationHint = kernelService<DipcWorld>(
  'norma_port_location_hint',
  'say where a port is believed to be',
  (w, t) => {
    const [type, id] = t.hand;
    if (type !== SEND) return { code: 'KERN_INVALID_ARGUMENT' };
    const port = at(w.ports, id!);
    if (!port.active) return { code: 'KERN_INVALID_CAPABILITY' };
    return { body: { node: port.proxy ? distributedOf(w, port).destination : port.node } satisfies LocationHint };
  },
);
