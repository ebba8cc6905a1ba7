/**
 * setBreakpoints { source, breakpoints }: all line breakpoints of one script, replacing those that it had.
 */
import { optionalText, optionalWholeNumber, record, records, text, wholeNumber, type Arguments } from '../arguments.ts';
import { setLines, type LineRequest } from '../breakpoints/breakpoints.ts';
import type { Client, Context } from '../context.ts';
import { presentLineBreakpoint } from '../present/breakpoint.ts';

export function setBreakpoints(cx: Context, args: Arguments): object {
  const path = text(record(args, 'source'), 'path');
  const requests = records(args, 'breakpoints').map((breakpoint) => lineRequest(cx.client, breakpoint));
  const set = setLines(cx.breakpoints, path, requests, cx.run?.script ?? null);
  return { breakpoints: set.map((breakpoint) => presentLineBreakpoint(cx.client, breakpoint)) };
}

function lineRequest(client: Client, from: Arguments): LineRequest {
  const column = optionalWholeNumber(from, 'column');
  return {
    line: wholeNumber(from, 'line') - client.firstLine + 1,
    column: column === undefined ? undefined : column - client.firstColumn + 1,
    condition: optionalText(from, 'condition'),
    hitCondition: optionalText(from, 'hitCondition'),
    logMessage: optionalText(from, 'logMessage'),
  };
}
