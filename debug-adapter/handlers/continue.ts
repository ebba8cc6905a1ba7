/**
 * continue: lets the whole cluster run until something stops it.
 */
import { wholeNumber, type Arguments } from '../arguments.ts';
import { stoppedRun, type Context } from '../context.ts';
import { forward, noGoal } from '../motions/forward.ts';
import { threadArgument } from '../threads.ts';
import { journeyOf, moveOn } from '../arrive.ts';

export function continueRun(cx: Context, args: Arguments): object {
  const run = stoppedRun(cx);
  threadArgument(run, wholeNumber(args, 'threadId'));
  moveOn(run);
  cx.driver.start(forward(journeyOf(cx, run), noGoal));
  return { allThreadsContinued: true };
}
