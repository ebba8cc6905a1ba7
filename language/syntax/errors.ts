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
import { tooDeep } from './lexer.ts';
import { slips, type Token } from './slips.ts';

type ParserError = ParseResult['parserErrors'][number];
type LexerError = ParseResult['lexerErrors'][number];

export function syntaxErrors(text: string, result: ParseResult, lexer: Lexer): Diagnostic[] {
  if (result.lexerErrors.length === 0 && result.parserErrors.length === 0) return [];
  const found: Diagnostic[] = [];
  const report = collect(found);
  const { tokens } = lexer.tokenize(text);
  for (const error of result.lexerErrors) tellLexerError(text, error, report);
  const cut = found.some(({ code }) => code === 'too-deep');
  const told = new Set<number>();
  for (const error of cut ? [] : result.parserErrors) {
    const declaration = declarationAt(tokens, error);
    if (!told.has(declaration)) tellParserError(tokens, error, report);
    told.add(declaration);
  }
  const lines = new Set<number>();
  return found.filter(({ span }) => !lines.has(span.line) && lines.add(span.line));
}

/** How many declarations begin before an error: the parser finds its feet at the next one, not always before. */
function declarationAt(tokens: readonly Token[], { token }: ParserError): number {
  const offset = Number.isNaN(token.startOffset) ? Infinity : token.startOffset;
  return tokens.filter(({ image, startOffset }) => startOffset < offset && isDeclarationWord(image)).length;
}

const isDeclarationWord = (image: string): boolean => ['cluster', 'const', 'program', 'scenario'].includes(image);

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
  const found = tokens.findIndex(({ startOffset }) => startOffset === error.token.startOffset);
  const index = found < 0 ? tokens.length : found;
  const token = tokens[index];
  const previous = tokens[index - 1];
  const expected = error.message;
  for (const slip of slips) {
    const known = slip({ tokens, index, expected });
    if (known === undefined) continue;
    report(known.code, spanOfToken(known.at), known.message, known.fix);
    return;
  }
  if (previous !== undefined && (token === undefined || token.startLine !== previous.endLine)) {
    report('syntax', spanOfToken(previous), `Expected ${expected} after ${shown(previous)}.`);
  } else if (token !== undefined) {
    report('syntax', spanOfToken(token), `Expected ${expected}, found ${shown(token)}.`);
  } else {
    report('syntax', spanAt(1, 1, 0), `Expected ${expected}.`);
  }
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
