/**
 * Syntax errors as sentences.
 *
 * A parser stumbles over the token after the mistake. Most mistakes are among a few that people make all the time (a
 * foreign `;`, one `=` in a condition, a unit that does not exist, a brace never closed); those are recognised by the
 * tokens around the stumble and named. The rest is told as what was expected and what was found. One line gives one
 * message: what follows on the same line is an echo.
 */
import type { Lexer, ParseResult } from 'langium';
import { collect, type Diagnostic, type Report, type Span } from '../diagnostics.ts';
import { sentences, suggestion } from '../nearest.ts';
import { units } from '../vocabulary/units.ts';
import { statement, statementOrEnd } from './expected.ts';
import { tooDeep } from './lexer.ts';

type Token = ReturnType<Lexer['tokenize']>['tokens'][number];
type ParserError = ParseResult['parserErrors'][number];
type LexerError = ParseResult['lexerErrors'][number];

export function syntaxErrors(text: string, result: ParseResult, lexer: Lexer): Diagnostic[] {
  if (result.lexerErrors.length === 0 && result.parserErrors.length === 0) return [];
  const found: Diagnostic[] = [];
  const report = collect(found);
  const { tokens } = lexer.tokenize(text);
  for (const error of result.lexerErrors) tellLexerError(text, error, report);
  const cut = found.some(({ code }) => code === 'too-deep');
  if (!cut) for (const error of result.parserErrors) tellParserError(tokens, error, report);
  const lines = new Set<number>();
  return found.filter(({ span }) => !lines.has(span.line) && lines.add(span.line));
}

// ---- characters that form no token

function tellLexerError(text: string, { offset, line, column, length, message }: LexerError, report: Report): void {
  const place = spanAt(line ?? 1, column ?? 1, 1);
  const character = text.slice(offset, offset + length);
  const remove = { title: 'Remove it', replacement: '' };
  if (message === tooDeep) {
    report('too-deep', place, message);
    return;
  }
  if (character.startsWith('"')) {
    const rest = /^[^\r\n]*/.exec(text.slice(offset))?.[0] ?? '';
    report('unclosed-text', spanAt(place.line, place.column, rest.length), 'This text has no closing `"`.');
    return;
  }
  if (character.startsWith(';')) {
    report('syntax', place, 'Nothing is written between statements: remove the `;`.', remove);
    return;
  }
  if (character.startsWith("'")) {
    report('syntax', place, 'Texts stand in double quotes.');
    return;
  }
  if (character.startsWith('!')) {
    report('syntax', place, 'Write `not`.', { title: 'Write `not`', replacement: 'not' });
    return;
  }
  if (character.startsWith('&')) {
    report('syntax', spanAt(place.line, place.column, length), 'Write `and`.', {
      title: 'Write `and`',
      replacement: 'and',
    });
    return;
  }
  report('syntax', place, `\`${character.slice(0, 1)}\` has no meaning in a script: remove it.`, remove);
}

// ---- tokens in the wrong place

function tellParserError(tokens: readonly Token[], error: ParserError, report: Report): void {
  const index = tokens.findIndex(({ startOffset }) => startOffset === error.token.startOffset);
  const token = tokens[index];
  if (token === undefined) {
    tellEnd(tokens, error, report);
    return;
  }
  const previous = tokens[index - 1];
  if (tellUnit(tokens[index - 2], previous, report) || tellUnit(previous, token, report)) return;
  const place = spanOfToken(token);
  const expected = error.message;
  if (token.image === '=' && (expected === '`{`' || expected === statementOrEnd)) {
    report('syntax', place, 'To compare, write `==`; to set a variable, write `let name = ...` or `name = ...`.', {
      title: 'Write `==`',
      replacement: '==',
    });
    return;
  }
  if (token.image === '|' && previous?.image === '|') {
    report('syntax', place, 'Write `or` instead of `||`.');
    return;
  }
  if (/name$/.test(expected) && /^[a-z]/.test(token.image)) {
    report('reserved-word', place, `\`${token.image}\` is a word of the language: choose another name.`);
    return;
  }
  if (token.image === '..') {
    report('syntax', place, 'A range `a .. b` stands only after `in` and in `[ ]`.');
    return;
  }
  if (expected === statementOrEnd && isDeclarationWord(token.image)) {
    const brace = openBraces(tokens.slice(0, index)).at(-1);
    if (brace !== undefined) {
      report('unclosed-block', spanOfToken(brace), `This \`{\` is not closed before \`${token.image}\`: add a \`}\`.`);
      return;
    }
  }
  if ((expected === statement || expected === statementOrEnd) && token.tokenType.name === 'ID') {
    const name = token.image;
    report('syntax', place, `\`${name}\` alone does nothing: write \`${name} = ...\` or \`${name}(...)\`.`);
    return;
  }
  report('syntax', place, `Expected ${expected}, found ${shown(token)}.`);
}

const isDeclarationWord = (image: string): boolean => ['cluster', 'const', 'program', 'scenario'].includes(image);

function openBraces(tokens: readonly Token[]): Token[] {
  const open: Token[] = [];
  for (const token of tokens) {
    if (token.image === '{') open.push(token);
    else if (token.image === '}') open.pop();
  }
  return open;
}

/** The script ends too early: where a brace is open, the brace is the mistake. */
function tellEnd(tokens: readonly Token[], error: ParserError, report: Report): void {
  const brace = openBraces(tokens).at(-1);
  if (brace !== undefined) {
    report('unclosed-block', spanOfToken(brace), 'This `{` is never closed: add a `}`.');
    return;
  }
  const last = tokens.at(-1);
  if (tellUnit(tokens.at(-2), last, report)) return;
  const place = last === undefined ? spanAt(1, 1, 0) : spanOfToken(last);
  report('syntax', place, `Expected ${error.message} after this, found the end of the script.`);
}

/** A number followed on the same line by a word that can only be meant as a unit. */
function tellUnit(number: Token | undefined, word: Token | undefined, report: Report): boolean {
  if (number?.tokenType.name !== 'NUMBER' || word?.tokenType.name !== 'ID') return false;
  if (number.endLine !== word.startLine) return false;
  const names = units.map(({ name }) => name);
  const { text, fix } = suggestion(word.image, names);
  report('unknown-unit', spanOfToken(word), sentences(`\`${word.image}\` is not a unit.`, text), fix);
  return true;
}

const shown = (token: Token): string =>
  token.tokenType.name === 'STRING' ? `the text ${token.image}` : `\`${token.image}\``;

function spanOfToken({ startLine, startColumn, endLine, endColumn }: Token): Span {
  return { line: startLine ?? 1, column: startColumn ?? 1, endLine: endLine ?? 1, endColumn: (endColumn ?? 0) + 1 };
}

const spanAt = (line: number, column: number, length: number): Span => ({
  line,
  column,
  endLine: line,
  endColumn: column + length,
});
