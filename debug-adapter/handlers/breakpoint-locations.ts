/**
 * breakpointLocations { source, line, column?, endLine?, endColumn? }: the statements that begin in a range.
 */
import { optionalWholeNumber, record, text, wholeNumber, type Arguments } from '../arguments.ts';
import { runOf, type Context } from '../context.ts';
import { placesWithin } from '../positions.ts';

export function breakpointLocations(cx: Context, args: Arguments): object {
  const { script } = runOf(cx);
  const { firstLine, firstColumn } = cx.client;
  const path = text(record(args, 'source'), 'path');
  const line = wholeNumber(args, 'line') - firstLine + 1;
  const column = (optionalWholeNumber(args, 'column') ?? firstColumn) - firstColumn + 1;
  const endLine = (optionalWholeNumber(args, 'endLine') ?? line - 1 + firstLine) - firstLine + 1;
  const endColumn = (optionalWholeNumber(args, 'endColumn') ?? Infinity) - firstColumn + 1;
  if (path !== script.path) return { breakpoints: [] };
  const places = placesWithin(script.places, { line, column }, { line: endLine, column: endColumn });
  return {
    breakpoints: places.map(({ span }) => ({ line: span.line - 1 + firstLine, column: span.column - 1 + firstColumn })),
  };
}
