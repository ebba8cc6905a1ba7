/**
 * exceptionInfo { threadId }: what stopped the run, and the causal stack in words.
 */
import { stack } from '../../simulator/engine/simulation.ts';
import type { StackFrame } from '../../simulator/inspect/stack.ts';
import { wholeNumber, type Arguments } from '../arguments.ts';
import { nameOf } from '../breakpoints/names.ts';
import { stoppedRun, type Context } from '../context.ts';
import { RequestError } from '../errors.ts';
import { instructionAt } from '../positions.ts';
import type { Run } from '../run.ts';
import { threadArgument } from '../threads.ts';

export function exceptionInfo(cx: Context, args: Arguments): object {
  const run = stoppedRun(cx);
  const { thread } = threadArgument(run, wholeNumber(args, 'threadId'));
  const { reason, description, notice } = run.stop;
  if (thread !== run.stop.thread || (notice === null && reason !== 'exception')) {
    throw new RequestError(
      'badArgument',
      'This thread did not stop at a phase, a broken expectation or another named moment.',
    );
  }
  const exceptionId = (notice === null ? null : nameOf(notice)) ?? 'invariant';
  const stackTrace = stack(run.sim, thread)
    .map((frame) => `at ${frameInWords(run, frame)}`)
    .join('\n');
  return {
    exceptionId,
    ...(description === null ? {} : { description }),
    breakMode: 'always',
    details: { typeName: exceptionId, message: description ?? '', stackTrace },
  };
}

function frameInWords(run: Run, { name, node, doing, place }: StackFrame): string {
  if (place.kind === 'routine') return `${name}${doing === '' ? '' : `: ${doing}`} (${node})`;
  const line = instructionAt(run.script.image, place, place.pc)?.span.line;
  return `${name} (${node}, ${run.script.path}:${line ?? '?'})`;
}
