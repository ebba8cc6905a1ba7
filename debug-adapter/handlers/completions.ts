/**
 * completions { text, column, line?, frameId? }: what can stand next in the console.
 *
 * After a dot: the members of what stands before it. Elsewhere: locals, names and functions, and at the beginning of the
 * line the commands.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { optionalWholeNumber, text, wholeNumber, type Arguments } from '../arguments.ts';
import { commandNames } from '../console.ts';
import { runOf, type Context } from '../context.ts';
import { evaluate } from '../expression/evaluate.ts';
import { functionNames, globalNames, surroundings } from '../expression/surroundings.ts';
import { parseExpression } from '../expression/syntax.ts';
import { frameOf } from '../handles.ts';
import { scriptFrame, type Run } from '../run.ts';
import type { StackFrame } from '../../simulator/inspect/stack.ts';

type Item = DebugProtocol.CompletionItem;

export function completions(cx: Context, args: Arguments): object {
  const run = runOf(cx);
  const line =
    text(args, 'text').split('\n')[(optionalWholeNumber(args, 'line') ?? cx.client.firstLine) - cx.client.firstLine] ??
    '';
  const typed = line.slice(0, wholeNumber(args, 'column') - cx.client.firstColumn);
  const frameId = optionalWholeNumber(args, 'frameId');
  const frame = frameId === undefined ? null : frameOf(run.handles, frameId).frame;
  const [, before = '', word = ''] = /^(.*?)([A-Za-z_$][\w$]*)?$/s.exec(typed) ?? [];
  const items = before.endsWith('.')
    ? memberItems(run, frame, before.slice(0, -1))
    : nameItems(run, frame, before.trim() === '');
  return {
    targets: items
      .filter(({ label }) => label.startsWith(word))
      .map((item) => ({ ...item, start: before.length + cx.client.firstColumn, length: word.length })),
  };
}

/** The longest end of the text that is an expression with members says what they are. */
function memberItems(run: Run, frame: StackFrame | null, before: string): readonly Item[] {
  for (const found of before.matchAll(/(?<![\w$.\])])[\w$("]/g)) {
    const value = quietly(() =>
      evaluate(
        parseExpression(before.slice(found.index)),
        surroundings(run, { frame, thread: run.stop?.thread ?? null }),
      ),
    );
    if (Array.isArray(value)) return [{ label: 'length', type: 'property' }];
    if (typeof value === 'object' && value !== null)
      return Object.keys(value).map((label) => ({ label, type: 'property' }));
  }
  return [];
}

function nameItems(run: Run, frame: StackFrame | null, atStart: boolean): readonly Item[] {
  const thread = run.stop?.thread ?? null;
  const locals = (frame ?? (thread === null ? null : scriptFrame(run, thread)))?.locals ?? [];
  return [
    ...locals.map(({ name }): Item => ({ label: name, type: 'variable' })),
    ...globalNames.map((label): Item => ({ label, type: 'value' })),
    ...functionNames.map((label): Item => ({ label, text: `${label}(`, type: 'function' })),
    ...(atStart ? commandNames.map((label): Item => ({ label, type: 'keyword' })) : []),
  ];
}

/** A half-typed expression has no value, and that is no error. */
function quietly(value: () => unknown): unknown {
  try {
    return value();
  } catch {
    return undefined;
  }
}
