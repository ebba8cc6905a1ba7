/**
 * The type of every expression. Nothing is declared but the parameters of a program: a variable has the type of the value
 * that it is first given. Asking never reports anything; the checker does.
 */
import type { AstNode } from 'langium';
import * as ast from './generated/ast.ts';
import { countsOf, roomOf, startedTask } from './tree.ts';
import { isCounted, joined, parameterType, type Type } from './types.ts';
import { functionNamed } from './vocabulary/functions.ts';
import { quantity } from './vocabulary/units.ts';
import { fieldsOf, knownName } from './vocabulary/words.ts';

export interface Typing {
  /** The type of an expression; `unknown` for a hole or a mistake. */
  of(expression: ast.Expression | undefined): Type;
  ofVariable(variable: ast.Named): Type;
  /** The types of both sides, a literal 0 taking the unit of the other side: nothing is nothing in every unit. */
  ofSides(left: ast.Expression | undefined, right: ast.Expression | undefined): readonly [Type, Type];
}

/** Whether an expression is the literal 0, which needs no unit. */
export const isZero = (expression: ast.Expression | undefined): boolean =>
  ast.isNumberLiteral(expression) && expression.text === '0';

/** Remembers what it found: ask one typing about one script. */
export function createTyping(): Typing {
  const known = new Map<AstNode, Type>();

  function of(expression: ast.Expression | undefined): Type {
    if (expression === undefined) return 'unknown';
    const before = known.get(expression);
    if (before !== undefined) return before;
    known.set(expression, 'unknown'); // a constant that is made of itself has no type
    const type = find(expression);
    known.set(expression, type);
    return type;
  }

  function find(expression: ast.Expression): Type {
    switch (expression.$type) {
      case 'NumberLiteral':
        return quantity(expression.text).type;
      case 'TextLiteral':
        return 'text';
      case 'TruthLiteral':
      case 'Within':
        return 'bool';
      case 'Fork':
      case 'Spawn':
        return 'process';
      case 'Migrate':
        return 'migration';
      case 'Start':
        return 'task';
      case 'PortAllocate':
      case 'Lookup':
      case 'Carried':
        return 'port';
      case 'Unary':
        return expression.operator === 'not' ? 'bool' : of(expression.operand);
      case 'Binary':
        return ofBinary(expression);
      case 'FieldUse':
        return ofField(expression);
      case 'Call':
        return ofCall(expression);
      case 'NameUse': {
        const target = expression.target.ref;
        return target === undefined ? (knownName(expression.target.$refText)?.type ?? 'unknown') : ofVariable(target);
      }
    }
  }

  function ofField({ receiver, field }: ast.FieldUse): Type {
    const type = of(receiver);
    const known = fieldsOf(type).find(({ name }) => name === field);
    if (known !== undefined) return known.type;
    const task = type === 'task' ? startedTask(receiver) : undefined;
    return task !== undefined && countsOf(task).some(({ name }) => name === field) ? 'int' : 'unknown';
  }

  function ofBinary({ operator, left, right }: ast.Binary): Type {
    const type = joined(operator, ...ofSides(left, right));
    if (type !== undefined) return type;
    return /^([<>]=?|[=!]=|and|or)$/.test(operator) ? 'bool' : 'unknown';
  }

  function ofCall(call: ast.Call): Type {
    if (call.function === 'random') return of(call.arguments[0]);
    const room = roomOf(call);
    return (room === undefined ? undefined : functionNamed(call.function, room)?.result) ?? 'unknown';
  }

  function ofVariable(variable: ast.Named): Type {
    switch (variable.$type) {
      case 'LetStatement': {
        const type = of(variable.value);
        return type === 'nothing' || type === 'residual' ? 'unknown' : type; // reported where it is given
      }
      case 'ConstantDeclaration':
        return of(variable.value);
      case 'ForStatement':
        return of(variable.first);
      case 'CountStatement':
        return 'int';
      case 'NamedThread':
        return 'thread';
      case 'Parameter':
        return parameterType(variable.parameterType);
      case 'NodeDeclaration':
        return 'node';
    }
  }

  function ofSides(left: ast.Expression | undefined, right: ast.Expression | undefined): readonly [Type, Type] {
    const types = [of(left), of(right)] as const;
    if (isZero(left) && isCounted(types[1])) return [types[1], types[1]];
    if (isZero(right) && isCounted(types[0])) return [types[0], types[0]];
    return types;
  }

  return { of, ofVariable, ofSides };
}
