/** Which moment a page shows: in its head, and as classes of its body, by which the style tells the past from the present. */
import type { ShownMoment } from '../views/moment.ts';
import { element } from './element.ts';

export function drawMoment(shown: ShownMoment | null, isAlive: boolean): void {
  element('when', HTMLElement).textContent = inWords(shown);
  document.body.classList.toggle('running', shown?.isRunning === true);
  document.body.classList.toggle('ended', !isAlive);
}

function inWords(shown: ShownMoment | null): string {
  if (shown === null || shown.when === '') return '';
  return `${shown.isRunning ? 'running, ' : ''}${shown.when}${shown.isOver ? ' (the session has ended)' : ''}`;
}
