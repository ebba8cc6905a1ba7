/**
 * Lowers expressions. What only looks becomes an expression tree; what acts (a system call, fork, spawn, migrate) becomes
 * an instruction of its own before the one that needs its value, in the order in which it is written. `and` and `or` act
 * on their right side only if the left side leaves the question open.
 */
import { AstUtils } from 'langium';
import type {
  Expression,
  MigrationField,
  ProcessField,
  ResidualField,
  Span,
  Unit,
} from '../../simulator/workload/program.ts';
import { constantValue, setOfSignal } from '../constants.ts';
import * as ast from '../generated/ast.ts';
import { spanOf } from '../tree.ts';
import { isRecord, type Type } from '../types.ts';
import { knownName } from '../vocabulary/words.ts';
import type { Code } from './code.ts';
import { lowerCalls, lowerHow } from './migrate.ts';
import { lowerBody } from './statement.ts';
import { lowerRecordCopy, lowerRecordField } from './record.ts';
import { lowerSystemCall, systemCallOf } from './system-call.ts';
import {
  isTaskCall,
  lowerCount,
  lowered,
  lowerPortAllocate,
  lowerStart,
  lowerTaskCall,
  lowerTaskField,
} from './task.ts';

export function lowerExpression(code: Code, expression: ast.Expression): Expression {
  const span = spanOf(expression);
  const constant = constantValue(expression);
  switch (expression.$type) {
    case 'NumberLiteral':
    case 'TextLiteral':
    case 'TruthLiteral':
      return { kind: 'value', value: constant ?? 0, ...unitOf(code.around.typing.of(expression)) };
    case 'NameUse':
      return lowerName(code, expression);
    case 'Unary': {
      if (constant !== undefined && ast.isNumberLiteral(expression.operand)) {
        return { kind: 'value', value: constant, ...unitOf(code.around.typing.of(expression)) };
      }
      const operand = lowerExpression(code, expression.operand);
      return { kind: 'unary', operator: expression.operator, operand, span };
    }
    case 'Binary':
      return lowerBinary(code, expression);
    case 'Within': {
      const operand = lowerExpression(code, expression.operand);
      const low = lowerExpression(code, expression.low);
      const high = lowerExpression(code, expression.high);
      return { kind: 'within', operand, low, high, span };
    }
    case 'FieldUse':
      return lowerField(code, expression);
    case 'Call':
      return lowerCall(code, expression);
    case 'Carried':
      return lowerExpression(code, expression.right);
    case 'Fork':
    case 'Spawn':
    case 'Start':
    case 'PortAllocate':
    case 'Lookup':
    case 'Migrate': {
      const slot = code.newSlot('', code.around.typing.of(expression));
      lowerInto(code, expression, slot);
      return { kind: 'slot', slot, span };
    }
  }
}

/** Lowers an expression so that its value lands in a slot; -1 drops it. */
export function lowerInto(code: Code, expression: ast.Expression, slot: number): void {
  switch (expression.$type) {
    case 'Fork': {
      const node = expression.node === undefined ? null : lowerExpression(code, expression.node);
      const fork = code.emit({ ...code.place(), op: 'fork', to: -1, node, slot });
      lowerBody(code, expression.body.statements);
      code.emit({ ...code.place(endOf(expression.body)), op: 'end' });
      code.land(fork);
      return;
    }
    case 'Spawn': {
      const program = programIndex(code, expression.program.ref);
      const operands = expression.arguments.map((each) => lowerExpression(code, each));
      const node = expression.node === undefined ? null : lowerExpression(code, expression.node);
      code.emit({ ...code.place(), op: 'spawn', program, operands, node, slot });
      return;
    }
    case 'Start':
      lowerStart(code, expression, slot);
      return;
    case 'PortAllocate':
      lowerPortAllocate(code, expression, slot);
      return;
    case 'Lookup':
      code.emit({ ...lowered(code, 'lookup', [expression.name]), slot });
      return;
    case 'Migrate': {
      const process = lowerExpression(code, expression.process);
      const node = lowerExpression(code, expression.node);
      const what = code.around.typing.of(expression.process) === 'task' ? 'task' : 'process';
      const by = what === 'task' || expression.mechanism === 'task' ? 'task' : 'process';
      const how = lowerHow(code, expression);
      const calls = lowerCalls(expression);
      code.emit({ ...code.place(), op: 'migrate', what, process, node, by, calls, how, slot });
      return;
    }
    case 'NameUse':
      if (!isRecord(code.around.typing.of(expression)) || slot < 0) break;
      lowerRecordCopy(code, expression, slot);
      return;
    case 'Call': {
      if (code.around.room === 'task' && lowerTaskCall(code, expression, slot)) return;
      const call = systemCallOf(code, expression);
      if (call === undefined) break;
      lowerSystemCall(code, call, expression.arguments, slot);
      return;
    }
    default:
  }
  const value = lowerExpression(code, expression);
  if (slot >= 0) code.emit({ ...code.place(), op: 'set', slot, value });
}

/** The closing brace of a block. */
export function endOf(block: ast.Body): Span {
  const { endLine, endColumn } = spanOf(block);
  return { line: endLine, column: endColumn - 1, endLine, endColumn };
}

export function programIndex(code: Code, program: ast.ProgramDeclaration | ast.TaskDeclaration | undefined): number {
  const index = program === undefined ? undefined : code.around.programs.get(program);
  if (index === undefined) throw new Error('a program that the checker did not find');
  return index;
}

function lowerName(code: Code, use: ast.NameUse): Expression {
  const span = spanOf(use);
  const target = use.target.ref;
  if (target === undefined) {
    const known = knownName(use.target.$refText);
    return known?.value == null ? { kind: 'now', span } : { kind: 'value', value: known.value };
  }
  const unit = unitOf(code.around.typing.of(use));
  if (ast.isNodeDeclaration(target)) return { kind: 'value', value: code.around.nodes.indexOf(target), unit: 'node' };
  if (ast.isConstantDeclaration(target)) return { kind: 'value', value: constantValue(use) ?? 0, ...unit };
  if (ast.isCountStatement(target)) return lowerCount(code, target, span);
  return { kind: 'slot', slot: code.slotOf(target), span, ...unit };
}

/** Lowers an expression that stands for a set of signals: a signal is the set of itself. */
export function lowerSet(code: Code, expression: ast.Expression): Expression {
  if (code.around.typing.of(expression) !== 'signal') return lowerExpression(code, expression);
  const signal = constantValue(expression);
  if (typeof signal === 'number') return { kind: 'value', value: setOfSignal(signal) };
  return { kind: 'unary', operator: 'set', operand: lowerExpression(code, expression), span: spanOf(expression) };
}

/** How a value of the type is shown to people, where a plain number would not tell. */
function unitOf(type: Type): { unit?: Unit } {
  return type === 'time' || type === 'size' || type === 'node' ? { unit: type } : {};
}

function lowerBinary(code: Code, binary: ast.Binary): Expression {
  const { operator } = binary;
  const joined = operator === '|' ? constantValue(binary) : undefined;
  if (joined !== undefined) return { kind: 'value', value: joined };
  if (operator === '|') {
    const left = lowerSet(code, binary.left);
    return { kind: 'binary', operator, left, right: lowerSet(code, binary.right), span: spanOf(binary) };
  }
  if ((operator === 'and' || operator === 'or') && acts(code, binary.right)) return lowerChoice(code, binary);
  const left = lowerExpression(code, binary.left);
  const right = lowerExpression(code, binary.right);
  return { kind: 'binary', operator, left, right, span: spanOf(binary) };
}

/** `and` or `or` whose right side acts: the right side becomes instructions that a jump may pass over. */
function lowerChoice(code: Code, { operator, left, right }: ast.Binary): Expression {
  const slot = code.newSlot('', 'bool');
  const value: Expression = { kind: 'slot', slot, span: spanOf(left) };
  lowerInto(code, left, slot);
  const condition: Expression =
    operator === 'and' ? value : { kind: 'unary', operator: 'not', operand: value, span: spanOf(left) };
  const jump = code.emit({ ...code.place(), op: 'unless', condition, to: -1 });
  lowerInto(code, right, slot);
  code.land(jump);
  return value;
}

const acts = (code: Code, expression: ast.Expression): boolean =>
  AstUtils.streamAst(expression).some(
    (part) =>
      ast.isFork(part) ||
      ast.isSpawn(part) ||
      ast.isStart(part) ||
      ast.isMigrate(part) ||
      ast.isPortAllocate(part) ||
      ast.isLookup(part) ||
      (ast.isCall(part) &&
        (systemCallOf(code, part) !== undefined || (code.around.room === 'task' && isTaskCall(part.function)))),
  );

function lowerField(code: Code, use: ast.FieldUse): Expression {
  const { receiver } = use;
  const span = spanOf(use);
  if (ast.isCall(receiver) && receiver.function === 'residual') {
    const [process, node] = receiver.arguments.map((each) => lowerExpression(code, each));
    if (process === undefined || node === undefined) throw new Error('residual needs a process and a node');
    const what = code.around.typing.of(receiver.arguments[0]) === 'task' ? 'task' : 'process';
    return { kind: 'residual', what, field: use.field as ResidualField, process, node, span };
  }
  const type = code.around.typing.of(receiver);
  if (isRecord(type)) return lowerRecordField(code, use, unitOf(code.around.typing.of(use)));
  const value = lowerExpression(code, receiver);
  if (type === 'task') return lowerTaskField(use, value);
  return type === 'migration'
    ? { kind: 'migration', field: use.field as MigrationField, migration: value, span }
    : { kind: 'process', field: use.field as ProcessField, process: value, span };
}

function lowerCall(code: Code, call: ast.Call): Expression {
  const span = spanOf(call);
  if (call.function === 'random' || call.function === 'up') {
    const [first, second] = call.arguments.map((each) => lowerExpression(code, each));
    if (call.function === 'up' && first !== undefined) return { kind: 'up', node: first, span };
    if (first !== undefined && second !== undefined) return { kind: 'random', low: first, high: second, span };
  }
  // A process is its pid.
  if (call.function === 'process' && call.arguments[0] !== undefined) return lowerExpression(code, call.arguments[0]);
  const slot = code.newSlot('', code.around.typing.of(call));
  lowerInto(code, call, slot);
  return { kind: 'slot', slot, span };
}
