/**
 * The expressions of the debugger: conditions, log messages, watches and the console all use this one language.
 *
 *   pid == 7 and node("dest").up        now >= 1.4 s        task("cc1").capabilities[0].queued        m in 1 .. 4
 *
 *   or         and ( 'or' and )*                                 also ||
 *   and        not ( 'and' not )*                                also &&
 *   not        'not' not | comparison                            also !
 *   comparison sum ( ('==' '!=' '<' '<=' '>' '>=') sum | 'in' sum '..' sum )?
 *   sum        product ( ('+' '-') product )*
 *   product    unary ( ('*' '/' '%') unary )*
 *   unary      '-' unary | postfix
 *   postfix    primary ( '.' name | '[' or ']' )*
 *   primary    number unit? | string | true | false | null | name | name '(' or, ... ')' | '(' or ')'
 *
 * The units are the workload language's: a time becomes nanoseconds, a size bytes. A parse either gives a whole tree
 * or throws an ExpressionError with the column (one-based) where it got lost.
 */
import { ExpressionError } from './expression-error.ts';
import { scan, type Token } from './tokens.ts';

export type Syntax =
  | { readonly kind: 'value'; readonly value: string | number | boolean | null }
  | { readonly kind: 'name'; readonly name: string; readonly column: number }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly Syntax[]; readonly column: number }
  | { readonly kind: 'property'; readonly of: Syntax; readonly name: string; readonly column: number }
  | { readonly kind: 'element'; readonly of: Syntax; readonly index: Syntax; readonly column: number }
  | { readonly kind: 'negate' | 'not'; readonly operand: Syntax; readonly column: number }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Syntax;
      readonly right: Syntax;
      readonly column: number;
    }
  | {
      readonly kind: 'within';
      readonly operand: Syntax;
      readonly low: Syntax;
      readonly high: Syntax;
      readonly column: number;
    };

export type BinaryOperator = 'or' | 'and' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%';

/** Binary operators by how tightly they bind, loosest first; comparison, between them, does not chain. */
const levels: readonly (readonly string[])[] = [['or'], ['and'], ['+', '-'], ['*', '/', '%']];
const comparisons: readonly string[] = ['==', '!=', '<', '<=', '>', '>='];
const depthMax = 100;

export function parseExpression(source: string): Syntax {
  const tokens = scan(source);
  let at = 0;
  let depth = 0;

  const next = (): Token => tokens[at] as Token;
  const symbol = (): string | null => {
    const token = next();
    return token.kind === 'symbol' ? token.text : null;
  };
  const isNext = (text: string): boolean => symbol() === text;

  function skip(text: string): boolean {
    if (!isNext(text)) return false;
    at++;
    return true;
  }

  function expect(text: string): void {
    if (!skip(text)) throw new ExpressionError(`expected '${text}' but found ${describe(next())}`, next().column);
  }

  function binary(level: number): Syntax {
    const operators = levels[level];
    if (operators === undefined) return unary();
    const operand = (): Syntax => (level === 1 ? not() : binary(level + 1));
    let left = operand();
    while (operators.some(isNext)) {
      const operator = symbol() as BinaryOperator;
      const { column } = next();
      at++;
      left = { kind: 'binary', operator, left, right: operand(), column };
    }
    return left;
  }

  function whole(): Syntax {
    if (++depth > depthMax) throw new ExpressionError(`nested deeper than ${depthMax}`, next().column);
    const tree = binary(0);
    depth--;
    return tree;
  }

  function not(): Syntax {
    const { column } = next();
    return skip('not') ? { kind: 'not', operand: nested(not), column } : comparison();
  }

  function comparison(): Syntax {
    const left = binary(2);
    const { column } = next();
    if (skip('in')) {
      const low = binary(2);
      expect('..');
      return { kind: 'within', operand: left, low, high: binary(2), column };
    }
    if (!comparisons.some(isNext)) return left;
    const operator = symbol() as BinaryOperator;
    at++;
    return { kind: 'binary', operator, left, right: binary(2), column };
  }

  function unary(): Syntax {
    const { column } = next();
    return skip('-') ? { kind: 'negate', operand: nested(unary), column } : postfix();
  }

  function nested(rule: () => Syntax): Syntax {
    if (++depth > depthMax) throw new ExpressionError(`nested deeper than ${depthMax}`, next().column);
    const tree = rule();
    depth--;
    return tree;
  }

  function postfix(): Syntax {
    let of = primary();
    for (;;) {
      const { column } = next();
      if (skip('.')) {
        const name = next();
        if (name.kind !== 'name')
          throw new ExpressionError(`expected a property after '.' but found ${describe(name)}`, name.column);
        at++;
        of = { kind: 'property', of, name: name.text, column: name.column };
      } else if (skip('[')) {
        const index = whole();
        expect(']');
        of = { kind: 'element', of, index, column };
      } else {
        return of;
      }
    }
  }

  function primary(): Syntax {
    const token = next();
    at++;
    switch (token.kind) {
      case 'value':
        return { kind: 'value', value: token.value };
      case 'name':
        return skip('(')
          ? { kind: 'call', name: token.text, operands: operands(), column: token.column }
          : { kind: 'name', name: token.text, column: token.column };
      case 'symbol':
        if (token.text === '(') {
          const inner = whole();
          expect(')');
          return inner;
        }
        throw new ExpressionError(`expected a value but found ${describe(token)}`, token.column);
      case 'end':
        throw new ExpressionError(
          source.trim() === '' ? 'the expression is empty' : 'the expression ends too early',
          token.column,
        );
    }
  }

  function operands(): readonly Syntax[] {
    const list: Syntax[] = [];
    if (skip(')')) return list;
    do list.push(whole());
    while (skip(','));
    expect(')');
    return list;
  }

  const tree = whole();
  if (next().kind !== 'end')
    throw new ExpressionError(`expected an operator or the end but found ${describe(next())}`, next().column);
  return tree;
}

function describe(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'the end';
    case 'value':
      return JSON.stringify(token.value);
    case 'name':
    case 'symbol':
      return `'${token.text}'`;
  }
}
