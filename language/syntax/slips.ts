/**
 * The slips that people make all the time, each recognised by the tokens around the place where the parser stumbled.
 *
 * They are tried in order; the first that knows the slip names it.
 */
import type { Lexer } from 'langium';
import type { DiagnosticCode, Fix } from '../diagnostics.ts';
import { sentences, suggestion } from '../nearest.ts';
import { functions } from '../vocabulary/functions.ts';
import { units } from '../vocabulary/units.ts';
import { declaration, statement, statementOrEnd } from './expected.ts';

export type Token = ReturnType<Lexer['tokenize']>['tokens'][number];

export interface Stumble {
  readonly tokens: readonly Token[];
  /** The token that the parser did not expect; the number of tokens if the script ended. */
  readonly index: number;
  /** What it expected, in words. */
  readonly expected: string;
}

export interface Slip {
  readonly code: DiagnosticCode;
  readonly at: Token;
  readonly message: string;
  readonly fix?: Fix;
}

type Recogniser = (stumble: Stumble) => Slip | undefined;

const change = (at: Token, message: string, replacement: string): Slip => {
  const title = replacement === '' ? 'Remove it' : `Write \`${replacement}\``;
  return { code: 'syntax', at, message, fix: { title, replacement } };
};

/** A number and, on the same line, a word that can only be meant as a unit; the parser may notice one token later. */
const unknownUnit: Recogniser = ({ tokens, index }) => {
  for (const at of [index - 1, index]) {
    const number = tokens[at - 1];
    const word = tokens[at];
    if (number?.tokenType.name !== 'NUMBER' || word?.tokenType.name !== 'ID') continue;
    if (number.endLine !== word.startLine) continue;
    const { text, fix } = suggestion(
      word.image,
      units.map(({ name }) => name),
    );
    const message = sentences(`\`${word.image}\` is not a unit.`, text);
    return { code: 'unknown-unit', at: word, message, ...(fix === undefined ? {} : { fix }) };
  }
  return undefined;
};

const unclosedComment: Recogniser = ({ tokens, index }) => {
  const slash = tokens[index];
  if (slash?.image !== '/' || tokens[index + 1]?.startOffset !== slash.startOffset + 1) return undefined;
  if (tokens[index + 1]?.image !== '*') return undefined;
  return { code: 'unclosed-comment', at: slash, message: 'This comment is never closed: add `*/`.' };
};

/** The script ends, or another declaration begins, while a brace is open: the brace is the mistake. */
const unclosedBlock: Recogniser = ({ tokens, index, expected }) => {
  const token = tokens[index];
  if (
    token !== undefined &&
    (expected !== statementOrEnd || !/^(?:cluster|const|program|task|scenario)$/.test(token.image))
  ) {
    return undefined;
  }
  const open: Token[] = [];
  for (const each of tokens.slice(0, index)) {
    if (each.image === '{') open.push(each);
    else if (each.image === '}') open.pop();
  }
  const at = open.at(-1);
  if (at === undefined) return undefined;
  const where = token === undefined ? 'never closed' : `not closed before \`${token.image}\``;
  return { code: 'unclosed-block', at, message: `This \`{\` is ${where}: add a \`}\`.` };
};

const extraBrace: Recogniser = ({ tokens, index, expected }) => {
  const token = tokens[index];
  return token?.image === '}' && expected === declaration
    ? change(token, 'This `}` closes nothing: remove it.', '')
    : undefined;
};

const singleEquals: Recogniser = ({ tokens, index, expected }) => {
  const token = tokens[index];
  if (token?.image !== '=' || (expected !== '`{`' && expected !== statementOrEnd)) return undefined;
  return change(token, 'To compare, write `==`; to set a variable, write `let name = ...` or `name = ...`.', '==');
};

const doubleBar: Recogniser = ({ tokens, index }) => {
  const token = tokens[index];
  if (token?.image !== '|' || tokens[index - 1]?.image !== '|') return undefined;
  return { code: 'syntax', at: token, message: 'Write `or` instead of `||`.' };
};

const strayRange: Recogniser = ({ tokens, index }) => {
  const token = tokens[index];
  if (token?.image !== '..') return undefined;
  return { code: 'syntax', at: token, message: 'A range `a .. b` stands only after `in` and in `[ ]`.' };
};

const reservedWord: Recogniser = ({ tokens, index, expected }) => {
  const token = tokens[index];
  if (token === undefined || !expected.endsWith('name') || !/^[a-z]/.test(token.image)) return undefined;
  if (token.startLine !== tokens[index - 1]?.endLine) return undefined;
  return {
    code: 'reserved-word',
    at: token,
    message: `\`${token.image}\` is a word of the language: choose another name.`,
  };
};

/** Words of other languages, and what is written here. */
const foreign: ReadonlyMap<string, string> = new Map([
  ['elif', 'else if'],
  ['elseif', 'else if'],
  ['elsif', 'else if'],
  ['var', 'let'],
  ['repeat', 'for i in 1 .. N { ... }'],
  ['loop', 'while true { ... }'],
  ['return', 'exit(...)'],
  ['assert', 'expect'],
  ['check', 'expect'],
]);

/** A name where a statement should begin. */
const loneName: Recogniser = ({ tokens, index, expected }) => {
  const token = tokens[index];
  if (token?.tokenType.name !== 'ID' || (expected !== statement && expected !== statementOrEnd)) return undefined;
  const { image: name } = token;
  const instead = foreign.get(name);
  const operator = tokens[index + 1]?.image ?? '';
  const say = (message: string): Slip => ({ code: 'syntax', at: token, message });
  if (instead !== undefined) return say(`\`${name}\` is not a word of the language: write \`${instead}\`.`);
  if (functions.some((each) => each.name === name))
    return say(`Write \`${name}(...)\`: arguments stand in parentheses.`);
  if (operator === '.') return say('A field is a question: ask it in `expect`, `if` or `let`; to act, write a call.');
  if (/^[-+*/]$/.test(operator)) return say(`Write \`${name} = ${name} ${operator} ...\`.`);
  return say(`\`${name}\` alone does nothing: write \`${name} = ...\` or \`${name}(...)\`.`);
};

/** A statement begins and does not go on. */
const brokenStatement: Recogniser = ({ tokens, index, expected }) => {
  const token = tokens[index];
  if (token === undefined || expected !== statement || !/^[a-z]/.test(token.image)) return undefined;
  return { code: 'syntax', at: token, message: `\`${token.image}\` needs more than this.` };
};

export const slips: readonly Recogniser[] = [
  unknownUnit,
  unclosedComment,
  unclosedBlock,
  extraBrace,
  singleEquals,
  doubleBar,
  strayRange,
  reservedWord,
  loneName,
  brokenStatement,
];
