/**
 * evaluate { expression, frameId?, context? }: the value of an expression, in a frame or on its own; in the console also
 * a command (console.ts). Looking changes nothing. For the clipboard the value is JSON.
 */
import { optionalText, optionalWholeNumber, text, type Arguments } from '../arguments.ts';
import { command } from '../console.ts';
import { runOf, type Context } from '../context.ts';
import { RequestError, messageOf } from '../errors.ts';
import { evaluate } from '../expression/evaluate.ts';
import { ExpressionError } from '../expression/expression-error.ts';
import { surroundings } from '../expression/surroundings.ts';
import { parseExpression } from '../expression/syntax.ts';
import { childrenHandle, frameOf } from '../handles.ts';
import { childrenOfValue, typeOf, valueInWords } from '../present/value.ts';
import type { Run } from '../run.ts';

export function evaluateRequest(cx: Context, args: Arguments): object {
  const run = runOf(cx);
  const source = text(args, 'expression');
  const context = optionalText(args, 'context') ?? 'watch';
  const frameId = optionalWholeNumber(args, 'frameId');
  if (context === 'repl') {
    const answer = command(cx, run, source);
    if (answer !== null) return { result: answer, variablesReference: 0 };
  }
  const value = valueOf(run, source, frameId);
  if (context === 'clipboard') return { result: JSON.stringify(value, null, 2), variablesReference: 0 };
  const children = childrenOfValue(value, source);
  return {
    result: valueInWords(value),
    type: typeOf(value),
    variablesReference: childrenHandle(run.handles, children),
  };
}

function valueOf(run: Run, source: string, frameId: number | undefined): unknown {
  const frame = frameId === undefined ? null : frameOf(run.handles, frameId).frame;
  try {
    return evaluate(parseExpression(source), surroundings(run, { frame, thread: run.stop?.thread ?? null }));
  } catch (error) {
    if (error instanceof ExpressionError) throw new RequestError('badExpression', messageOf(error));
    throw error;
  }
}
