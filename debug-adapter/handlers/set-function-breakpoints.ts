/**
 * setFunctionBreakpoints { breakpoints }: the named moments again, for those who like to type them, with hit counts.
 */
import { optionalText, records, text, type Arguments } from '../arguments.ts';
import { setFunctions, type NameRequest } from '../breakpoints/breakpoints.ts';
import type { Context } from '../context.ts';
import { presentNameBreakpoint } from '../present/breakpoint.ts';

export function setFunctionBreakpoints(cx: Context, args: Arguments): object {
  const requests = records(args, 'breakpoints').map((from): NameRequest => ({
    name: text(from, 'name').trim(),
    condition: optionalText(from, 'condition'),
    hitCondition: optionalText(from, 'hitCondition'),
  }));
  return { breakpoints: setFunctions(cx.breakpoints, requests).map(presentNameBreakpoint) };
}
