/**
 * The value of an expression, here and now. Looking costs nothing and changes nothing; only `random` draws a number from
 * the workload's stream.
 */
import { unreachable } from '../base/assert.ts';
import { drawWithin } from '../base/random.ts';
import { EXC_ARITHMETIC } from '../mach/exception-ports.ts';
import type { ExceptionCode } from '../mach/exceptions.ts';
import { residualPma } from '../migration/residual.ts';
import { setOf } from '../osf1/signal-numbers.ts';
import type { Expression, Span, Value } from './program.ts';
import { migrationField, processField, residualField, taskField, tasksOf, tasksStarted } from './questions.ts';
import type { WorkloadWorld } from './world.ts';

const divideByZero: MachineException = { type: EXC_ARITHMETIC, code: 'EXC_I386_DIV', subcode: 0 };

type Locals = readonly (Value | null)[];
type Binary = Extract<Expression, { kind: 'binary' }>;

/** What a kernel says of a mistake that the machine finds [mechanisms 1.12]. */
export interface MachineException {
  readonly type: number;
  readonly code: ExceptionCode;
  readonly subcode: ExceptionCode;
}

/** A mistake of the script that only shows when it runs: it ends the process or the task, never the simulator. */
export class Fault extends Error {
  readonly span: Span | null;
  /** What the machine finds; null for a mistake that only the language knows. */
  readonly exception: MachineException | null;

  constructor(what: string, span: Span | null, exception: MachineException | null = null) {
    super(what);
    this.exception = exception;
    this.name = 'Fault';
    this.span = span;
  }
}

export function evaluate(w: WorkloadWorld, locals: Locals, expression: Expression): Value {
  switch (expression.kind) {
    case 'value':
      return expression.value;
    case 'slot': {
      const value = locals[expression.slot];
      if (value === undefined || value === null)
        throw new Fault('a variable is used before it has a value', expression.span);
      return value;
    }
    case 'unary': {
      if (expression.operator === 'not') return !truth(w, locals, expression.operand);
      const operand = number(w, locals, expression.operand);
      return expression.operator === 'set' ? setOf(operand) : -operand;
    }
    case 'binary':
      return binary(w, locals, expression);
    case 'within': {
      const operand = number(w, locals, expression.operand);
      return number(w, locals, expression.low) <= operand && operand <= number(w, locals, expression.high);
    }
    case 'random': {
      const low = number(w, locals, expression.low);
      const high = number(w, locals, expression.high);
      if (low > high) throw new Fault(`random(${low}, ${high}): there is no number in this range`, expression.span);
      return drawWithin(w.random, 'workload', low, high);
    }
    case 'process':
      return processField(w, number(w, locals, expression.process), expression.field);
    case 'migration':
      return migrationField(w, number(w, locals, expression.migration), expression.field);
    case 'task':
      return taskField(w, number(w, locals, expression.task), expression.field);
    case 'count':
      return w.operator.started[number(w, locals, expression.task)]!.counts[expression.count]!;
    case 'residual': {
      const id = number(w, locals, expression.process);
      const tasks = expression.what === 'task' ? tasksStarted(w, id) : tasksOf(w, id);
      const node = number(w, locals, expression.node);
      if (expression.field !== 'pma') return residualField(w, tasks, node, expression.field);
      return expression.what === 'task' ? 0 : residualPma(w, id, node);
    }
    case 'now':
      return w.time;
    case 'up':
      return w.nodes.rows[number(w, locals, expression.node)]?.up ?? false;
    default:
      return unreachable(expression);
  }
}

export function number(w: WorkloadWorld, locals: Locals, expression: Expression): number {
  const value = evaluate(w, locals, expression);
  if (typeof value === 'number') return value;
  throw new Fault(`a number is needed, not ${JSON.stringify(value)}`, spanOf(expression));
}

export function text(w: WorkloadWorld, locals: Locals, expression: Expression): string {
  const value = evaluate(w, locals, expression);
  if (typeof value === 'string') return value;
  throw new Fault(`a text is needed, not ${JSON.stringify(value)}`, spanOf(expression));
}

export function truth(w: WorkloadWorld, locals: Locals, expression: Expression): boolean {
  const value = evaluate(w, locals, expression);
  if (typeof value === 'boolean') return value;
  throw new Fault(`a condition is needed, not ${JSON.stringify(value)}`, spanOf(expression));
}

function binary(w: WorkloadWorld, locals: Locals, expression: Binary): Value {
  const { operator, left, right, span } = expression;
  switch (operator) {
    case 'and':
      return truth(w, locals, left) && truth(w, locals, right);
    case 'or':
      return truth(w, locals, left) || truth(w, locals, right);
    case '==':
      return evaluate(w, locals, left) === evaluate(w, locals, right);
    case '!=':
      return evaluate(w, locals, left) !== evaluate(w, locals, right);
    case '+': {
      const first = evaluate(w, locals, left);
      if (typeof first === 'string') return first + text(w, locals, right);
      return whole(number(w, locals, left) + number(w, locals, right), span);
    }
    default:
  }
  const a = number(w, locals, left);
  const b = number(w, locals, right);
  switch (operator) {
    case '-':
      return whole(a - b, span);
    case '*':
      return whole(a * b, span);
    case '/':
      if (b === 0) throw new Fault('division by zero', span, divideByZero);
      return Math.trunc(a / b);
    case '%':
      if (b === 0) throw new Fault('division by zero', span, divideByZero);
      return a % b;
    case '|':
      return a | b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return unreachable(operator);
  }
}

/** Arithmetic is that of whole numbers: what cannot be held exactly is a fault, not an approximation. */
function whole(value: number, span: Span): number {
  if (Number.isSafeInteger(value)) return value;
  throw new Fault('the result is too large', span);
}

function spanOf(expression: Expression): Span | null {
  return 'span' in expression ? expression.span : null;
}
