/**
 * reverseContinue: to the last moment before this one at which a breakpoint of any kind hits, or to the beginning.
 */
import type { Arguments } from '../arguments.ts';
import { stopAt } from '../breakpoints/stop-at.ts';
import type { Context } from '../context.ts';
import { backward } from '../motions/backward.ts';
import { startStep } from '../step.ts';

export function reverseContinue(cx: Context, args: Arguments): void {
  startStep(cx, args, (journey, { thread }) =>
    backward(journey, () => stopAt(journey.run, journey.breakpoints, null), thread),
  );
}
