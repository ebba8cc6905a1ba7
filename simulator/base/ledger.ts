/**
 * The ledger: every simulated nanosecond, with what it was spent on and which activity caused it.
 *
 * An activity is a process, a migration, or the system's own housekeeping. It travels with every message, so the work
 * that a server on another node does for a process is booked on that process. Counts (how many kernel calls, messages,
 * rights, bytes) and times (nanoseconds) are kept apart: the product of a count and its price must be its time, and a
 * test checks that. Of a migration it is also known when the work was done, and so which of it took its time (path.ts).
 */
import { endPath, lay, pathFrom, type Path } from './path.ts';
import { copy } from './plain.ts';
import { NONE, take, type Row, type Table } from './table.ts';

/** What a nanosecond can be spent on; also the columns of an account. */
export const KERNEL_CALLS = 0;
export const LOCAL_MESSAGES = 1;
export const REMOTE_MESSAGES = 2;
export const LOCAL_RIGHTS = 3;
export const REMOTE_RIGHTS = 4;
export const LOCAL_BYTES = 5;
export const REMOTE_BYTES = 6;
/** Computation, and the processor work of the servers. */
export const PROCESSOR = 7;
/** For a processor, for a full queue, for a busy server, for somebody else, for the clock. */
export const WAITING = 8;

const columns = [
  'kernel calls',
  'local messages',
  'inter-node messages',
  'local rights',
  'inter-node rights',
  'local bytes',
  'inter-node bytes',
  'processor',
  'waiting',
] as const;

export interface Account extends Row {
  name: string;
  /** Process id, or NONE. */
  pid: number;
  /** How many, by column (bytes for the two byte columns). */
  readonly counts: number[];
  /** Nanoseconds, by column. */
  readonly spent: number[];
  /** Of the processor's nanoseconds, those in which programs have computed. */
  computed: number;
  /** Where its time went, if it is followed: a migration is. */
  path: Path | null;
}

export type Ledger = Table<Account>;

/** The account of everything that no process or migration caused; always the first. */
export const SYSTEM = 0;

export function openAccount(ledger: Ledger, name: string, pid = NONE): Account {
  return take(ledger, (id) => ({
    id,
    live: true,
    name,
    pid,
    counts: columns.map(() => 0),
    spent: columns.map(() => 0),
    computed: 0,
    path: null,
  }));
}

/** A process executes another program: what it has spent before stays on its account. */
export function renameAccount(ledger: Ledger, activity: number, name: string): void {
  ledger.rows[activity]!.name = name;
}

export function book(ledger: Ledger, activity: number, column: number, count: number, nanoseconds: number): void {
  const account = ledger.rows[activity]!;
  account.counts[column]! += count;
  account.spent[column]! += nanoseconds;
}

/** Books work that begins at `start`, which is now or later; returns the time at which it ends. */
export function bookWork(
  { ledger, time }: { readonly ledger: Ledger; readonly time: number },
  activity: number,
  column: number,
  count: number,
  nanoseconds: number,
  start: number,
): number {
  book(ledger, activity, column, count, nanoseconds);
  const { path } = ledger.rows[activity]!;
  if (path !== null) lay(path, time, start, nanoseconds, column, WAITING);
  return start + nanoseconds;
}

/** From now on each nanosecond of the activity has its column; what was followed before is forgotten. */
export function follow(account: Account, now: number): void {
  account.path = pathFrom(now, account.spent);
}

/** The activity is over. */
export function followed({ path }: Account, now: number): void {
  if (path !== null) endPath(path, now, WAITING);
}

/** The path as it is now: what is still to come of what was begun is beside it, as if the activity ended. */
export function pathAt({ path }: Account, now: number): Path | null {
  if (path === null) return null;
  const seen = copy(path);
  endPath(seen, now, WAITING);
  return seen;
}

/** All the nanoseconds of an account. */
export function total(account: Account): number {
  return account.spent.reduce((sum, each) => sum + each, 0);
}
