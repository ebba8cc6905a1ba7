/**
 * configurationDone: all breakpoints are set, the run begins.
 */
import { journeyOf, standStill } from '../arrive.ts';
import { runOf, type Context } from '../context.ts';
import { fromTheStart } from '../motions/forward.ts';
import { peek } from '../../simulator/engine/simulation.ts';
import { plainStop } from '../stop.ts';
import type { Run } from '../run.ts';

export function configurationDone(cx: Context): void {
  const run = runOf(cx);
  if (run.stop !== null || run.over || cx.driver.isMoving()) return;
  cx.afterwards(() => begin(cx, run));
}

/** Begins a run that has just been loaded. */
export function begin(cx: Context, run: Run): void {
  if (run.options.stopOnEntry) standStill(cx, run, plainStop('entry', peek(run.sim)?.thread ?? null));
  else cx.driver.start(fromTheStart(journeyOf(cx, run)));
}
