/**
 * Columns: how every table of an inspector is declared. A column says in one place what it is called, what it means, and what
 * stands in it of the thing that a row is about.
 *
 * Rows are made in the same way for two moments and compared by the keys of their things, cell by cell.
 */

/** What a page needs to know of a column: plain data, which can be sent to it. */
export interface Column {
  readonly key: string;
  readonly title: string;
  readonly explanation: string;
  readonly isNumber: boolean;
}

export interface Cell {
  readonly text: string;
  readonly sort: string | number;
  /** What it was at the last stop, where that is something else. */
  readonly was: string | null;
}

/** What stands in a cell; `sort` where its text is no key to sort by. */
export type Content = string | number | { readonly text: string; readonly sort: string | number };

export interface ColumnOf<Thing> extends Column {
  readonly cell: (thing: Thing) => Content;
}

/** A column of words. */
export const column = <Thing>(
  key: string,
  title: string,
  explanation: string,
  cell: (thing: Thing) => Content,
): ColumnOf<Thing> => ({ key, title, explanation, isNumber: false, cell });

/** A column of numbers, or of what is written like them: it stands to the right. */
export const amount = <Thing>(
  key: string,
  title: string,
  explanation: string,
  cell: (thing: Thing) => Content,
): ColumnOf<Thing> => ({ ...column(key, title, explanation, cell), isNumber: true });

/** The same column in a table whose rows are about more. */
export const columnsFor = <Wide, Narrow>(
  columns: readonly ColumnOf<Narrow>[],
  partOf: (wide: Wide) => Narrow,
): readonly ColumnOf<Wide>[] => columns.map((each) => ({ ...each, cell: (wide) => each.cell(partOf(wide)) }));

export const plainColumns = (columns: readonly Column[]): readonly Column[] =>
  columns.map(({ key, title, explanation, isNumber }) => ({ key, title, explanation, isNumber }));

export type RowMark = 'same' | 'changed' | 'new' | 'gone';

export interface MarkedThing<Thing> {
  readonly thing: Thing;
  readonly mark: RowMark;
  readonly cells: readonly Cell[];
}

/** The things now, against those before; null before means that there is nothing to compare with. */
export function compareThings<Thing>(
  columns: readonly ColumnOf<Thing>[],
  keyOf: (thing: Thing) => string | number,
  now: readonly Thing[],
  before: readonly Thing[] | null,
): readonly MarkedThing<Thing>[] {
  const plain = (thing: Thing, mark: RowMark): MarkedThing<Thing> => ({ thing, mark, cells: cellsOf(columns, thing) });
  const old = new Map(before?.map((thing) => [keyOf(thing), thing]));
  const rows = now.map((thing) => {
    const key = keyOf(thing);
    const was = old.get(key);
    old.delete(key);
    if (was === undefined) return plain(thing, before === null ? 'same' : 'new');
    const cells = comparedCells(cellsOf(columns, thing), cellsOf(columns, was));
    return { thing, mark: cells.some((cell) => cell.was !== null) ? 'changed' : 'same', cells } as const;
  });
  return [...rows, ...[...old.values()].map((thing) => plain(thing, 'gone'))];
}

const cellsOf = <Thing>(columns: readonly ColumnOf<Thing>[], thing: Thing): readonly Cell[] =>
  columns.map(({ cell }) => {
    const content = cell(thing);
    return typeof content === 'object'
      ? { ...content, was: null }
      : { text: String(content), sort: content, was: null };
  });

const comparedCells = (now: readonly Cell[], before: readonly Cell[]): readonly Cell[] =>
  now.map((cell, index) => {
    const was = before[index]?.text ?? '';
    return was === cell.text ? cell : { ...cell, was: was === '' ? 'none' : was };
  });
