/**
 * pause { threadId }: the cluster stands still at the end of the present slice, and the stop names this thread. While it
 * moves, a thread that has ended meanwhile will do, too: the wish is to pause. A pause while it stands does nothing.
 */
import { wholeNumber, type Arguments } from '../arguments.ts';
import { runOf, type Context } from '../context.ts';
import { dapThreadId, threadArgument, threadsOf } from '../threads.ts';

export function pause(cx: Context, args: Arguments): void {
  const run = runOf(cx);
  const id = wholeNumber(args, 'threadId');
  if (!cx.driver.isMoving()) {
    threadArgument(run, id);
    return;
  }
  const thread = threadsOf(run).find((each) => dapThreadId(each.thread) === id)?.thread ?? null;
  cx.driver.pause({ thread });
}
