/**
 * The words of an expression. Numbers take their unit with them: `1.4 s` is the value 1400000000, `4 KB` is 4096.
 */
import { quantity, units } from '../../language/vocabulary/units.ts';
import { ExpressionError } from './expression-error.ts';

export type Token =
  | { readonly kind: 'value'; readonly value: string | number | boolean | null; readonly column: number }
  | { readonly kind: 'name'; readonly text: string; readonly column: number }
  | { readonly kind: 'symbol'; readonly text: string; readonly column: number }
  | { readonly kind: 'end'; readonly column: number };

const literals: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const spelledOut: ReadonlyMap<string, string> = new Map([
  ['||', 'or'],
  ['&&', 'and'],
  ['!', 'not'],
  ['===', '=='],
  ['!==', '!='],
]);
const wordSymbols: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in']);

const blank = /\s+/y;
const unitNames = units.map((unit) => unit.name).join('|');
const number = new RegExp(`\\d+(?:\\.\\d+)?(?:\\s*(?:${unitNames})(?![\\w$]))?`, 'y');
const string = /"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'/y;
const name = /[A-Za-z_$][\w$]*/y;
const symbol = /===|!==|==|!=|<=|>=|&&|\|\||\.\.|[-+*/%<>!.,()[\]]/y;

export function scan(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;

  function match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (found) at = pattern.lastIndex;
    return found;
  }

  for (;;) {
    match(blank);
    const column = at + 1;
    if (at >= source.length) return [...tokens, { kind: 'end', column }];
    let found: RegExpExecArray | null;
    if ((found = match(number))) tokens.push({ kind: 'value', value: quantity(found[0]).value, column });
    else if ((found = match(string)))
      tokens.push({ kind: 'value', value: unescape(found[1] ?? found[2] ?? ''), column });
    else if ((found = match(name))) tokens.push(word(found[0], column));
    else if ((found = match(symbol)))
      tokens.push({ kind: 'symbol', text: spelledOut.get(found[0]) ?? found[0], column });
    else throw new ExpressionError(`'${source[at]}' cannot stand here`, column);
  }
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped === 't' ? '\t' : escaped));
}

function word(text: string, column: number): Token {
  const literal = literals.get(text);
  if (literal !== undefined) return { kind: 'value', value: literal, column };
  return { kind: wordSymbols.has(text) ? 'symbol' : 'name', text, column };
}
