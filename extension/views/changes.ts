/**
 * What has changed since the last stop: two lists of rows, made by the same function from two moments, laid over each
 * other.
 *
 *   new       there was no row of this identity
 *   gone      there is none any more: the old row stays once, at the end of its siblings, so that it can be seen going
 *   changed   a fact has another value
 *   inside    nothing about the row itself, but something below it
 *
 * Without an earlier moment everything is as it is, and nothing is marked.
 */
import type { Row } from './row.ts';

export type Mark = 'same' | 'inside' | 'changed' | 'new' | 'gone';

export interface Change {
  readonly fact: string;
  readonly was: string;
  readonly now: string;
}

export interface MarkedRow extends Row {
  readonly mark: Mark;
  readonly changes: readonly Change[];
  readonly children: readonly MarkedRow[];
}

export function compareRows(now: readonly Row[], before: readonly Row[] | null): readonly MarkedRow[] {
  if (before === null) return now.map((row) => marked(row, 'same'));
  const old = new Map(before.map((row) => [row.id, row]));
  const present = now.map((row) => {
    const was = old.get(row.id);
    old.delete(row.id);
    return was === undefined ? marked(row, 'new') : comparedRow(row, was);
  });
  return [...present, ...[...old.values()].map((row) => marked(row, 'gone'))];
}

function comparedRow(row: Row, was: Row): MarkedRow {
  const changes = changesOf(row, was);
  const children = compareRows(row.children, was.children);
  const below = children.some(({ mark }) => mark !== 'same');
  return { ...row, children, changes, mark: changes.length > 0 ? 'changed' : below ? 'inside' : 'same' };
}

function changesOf(row: Row, was: Row): readonly Change[] {
  const old = new Map(was.facts.map(({ name, value }) => [name, value]));
  return row.facts.flatMap(({ name, value, quiet }) => {
    const before = old.get(name) ?? '';
    return quiet === true || before === value ? [] : [{ fact: name, was: before, now: value }];
  });
}

/** A row that is new or gone is so with all that it holds. */
function marked(row: Row, mark: 'same' | 'new' | 'gone'): MarkedRow {
  return { ...row, mark, changes: [], children: row.children.map((child) => marked(child, mark)) };
}
