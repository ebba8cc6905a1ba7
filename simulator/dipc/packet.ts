/**
 * Packets: what crosses the network between two kernels.
 *
 * A packet carries a message, or one of the control requests of distributed IPC; the kinds are the rows of mechanisms
 * 2.14, and a request that is answered has a reply of its own. It costs the sending processor, the wire (network.ts),
 * and the receiving processor; packets from one node to another arrive in the order in which they were sent. What it
 * costs is booked on the activity that caused it, so that an inter-node message is accounted for to the nanosecond.
 *
 *   connect              a message, or the placeholder of one           connect reply    taken
 *                                                                       connect refused  and comes back
 *   send meta kmsg       a placeholder whose port moves [2.8]           wakeup sender    taken at last: the port moved here
 *   pull message         the receiver wants the body [2.5]              pull message reply
 *   unblock port         there is room [2.10]                           unblock port reply
 *   request callback     tell me when you have buffers                  unblock node
 *   unblock node         there are buffers [2.10]                       connect ..., or unblock port reply of no port
 *   port probe           are you the principal? [2.9]                   port probe reply
 *   acquire transits     a proxy is out of credits [2.7]                acquire transits reply
 *   yield transits       a proxy gives its credits back
 *   begin recv migrate   the receive right was received here [2.8]      begin recv migrate reply, migrate state
 *   dn register          tell me when the port dies [2.11]              dn notify
 *   get special port     a registered port of that node [2.12]          get special port reply
 *   alive notify         I have booted again [2.13]
 *
 * A node that is down neither sends nor receives: its packets vanish. A packet is for one incarnation of its receiver: the
 * one that the sender knows of (mach/node.ts); another one never takes it in [2.13].
 */
import { ARRIVE, DEPART, HANDLE } from '../base/event.ts';
import { REMOTE_BYTES, REMOTE_MESSAGES, REMOTE_RIGHTS, SYSTEM, WAITING, book, bookWork } from '../base/ledger.ts';
import { NONE, at, takeBlank, type Row } from '../base/table.ts';
import { incarnationFor } from '../mach/node.ts';
import { occupy } from '../mach/processor.ts';
import { emitAt } from '../mach/world.ts';
import { cross } from './network.ts';
import type { DipcWorld } from './world.ts';

export type PacketKind =
  | 'connect'
  | 'connect reply'
  | 'connect refused'
  | 'wakeup sender'
  | 'send meta kmsg'
  | 'pull message'
  | 'pull message reply'
  | 'unblock port'
  | 'unblock port reply'
  | 'request callback'
  | 'unblock node'
  | 'port probe'
  | 'port probe reply'
  | 'acquire transits'
  | 'acquire transits reply'
  | 'yield transits'
  | 'begin recv migrate'
  | 'begin recv migrate reply'
  | 'migrate state'
  | 'dn register'
  | 'dn notify'
  | 'get special port'
  | 'get special port reply'
  | 'alive notify';

/** What a connect is answered with (send.ts). */
export type ConnectReply =
  | 'DATA_SENT'
  | 'SUCCESS'
  | 'DATA_DROPPED'
  | 'QUEUE_FULL'
  | 'RETRY_SEND'
  | 'RESOURCE_SHORTAGE'
  | 'PORT_MIGRATED'
  | 'PORT_DEAD'
  | 'NO_UID';

export interface Packet extends Row {
  kind: PacketKind;
  from: number;
  to: number;
  /** Of the receiver. */
  incarnation: number;
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
  readonly reply?: ConnectReply;
  readonly place?: 'PRINCIPAL' | 'FORWARD' | 'DEAD';
  readonly node?: number;
  /** Identity of the thread that waits for it. */
  readonly sender?: number;
  /** Number of the message that it is about: its row may be another message's by then. */
  readonly serial?: number;
  /** Places in a queue, or buffers; and whether the node has more to send than that. */
  readonly room?: number;
  readonly more?: boolean;
  /** Which special port, and what it is on the node that was asked. */
  readonly which?: number;
  readonly code?: string;
  readonly incarnation?: number;
  readonly credits?: number;
  readonly seqno?: number;
  readonly qlimit?: number;
  readonly counted?: boolean;
  readonly transit?: number;
  readonly sendOnce?: number;
  /** Node whose kernel has mapped the memory that a pager answers for on the port, or NONE. */
  readonly mappedBy?: number;
}

/** A packet that has a message with it, which is nowhere else: it was sent, or is on its way back. */
export function carriesMessage({ kind }: Packet): boolean {
  return kind === 'connect' || kind === 'connect refused' || kind === 'send meta kmsg';
}

/** What is said of a packet when it is sent; the rest is nothing. */
export type PacketFields = Partial<Packet> & Pick<Packet, 'kind' | 'from' | 'to' | 'uid' | 'base'>;

const bytesPerKilobyte = 1024;
const noBody: PacketBody = {};

function blankPacket(id: number): Packet {
  return {
    id,
    live: true,
    kind: 'connect',
    from: NONE,
    to: NONE,
    incarnation: 0,
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
export function sendPacket(w: DipcWorld, fields: PacketFields): number {
  const packet = takeBlank(w.packets, blankPacket);
  const from = at(w.nodes, fields.from);
  packet.kind = fields.kind;
  packet.from = fields.from;
  packet.to = fields.to;
  packet.incarnation = incarnationFor(from, fields.to);
  packet.uid = fields.uid;
  packet.activity = fields.activity ?? SYSTEM;
  packet.message = fields.message ?? NONE;
  packet.migrating = fields.migrating ?? false;
  packet.body = fields.body ?? noBody;
  packet.base = fields.base;
  packet.rights = fields.rights ?? 0;
  packet.bytes = fields.bytes ?? 0;
  const cost = priceOf(w, packet, 'out');
  const done = occupy(w, from, packet.activity, cost);
  pay(w, packet, 'out', done - cost);
  if (done === w.time && from.departing === 0) {
    depart(w, packet);
    return done;
  }
  from.departing++;
  emitAt(w, done, DEPART, packet.id);
  return done;
}

/** The sending processor is done with the packet: it waits for its turn on the wire. */
export function departEvent(w: DipcWorld, packet: Packet): void {
  at(w.nodes, packet.from).departing--;
  depart(w, packet);
}

function depart(w: DipcWorld, packet: Packet): void {
  const wire = priceOf(w, packet, 'wire');
  const arrival = cross(w, packet.from, packet.to, wire);
  pay(w, packet, 'wire', arrival - wire);
  if (arrival > w.time + wire) book(w.ledger, packet.activity, WAITING, 0, arrival - w.time - wire);
  emitAt(w, arrival, ARRIVE, packet.id);
}

/** The packet has crossed the wire: the receiving processor takes it in. */
export function arrive(w: DipcWorld, packet: Packet): void {
  const to = at(w.nodes, packet.to);
  const cost = priceOf(w, packet, 'in');
  const done = occupy(w, to, packet.activity, cost);
  pay(w, packet, 'in', done - cost);
  emitAt(w, done, HANDLE, packet.id);
}

/** Rows of freed packets are used again as they are: what a packet does not say must be blank. */
export function freePacket(w: DipcWorld, packet: Packet): void {
  packet.live = false;
  packet.kind = 'connect';
  packet.from = NONE;
  packet.to = NONE;
  packet.incarnation = 0;
  packet.activity = 0;
  packet.uid = NONE;
  packet.message = NONE;
  packet.migrating = false;
  packet.body = noBody;
  packet.base = 0;
  packet.rights = 0;
  packet.bytes = 0;
  w.packets.free.push(packet.id);
}

/** The three legs of a packet: the sending processor, the wire, the receiving processor. */
type Leg = 'out' | 'wire' | 'in';

/** What this leg of the packet costs, in nanoseconds. */
function priceOf(w: DipcWorld, packet: Packet, leg: Leg): number {
  const { rights, bytes } = packet;
  let cost = shareOf(w, leg, packet.base);
  if (rights > 0) cost += shareOf(w, leg, rights * w.setup.prices.remote_right);
  if (bytes > 0) cost += shareOf(w, leg, priceOfBytes(w, bytes));
  return cost;
}

/** Books what this leg of the packet costs, from the given time on. Counts are booked once, with the first. */
function pay(w: DipcWorld, packet: Packet, leg: Leg, start: number): void {
  const { activity, rights, bytes } = packet;
  const one = leg === 'out' ? 1 : 0;
  let time = bookWork(w, activity, REMOTE_MESSAGES, one, shareOf(w, leg, packet.base), start);
  if (rights > 0) {
    const share = shareOf(w, leg, rights * w.setup.prices.remote_right);
    time = bookWork(w, activity, REMOTE_RIGHTS, one * rights, share, time);
  }
  if (bytes > 0) bookWork(w, activity, REMOTE_BYTES, one * bytes, shareOf(w, leg, priceOfBytes(w, bytes)), time);
}

function priceOfBytes(w: DipcWorld, bytes: number): number {
  return Math.round((bytes * w.setup.prices.remote_kilobyte) / bytesPerKilobyte);
}

/** The leg's part of a price; the wire takes what the processors leave, so that no nanosecond is lost in rounding. */
function shareOf(w: DipcWorld, leg: Leg, total: number): number {
  const out = Math.round((total * w.setup.shares.out) / 1000);
  if (leg === 'out') return out;
  const within = Math.round((total * w.setup.shares.in) / 1000);
  return leg === 'in' ? within : total - out - within;
}
