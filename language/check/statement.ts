/**
 * Checks of statements: each stands where it belongs and has what it needs; what can never run is reported.
 */
import { AstUtils } from 'langium';
import { constantValue } from '../constants.ts';
import * as ast from '../generated/ast.ts';
import { sentences, suggestion } from '../nearest.ts';
import { loopOf, roomOf, spanOf, spanOfProperty, visibleVariables } from '../tree.ts';
import { title } from '../types.ts';
import { fieldsOf, knownName, names, phases } from '../vocabulary/words.ts';
import { checkPlace, checkNode, checkProgramCall, mustBeIn } from './call.ts';
import { mustFit, mustNotBeEmpty, mustNotBeLess, type Check } from './context.ts';
import { checkExpression, checkName } from './expression.ts';
import { checkPublish, checkRequest } from './message.ts';
import { checkTouch } from './touch.ts';

export function checkBody(cx: Check, statements: readonly ast.Statement[]): void {
  for (const statement of statements) checkStatement(cx, statement);
  const end = statements.findIndex(endsThere);
  const first = statements[end + 1];
  const last = statements.at(-1);
  if (end < 0 || first === undefined || last === undefined) return;
  const { endLine, endColumn } = spanOf(last);
  cx.report(
    'unreachable',
    { ...spanOf(first), endLine, endColumn },
    'This never runs: what stands before it never goes on.',
  );
}

/** Whether nothing after the statement can run. */
function endsThere(statement: ast.Statement): boolean {
  if (ast.isBreakStatement(statement) || ast.isContinueStatement(statement)) return loopOf(statement) !== undefined;
  if (ast.isCallStatement(statement)) return ast.isCall(statement.value) && statement.value.function === 'exit';
  return ast.isWhileStatement(statement) && constantValue(statement.condition) === true && !isLeft(statement);
}

/** Whether a `break` ends the loop. */
const isLeft = (loop: ast.WhileStatement): boolean =>
  AstUtils.streamAst(loop.body).some((part) => ast.isBreakStatement(part) && loopOf(part) === loop);

function checkInLoop(cx: Check, statement: ast.BreakStatement | ast.ContinueStatement): void {
  if (loopOf(statement) !== undefined) return;
  const word = ast.isBreakStatement(statement) ? 'break' : 'continue';
  cx.report('wrong-place', spanOf(statement), `\`${word}\` belongs in the body of a \`while\` or a \`for\`.`);
}

function checkCount(cx: Check, count: ast.CountStatement): void {
  mustBeIn(cx, count, ['program', 'task'], 'count', 'write `let`');
  checkNewName(cx, count);
  const room = roomOf(count);
  if (
    (room === 'task' || room === 'program') &&
    !ast.isTaskDeclaration(count.$container) &&
    !ast.isProgramDeclaration(count.$container)
  ) {
    const message = `All threads of the ${room} count on it: declare it at the top of the ${room}.`;
    cx.report('wrong-place', spanOf(count), message);
  }
  if (room === 'program') return;
  if (!names(fieldsOf('task')).includes(count.name)) return;
  const message = `Every task has \`${count.name}\`, which a scenario asks for: choose another name.`;
  cx.report('duplicate-name', spanOfProperty(count, 'name'), message);
}

function checkStatement(cx: Check, statement: ast.Statement): void {
  switch (statement.$type) {
    case 'LetStatement':
      checkExpression(cx, statement.value);
      checkNewName(cx, statement);
      return;
    case 'AssignStatement':
      checkAssign(cx, statement);
      return;
    case 'CallStatement':
      checkExpression(cx, statement.value);
      return;
    case 'IfStatement':
      for (const { condition, body } of statement.branches) {
        checkCondition(cx, condition, 'What stands after `if`');
        checkBody(cx, body.statements);
      }
      checkBody(cx, statement.otherwise?.statements ?? []);
      return;
    case 'WhileStatement':
      checkCondition(cx, statement.condition, 'What stands after `while`');
      checkBody(cx, statement.body.statements);
      return;
    case 'ForStatement':
      checkFor(cx, statement);
      return;
    case 'BreakStatement':
    case 'ContinueStatement':
      checkInLoop(cx, statement);
      return;
    case 'CountStatement':
      checkCount(cx, statement);
      return;
    case 'ThreadStatement':
      mustBeIn(
        cx,
        statement,
        ['program', 'task'],
        'thread',
        'a scenario does something at the same time with `on phase`',
      );
      checkBody(cx, statement.body.statements);
      return;
    case 'NamedThread':
      mustBeIn(
        cx,
        statement,
        ['program'],
        'thread NAME',
        'nobody waits for a thread of a task: write `thread { ... }`',
      );
      checkNewName(cx, statement);
      checkBody(cx, statement.body.statements);
      return;
    case 'PublishStatement':
      checkPublish(cx, statement);
      return;
    case 'RequestStatement':
      checkRequest(cx, statement);
      return;
    case 'ComputeStatement':
      mustBeIn(
        cx,
        statement,
        ['program', 'task'],
        'compute',
        'a scenario lets time pass with `sleep TIME` or `at TIME`',
      );
      checkTime(cx, statement.duration, 'The duration of `compute`');
      return;
    case 'SleepStatement':
      checkTime(cx, statement.duration, 'The duration of `sleep`');
      return;
    case 'AtStatement':
      mustBeIn(cx, statement, ['scenario'], 'at', 'a program uses the processor with `compute TIME`');
      checkTime(cx, statement.time, 'The time of `at`');
      return;
    case 'TouchStatement':
      checkTouch(cx, statement);
      return;
    case 'ExecStatement':
      mustBeIn(cx, statement, ['program'], 'exec', 'a scenario spawns programs: `spawn P(...) on NODE`');
      for (const each of statement.arguments) checkExpression(cx, each);
      checkProgramCall(cx, statement);
      checkPlace(cx, statement.node);
      return;
    case 'WaitStatement':
      mustBeIn(cx, statement, ['program', 'scenario'], 'wait', 'a task learns of the end of another by a notification');
      checkName(cx, statement.subject);
      mustFit(
        cx,
        statement.subject,
        roomOf(statement) === 'program' ? ['process', 'thread'] : ['process', 'task', 'migration'],
        'What is waited for',
      );
      return;
    case 'CrashStatement':
      mustBeIn(cx, statement, ['scenario'], 'crash', 'a program cannot crash its node');
      checkNode(cx, statement.node);
      return;
    case 'RebootStatement':
      mustBeIn(cx, statement, ['scenario'], 'reboot', 'a program cannot boot a node');
      checkNode(cx, statement.node);
      return;
    case 'PartitionStatement':
      checkPartition(cx, statement);
      return;
    case 'HealStatement':
      mustBeIn(cx, statement, ['scenario'], 'heal', 'a program cannot mend the network');
      return;
    case 'ExpectStatement':
      checkExpect(cx, statement);
      return;
    case 'OnStatement':
      checkOn(cx, statement);
      return;
    case 'HandlerStatement':
      checkHandler(cx, statement);
      return;
  }
}

function checkPartition(cx: Check, statement: ast.PartitionStatement): void {
  mustBeIn(cx, statement, ['scenario'], 'partition', 'a program cannot break the network');
  const side = statement.nodes.map((each) => checkNode(cx, each));
  for (const each of statement.others) {
    const node = checkNode(cx, each);
    if (node === undefined || !side.includes(node)) continue;
    cx.report('repeated', spanOf(each), `The node \`${node.name}\` is on both sides: remove it from one.`);
  }
}

function checkCondition(cx: Check, condition: ast.Expression, what: string): void {
  checkExpression(cx, condition);
  mustFit(cx, condition, ['bool'], what);
}

function checkTime(cx: Check, time: ast.Expression, what: string): void {
  checkExpression(cx, time);
  mustFit(cx, time, ['time'], what);
  mustNotBeLess(cx, time, 0, what);
}

/** A name stands for one variable within the blocks that can see it. */
function checkNewName(
  cx: Check,
  variable: ast.LetStatement | ast.ForStatement | ast.CountStatement | ast.NamedThread,
): void {
  for (const other of visibleVariables(variable)) {
    if (other.name !== variable.name) continue;
    const line = spanOf(other).line;
    const message = `\`${variable.name}\` is a variable since line ${line}: choose another name, or set it with \`${variable.name} = ...\`.`;
    cx.report('duplicate-name', spanOfProperty(variable, 'name'), message);
    return;
  }
}

function checkAssign(cx: Check, assign: ast.AssignStatement): void {
  checkExpression(cx, assign.value);
  const variable = assign.target.ref;
  const name = assign.target.$refText;
  const span = spanOfProperty(assign, 'target');
  if (variable === undefined) {
    const { text, fix } = suggestion(
      name,
      [...visibleVariables(assign)].map((each) => each.name),
    );
    const known = knownName(name) === undefined ? 'is not declared' : 'belongs to the language';
    const message = sentences(`\`${name}\` ${known}: write \`let ${name} = ...\` to make a variable.`, fix ? text : '');
    cx.report('unknown-name', span, message, fix);
    return;
  }
  if (ast.isForStatement(variable)) {
    cx.report('not-a-variable', span, `\`${name}\` is set by its loop: use another variable.`);
    return;
  }
  const type = cx.typing.ofVariable(variable);
  mustFit(cx, assign.value, [type], `\`${name}\` holds ${title(type)}; its new value`);
}

function checkFor(cx: Check, loop: ast.ForStatement): void {
  for (const end of [loop.first, loop.last]) {
    checkExpression(cx, end);
    mustFit(cx, end, ['int'], 'The end of a range that `for` counts through');
  }
  mustNotBeEmpty(cx, loop.first, loop.last);
  checkNewName(cx, loop);
  checkBody(cx, loop.body.statements);
}

function checkExpect(cx: Check, statement: ast.ExpectStatement): void {
  const { condition } = statement;
  mustBeIn(cx, statement, ['scenario'], 'expect', 'a program cannot look into the world');
  checkCondition(cx, condition, 'What is expected');
  if (roomOf(statement) !== 'scenario' || asks(condition)) return;
  cx.report('constant-expectation', spanOf(condition), 'This asks nothing of the run: it is always the same.');
}

const asks = (condition: ast.Expression): boolean =>
  AstUtils.streamAst(condition).some(
    (part) => ast.isFieldUse(part) || ast.isCall(part) || (ast.isNameUse(part) && constantValue(part) === undefined),
  );

function checkOn(cx: Check, statement: ast.OnStatement): void {
  mustBeIn(cx, statement, ['scenario'], 'on phase', 'a program does not see the phases of its migration');
  checkName(cx, statement.process);
  mustFit(cx, statement.process, ['process'], 'What migrates');
  const known = names(phases);
  if (!known.includes(statement.phase)) {
    const { text, fix } = suggestion(statement.phase, known);
    const message = sentences(`No migration has a phase \`${statement.phase}\`.`, text);
    cx.report('unknown-phase', spanOfProperty(statement, 'phase'), message, fix);
  }
  checkBody(cx, statement.body.statements);
}

/** What nothing can be done about. */
const unstoppable = ['SIGKILL', 'SIGSTOP'];

function checkHandler(cx: Check, statement: ast.HandlerStatement): void {
  mustBeIn(cx, statement, ['program'], 'on SIGNAL', 'only processes get signals');
  const { signal, mask } = statement;
  checkName(cx, signal);
  mustFit(cx, signal, ['signal'], 'What is handled');
  if (unstoppable.includes(signal.target.$refText) && signal.target.ref === undefined) {
    cx.report('uncatchable-signal', spanOf(signal), `\`${signal.target.$refText}\` cannot be caught.`);
  }
  if (mask !== undefined) {
    checkExpression(cx, mask);
    mustFit(cx, mask, ['signals'], 'What is blocked meanwhile');
  }
  checkBody(cx, statement.body.statements);
}
