/**
 * The value of an expression that does not depend on the run: literals, constants, flags, signals, and what the operators
 * make of them. Division truncates towards zero, as in C and as the simulator does it.
 */
import * as ast from './generated/ast.ts';
import { quantity } from './vocabulary/units.ts';
import { knownName } from './vocabulary/words.ts';

export type Constant = number | string | boolean;

/** The value, or undefined if only a run can tell, or if there is none (division by zero, a constant made of itself). */
export function constantValue(expression: ast.Expression | undefined): Constant | undefined {
  return evaluate(expression, new Map());
}

/** As `constantValue`, for an expression that must be a number. */
export function constantNumber(expression: ast.Expression | undefined): number | undefined {
  const value = constantValue(expression);
  return typeof value === 'number' ? value : undefined;
}

/** The constants met so far; one that is still being evaluated has no value yet. */
type Known = Map<ast.ConstantDeclaration, Constant | undefined>;

function evaluate(expression: ast.Expression | undefined, known: Known): Constant | undefined {
  switch (expression?.$type) {
    case 'NumberLiteral':
      return quantity(expression.text).value;
    case 'TextLiteral':
      return expression.value;
    case 'TruthLiteral':
      return expression.value === 'true';
    case 'NameUse':
      return ofName(expression, known);
    case 'Unary': {
      const operand = evaluate(expression.operand, known);
      if (expression.operator === 'not') return typeof operand === 'boolean' ? !operand : undefined;
      return typeof operand === 'number' ? 0 - operand : undefined;
    }
    case 'Binary': {
      const side = expression.operator === '|' ? asSet : evaluate;
      const left = side(expression.left, known);
      const right = side(expression.right, known);
      return left === undefined || right === undefined ? undefined : combine(expression.operator, left, right);
    }
    default:
      return undefined;
  }
}

/** The set of one signal: bit n - 1 for signal n, as the simulator has it. */
export const setOfSignal = (signal: number): number => 2 ** (signal - 1);

/** What stands beside a `|`: a signal is the set of itself. */
function asSet(expression: ast.Expression, known: Known): Constant | undefined {
  const value = evaluate(expression, known);
  return typeof value === 'number' && isSignal(expression) ? setOfSignal(value) : value;
}

function isSignal(expression: ast.Expression): boolean {
  if (!ast.isNameUse(expression)) return false;
  const target = expression.target.ref;
  if (target === undefined) return knownName(expression.target.$refText)?.type === 'signal';
  return ast.isConstantDeclaration(target) && ast.isNameUse(target.value) && isSignal(target.value);
}

function ofName(use: ast.NameUse, known: Known): Constant | undefined {
  const target = use.target.ref;
  if (target === undefined) return knownName(use.target.$refText)?.value ?? undefined;
  if (!ast.isConstantDeclaration(target)) return undefined;
  if (known.has(target)) return known.get(target);
  known.set(target, undefined);
  const value = evaluate(target.value, known);
  known.set(target, value);
  return value;
}

function combine(operator: ast.Binary['operator'], left: Constant, right: Constant): Constant | undefined {
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  if (typeof left === 'number' && typeof right === 'number') return calculate(operator, left, right);
  if (typeof left === 'string' && typeof right === 'string') return operator === '+' ? left + right : undefined;
  if (typeof left !== 'boolean' || typeof right !== 'boolean') return undefined;
  return operator === 'and' ? left && right : operator === 'or' ? left || right : undefined;
}

function calculate(operator: ast.Binary['operator'], left: number, right: number): Constant | undefined {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? undefined : Math.trunc(left / right);
    case '%':
      return right === 0 ? undefined : left % right;
    case '|':
      return left | right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      return undefined;
  }
}
