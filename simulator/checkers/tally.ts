/**
 * The tallies of a census: what exists of every port that has a UID, over all nodes and packets.
 *
 * A census is taken after every event, so its tallies are rows that the next one uses again, found by node and number
 * instead of by hashing the UID. They say nothing about another event: `begin` blanks them.
 */
import { NONE } from '../base/table.ts';
import { numberOf, originOf } from '../dipc/distributed.ts';

export interface UidTally {
  uid: number;
  /** Live copies that hold, or are said to hold, the receive right; of these, `arriving` ones are counted apart. */
  principals: number;
  arriving: number;
  forwarders: number;
  /** Row of the copy that is (or will be) the principal, or NONE. */
  principal: number;
  /** Receive rights in messages in network form. */
  receivesAway: number;
  /** Sum of the credits in copies, messages and packets: 0 [D2]. */
  credits: number;
  /** Send-once rights that the principal should know to be away, and those that are [D4]. */
  sendOnceExpected: number;
  sendOnceAway: number;
}

export interface Tallies {
  /** The first `count` are those of this census. */
  readonly rows: UidTally[];
  count: number;
  /** By origin node and number: place in `rows`, or NONE. */
  readonly places: number[][];
}

export function noTallies(): Tallies {
  return { rows: [], count: 0, places: [] };
}

/** Forgets the census before. */
export function begin(tallies: Tallies): void {
  const { rows, places } = tallies;
  for (let i = 0; i < tallies.count; i++) {
    const { uid } = rows[i]!;
    places[originOf(uid)]![numberOf(uid)] = NONE;
  }
  tallies.count = 0;
}

/** What exists of the port, or null if it is nowhere. */
export function tallyFor(tallies: Tallies, uid: number): UidTally | null {
  const place = tallies.places[originOf(uid)]?.[numberOf(uid)] ?? NONE;
  return place === NONE ? null : tallies.rows[place]!;
}

/** The same, for one who counts. */
export function tallyOf(tallies: Tallies, uid: number): UidTally {
  const { rows, places } = tallies;
  const node = originOf(uid);
  const number = numberOf(uid);
  const numbers = (places[node] ??= []);
  const place = numbers[number] ?? NONE;
  if (place !== NONE) return rows[place]!;
  while (numbers.length <= number) numbers.push(NONE);
  numbers[number] = tallies.count;
  const row = (rows[tallies.count++] ??= blank());
  row.uid = uid;
  row.principals = 0;
  row.arriving = 0;
  row.forwarders = 0;
  row.principal = NONE;
  row.receivesAway = 0;
  row.credits = 0;
  row.sendOnceExpected = 0;
  row.sendOnceAway = 0;
  return row;
}

function blank(): UidTally {
  return {
    uid: NONE,
    principals: 0,
    arriving: 0,
    forwarders: 0,
    principal: NONE,
    receivesAway: 0,
    credits: 0,
    sendOnceExpected: 0,
    sendOnceAway: 0,
  };
}
