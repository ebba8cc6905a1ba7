/**
 * Moving through the grid with the keyboard: one cell of it is in the tab order, the arrows take that place to another.
 * Above the first row are the titles.
 */

const page_rows = 10;

const steps: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-page_rows, 0],
  PageDown: [page_rows, 0],
  Home: [-Infinity, 0],
  End: [Infinity, 0],
  enter: [0, 0],
};

/** True if the key was one that moves. The rows may be those of several tables, one below the other. */
export function moveFocus(all: Iterable<HTMLTableRowElement>, key: string): boolean {
  const step = steps[key];
  if (step === undefined) return false;
  const rows = [...all].map(focusable).filter((cells) => cells.length > 0);
  const [row, column] = key === 'enter' ? [1, 0] : placeOf(rows, document.activeElement);
  const bottom = rows.length - 1;
  const target = rows[clamp(row + step[0], row === 0 || step[0] === -1 ? 0 : 1, bottom)] ?? [];
  const cell = target[clamp(column + step[1], 0, target.length - 1)];
  if (cell === undefined) return true;
  for (const other of rows.flat()) other.setAttribute('tabindex', '-1');
  cell.setAttribute('tabindex', '0');
  cell.focus();
  return true;
}

/**
 * What holds on the whole page: / goes to the filter, from which the arrow down and Escape lead back to the cells, and
 * Ctrl+C copies, unless some text is selected.
 */
export function pageKeys(filter: HTMLInputElement, rows: () => Iterable<HTMLTableRowElement>, copy: () => void): void {
  filter.addEventListener('keydown', ({ key }) => {
    if (key === 'ArrowDown' || key === 'Escape') moveFocus(rows(), 'enter');
  });
  document.addEventListener('keydown', (event) => {
    if (event.target === filter) return;
    const isCommand = (event.ctrlKey || event.metaKey) && !event.altKey;
    if (event.key === '/') {
      filter.focus();
      filter.select();
      event.preventDefault();
    } else if (event.key === 'c' && isCommand && getSelection()?.toString() === '') {
      copy();
    }
  });
}

const focusable = (row: HTMLTableRowElement): HTMLElement[] => [
  ...row.querySelectorAll<HTMLElement>('td[data-cell], th button'),
];

function placeOf(rows: readonly (readonly HTMLElement[])[], cell: Element | null): readonly [number, number] {
  const row = rows.findIndex((cells) => cells.some((own) => own === cell));
  return row < 0 ? [1, 0] : [row, rows[row]?.findIndex((own) => own === cell) ?? 0];
}

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(value, most));
