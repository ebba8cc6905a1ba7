/**
 * Tables: rows of one kind under dense integer ids.
 *
 * The world is made of these. A row is flat plain data; it is born by `take` and dies by `release`, and its slot is
 * used again, so that ids stay small and a long run does not grow. A reference to a row is its id: a number, which can
 * be copied, compared, hashed and saved.
 */
import { assert } from './assert.ts';

export interface Row {
  readonly id: number;
  live: boolean;
}

export interface Table<T extends Row> {
  readonly rows: T[];
  readonly free: number[];
}

/** No row: the id that means "none" in every field that holds an id. */
export const NONE = -1;

export function table<T extends Row>(): Table<T> {
  return { rows: [], free: [] };
}

/** The live row under this id. */
export function at<T extends Row>(of: Table<T>, id: number): T {
  const row = of.rows[id];
  if (row === undefined || !row.live) dangling(id);
  return row;
}

/** Apart from `at`, so that the hot path stays small enough to inline. */
function dangling(id: number): never {
  throw new RangeError(`no live row under id ${id}`);
}

/** A new live row, made by `blank`; the slot of a dead row is used first. */
export function take<T extends Row>(of: Table<T>, blank: (id: number) => T): T {
  const id = of.free.pop() ?? of.rows.length;
  const row = blank(id);
  of.rows[id] = row;
  return row;
}

/** The same for a table whose dead rows are blank already, as `release` with the same `blank` leaves them. */
export function takeBlank<T extends Row>(of: Table<T>, blank: (id: number) => T): T {
  const id = of.free.pop();
  if (id === undefined) return take(of, blank);
  const row = of.rows[id]!;
  row.live = true;
  return row;
}

/** Ends the row; nobody may hold its id any more. What it held is forgotten, so that equal worlds stay equal. */
export function release<T extends Row>(of: Table<T>, row: T, blank: (id: number) => T): void {
  assert(row.live, 'table', () => `row ${row.id} is released twice`);
  // Whoever still holds the old row during this event must see that it is gone.
  row.live = false;
  const dead = blank(row.id);
  dead.live = false;
  of.rows[row.id] = dead;
  of.free.push(row.id);
}

/**
 * An empty list with room for a few items. The first push onto a plain `[]` reserves seventeen places, which for a list
 * that every task has, and that holds one or two items, is most of its memory.
 */
export function shortList<T>(room: 4 | 8 = 4): T[] {
  const list: unknown[] = room === 8 ? [0, 0, 0, 0, 0, 0, 0, 0] : [null, null, null, null];
  while (list.length > 0) list.pop();
  return list as T[];
}

/** The live rows that fit, in the order of ids. */
export function select<T extends Row>(of: Table<T>, fits: (row: T) => boolean): T[] {
  return of.rows.filter((row) => row.live && fits(row));
}
