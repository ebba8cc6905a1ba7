/**
 * Drawing a sheet: one table a section, and the map of pages. As in the capability table, what has changed is marked by a
 * sign, a word for screen readers, a colour and the old value, so that no reader depends on colour alone; a page of the map
 * has a sign of its own, too.
 */
import type { PageMap, Section, SheetRow } from '../views/sheet.ts';
import { drawCell, drawMark, redrawn } from './draw.ts';
import { make } from './element.ts';

const pageCell_px = 18;
const regionName_px = 150;

/** Pages in a row of the map: a power of two, so that rows begin at round addresses, and as many as there is room for. */
function pagesPerRow(width_px: number): number {
  const fitting = (width_px - regionName_px) / pageCell_px;
  return fitting >= 64 ? 64 : fitting >= 32 ? 32 : fitting >= 16 ? 16 : 8;
}

export interface SheetFilter {
  readonly text: string;
  readonly changedOnly: boolean;
}

export function drawSections(into: HTMLElement, sections: readonly Section[], filter: SheetFilter): void {
  const perRow = pagesPerRow(into.clientWidth);
  redrawn(into, () => into.replaceChildren(...sections.map((section) => drawSection(section, filter, perRow))));
}

function drawSection(section: Section, filter: SheetFilter, perRow: number): HTMLElement {
  const { key, title, summary, map } = section;
  const heading = make('h2', { id: `section-${key}` }, title, make('span', { class: 'summary' }, summary));
  const parts = map === null ? [] : [drawMap(map, perRow)];
  return make('section', { 'data-section': key }, heading, drawTable(section, filter), ...parts);
}

function drawTable({ key, columns, rows, empty }: Section, filter: SheetFilter): HTMLElement {
  const left = rows.filter((row) => fits(row, filter));
  if (rows.length === 0) return make('p', { class: 'empty' }, empty);
  if (left.length === 0) return make('p', { class: 'empty' }, 'No row matches the filter.');
  const titles = columns.map(({ title, explanation, isNumber }) =>
    make('th', { scope: 'col', title: explanation, class: isNumber ? 'number' : '' }, title),
  );
  const head = make('tr', {}, make('th', { class: 'mark', 'aria-label': 'Changed' }), ...titles);
  const body = left.map((row) => {
    const cells = columns.map((each, index) => drawCell(`${key}/${row.key}`, each, row.cells[index]));
    return make('tr', { class: row.mark, 'data-row': row.key }, drawMark(row.mark), ...cells);
  });
  const table = { role: 'grid', 'aria-labelledby': `section-${key}` };
  return make('table', table, make('thead', {}, head), make('tbody', {}, ...body));
}

function fits({ mark, cells }: SheetRow, { text, changedOnly }: SheetFilter): boolean {
  if (changedOnly && mark === 'same') return false;
  const all = [mark, ...cells.map((cell) => cell.text)].join(' ').toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

function drawMap({ legend, regions }: PageMap, perRow: number): HTMLElement {
  const keys = legend.map(({ kind, sign, label }) =>
    make('li', {}, make('span', { class: `page ${kind}`, 'aria-hidden': 'true' }, sign), ` ${label}`),
  );
  const tables = regions.map((region) => drawRegion(region, perRow));
  const list = make('ul', { class: 'legend', 'aria-label': 'Legend of the map of pages' }, ...keys);
  return make('div', { class: 'map' }, list, ...tables);
}

function drawRegion({ name, pages, left }: PageMap['regions'][number], perRow: number): HTMLElement {
  const rows: HTMLTableRowElement[] = [];
  for (let first = 0; first < pages.length; first += perRow) {
    const cells = pages.slice(first, first + perRow).map(({ kind, sign, text, isChanged }, index) => {
      const says = isChanged ? `${text}, changed since the last stop` : text;
      const id = `page-${name}-${first + index}`;
      const attributes = { id, 'data-cell': 'page', tabindex: '-1', title: says, 'aria-label': says };
      return make('td', { ...attributes, class: `page ${kind}${isChanged ? ' changed' : ''}` }, sign);
    });
    rows.push(make('tr', {}, ...cells));
  }
  const more = left === 0 ? '' : ` (${left} more pages are not drawn)`;
  const label = { role: 'grid', class: 'pages', 'aria-label': `Pages of ${name}` };
  return make(
    'div',
    { class: 'region' },
    make('h3', { title: name }, `${name}${more}`),
    make('table', label, make('tbody', {}, ...rows)),
  );
}
