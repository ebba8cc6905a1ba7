/**
 * A sheet: one thing of the cluster in several small tables, as text to show, with what has changed since the last stop.
 *
 * Every inspector shows a sheet: a list of section builders over what is known of its thing at a moment. A sheet is a pure
 * function of two moments; rows of one key are compared cell by cell.
 */
import { column, compareThings, plainColumns, type Cell, type Column, type ColumnOf, type RowMark } from './column.ts';

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

/**
 * A section before it is filled: what its rows are about, by which key each is found again, and its columns. What is said of
 * all rows is made from what is known now.
 */
export interface SectionOf<Known, Thing> {
  readonly key: string;
  readonly title: string;
  readonly summary?: (now: Known) => string;
  readonly empty: string;
  readonly rows: (known: Known) => readonly Thing[];
  readonly rowKey: (thing: Thing) => string | number;
  readonly columns: readonly ColumnOf<Thing>[];
  readonly map?: (now: Known, was: Known | null) => PageMap | null;
}

/** Makes a section of what is known now and what was known before, and marks the differences if `isCompared`. */
export type SectionBuilder<Known> = (now: Known, was: Known | null, isCompared: boolean) => Section;

/** A section whose rows are made in the same way for both moments; of what was not there before all rows are new. */
export const sectionOf =
  <Known, Thing>({ rows, rowKey, ...of }: SectionOf<Known, Thing>): SectionBuilder<Known> =>
  (now, was, isCompared) => ({
    key: of.key,
    title: of.title,
    summary: of.summary?.(now) ?? '',
    empty: of.empty,
    columns: plainColumns(of.columns),
    rows: compareThings(of.columns, rowKey, rows(now), isCompared ? (was === null ? [] : rows(was)) : null).map(
      ({ thing, mark, cells }) => ({ key: String(rowKey(thing)), mark, cells }),
    ),
    map: of.map?.(now, isCompared ? was : null) ?? null,
  });

export type SheetFact = readonly [property: string, value: string | number];

/** Properties one below the other, without those that say nothing. */
export const factsOf = <Known>(
  title: string,
  empty: string,
  factsOfKnown: (known: Known) => readonly SheetFact[],
): SectionBuilder<Known> =>
  sectionOf<Known, SheetFact>({
    key: 'facts',
    title,
    empty,
    rows: (known) => factsOfKnown(known).filter(([, value]) => value !== ''),
    rowKey: ([fact]) => fact,
    columns: [
      column('fact', 'Property', 'What is said', ([fact]) => fact),
      column('value', 'Value', 'At this moment', ([, value]) => value),
    ],
  });

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
