/**
 * Checks of expressions: every name is known, every value fits its operator, every call has the arguments it needs.
 */
import { constantValue } from '../constants.ts';
import * as ast from '../generated/ast.ts';
import { sentences, suggestion } from '../nearest.ts';
import {
  clusterOf,
  constantsOf,
  countsOf,
  isNodePlace,
  nodesOf,
  roomOf,
  scriptOf,
  spanOf,
  spanOfHead,
  spanOfProperty,
  startedTask,
  visibleVariables,
} from '../tree.ts';
import { isCounted, isRecord, joined, title, type Type } from '../types.ts';
import { optionLeftOut, whyLeftOut } from '../vocabulary/not-modelled.ts';
import { quantity } from '../vocabulary/units.ts';
import { fieldsOf, knownName, knownNames, names, outcomes } from '../vocabulary/words.ts';
import { checkPlace, checkCall, checkSpawn, mustBeIn } from './call.ts';
import { mustFit, mustNotBeEmpty, missingUnit, type Check } from './context.ts';
import { checkCarried, checkLookup, checkPortAllocate, checkStart } from './message.ts';
import { checkMigrate } from './migrate.ts';
import { checkBody } from './statement.ts';

export function checkExpression(cx: Check, expression: ast.Expression): void {
  switch (expression.$type) {
    case 'NumberLiteral':
      checkNumber(cx, expression);
      return;
    case 'NameUse':
      checkName(cx, expression);
      return;
    case 'Unary':
      checkExpression(cx, expression.operand);
      if (expression.operator === 'not') mustFit(cx, expression.operand, ['bool'], 'What follows `not`');
      else mustFit(cx, expression.operand, ['int', 'time', 'size', 'process'], 'What follows `-`');
      return;
    case 'Binary':
      checkExpression(cx, expression.left);
      checkExpression(cx, expression.right);
      checkBinary(cx, expression);
      return;
    case 'Within':
      checkWithin(cx, expression);
      return;
    case 'FieldUse':
      checkExpression(cx, expression.receiver);
      checkField(cx, expression);
      return;
    case 'Call':
      for (const each of expression.arguments) checkExpression(cx, each);
      checkCall(cx, expression);
      return;
    case 'Fork':
      mustBeIn(
        cx,
        expression,
        ['program'],
        'fork',
        'a scenario spawns programs, a task makes threads: `thread { ... }`',
      );
      checkPlace(cx, expression.node);
      checkBody(cx, expression.body.statements);
      return;
    case 'Spawn':
      for (const each of expression.arguments) checkExpression(cx, each);
      checkSpawn(cx, expression);
      return;
    case 'Start':
      for (const each of expression.arguments) checkExpression(cx, each);
      checkStart(cx, expression);
      return;
    case 'Migrate':
      checkMigrate(cx, expression);
      return;
    case 'Carried':
      checkCarried(cx, expression);
      return;
    case 'PortAllocate':
      checkPortAllocate(cx, expression);
      return;
    case 'Lookup':
      checkLookup(cx, expression);
      return;
    case 'TextLiteral':
    case 'TruthLiteral':
      return;
  }
}

function checkNumber(cx: Check, literal: ast.NumberLiteral): void {
  const { type, trouble } = quantity(literal.text);
  if (trouble === null) return;
  const counted = type === 'time' ? ' of nanoseconds' : type === 'size' ? ' of bytes' : ': give it a unit, or round it';
  const message =
    trouble === 'not-whole'
      ? `\`${literal.text}\` is not a whole number${counted}.`
      : `\`${literal.text}\` is too large to be counted exactly.`;
  cx.report(trouble, spanOf(literal), message);
}

/** Reports a name that means nothing where it stands. */
export function checkName(cx: Check, use: ast.NameUse): void {
  const name = use.target.$refText;
  if (use.target.ref !== undefined || (knownName(name) !== undefined && !isNodePlace(use))) return;
  const inNodePlace = isNodePlace(use) && roomOf(use) === 'scenario';
  const cluster = clusterOf(use);
  // Already reported: what is wrong with the cluster, or that this belongs in no program.
  if (isNodePlace(use) && (cluster === undefined || !cx.whole.has(cluster))) return;
  const leftOut = inNodePlace ? undefined : optionLeftOut(name);
  if (leftOut !== undefined) return cx.report('not-modelled', spanOf(use), whyLeftOut(name, leftOut));
  const nodes = namesOf(nodesOf(cluster));
  const constants = constantsOf(scriptOf(use));
  const others = [...namesOf([...visibleVariables(use), ...constants]), ...nodes, ...names(knownNames)];
  const { text, fix } = suggestion(name, inNodePlace ? nodes : others);
  const message = inNodePlace
    ? `The cluster \`${cluster?.name ?? ''}\` has no node \`${name}\`.`
    : `Nothing here is called \`${name}\`.`;
  cx.report(inNodePlace ? 'unknown-node' : 'unknown-name', spanOf(use), sentences(message, text), fix);
}

const namesOf = (all: readonly (ast.Named | ast.NodeDeclaration)[]): string[] => all.map(({ name }) => name);

function checkBinary(cx: Check, binary: ast.Binary): void {
  const { operator, left, right } = binary;
  const [leftType, rightType] = cx.typing.ofSides(left, right);
  if (joined(operator, leftType, rightType) === undefined) {
    tellMismatch(cx, binary, leftType, rightType);
    return;
  }
  if ((operator === '/' || operator === '%') && constantValue(right) === 0) {
    cx.report('division-by-zero', spanOf(right), 'Nothing can be divided by 0.');
  }
  if (cx.typing.of(binary) === 'flags' && constantValue(binary) === undefined) {
    cx.report(
      'not-constant',
      spanOf(binary),
      leftType === 'options'
        ? 'Options must be known before the run: join `WNOHANG`, `WUNTRACED` and `WCONTINUED`.'
        : 'Open flags must be known before the run: join `read`, `write` and `create`.',
    );
  }
  checkOutcome(cx, left, right);
  checkOutcome(cx, right, left);
}

function tellMismatch(cx: Check, binary: ast.Binary, left: Type, right: Type): void {
  const { operator } = binary;
  const unit = (type: Type): string | undefined => (type === 'time' ? 'ms' : type === 'size' ? 'KB' : undefined);
  const additive = !['*', 'and', 'or', '|'].includes(operator);
  const leftUnit = unit(left);
  const rightUnit = unit(right);
  if (additive && left === 'int' && rightUnit !== undefined && operator !== '/') {
    missingUnit(cx, binary.left, rightUnit, 'The left side');
    return;
  }
  if (additive && right === 'int' && leftUnit !== undefined) {
    missingUnit(cx, binary.right, leftUnit, 'The right side');
    return;
  }
  if (operator === 'and' || operator === 'or') {
    mustFit(cx, binary.left, ['bool'], `The left side of \`${operator}\``);
    mustFit(cx, binary.right, ['bool'], `The right side of \`${operator}\``);
    return;
  }
  const quoted = [binary.left, binary.right].find((each) => ast.isTextLiteral(each));
  if (quoted !== undefined && (left === 'node' || right === 'node')) {
    const fix = { title: `Write \`${quoted.value}\``, replacement: quoted.value };
    cx.report('wrong-type', spanOf(quoted), `Nodes are named without quotes: write \`${quoted.value}\`.`, fix);
    return;
  }
  const compares = /^[<>=!]/.test(operator);
  const message = compares
    ? `${capital(title(left))} cannot be compared with ${title(right)} by \`${operator}\`.`
    : `\`${operator}\` cannot join ${title(left)} and ${title(right)}.`;
  cx.report('wrong-type', spanOf(binary), message);
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `m.outcome == "refuse"` would never be true. */
function checkOutcome(cx: Check, asked: ast.Expression, answer: ast.Expression): void {
  if (!ast.isFieldUse(asked) || asked.field !== 'outcome' || !ast.isTextLiteral(answer)) return;
  if (cx.typing.of(asked.receiver) !== 'migration' || outcomes.includes(answer.value)) return;
  const { text, fix } = suggestion(
    answer.value,
    outcomes.filter((each) => each !== ''),
  );
  const quoted = fix === undefined ? undefined : { title: fix.title, replacement: `"${fix.replacement}"` };
  cx.report('unknown-outcome', spanOf(answer), `No migration has the outcome "${answer.value}". ${text}`, quoted);
}

function checkWithin(cx: Check, { operand, low, high }: ast.Within): void {
  for (const each of [operand, low, high]) checkExpression(cx, each);
  const type = cx.typing.of(operand);
  if (!isCounted(type)) {
    cx.report('wrong-type', spanOf(operand), `Only numbers, times and sizes lie in a range, not ${title(type)}.`);
    return;
  }
  mustFit(cx, low, [type], 'The lower end of the range');
  mustFit(cx, high, [type], 'The upper end of the range');
  mustNotBeEmpty(cx, low, high);
}

function checkField(cx: Check, use: ast.FieldUse): void {
  const type = cx.typing.of(use.receiver);
  if (type === 'unknown') return;
  const span = spanOfProperty(use, 'field');
  const task = type === 'task' ? startedTask(use.receiver) : undefined;
  const known = [...names(fieldsOf(type)), ...(task === undefined ? [] : countsOf(task).map(({ name }) => name))];
  const room = roomOf(use);
  if (room !== 'scenario' && !isRecord(type)) {
    cx.report('wrong-place', spanOfHead(use), `A ${room} cannot look into the world: only a scenario asks for fields.`);
    return;
  }
  if (known.includes(use.field)) return;
  const { text, fix } = suggestion(use.field, known);
  const message =
    known.length === 0 ? `${capital(title(type))} has no fields.` : `${capital(title(type))} has no \`${use.field}\`.`;
  cx.report('unknown-field', span, sentences(message, text), fix);
}
