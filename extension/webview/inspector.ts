/**
 * The page of an inspector: receives sheets, keeps the reader's filter, draws.
 *
 * Keys: / goes to the filter and Escape leaves it; arrows, Home, End and the page keys move through the cells of all
 * tables and of the map; Ctrl+C copies the tables.
 */
import type { FromInspector, ShownSheet } from '../inspector/messages.ts';
import { sheetText } from '../views/sheet.ts';
import { drawSections } from './draw-sheet.ts';
import { element } from './element.ts';
import { drawMoment } from './moment.ts';
import { moveFocus, pageKeys } from './keys.ts';

interface Editor {
  postMessage(message: FromInspector): void;
}

declare function acquireVsCodeApi(): Editor;

const editor = acquireVsCodeApi();
const filter = element('filter', HTMLInputElement);
const changed = element('changed', HTMLInputElement);
const sections = element('sections', HTMLElement);
const rows = (): NodeListOf<HTMLTableRowElement> => sections.querySelectorAll('tr');

let shown: ShownSheet | null = null;

function draw(): void {
  const sheet = shown?.sheet ?? null;
  const title = sheet === null ? document.title : `${sheet.title} ${sheet.subtitle}`;
  element('title', HTMLElement).textContent = title;
  element('note', HTMLElement).textContent = sheet === null ? (shown?.missing ?? '') : '';
  drawMoment(shown, sheet?.isAlive !== false);
  drawSections(sections, sheet?.sections ?? [], { text: filter.value, changedOnly: changed.checked });
}

function copy(): void {
  if (shown?.sheet != null) editor.postMessage({ kind: 'copy', text: sheetText(shown.sheet) });
}

window.addEventListener('message', ({ data }: MessageEvent<ShownSheet>) => {
  shown = data;
  draw();
});
filter.addEventListener('input', draw);
changed.addEventListener('change', draw);
window.addEventListener('resize', draw);
element('copy', HTMLButtonElement).addEventListener('click', copy);
pageKeys(filter, rows, copy);
sections.addEventListener('keydown', (event) => {
  if (moveFocus(rows(), event.key)) event.preventDefault();
});

editor.postMessage({ kind: 'ready' });
