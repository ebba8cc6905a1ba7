/**
 * stepInTargets { frameId }: what a step of the thread in whose stack the frame stands may go into.
 */
import { wholeNumber, type Arguments } from '../arguments.ts';
import { stoppedRun, type Context } from '../context.ts';
import { frameOf } from '../handles.ts';
import { stepInTargets } from '../present/step-in-target.ts';
import { threadsOf } from '../threads.ts';

export function stepInTargetsRequest(cx: Context, args: Arguments): object {
  const run = stoppedRun(cx);
  const { root } = frameOf(run.handles, wholeNumber(args, 'frameId'));
  const pid = threadsOf(run).find(({ thread }) => thread === root)?.pid ?? null;
  return { targets: stepInTargets(run, root, pid).map(({ id, label }) => ({ id, label })) };
}
