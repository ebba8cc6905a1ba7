/**
 * next: over the thread's statement, to its next one.
 */
import type { Arguments } from '../arguments.ts';
import type { Context } from '../context.ts';
import { forward } from '../motions/forward.ts';
import { overStatement } from '../motions/steps.ts';
import { startStep } from '../step.ts';

export function next(cx: Context, args: Arguments): void {
  startStep(cx, args, (journey, { thread, pid }) => forward(journey, overStatement(journey.run, thread, pid)));
}
