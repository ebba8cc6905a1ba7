/**
 * What an expression is worth at one moment of the run.
 *
 * A Surrounding answers names and calls: the locals of a frame and what a stop is about come first, then the state of
 * the cluster (world.ts). Values are JSON: whatever the inspected state holds. Reading has no effect on the run.
 *
 * `and` and `or` stop early and give a truth value. `==` compares numbers, strings and truth values as they are; an
 * object is never equal to anything. Arithmetic is for numbers, except that `+` joins strings.
 */
import { suggestion } from '../../language/nearest.ts';
import { ExpressionError } from './expression-error.ts';
import type { BinaryOperator, Syntax } from './syntax.ts';

export interface Surrounding {
  /** The value of a name, or undefined if there is no such name. */
  name(name: string): unknown;
  /** The value of a call, or undefined if there is no such function. */
  call(name: string, operands: readonly unknown[]): unknown;
  /** What the workload language says that `name.property` is, or undefined if it says nothing. */
  member(name: string, property: string): unknown;
  /** What could have been meant, for the message about an unknown name. */
  names(): readonly string[];
}

export function evaluate(tree: Syntax, around: Surrounding): unknown {
  switch (tree.kind) {
    case 'value':
      return tree.value;
    case 'name': {
      const value = around.name(tree.name);
      if (value !== undefined) return value;
      throw new ExpressionError(`there is no '${tree.name}' here${meant(tree.name, around.names())}`, tree.column);
    }
    case 'call': {
      const value = around.call(
        tree.name,
        tree.operands.map((operand) => evaluate(operand, around)),
      );
      if (value !== undefined) return value;
      throw new ExpressionError(`there is no function '${tree.name}'${meant(tree.name, around.names())}`, tree.column);
    }
    case 'property': {
      const member = tree.of.kind === 'name' ? around.member(tree.of.name, tree.name) : undefined;
      if (member !== undefined) return member;
      return property(evaluate(tree.of, around), tree.name, tree.column);
    }
    case 'element':
      return element(evaluate(tree.of, around), evaluate(tree.index, around), tree.column);
    case 'negate':
      return -numeric(evaluate(tree.operand, around), '-', tree.column);
    case 'not':
      return !isTrue(evaluate(tree.operand, around));
    case 'within': {
      const value = numeric(evaluate(tree.operand, around), 'in', tree.column);
      const low = numeric(evaluate(tree.low, around), 'in', tree.column);
      return low <= value && value <= numeric(evaluate(tree.high, around), 'in', tree.column);
    }
    case 'binary':
      if (tree.operator === 'or') return isTrue(evaluate(tree.left, around)) || isTrue(evaluate(tree.right, around));
      if (tree.operator === 'and') return isTrue(evaluate(tree.left, around)) && isTrue(evaluate(tree.right, around));
      return combine(tree.operator, evaluate(tree.left, around), evaluate(tree.right, around), tree.column);
  }
}

/** False, null, zero, and what is empty count as false. */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return Boolean(value);
}

function property(of: unknown, name: string, column: number): unknown {
  if (name === 'length' && (Array.isArray(of) || typeof of === 'string')) return of.length;
  if (typeof of !== 'object' || of === null) throw new ExpressionError(`${inWords(of)} has no '${name}'`, column);
  if (Array.isArray(of)) throw new ExpressionError(`a list has no '${name}'; it has 'length' and [index]`, column);
  if (Object.hasOwn(of, name)) return (of as Record<string, unknown>)[name];
  throw new ExpressionError(`there is no '${name}' in it; it has ${Object.keys(of).join(', ')}`, column);
}

function element(of: unknown, index: unknown, column: number): unknown {
  if (!Array.isArray(of)) {
    if (typeof index === 'string') return property(of, index, column);
    throw new ExpressionError(`${inWords(of)} is not a list`, column);
  }
  if (typeof index !== 'number' || !Number.isInteger(index))
    throw new ExpressionError(`an index must be a whole number, not ${inWords(index)}`, column);
  if (index >= 0 && index < of.length) return (of as readonly unknown[])[index];
  throw new ExpressionError(`there is no element ${index}; the list has ${of.length}`, column);
}

function combine(operator: BinaryOperator, left: unknown, right: unknown, column: number): unknown {
  if (operator === '==') return left === right && !isObject(left);
  if (operator === '!=') return left !== right || isObject(left);
  if (operator === '+' && (typeof left === 'string' || typeof right === 'string')) return asText(left) + asText(right);
  if (typeof left === 'string' && typeof right === 'string' && /^[<>]/.test(operator)) {
    return compare(operator, left, right);
  }
  return calculate(operator, numeric(left, operator, column), numeric(right, operator, column), column);
}

function calculate(operator: BinaryOperator, left: number, right: number, column: number): number | boolean {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
    case '%':
      if (right === 0) throw new ExpressionError('division by zero', column);
      return operator === '/' ? left / right : left % right;
    default:
      return compare(operator, left, right);
  }
}

function compare<T extends number | string>(operator: BinaryOperator, left: T, right: T): boolean {
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

function numeric(value: unknown, operator: string, column: number): number {
  if (typeof value === 'number') return value;
  throw new ExpressionError(`'${operator}' is for numbers; this is ${inWords(value)}`, column);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** A value as it stands in a log message. */
export function asText(value: unknown): string {
  return isObject(value) ? JSON.stringify(value) : String(value);
}

function inWords(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isObject(value)) return 'an object';
  return value === null ? 'null' : `the ${typeof value} ${JSON.stringify(value)}`;
}

function meant(wanted: string, names: readonly string[]): string {
  const { text } = suggestion(wanted, names);
  return text === '' ? '' : `. ${text}`;
}
