/**
 * stepBack: to the moment at which the thread began its previous statement; the whole world goes back with it.
 */
import type { Arguments } from '../arguments.ts';
import type { Context } from '../context.ts';
import { backward } from '../motions/backward.ts';
import { backToStatement } from '../motions/steps.ts';
import { startStep } from '../step.ts';

export function stepBack(cx: Context, args: Arguments): void {
  startStep(cx, args, (journey, { thread }) => backward(journey, backToStatement(journey.run, thread), thread));
}
