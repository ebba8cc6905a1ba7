/**
 * The page of a capability table: receives tables, keeps the reader's order and filter, draws.
 *
 * Keys: / goes to the filter and Escape leaves it; arrows, Home, End and the page keys move through the cells, Enter on a
 * title sorts by its column, on a row it opens the port (so does a double click), Ctrl+C copies the rows that are shown.
 */
import type { FromPage, Shown } from '../capability-table/messages.ts';
import { tabSeparated, type CapabilityTable } from '../views/capabilities.ts';
import { count } from '../views/quantities.ts';
import { arrange, type Order } from '../views/arrange.ts';
import { drawHead, drawRows } from './draw.ts';
import { element } from './element.ts';
import { drawMoment } from './moment.ts';
import { moveFocus, pageKeys } from './keys.ts';

interface Editor {
  postMessage(message: FromPage): void;
  getState(): unknown;
  setState(state: Order): void;
}

declare function acquireVsCodeApi(): Editor;

const editor = acquireVsCodeApi();
const filter = element('filter', HTMLInputElement);
const changed = element('changed', HTMLInputElement);
const grid = element('grid', HTMLTableElement);

const rowsMax = 2000;
let order: Order = { column: 'name', isDescending: false, ...(editor.getState() as Partial<Order> | undefined) };
let shown: Shown | null = null;

const arranged = (table: CapabilityTable): CapabilityTable =>
  arrange(table, order, { text: filter.value, changedOnly: changed.checked });

function draw(): void {
  const table = shown?.table ?? null;
  element('title', HTMLElement).textContent = table === null ? 'Capabilities' : `${table.title} ${table.subtitle}`;
  drawMoment(shown, table?.isAlive !== false);
  if (table === null) {
    note('There is no such task at this moment.');
    drawRows([], []);
    return;
  }
  const { columns, rows } = arranged(table);
  drawHead(columns, order, sortBy);
  drawRows(columns, rows.slice(0, rowsMax));
  note(noteWords(table.rows.length, rows.length));
}

function noteWords(all: number, left: number): string {
  if (all === 0) return 'The name space of this task is empty.';
  if (left === 0) return 'No capability matches the filter.';
  if (left > rowsMax) return `The first ${rowsMax} of ${left} are shown; filter to see the others.`;
  return left === all ? count(all, 'capability') : `${left} of ${count(all, 'capability')}`;
}

const note = (text: string): void => void (element('note', HTMLElement).textContent = text);

function sortBy(column: string): void {
  order = { column, isDescending: order.column === column && !order.isDescending };
  editor.setState(order);
  draw();
}

function copy(): void {
  if (shown?.table != null) editor.postMessage({ kind: 'copy', text: tabSeparated(arranged(shown.table)) });
}

window.addEventListener('message', ({ data }: MessageEvent<Shown>) => {
  shown = data;
  draw();
});
filter.addEventListener('input', draw);
changed.addEventListener('change', draw);
element('copy', HTMLButtonElement).addEventListener('click', copy);
element('reveal', HTMLButtonElement).addEventListener('click', () => editor.postMessage({ kind: 'reveal' }));
pageKeys(filter, () => grid.rows, copy);
/** The port of the row, unless the row is one that has gone. */
function inspect(target: EventTarget | null): void {
  const row = target instanceof Element ? target.closest<HTMLElement>('tr[data-port]:not(.gone)') : null;
  if (row !== null) editor.postMessage({ kind: 'inspect', port: Number(row.dataset['port']) });
}

grid.addEventListener('dblclick', ({ target }) => inspect(target));
grid.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.target instanceof HTMLTableCellElement) inspect(event.target);
  if (moveFocus(grid.rows, event.key)) event.preventDefault();
});

editor.postMessage({ kind: 'ready' });
