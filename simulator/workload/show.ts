/**
 * Values as people read them: a time with its unit, a size with its unit, a node by its name. What a number stands for
 * is known where it is written (a literal, a variable) and where it is asked for (a field), and follows from there.
 */
import { evaluate } from './evaluate.ts';
import type { Expression, Unit, Value } from './program.ts';
import type { WorkloadWorld } from './world.ts';

type Locals = readonly (Value | null)[];

const units_ns: readonly (readonly [string, number])[] = [
  ['s', 1e9],
  ['ms', 1e6],
  ['us', 1e3],
];

const units_bytes: readonly (readonly [string, number])[] = [
  ['MB', 1024 * 1024],
  ['KB', 1024],
];

/** A value of this expression, as it is printed. */
export function show(w: WorkloadWorld, expression: Expression, value: Value): string {
  if (typeof value !== 'number') return String(value);
  switch (unitOf(expression)) {
    case 'time':
      return scaled(value, units_ns, 'ns');
    case 'size':
      return scaled(value, units_bytes, 'bytes');
    case 'node':
      return w.nodes.rows[value]?.name ?? 'no node';
    default:
      return String(value);
  }
}

/** What a condition compared, in words: shown when an expectation is reported. */
export function compared(w: WorkloadWorld, locals: Locals, expression: Expression): string {
  if (expression.kind === 'binary') {
    const { operator, left, right } = expression;
    return `${compared(w, locals, left)} ${operator} ${compared(w, locals, right)}`;
  }
  if (expression.kind === 'within') return compared(w, locals, expression.operand);
  if (expression.kind === 'unary' && expression.operator === 'not') {
    return `not ${compared(w, locals, expression.operand)}`;
  }
  const value = evaluate(w, locals, expression);
  return typeof value === 'string' ? JSON.stringify(value) : show(w, expression, value);
}

function unitOf(expression: Expression): Unit | null {
  switch (expression.kind) {
    case 'value':
    case 'slot':
      return expression.unit ?? null;
    case 'now':
      return 'time';
    case 'migration':
      return expression.field.endsWith('_time') ? 'time' : null;
    case 'process':
    case 'task':
      return expression.field === 'node' ? 'node' : null;
    case 'binary':
      // A time divided by a time is a plain number.
      if (expression.operator === '/' && unitOf(expression.right) !== null) return null;
      return unitOf(expression.left) ?? unitOf(expression.right);
    case 'unary':
      return unitOf(expression.operand);
    case 'random':
      return unitOf(expression.low);
    default:
      return null;
  }
}

/** In the largest unit that leaves something before the point. */
function scaled(value: number, units: readonly (readonly [string, number])[], smallest: string): string {
  const [unit, size] = units.find(([, each]) => Math.abs(value) >= each) ?? [smallest, 1];
  return `${Number((value / size).toPrecision(6))} ${unit}`;
}
