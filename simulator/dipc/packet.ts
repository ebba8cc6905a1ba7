/**
 * Packets: what crosses the network between two kernels.
 *
 * A packet carries a message, or one of the control requests of distributed IPC [mechanisms 2.14]. It costs the
 * sending processor, the wire, and the receiving processor; packets from one node to another arrive in the order in
 * which they were sent. What it costs is booked on the activity that caused it, so that an inter-node message is
 * accounted for to the nanosecond.
 *
 * A node that is down neither sends nor receives: its packets vanish.
 */
import { ARRIVE, HANDLE } from '../base/event.ts';
import { REMOTE_BYTES, REMOTE_MESSAGES, REMOTE_RIGHTS, SYSTEM, WAITING, book } from '../base/ledger.ts';
import { NONE, at, release, takeBlank, type Row } from '../base/table.ts';
import { occupy } from '../mach/processor.ts';
import { emitAt } from '../mach/world.ts';
import type { DipcWorld } from './world.ts';

export type PacketKind =
  | 'connect'
  | 'connect reply'
  | 'refused'
  | 'unblock port'
  | 'unblock port reply'
  | 'acquire transits'
  | 'acquire transits reply'
  | 'yield transits'
  | 'begin recv migrate'
  | 'begin recv migrate reply'
  | 'migrate state'
  | 'dn notify';

export interface Packet extends Row {
  kind: PacketKind;
  from: number;
  to: number;
  activity: number;
  /** The port that it is about. */
  uid: number;
  /** The message that it carries or answers, or NONE. */
  message: number;
  /** Forwarded from a migrating port's queue: taken in although ordinary messages wait [2.8 step 5]. */
  migrating: boolean;
  /** Further content, by kind. */
  body: PacketBody;
  /** What it costs: null message or control, rights, bytes. */
  base: number;
  rights: number;
  bytes: number;
}

export interface PacketBody {
  readonly reason?: 'queue full' | 'moved' | 'dn notify';
  readonly node?: number;
  /** Identity of the thread whose send is acknowledged. */
  readonly sender?: number;
  readonly credits?: number;
  readonly seqno?: number;
  readonly qlimit?: number;
  readonly counted?: boolean;
  readonly transit?: number;
  readonly sendOnce?: number;
}

const bytesPerKilobyte = 1024;
const noBody: PacketBody = {};

function blankPacket(id: number): Packet {
  return {
    id,
    live: true,
    kind: 'connect',
    from: NONE,
    to: NONE,
    activity: 0,
    uid: NONE,
    message: NONE,
    migrating: false,
    body: noBody,
    base: 0,
    rights: 0,
    bytes: 0,
  };
}

/** One-way delivery of a null message: half an RPC. */
export function oneWay(w: DipcWorld): number {
  return w.setup.prices.remote_rpc / 2;
}

/** What a send-only message costs beyond its delivery: the acknowledgement [7.2]. */
export function acknowledgement(w: DipcWorld): number {
  return w.setup.prices.remote_send - w.setup.prices.remote_rpc / 2;
}

/** Sends a packet and returns the time at which the sending processor is done with it. */
export function sendPacket(
  w: DipcWorld,
  fields: Partial<Packet> & Pick<Packet, 'kind' | 'from' | 'to' | 'uid' | 'base'>,
): number {
  const packet = takeBlank(w.packets, blankPacket);
  packet.kind = fields.kind;
  packet.from = fields.from;
  packet.to = fields.to;
  packet.uid = fields.uid;
  packet.activity = fields.activity ?? SYSTEM;
  packet.message = fields.message ?? NONE;
  packet.migrating = fields.migrating ?? false;
  packet.body = fields.body ?? noBody;
  packet.base = fields.base;
  packet.rights = fields.rights ?? 0;
  packet.bytes = fields.bytes ?? 0;
  const from = at(w.nodes, packet.from);
  const to = at(w.nodes, packet.to);
  const out = pay(w, packet, 'out');
  const done = occupy(w, from, packet.activity, out);
  const wire = pay(w, packet, 'wire');
  const arrival = Math.max(done + wire, from.lastArrival[to.id] ?? 0);
  book(w.ledger, packet.activity, WAITING, 0, arrival - done - wire);
  from.lastArrival[to.id] = arrival;
  emitAt(w, arrival, ARRIVE, packet.id);
  return done;
}

/** The packet has crossed the wire: the receiving processor takes it in. */
export function arrive(w: DipcWorld, packet: Packet): void {
  const to = at(w.nodes, packet.to);
  const cost = pay(w, packet, 'in');
  emitAt(w, occupy(w, to, packet.activity, cost), HANDLE, packet.id);
}

export function freePacket(w: DipcWorld, packet: Packet): void {
  release(w.packets, packet, blankPacket);
}

/** The three legs of a packet: the sending processor, the wire, the receiving processor. */
type Leg = 'out' | 'wire' | 'in';

/** Books what this leg of the packet costs, and returns it in nanoseconds. Counts are booked once, with the first. */
function pay(w: DipcWorld, packet: Packet, leg: Leg): number {
  const { prices } = w.setup;
  const { activity, rights, bytes } = packet;
  const one = leg === 'out' ? 1 : 0;
  const base = shareOf(w, leg, packet.base);
  book(w.ledger, activity, REMOTE_MESSAGES, one, base);
  let cost = base;
  if (rights > 0) {
    const share = shareOf(w, leg, rights * prices.remote_right);
    book(w.ledger, activity, REMOTE_RIGHTS, one * rights, share);
    cost += share;
  }
  if (bytes > 0) {
    const share = shareOf(w, leg, Math.round((bytes * prices.remote_kilobyte) / bytesPerKilobyte));
    book(w.ledger, activity, REMOTE_BYTES, one * bytes, share);
    cost += share;
  }
  return cost;
}

/** The leg's part of a price; the wire takes what the processors leave, so that no nanosecond is lost in rounding. */
function shareOf(w: DipcWorld, leg: Leg, total: number): number {
  const out = Math.round((total * w.setup.shares.out) / 1000);
  if (leg === 'out') return out;
  const within = Math.round((total * w.setup.shares.in) / 1000);
  return leg === 'in' ? within : total - out - within;
}
