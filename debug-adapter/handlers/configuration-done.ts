/**
 * configurationDone: all breakpoints are set, the run begins.
 */
import { journeyOf } from '../arrive.ts';
import { runOf, type Context } from '../context.ts';
import { fromTheStart, toTheFirstStatement } from '../motions/forward.ts';
import type { Run } from '../run.ts';

export function configurationDone(cx: Context): void {
  const run = runOf(cx);
  if (run.stop !== null || run.over || cx.driver.isMoving()) return;
  cx.afterwards(() => begin(cx, run));
}

/** Begins a run that has just been loaded. */
export function begin(cx: Context, run: Run): void {
  const journey = journeyOf(cx, run);
  cx.driver.start(run.options.stopOnEntry ? toTheFirstStatement(journey) : fromTheStart(journey));
}
