/**
 * stackTrace { threadId, startFrame?, levels? }: the causal stack of a thread, or a part of it; below the stack of a
 * frozen process, who moves it.
 */
import { stack } from '../../simulator/engine/simulation.ts';
import { optionalWholeNumber, wholeNumber, type Arguments } from '../arguments.ts';
import { stoppedRun, type Context } from '../context.ts';
import { RequestError } from '../errors.ts';
import { moverOf } from '../mover.ts';
import { presentMover, presentStack } from '../present/frame.ts';
import { threadArgument } from '../threads.ts';

export function stackTrace(cx: Context, args: Arguments): object {
  const run = stoppedRun(cx);
  const { thread } = threadArgument(run, wholeNumber(args, 'threadId'));
  const start = optionalWholeNumber(args, 'startFrame') ?? 0;
  const levels = optionalWholeNumber(args, 'levels') ?? 0;
  if (start < 0 || levels < 0) throw new RequestError('badArgument', `'startFrame' and 'levels' must not be negative.`);
  const around = { run, client: cx.client, routines: cx.routines, root: thread };
  const frames = [...presentStack(around, stack(run.sim, thread)), ...presentMover(around, moverOf(run, thread))];
  const part = frames.slice(start, levels === 0 ? undefined : start + levels);
  return { stackFrames: part.map((present) => present()), totalFrames: frames.length };
}
