/**
 * What the step requests have in common: a thread is named, the whole cluster moves.
 *
 * A client that sends a step thinks that only this thread runs; it is told that all of them do.
 */
import { wholeNumber, type Arguments } from './arguments.ts';
import { journeyOf, moveOn } from './arrive.ts';
import { stoppedRun, type Context } from './context.ts';
import type { Motion } from './driver.ts';
import type { Journey } from './motions/journey.ts';
import { dapThreadId, threadArgument, type DapThread } from './threads.ts';

export function startStep(cx: Context, args: Arguments, motion: (journey: Journey, thread: DapThread) => Motion): void {
  const run = stoppedRun(cx);
  const thread = threadArgument(run, wholeNumber(args, 'threadId'));
  const step = motion(journeyOf(cx, run), thread);
  moveOn(run);
  cx.afterwards(() => cx.send('continued', { threadId: dapThreadId(thread.thread), allThreadsContinued: true }));
  cx.driver.start(step);
}
