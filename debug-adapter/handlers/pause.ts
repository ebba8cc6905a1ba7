/**
 * pause: the cluster stands still at the next slice's end. A pause while it stands still does nothing.
 */
import { wholeNumber, type Arguments } from '../arguments.ts';
import { runOf, type Context } from '../context.ts';
import { threadArgument } from '../threads.ts';

export function pause(cx: Context, args: Arguments): void {
  const run = runOf(cx);
  const { thread } = threadArgument(run, wholeNumber(args, 'threadId'));
  if (cx.driver.isMoving()) cx.driver.pause({ thread });
}
