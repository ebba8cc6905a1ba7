/**
 * setExceptionBreakpoints { filters, filterOptions }: which named moments stop the run, some of them on a condition.
 * The answer lists the plain filters first and then those with options, as the protocol wants it.
 */
import { optionalText, records, text, texts, type Arguments } from '../arguments.ts';
import { setFilters, type NameRequest } from '../breakpoints/breakpoints.ts';
import type { Context } from '../context.ts';
import { presentNameBreakpoint } from '../present/breakpoint.ts';

export function setExceptionBreakpoints(cx: Context, args: Arguments): object {
  const plain = texts(args, 'filters').map((name): NameRequest => ({ name }));
  const withOptions = records(args, 'filterOptions').map((options): NameRequest => ({
    name: text(options, 'filterId'),
    condition: optionalText(options, 'condition'),
  }));
  return { breakpoints: setFilters(cx.breakpoints, [...plain, ...withOptions]).map(presentNameBreakpoint) };
}
