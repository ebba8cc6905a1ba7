/**
 * stepOut: until the causal stack is shallower; out of the script, until the process has exited.
 */
import type { Arguments } from '../arguments.ts';
import type { Context } from '../context.ts';
import { forward } from '../motions/forward.ts';
import { outOfFrame } from '../motions/steps.ts';
import { startStep } from '../step.ts';

export function stepOut(cx: Context, args: Arguments): void {
  startStep(cx, args, (journey, { thread, pid }) => forward(journey, outOfFrame(journey.run, thread, pid)));
}
