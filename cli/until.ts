/**
 * The moment that `--until` names.
 *
 *   1200      the moment after 1200 events; 0 is the moment before anything has happened
 *   1.5s      the last moment at which the virtual clock shows no more than 1.5 s: everything that happens up to then,
 *             and nothing later, has happened
 *   attach    the moment after the event in which a migration first enters this phase; also any other name that the
 *             debugger can stop at (expectation, exit, crash, fault, and what kernels do: port probe, no-senders ...)
 *
 * The debugger stops at exactly these moments: a breakpoint on `attach` and `--until attach` see the same world.
 */
import { isCalled, namedMoments, namesInWords, needsWatching } from '../debug-adapter/breakpoints/names.ts';
import { suggestion } from '../language/nearest.ts';
import { quantity } from '../language/vocabulary/units.ts';
import type { Notice } from '../simulator/engine/api.ts';

export type Until =
  | { readonly kind: 'event'; readonly event: number; readonly text: string }
  | { readonly kind: 'time'; readonly nanoseconds: number; readonly text: string }
  | { readonly kind: 'name'; readonly name: string; readonly text: string };

/** The moment, or the sentence that says why the text names none. */
export function parseUntil(text: string): Until | string {
  if (/^\d/.test(text)) return parseNumber(text);
  if (namedMoments.some(({ name }) => name === text)) return { kind: 'name', name: text, text };
  const names = namedMoments.map(({ name }) => name);
  const near = suggestion(text, names).text;
  return `It is neither an event (1200) nor a time (1.5s, 500ms) nor one of ${namesInWords()}. ${near}`.trim();
}

export function isNamed(until: Until | null, notice: Notice): boolean {
  return until?.kind === 'name' && isCalled(notice, until.name);
}

/** Whether the run has to be watched for the moment to be announced. */
export function isWatched(until: Until | null): boolean {
  return until?.kind === 'name' && needsWatching(until.name);
}

function parseNumber(text: string): Until | string {
  if (!/^\d+(\.\d+)?\s*(ns|us|ms|s)?$/.test(text)) {
    return 'It is neither a whole number of events (1200) nor a time in s, ms, us or ns (1.5s).';
  }
  const { type, value, trouble } = quantity(text);
  if (trouble === 'too-large') return 'It is too large.';
  if (trouble === 'not-whole') {
    return type === 'time'
      ? 'It is no whole number of nanoseconds.'
      : 'There is no part of an event; a time has a unit.';
  }
  return type === 'time' ? { kind: 'time', nanoseconds: value, text } : { kind: 'event', event: value, text };
}
