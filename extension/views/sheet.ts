/**
 * A sheet: one thing of the cluster in several small tables, as text to show, with what has changed since the last stop.
 *
 * Every inspector shows a sheet: a list of section builders over what is known of its thing at a moment. A sheet is a pure
 * function of two moments; rows of one key are compared cell by cell.
 */
import type { Cell, Column } from './capabilities.ts';

export type RowMark = 'same' | 'changed' | 'new' | 'gone';

export interface SheetRow {
  readonly key: string;
  readonly mark: RowMark;
  readonly cells: readonly Cell[];
}

export interface Section {
  readonly key: string;
  readonly title: string;
  /** What can be said without reading the rows; may be empty. */
  readonly summary: string;
  /** What is said instead of rows where there are none. */
  readonly empty: string;
  readonly columns: readonly Column[];
  readonly rows: readonly SheetRow[];
  /** A picture of pages, below the table. */
  readonly map: PageMap | null;
}

export interface PageMap {
  readonly legend: readonly { readonly kind: string; readonly sign: string; readonly label: string }[];
  readonly regions: readonly {
    readonly name: string;
    readonly pages: readonly PageCell[];
    /** Pages that are not drawn, because there are too many. */
    readonly left: number;
  }[];
}

export interface PageCell {
  readonly kind: string;
  readonly sign: string;
  /** All about the page, for a tooltip and for a screen reader. */
  readonly text: string;
  readonly isChanged: boolean;
}

export interface Sheet {
  readonly title: string;
  readonly subtitle: string;
  /** False when the thing is no more: what is shown is what was there last. */
  readonly isAlive: boolean;
  readonly sections: readonly Section[];
}

/** A row before it is compared: its cells in the order of the columns. */
export interface PlainRow {
  readonly key: string;
  readonly cells: readonly (string | number)[];
}

/** A section before it is filled; what is said of its rows is made from what is known now. */
export interface SectionOf<Known> {
  readonly key: string;
  readonly title: string;
  readonly summary?: (now: Known) => string;
  readonly empty: string;
  readonly columns: readonly Column[];
  readonly map?: (now: Known, was: Known | null) => PageMap | null;
}

/** Makes a section of what is known now and what was known before, and marks the differences if `isCompared`. */
export type SectionBuilder<Known> = (now: Known, was: Known | null, isCompared: boolean) => Section;

export const column = (key: string, title: string, explanation: string, isNumber = false): Column => ({
  key,
  title,
  explanation,
  isNumber,
});

/** A section whose rows are made in the same way for both moments; of what was not there before all rows are new. */
export const sectionOf =
  <Known>(of: SectionOf<Known>, rowsOf: (known: Known) => readonly PlainRow[]): SectionBuilder<Known> =>
  (now, was, isCompared) => ({
    key: of.key,
    title: of.title,
    summary: of.summary?.(now) ?? '',
    empty: of.empty,
    columns: of.columns,
    rows: compareRows(rowsOf(now), isCompared ? (was === null ? [] : rowsOf(was)) : null),
    map: of.map?.(now, isCompared ? was : null) ?? null,
  });

export type SheetFact = readonly [property: string, value: string | number];

/** Properties one below the other, without those that say nothing. */
export const factsOf = <Known>(
  title: string,
  empty: string,
  factsOfKnown: (known: Known) => readonly SheetFact[],
): SectionBuilder<Known> =>
  sectionOf(
    {
      key: 'facts',
      title,
      empty,
      columns: [column('fact', 'Property', 'What is said'), column('value', 'Value', 'At this moment')],
    },
    (known) =>
      factsOfKnown(known)
        .filter(([, value]) => value !== '')
        .map(([fact, value]) => ({ key: fact, cells: [fact, value] })),
  );

/** The sections of a thing; what is no more is shown as it was last, and nothing of it is marked. */
export function sectionsOf<Known>(
  builders: readonly SectionBuilder<Known>[],
  now: Known | null,
  was: Known | null,
  isCompared: boolean,
): readonly Section[] {
  const shown = now ?? was;
  return shown === null ? [] : builders.map((build) => build(shown, was, isCompared && now !== null));
}

/** The rows now, against those before; null before means that there is nothing to compare with. */
function compareRows(now: readonly PlainRow[], before: readonly PlainRow[] | null): readonly SheetRow[] {
  const old = new Map(before?.map((row) => [row.key, row]));
  const rows = now.map((row): SheetRow => {
    const was = old.get(row.key);
    old.delete(row.key);
    return was === undefined ? plain(row, before === null ? 'same' : 'new') : compared(row, was);
  });
  return [...rows, ...[...old.values()].map((row) => plain(row, 'gone'))];
}

function plain({ key, cells }: PlainRow, mark: RowMark): SheetRow {
  return { key, mark, cells: cells.map((cell) => ({ text: String(cell), sort: cell, was: null })) };
}

function compared(row: PlainRow, was: PlainRow): SheetRow {
  const cells = row.cells.map((cell, index): Cell => {
    const text = String(was.cells[index] ?? '');
    return { text: String(cell), sort: cell, was: text === String(cell) ? null : text === '' ? 'none' : text };
  });
  return { key: row.key, mark: cells.some((cell) => cell.was !== null) ? 'changed' : 'same', cells };
}

/** The tables one after the other as tab-separated values, each with its title and a line of headings. */
export function sheetText({ title, subtitle, sections }: Sheet): string {
  const parts = sections.map(({ title, columns, rows, empty }) => {
    const lines = rows
      .filter(({ mark }) => mark !== 'gone')
      .map(({ cells }) => cells.map(({ text }) => text).join('\t'));
    const head = columns.map((each) => each.title).join('\t');
    return [title, ...(lines.length === 0 ? [empty] : [head, ...lines])].join('\n');
  });
  return `${[`${title} ${subtitle}`, ...parts].join('\n\n')}\n`;
}
