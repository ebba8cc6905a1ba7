/**
 * stepIn { threadId, targetId? }: one step of the thread's causal stack, into the system and across the network; or into
 * what was chosen of the targets (present/step-in-target.ts).
 */
import { optionalWholeNumber, wholeNumber, type Arguments } from '../arguments.ts';
import { stoppedRun, type Context } from '../context.ts';
import { RequestError } from '../errors.ts';
import { forward } from '../motions/forward.ts';
import { intoSystem } from '../motions/steps.ts';
import { stepInTargets } from '../present/step-in-target.ts';
import { startStep } from '../step.ts';
import { threadArgument } from '../threads.ts';

export function stepIn(cx: Context, args: Arguments): void {
  const chosen = optionalWholeNumber(args, 'targetId');
  if (chosen === undefined) {
    startStep(cx, args, (journey, { thread, pid }) => forward(journey, intoSystem(journey.run, thread, pid)));
    return;
  }
  const run = stoppedRun(cx);
  const { thread, pid } = threadArgument(run, wholeNumber(args, 'threadId'));
  const targets = stepInTargets(run, thread, pid);
  const target = targets.find(({ id }) => id === chosen);
  if (target === undefined) {
    const known = targets.map(({ id, label }) => `${id} (${label})`).join(', ');
    throw new RequestError('unknownId', `There is no target ${chosen} to step into now; there are ${known}.`);
  }
  startStep(cx, args, (journey) => forward(journey, target.goal()));
}
