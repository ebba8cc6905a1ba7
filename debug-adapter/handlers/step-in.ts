/**
 * stepIn: one step of the thread's causal stack, into the system and across the network.
 */
import type { Arguments } from '../arguments.ts';
import type { Context } from '../context.ts';
import { forward } from '../motions/forward.ts';
import { intoSystem } from '../motions/steps.ts';
import { startStep } from '../step.ts';

export function stepIn(cx: Context, args: Arguments): void {
  startStep(cx, args, (journey, { thread, pid }) => forward(journey, intoSystem(journey.run, thread, pid)));
}
