/**
 * Drawing: the head and the rows of the grid. What has changed is marked by a sign, a word for screen readers, a colour,
 * and the old value in the cell itself, so that no reader depends on colour alone.
 *
 * The whole body is drawn anew at each change; the cell that had the focus gets it back, by its name and column.
 */
import type { TableRow } from '../views/capabilities.ts';
import type { Cell, Column } from '../views/column.ts';
import type { Order } from '../views/arrange.ts';
import { element, make } from './element.ts';

const signs: Readonly<Record<TableRow['mark'], string>> = { same: '', changed: '●', new: '+', gone: '−' };
const words: Readonly<Record<TableRow['mark'], string>> = {
  same: '',
  changed: 'changed since the last stop',
  new: 'new since the last stop',
  gone: 'gone since the last stop',
};

export function drawHead(columns: readonly Column[], order: Order, sortBy: (column: string) => void): void {
  const titles = columns.map((column) => {
    const isSorted = column.key === order.column;
    const direction = order.isDescending ? 'descending' : 'ascending';
    const arrow = isSorted ? (order.isDescending ? ' ↓' : ' ↑') : '';
    const button = make(
      'button',
      { title: `${column.explanation}; press to sort`, tabindex: '-1' },
      column.title + arrow,
    );
    button.addEventListener('click', () => sortBy(column.key));
    const className = column.isNumber ? 'number' : '';
    return make(
      'th',
      { scope: 'col', class: className, 'aria-sort': isSorted ? direction : 'none', 'data-key': column.key },
      button,
    );
  });
  const focused = document.activeElement?.closest('th')?.getAttribute('data-key');
  element('head', HTMLElement).replaceChildren(make('th', { class: 'mark', 'aria-label': 'Changed' }), ...titles);
  if (focused != null) document.querySelector<HTMLElement>(`th[data-key="${focused}"] button`)?.focus();
}

export function drawRows(columns: readonly Column[], rows: readonly TableRow[]): void {
  redrawn(element('rows', HTMLElement), (body) => body.replaceChildren(...rows.map((row) => drawRow(columns, row))));
}

/** Draws anew what is in the element; the cell that had the focus gets it back, else the first one is in the tab order. */
export function redrawn(into: HTMLElement, draw: (into: HTMLElement) => void): void {
  const focused = document.activeElement?.closest('td')?.id;
  draw(into);
  const again = focused === undefined ? null : document.getElementById(focused);
  const first = again ?? into.querySelector<HTMLElement>('td[data-cell]');
  first?.setAttribute('tabindex', '0');
  again?.focus();
}

function drawRow(columns: readonly Column[], row: TableRow): HTMLTableRowElement {
  const cells = columns.map((column, index) => drawCell(String(row.name), column, row.cells[index]));
  const port = row.port === null ? {} : { 'data-port': String(row.port) };
  return make('tr', { class: row.mark, 'data-name': String(row.name), ...port }, drawMark(row.mark), ...cells);
}

export function drawMark(mark: TableRow['mark']): HTMLTableCellElement {
  return make('td', { class: 'mark', title: words[mark], 'aria-label': words[mark] }, signs[mark]);
}

export function drawCell(row: string, { key, isNumber }: Column, cell: Cell | undefined): HTMLTableCellElement {
  const was = cell?.was ?? null;
  const attributes = {
    id: `cell-${row}-${key}`,
    'data-cell': key,
    tabindex: '-1',
    class: [isNumber ? 'number' : '', was === null ? '' : 'changed'].join(' ').trim(),
  };
  const before = was === null ? [] : [' ', make('span', { class: 'was' }, `was ${was}`)];
  return make('td', attributes, make('span', { class: 'value' }, cell?.text ?? ''), ...before);
}
