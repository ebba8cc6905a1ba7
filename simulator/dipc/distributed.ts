/**
 * The distributed state of a port copy (the "DIPC extension").
 *
 * A port that rights have left its node for has a UID (origin node, number on that node), for as long as it lives. One
 * copy is the *principal*: it holds the receive right. Every other node that has rights to it has a *proxy*. A copy
 * that the receive right has moved away from is a *forwarding proxy* until the port dies [mechanisms 2.1, 2.2, 2.9].
 *
 *   the only legal flags          proxy  forward  blocked  convert  arriving     [mechanisms 2.3, D7]
 *   principal                       0       0        0        0        0
 *   principal, right in a message   0       0        0        1        0
 *   migrating out                   1       1        1        1        0
 *   forwarding proxy                1       1        0        1        0
 *   proxy                           1       0        0        1        0
 *   arriving                        0       0        1        0        1
 *   arrived: the principal          0       0        0        0        0
 *
 * Mach's names are ms_block for `blocked`, ms_convert for `convert`, migrate_wait for `arriving`. (`proxy` and `blocked`
 * stand in the port row, where every send looks at them.)
 *
 * Credits. `transit` counts what keeps no-senders honest across nodes: a proxy holds at least one credit while it has
 * send rights, the principal's transit is minus what it has handed out, and the sum over all copies and everything on
 * the way is zero [2.7, D2, D3]. The principal sends a unit of 100 with each right; a proxy that passes a right on
 * sends half of its credits along, so it practically never has to buy new ones [docs/decisions].
 */
import { assert } from '../base/assert.ts';
import { NONE, at, release, takeBlank, type Row } from '../base/table.ts';
import { KERNEL, portCreate, type Port } from '../mach/ipc/port.ts';
import { FIRST_ORDINARY_UID } from '../mach/node.ts';
import type { DipcWorld } from './world.ts';

export const CREDIT_UNIT = 100;

/** Travels with a send right instead of credits when the port has opted out of no-senders detection. */
export const UNCOUNTED = -1;

/**
 * UIDs are one number: the origin node times this, plus the number on that node; the first ones are well known [2.12].
 * With less than 128 nodes they are small integers, which a Map finds without boxing them.
 */
const NUMBERS_PER_NODE = 0x100_0000;

export interface Distributed extends Row {
  port: number;
  uid: number;
  /** Proxy: node where the principal is believed to be. */
  destination: number;
  forward: boolean;
  convert: boolean;
  arriving: boolean;
  transit: number;
  /** False: no-senders detection is off for this port, and it has no credits [2.7, ports that opt out]. */
  counted: boolean;
  /** Principal: send-once rights that exist on other nodes or are on the way [D4]. */
  remoteSendOnce: number;
  /** Principal: nodes that were refused because the queue was full, in order: the callback map [2.10]. */
  callbacks: readonly number[];
  /** Principal: places in the queue that were promised to nodes which have not said yet what they made of them. */
  promised: number;
  /** Proxy: nodes that have refused because their queue was full, and will say when there is room (qf_count). */
  fullAt: readonly number[];
  /** Proxy: node that had no buffer for a message, and will say when it has (rs_block); or NONE. */
  shortage: number;
  /** Proxy: node that was asked whether it is the principal, or NONE [2.9]. */
  probing: number;
  /** Proxy: it has asked for credits. */
  acquiring: boolean;
  /** Messages that wait here: for room or for an answer (proxy), or for the receive right to settle (blocked). */
  held: readonly number[];
  /** Packets whose work waits here for credits. */
  postponed: readonly number[];
  /** Nodes that must learn of the port's death: those that asked, and the one that the receive right came from [2.11]. */
  registered: readonly number[];
  /** Proxy: it has asked to learn of the port's death. */
  watching: boolean;
  /** The receive right has come here from another node, with its queue: that may be longer than the limit [2.8 step 5]. */
  moved: boolean;
  /** Arriving: identity of the thread that receives the right. */
  receiver: number;
  /** Arriving: nodes that were noticed to have failed; the numbers on their way may count what was lost there. */
  missed: readonly number[];
}

/** Shared by all rows that have nothing: a list is replaced, never changed. */
export const nothing: readonly number[] = [];

export function blankDistributed(id: number): Distributed {
  return {
    id,
    live: true,
    port: NONE,
    uid: NONE,
    destination: NONE,
    forward: false,
    convert: false,
    arriving: false,
    transit: 0,
    counted: true,
    remoteSendOnce: 0,
    callbacks: nothing,
    promised: 0,
    fullAt: nothing,
    shortage: NONE,
    probing: NONE,
    acquiring: false,
    held: nothing,
    postponed: nothing,
    registered: nothing,
    watching: false,
    moved: false,
    receiver: NONE,
    missed: nothing,
  };
}

export function uidOf(node: number, number: number): number {
  return node * NUMBERS_PER_NODE + number;
}

/** `node.number`, as people read it. */
export function uidText(nodeName: (node: number) => string, uid: number): string {
  return `${nodeName(Math.floor(uid / NUMBERS_PER_NODE))}.${uid % NUMBERS_PER_NODE}`;
}

export function originOf(uid: number): number {
  return Math.floor(uid / NUMBERS_PER_NODE);
}

/** The number that the port's origin gave it. */
export function numberOf(uid: number): number {
  return uid - originOf(uid) * NUMBERS_PER_NODE;
}

/** The port is one of the special ports of its node: each incarnation has them, under the same UIDs [2.12]. */
export function isWellKnown(uid: number): boolean {
  return numberOf(uid) < FIRST_ORDINARY_UID;
}

/** The distributed state of a copy that has one. */
export function distributedOf(w: DipcWorld, port: Port): Distributed {
  assert(port.dipc !== NONE, '2.1', () => `${port.label} has no UID`);
  return at(w.distributed, port.dipc);
}

/** Gives the port a UID, if it has none yet: a right to it is about to leave the node for the first time [2.1]. */
export function enter(w: DipcWorld, port: Port): Distributed {
  if (port.dipc !== NONE) return at(w.distributed, port.dipc);
  const node = at(w.nodes, port.node);
  assert(node.nextUid < NUMBERS_PER_NODE, '2.1', () => `${node.name} has no UID left`);
  const state = attach(w, port, uidOf(node.id, node.nextUid++));
  // Kernel objects live as long as their tasks; only memory that another node imports must know its last user.
  state.counted = port.receiver !== KERNEL || port.objectKind === 'memory';
  return state;
}

/** This node's copy of the port, or null if it has none. */
export function copyOn(w: DipcWorld, node: number, uid: number): Port | null {
  const id = at(w.nodes, node).portByUid.get(uid);
  return id === undefined ? null : at(w.ports, id);
}

/** This node's copy; a new proxy if it has none. `guess` is where the principal is believed to be [2.6]. */
export function copyOrProxy(w: DipcWorld, node: number, uid: number, guess: number): Port {
  const existing = copyOn(w, node, uid);
  if (existing !== null) return existing;
  const proxy = portCreate(w, node, copyOn(w, originOf(uid), uid)?.label ?? 'port');
  proxy.proxy = true;
  const state = attach(w, proxy, uid);
  state.convert = true;
  state.destination = guess;
  return proxy;
}

/** A proxy on the port's origin that was never forwarded from there: the origin has forgotten the port, so it is dead. */
export function leadsNowhere(port: Port, state: Distributed): boolean {
  return port.proxy && state.destination === port.node;
}

/** Forgets the distributed state of a copy that nobody on this node needs any more. */
export function detach(w: DipcWorld, port: Port): void {
  const state = distributedOf(w, port);
  assert(state.held.length === 0, 'D10', () => `${port.label} still holds messages`);
  at(w.nodes, port.node).portByUid.delete(state.uid);
  port.dipc = NONE;
  release(w.distributed, state, blankDistributed);
}

export function attach(w: DipcWorld, port: Port, uid: number): Distributed {
  const state = takeBlank(w.distributed, blankDistributed);
  state.port = port.id;
  state.uid = uid;
  port.dipc = state.id;
  at(w.nodes, port.node).portByUid.set(uid, port.id);
  return state;
}
