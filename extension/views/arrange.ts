/**
 * The reader's view of a table: which rows, in which order. A filter is a few words that must all stand in the row;
 * `changed` and the like find rows by their mark.
 */
import type { CapabilityTable, TableRow } from './capabilities.ts';

export interface Order {
  readonly column: string;
  readonly isDescending: boolean;
}

export interface Filter {
  readonly text: string;
  readonly changedOnly: boolean;
}

export function arrange(table: CapabilityTable, { column, isDescending }: Order, filter: Filter): CapabilityTable {
  const words = filter.text.toLowerCase().split(/\s+/);
  const index = Math.max(
    table.columns.findIndex(({ key }) => key === column),
    0,
  );
  const rows = table.rows
    .filter((row) => (!filter.changedOnly || row.mark !== 'same') && words.every((word) => textOf(row).includes(word)))
    .sort((a, b) => (isDescending ? -1 : 1) * compare(a, b, index) || a.name - b.name);
  return { ...table, rows };
}

const textOf = ({ cells, mark }: TableRow): string => [mark, ...cells.map(({ text }) => text)].join(' ').toLowerCase();

function compare(a: TableRow, b: TableRow, index: number): number {
  const left = a.cells[index]?.sort ?? '';
  const right = b.cells[index]?.sort ?? '';
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left) < String(right) ? -1 : left === right ? 0 : 1;
}
