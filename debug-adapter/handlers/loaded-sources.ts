/**
 * loadedSources: the script, and the pages of the system that have been in a stack so far.
 */
import type { Context } from '../context.ts';
import { sourceOfRoutine, sourceOfScript } from '../present/source.ts';

export function loadedSources(cx: Context): object {
  const pages = cx.routines.map((routine) => sourceOfRoutine(cx.routines, routine, true));
  return { sources: cx.run === null ? pages : [sourceOfScript(cx.run), ...pages] };
}
