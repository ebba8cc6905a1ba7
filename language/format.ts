/**
 * The one style of scripts.
 *
 * Where lines break is the author's choice; what a line looks like is not: two columns per open bracket, one space between
 * words, none inside parentheses, at most one empty line, no space at the end. Formatting twice is formatting once, and
 * only spaces change.
 */
import type { Lexer } from 'langium';

type Token = ReturnType<Lexer['tokenize']>['tokens'][number];

/** The formatted script, or null if it has characters that form no token: then nothing is safe to move. */
export function format(text: string, lexer: Lexer): string | null {
  const { tokens, hidden, errors } = lexer.tokenize(text);
  if (errors.length > 0) return null;
  const all = [...tokens, ...hidden].sort((a, b) => a.startOffset - b.startOffset);
  let depth = 0;
  let previous: Token | undefined;
  let before: Token | undefined;
  let result = '';
  for (const token of all) {
    const closes = isClosing(token);
    if (closes) depth = Math.max(0, depth - 1);
    if (previous !== undefined) result += between(before, previous, token, depth);
    result += written(token, depth);
    if (isOpening(token)) depth += 1;
    before = previous;
    previous = token;
  }
  return result === '' ? '' : `${result}\n`;
}

function between(before: Token | undefined, left: Token, right: Token, depth: number): string {
  const lines = (right.startLine ?? 0) - (left.endLine ?? 0);
  if (lines === 0) return isSpaced(before, left, right) ? ' ' : '';
  return `${lines > 1 ? '\n\n' : '\n'}${'  '.repeat(depth)}`;
}

const isOpening = ({ image }: Token): boolean => image === '{' || image === '(' || image === '[';
const isClosing = ({ image }: Token): boolean => image === '}' || image === ')' || image === ']';

function written(token: Token, depth: number): string {
  switch (token.tokenType.name) {
    case 'QUANTITY':
      return token.image.replace(/^([\d.]+)\s*/, '$1 ');
    case 'SL_COMMENT':
      return token.image.trimEnd();
    case 'ML_COMMENT':
      return token.image
        .split(/\r?\n/)
        .map((line, index) => (index === 0 ? line.trimEnd() : realigned(line, depth)))
        .join('\n');
    default:
      return token.image;
  }
}

/** A line of a block comment: its star below the star of the first line; other lines keep their own indentation. */
const realigned = (line: string, depth: number): string =>
  /^\s*\*/.test(line) ? `${'  '.repeat(depth)} ${line.trim()}` : line.trimEnd();

/** Whether a space stands between two tokens of one line. */
function isSpaced(before: Token | undefined, left: Token, right: Token): boolean {
  if (left.image === '{' && right.image === '}') return true;
  if (left.image === '(' || left.image === '[' || right.image === ')' || right.image === ']') return false;
  if (right.image === ',' || right.image === ':' || left.image === '.' || right.image === '.') return false;
  if (right.image === '[') return false;
  if (right.image === '(') return !isWord(left) || isOperatorWord(left.image);
  if (left.image === '-' && isPrefix(before)) return false;
  return true;
}

const isWord = ({ image }: Token): boolean => /^\w/.test(image);

/** Words after which a parenthesis begins an operand and not a list of arguments. */
const isOperatorWord = (image: string): boolean =>
  /^(?:and|or|not|in|if|while|expect|compute|sleep|at|to|by|on|size|memory|text|data|bss|stack|seed|rounds|threshold|as|lookup)$/.test(
    image,
  );

/** Whether a `-` after this token is a sign: there is no operand for it to be subtracted from. */
const isPrefix = (token: Token | undefined): boolean =>
  token === undefined || isOpening(token) || !/[\w")\]]$/.test(token.image) || isOperatorWord(token.image);
