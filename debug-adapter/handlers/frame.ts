/**
 * osf1ad/frame { frameId }: { thread, node, task }, the thread that executes a frame. It is another one than the stack's
 * own where the stack crosses a message to somebody who prepares the answer.
 */
import { wholeNumber, type Arguments } from '../arguments.ts';
import { stoppedRun, type Context } from '../context.ts';
import { frameOf } from '../handles.ts';

export function frame(cx: Context, args: Arguments): object {
  const { thread, node, task } = frameOf(stoppedRun(cx).handles, wholeNumber(args, 'frameId')).frame;
  return { thread, node, task };
}
