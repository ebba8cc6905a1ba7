/**
 * The census: who holds what, counted once, for all checkers of one event.
 *
 * A right is held by an entry of a space, by a message, in a thread's hand, or by the kernel itself (special ports, and
 * the send-once rights of notification requests). In a message in network form a right belongs to no copy of its port
 * but to the UID; the tally of each UID adds up everything that is distributed over nodes and packets.
 */
import { LAST_SEND, RUN, eventKinds } from '../base/event.ts';
import { NONE } from '../base/table.ts';
import { WIRE_STRIDE } from '../dipc/crossing.ts';
import { carriesMessage } from '../dipc/packet.ts';
import { noRights, type Message } from '../mach/ipc/message.ts';
import { KERNEL, type Port } from '../mach/ipc/port.ts';
import { NUMBERS_PER_DEAD_NAME } from '../mach/ipc/requests.ts';
import { DEAD_NAME, FREE, RECEIVE, SEND, SEND_ONCE, entriesOf, portAt, typeAt } from '../mach/ipc/space.ts';
import { RECEIVING, type Thread } from '../mach/thread.ts';
import type { CheckedWorld } from './checker.ts';
import { begin, noTallies, tallyFor, tallyOf, type Tallies } from './tally.ts';

export interface Census {
  /** By port copy: rights held in local form. */
  readonly sends: Int32Array;
  readonly sendOnces: Int32Array;
  readonly receives: Int32Array;
  /** By port copy: messages queued for it, wherever they are queued. */
  readonly queued: Int32Array;
  /** By port copy: a LAST_SEND event is pending. */
  readonly lastSend: Int32Array;
  /** By message: in how many places it is. */
  readonly places: Int32Array;
  /** By thread: pending RUN events that count. */
  readonly runs: Int32Array;
  /** By packet: pending DEPART, ARRIVE or HANDLE events, and places where it waits for credits, or for the network to heal. */
  readonly crossings: Int32Array;
  /** Of every port that has a UID. */
  readonly uids: Tallies;
  /** No node has ever failed: what is distributed adds up. */
  readonly noneFailed: boolean;
}

/** Counts that the next census uses again: nobody keeps a census beyond its event. */
const integers: Int32Array[] = [];
const tallies = noTallies();

/** The count of one thing by row, all zero. */
function zeros(which: number, length: number): Int32Array {
  let counts = integers[which];
  if (counts === undefined || counts.length < length) integers[which] = counts = new Int32Array(length * 2);
  else counts.fill(0, 0, length);
  return counts;
}

export function takeCensus(w: CheckedWorld): Census {
  const ports = w.ports.rows.length;
  begin(tallies);
  const census: Census = {
    sends: zeros(0, ports),
    sendOnces: zeros(1, ports),
    receives: zeros(2, ports),
    queued: zeros(3, ports),
    lastSend: zeros(4, ports),
    places: zeros(5, w.messages.rows.length),
    runs: zeros(6, w.threads.rows.length),
    crossings: zeros(7, w.packets.rows.length),
    uids: tallies,
    noneFailed: w.nodes.rows.every(({ failedAt }) => failedAt === NONE),
  };
  countEntries(w, census);
  countPorts(w, census);
  countRequests(w, census);
  countCopies(w, census);
  countMessages(w, census);
  countThreads(w, census);
  countPackets(w, census);
  countEvents(w, census);
  return census;
}

function countEntries(w: CheckedWorld, census: Census): void {
  for (const task of w.tasks.rows) {
    if (!task.live) continue;
    const { space } = task;
    for (let index = 0; index < entriesOf(space); index++) {
      const type = typeAt(space, index);
      if (type !== FREE) count(census, type, portAt(space, index));
    }
  }
}

function countPorts(w: CheckedWorld, census: Census): void {
  for (const port of w.ports.rows) {
    if (!port.live) continue;
    census.sends[port.id]! += port.kernelSends;
    if (port.receiver === KERNEL) census.receives[port.id]!++;
    let last = w.messages.rows[port.lastMessage];
    for (let left = w.messages.rows.length; last !== undefined && left > 0; left--) {
      const message: Message | undefined = w.messages.rows[last.next];
      if (message === undefined) break;
      census.places[message.id]!++;
      if (message.dest >= 0) census.queued[message.dest]!++;
      last = message.id === port.lastMessage ? undefined : message;
    }
  }
}

function countRequests(w: CheckedWorld, census: Census): void {
  for (const { live, noSenders, portDestroyed, deadNames } of w.requests.rows) {
    if (!live) continue;
    if (noSenders !== NONE) census.sendOnces[noSenders]!++;
    if (portDestroyed !== NONE) census.sendOnces[portDestroyed]!++;
    for (let i = 0; i < deadNames.length; i += NUMBERS_PER_DEAD_NAME) census.sendOnces[deadNames[i + 2]!]!++;
  }
}

function countCopies(w: CheckedWorld, census: Census): void {
  for (const id of w.held) census.crossings[id]!++;
  for (const state of w.distributed.rows) {
    if (!state.live) continue;
    const port = w.ports.rows[state.port];
    for (const id of state.held) census.places[id]!++;
    for (const id of state.postponed) census.crossings[id]!++;
    if (port === undefined || !port.active) continue;
    const tally = tallyOf(census.uids, state.uid);
    tally.credits += state.transit;
    if (state.forward) tally.forwarders++;
    if (port.proxy) {
      tally.sendOnceAway += port.sorights;
      continue;
    }
    if (state.arriving) tally.arriving++;
    else tally.principals++;
    if (!state.arriving || tally.principal === NONE) tally.principal = port.id;
    tally.sendOnceExpected += state.remoteSendOnce;
  }
}

function countMessages(w: CheckedWorld, census: Census): void {
  for (const message of w.messages.rows) {
    if (!message.live) continue;
    if (message.dest !== NONE) count(census, message.destType, message.dest);
    if (message.wire) {
      countWire(census, message);
      continue;
    }
    if (message.reply !== NONE) count(census, message.replyType, message.reply);
    const { rights } = message;
    for (let i = 0; i < rights.length; i += 2) count(census, rights[i]!, rights[i + 1]!);
  }
}

function countWire(census: Census, message: Message): void {
  const { rights } = message;
  if (message.reply !== NONE) tallyOf(census.uids, message.reply).sendOnceAway++;
  if (message.dest === NONE && message.destType === SEND_ONCE) tallyOf(census.uids, message.destUid).sendOnceAway++;
  for (let i = 0; i < rights.length; i += WIRE_STRIDE) {
    if (rights[i] === DEAD_NAME) continue;
    const tally = tallyOf(census.uids, rights[i + 1]!);
    if (rights[i] === SEND) tally.credits += Math.max(0, rights[i + 2]!);
    else if (rights[i] === SEND_ONCE) tally.sendOnceAway++;
    else if (rights[i] === RECEIVE) tally.receivesAway++;
  }
}

function countThreads(w: CheckedWorld, census: Census): void {
  for (const t of w.threads.rows) {
    if (!t.live) continue;
    for (let i = 0; i < t.hand.length; i += 2) count(census, t.hand[i]!, t.hand[i + 1]!);
    const answer = answerInHand(t.result);
    for (let i = 0; i < answer.length; i += 2) count(census, answer[i]!, answer[i + 1]!);
    if (t.outgoing !== NONE && t.state === RECEIVING) census.places[t.outgoing]!++;
  }
  for (const port of w.ports.rows) {
    let last = w.threads.rows[port.lastSender];
    for (let left = w.threads.rows.length; last !== undefined && left > 0; left--) {
      const t: Thread | undefined = w.threads.rows[last.nextWaiting];
      if (t === undefined) break;
      if (t.outgoing !== NONE) census.places[t.outgoing]!++;
      last = t.id === port.lastSender ? undefined : t;
    }
  }
}

/** The rights that a kernel service has answered with, until the thread's next step hands them on. */
export function answerInHand(result: unknown): readonly number[] {
  if (typeof result !== 'object' || result === null || !('rights' in result)) return noRights;
  const { rights } = result;
  return Array.isArray(rights) && typeof rights[0] === 'number' ? (rights as number[]) : noRights;
}

function countPackets(w: CheckedWorld, census: Census): void {
  for (const packet of w.packets.rows) {
    if (!packet.live) continue;
    if (carriesMessage(packet)) census.places[packet.message]!++;
    const { credits, transit, sendOnce } = packet.body;
    if (credits !== undefined) tallyOf(census.uids, packet.uid).credits += credits;
    if (transit !== undefined) tallyOf(census.uids, packet.uid).credits += transit;
    if (sendOnce !== undefined) tallyOf(census.uids, packet.uid).sendOnceExpected += sendOnce;
  }
}

function countEvents(w: CheckedWorld, census: Census): void {
  const { queue } = w;
  for (let i = 0; i < queue.count; i++) countEvent(w, census, queue.ring[(queue.head + i) & (queue.ring.length - 1)]!);
  for (let i = 0; i < queue.size; i++) countEvent(w, census, queue.heapSlot[i]!);
}

function countEvent(w: CheckedWorld, census: Census, slot: number): void {
  const a = w.queue.a[slot]!;
  const b = w.queue.b[slot]!;
  const kind = w.queue.kind[slot]!;
  const { about } = eventKinds[kind]!;
  if (kind === RUN && w.threads.rows[a]!.identity === b) census.runs[a]!++;
  if (kind === LAST_SEND) census.lastSend[a] = 1;
  if (about === 'message') census.places[a]!++;
  if (about === 'crossing' || about === 'arrival') census.crossings[a]!++;
}

function count(census: Census, type: number, port: number): void {
  if (port < 0 || type < 0) return;
  if ((type & SEND) !== 0) census.sends[port]!++;
  if ((type & RECEIVE) !== 0) census.receives[port]!++;
  if (type === SEND_ONCE) census.sendOnces[port]!++;
}

/** The task that receives what is sent to this copy of a port, wherever it is; NONE if nobody does. */
export function receiverOf(w: CheckedWorld, { uids }: Census, { dipc, receiver }: Port): number {
  if (dipc === NONE) return receiver;
  const home = tallyFor(uids, w.distributed.rows[dipc]!.uid)?.principal ?? NONE;
  return home === NONE ? NONE : w.ports.rows[home]!.receiver;
}
