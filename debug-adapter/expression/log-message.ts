/**
 * Log messages: text with expressions in braces, `{pid} is on {pid(pid).node}`. A doubled brace stands for itself.
 */
import { asText, evaluate, type Surrounding } from './evaluate.ts';
import { ExpressionError } from './expression-error.ts';
import { parseExpression, type Syntax } from './syntax.ts';

export type LogMessage = readonly (string | Syntax)[];

export function parseLogMessage(source: string): LogMessage {
  const parts: (string | Syntax)[] = [];
  let literal = '';
  let at = 0;
  while (at < source.length) {
    const character = source[at] as string;
    if ((character === '{' || character === '}') && source[at + 1] === character) {
      literal += character;
      at += 2;
    } else if (character === '{') {
      const end = source.indexOf('}', at);
      if (end < 0) throw new ExpressionError(`'{' is never closed`, at + 1);
      parts.push(literal, parseExpression(source.slice(at + 1, end)));
      literal = '';
      at = end + 1;
    } else {
      literal += character;
      at++;
    }
  }
  return [...parts, literal];
}

export function logText(message: LogMessage, around: Surrounding): string {
  return message.map((part) => (typeof part === 'string' ? part : valueText(part, around))).join('');
}

/** One wrong part does not spoil the line: it says what was wrong in its place. */
function valueText(part: Syntax, around: Surrounding): string {
  try {
    return asText(evaluate(part, around));
  } catch (error) {
    if (error instanceof ExpressionError) return `<${error.message}>`;
    throw error;
  }
}
