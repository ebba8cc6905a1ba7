/**
 * The lexer, with a bound on nesting, and with an eye for names.
 *
 * The words that may end a statement (`migrate p to n by task using oms with ...`) are free for names too. Before a `=`
 * such a word is a name: a new statement sets a variable. And the `on` of `on phase X of` begins a statement, whatever it follows.
 *
 * Parser, checker and compiler follow the nesting of a script on the stack. So a script may be nested only this deep; what
 * comes after is not read. No script that a person writes comes near.
 */
import { DefaultLexer, type LangiumCoreServices, type LexerResult, type TokenizeOptions } from 'langium';

/** How deep brackets may stand inside one another, and how often `-` and `not` may precede one operand. */
const deepest = 60;

/** How many operators may follow one another in one expression. */
const longest = 500;

export const tooDeep = `This is nested too deeply (more than ${deepest} brackets or ${longest} operators): move a part out.`;

/** Words that go on a statement which could have ended before them. */
const tails = new Set([
  'by',
  'awaiting',
  'restarting',
  'calls',
  'early',
  'using',
  'with',
  'rounds',
  'threshold',
  'agent',
  'set',
]);

type Token = LexerResult['tokens'][number];
type TokenType = Token['tokenType'];

export class BoundedLexer extends DefaultLexer {
  readonly #name: TokenType;
  readonly #onPhase: TokenType;

  constructor(services: LangiumCoreServices) {
    super(services);
    const { ID: name, ON_PHASE: onPhase } = this.tokenTypes;
    if (name === undefined || onPhase === undefined) throw new Error('the grammar has no names');
    this.#name = name;
    this.#onPhase = onPhase;
  }

  override tokenize(text: string, options?: TokenizeOptions): LexerResult {
    const result = super.tokenize(text, options);
    result.tokens.forEach((token, index) => {
      const [next, , last] = result.tokens.slice(index + 1, index + 4).map(({ image }) => image);
      if (token.image === 'on' && next === 'phase' && last === 'of') become(token, this.#onPhase);
      if (tails.has(token.image) && next === '=') become(token, this.#name);
    });
    const nesting = new Nesting();
    const beyond = result.tokens.findIndex((token) => nesting.isTooDeep(token.image, token.tokenType.name));
    const first = result.tokens[beyond];
    if (first === undefined) return result;
    const { startOffset: offset, startLine: line, startColumn: column } = first;
    const error = { offset, line, column, length: first.image.length, message: tooDeep };
    return { ...result, tokens: result.tokens.slice(0, beyond), errors: [...result.errors, error] };
  }
}

function become(token: Token, type: TokenType): void {
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx ?? token.tokenTypeIdx;
}

const operators = new Set([
  '+',
  '-',
  '*',
  '/',
  '%',
  '|',
  '.',
  'and',
  'or',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  '..',
]);

/** Counts what makes the tree deep: brackets, prefixes, and at each level of brackets the operators of one expression. */
class Nesting {
  readonly #operators = [0];
  #prefixes = 0;

  isTooDeep(image: string, tokenType: string): boolean {
    if (image === '{' || image === '(') this.#operators.push(0);
    if ((image === '}' || image === ')') && this.#operators.length > 1) this.#operators.pop();
    this.#prefixes = image === '-' || image === 'not' ? this.#prefixes + 1 : 0;
    const count = this.#operators.pop() ?? 0;
    const ends = image === ',' || image === '=' || (tokenType === image && image !== 'not');
    const now = operators.has(image) ? count + 1 : ends ? 0 : count;
    this.#operators.push(now);
    return now > longest || Math.max(this.#operators.length, this.#prefixes) > deepest;
  }
}
