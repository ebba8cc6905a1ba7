/**
 * Lowers statements. Of those that have a body `branch.ts` has the loops; the others are
 *
 *   thread    thread -> end; body; end of thread
 *   on phase  async -> end; await_phase; body; end of thread
 *   on SIGNAL handle -> end; body; handled
 */
import type { Expression, NotificationVariant, Phase, RegionName } from '../../simulator/workload/program.ts';
import * as ast from '../generated/ast.ts';
import { spanOf, textOf } from '../tree.ts';
import { headOf, lowerFor, lowerIf, lowerWhile } from './branch.ts';
import { lowerSystemCall } from './system-call.ts';
import type { Code } from './code.ts';
import { endOf, lowerExpression, lowerInto, lowerSet, programIndex } from './expression.ts';
import { countIndex, lowered } from './task.ts';

export function lowerBody(code: Code, statements: readonly ast.Statement[]): void {
  for (const statement of statements) lowerStatement(code, statement);
}

function lowerStatement(code: Code, statement: ast.Statement): void {
  if (!ast.isIfStatement(statement) && !ast.isWhileStatement(statement)) code.begin(headOf(statement));
  switch (statement.$type) {
    case 'LetStatement':
      lowerInto(code, statement.value, code.declare(statement));
      return;
    case 'AssignStatement': {
      const variable = statement.target.ref;
      if (ast.isCountStatement(variable)) {
        const value = lowerExpression(code, statement.value);
        code.emit({ ...code.place(), op: 'count_set', count: countIndex(variable), value });
      } else if (variable !== undefined) lowerInto(code, statement.value, code.slotOf(variable));
      return;
    }
    case 'CallStatement':
      lowerCallStatement(code, statement.value);
      return;
    case 'IfStatement':
      lowerIf(code, statement);
      return;
    case 'WhileStatement':
      lowerWhile(code, statement);
      return;
    case 'ForStatement':
      lowerFor(code, statement);
      return;
    case 'ComputeStatement': {
      const duration = lowerExpression(code, statement.duration);
      code.emit({ ...code.place(), op: 'compute', duration });
      return;
    }
    case 'BreakStatement':
      code.jumpInLoop('breaks', code.emit({ ...code.place(), op: 'jump', to: -1 }));
      return;
    case 'ContinueStatement':
      code.jumpInLoop('continues', code.emit({ ...code.place(), op: 'jump', to: -1 }));
      return;
    case 'TouchStatement':
      lowerTouch(code, statement);
      return;
    case 'ExecStatement': {
      const operands = statement.arguments.map((each) => lowerExpression(code, each));
      const node = statement.node === undefined ? null : lowerExpression(code, statement.node);
      code.emit({ ...code.place(), op: 'exec', program: programIndex(code, statement.program.ref), operands, node });
      return;
    }
    case 'HandlerStatement':
      lowerHandler(code, statement);
      return;
    case 'SleepStatement': {
      if (code.around.room === 'program') return lowerSystemCall(code, 'sleep', [statement.duration], -1);
      const duration = lowerExpression(code, statement.duration);
      code.emit({ ...code.place(), op: 'sleep', duration });
      return;
    }
    case 'CountStatement':
    case 'ThreadStatement':
    case 'NamedThread':
    case 'PublishStatement':
    case 'RequestStatement':
      lowerTaskStatement(code, statement);
      return;
    default:
      lowerScenarioStatement(code, statement);
      return;
  }
}

function lowerHandler(code: Code, statement: ast.HandlerStatement): void {
  const signal = lowerExpression(code, statement.signal);
  const mask: Expression = statement.mask === undefined ? { kind: 'value', value: 0 } : lowerSet(code, statement.mask);
  const handle = code.emit({ ...code.place(), op: 'handle', signal, restart: statement.restart, mask, to: -1 });
  code.apart(() => lowerBody(code, statement.body.statements));
  code.emit({ ...code.place(endOf(statement.body)), op: 'handled' });
  code.land(handle);
}

function lowerTouch(code: Code, statement: ast.TouchStatement): void {
  const first = lowerExpression(code, statement.first);
  const last = statement.last === undefined ? first : lowerExpression(code, statement.last);
  const write = statement.verb === 'dirty';
  const variable = statement.region.ref;
  if (code.around.room === 'task' && variable !== undefined) {
    const memory: Expression = { kind: 'slot', slot: code.slotOf(variable), span: spanOf(statement) };
    code.emit({ ...code.place(), op: 'touch_memory', memory, first, last, write });
  } else {
    const region = statement.region.$refText as RegionName;
    code.emit({ ...code.place(), op: 'touch', region, first, last, write });
  }
}

type TaskStatement =
  ast.CountStatement | ast.ThreadStatement | ast.NamedThread | ast.PublishStatement | ast.RequestStatement;

function lowerTaskStatement(code: Code, statement: TaskStatement): void {
  switch (statement.$type) {
    case 'CountStatement':
      code.emit({ ...code.place(), op: 'count_set', count: countIndex(statement), value: { kind: 'value', value: 0 } });
      return;
    case 'ThreadStatement':
    case 'NamedThread': {
      const slot = ast.isNamedThread(statement) ? code.declare(statement) : -1;
      const thread = code.emit({ ...code.place(), op: 'thread', to: -1, slot });
      lowerBody(code, statement.body.statements);
      code.emit({ ...code.place(endOf(statement.body)), op: 'thread_end' });
      code.land(thread);
      return;
    }
    case 'PublishStatement':
      code.emit({ ...lowered(code, 'publish', [statement.port, statement.name]), slot: -1 });
      return;
    case 'RequestStatement': {
      const port = lowerExpression(code, statement.port);
      const notify = lowerExpression(code, statement.notify);
      const variant = statement.variant.replace('_', '-') as NotificationVariant;
      code.emit({ ...code.place(), op: 'request_notification', variant, port, notify });
      return;
    }
  }
}

type ScenarioStatement =
  | ast.AtStatement
  | ast.WaitStatement
  | ast.CrashStatement
  | ast.RebootStatement
  | ast.PartitionStatement
  | ast.HealStatement
  | ast.ExpectStatement
  | ast.OnStatement;

function lowerScenarioStatement(code: Code, statement: ScenarioStatement): void {
  switch (statement.$type) {
    case 'AtStatement': {
      const time = lowerExpression(code, statement.time);
      code.emit({ ...code.place(), op: 'at', time });
      return;
    }
    case 'WaitStatement':
      lowerWait(code, statement.subject);
      return;
    case 'CrashStatement':
      code.emit({ ...code.place(), op: 'crash', node: lowerExpression(code, statement.node) });
      return;
    case 'RebootStatement':
      code.emit({ ...code.place(), op: 'reboot', node: lowerExpression(code, statement.node) });
      return;
    case 'PartitionStatement': {
      const side = (named: typeof statement.nodes) => named.map((each) => lowerExpression(code, each));
      code.emit({ ...code.place(), op: 'partition', nodes: side(statement.nodes), others: side(statement.others) });
      return;
    }
    case 'HealStatement':
      code.emit({ ...code.place(), op: 'heal' });
      return;
    case 'ExpectStatement': {
      const condition = lowerExpression(code, statement.condition);
      code.emit({ ...code.place(), op: 'expect', condition, text: oneLine(textOf(statement.condition)) });
      return;
    }
    case 'OnStatement': {
      const async = code.emit({ ...code.place(), op: 'async', to: -1 });
      const process = lowerExpression(code, statement.process);
      code.emit({ ...code.place(), op: 'await_phase', process, phase: statement.phase as Phase });
      lowerBody(code, statement.body.statements);
      code.emit({ ...code.place(endOf(statement.body)), op: 'end' });
      code.land(async);
      return;
    }
  }
}

/** The source of a condition for a report: comments gone, on one line. */
const oneLine = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|("(?:\\.|[^"\\])*")/g, '$1').replace(/\s+/g, ' ');

/** Waits as a statement: in a program a call whose result nobody wants, in a scenario an instruction of its own. */
function lowerWait(code: Code, subject: ast.Expression): void {
  if (code.around.typing.of(subject) === 'thread') lowerSystemCall(code, 'pthread_join', [subject], -1);
  else if (code.around.room === 'program') lowerSystemCall(code, 'wait', [subject], -1);
  else {
    const value = lowerExpression(code, subject);
    const type = code.around.typing.of(subject);
    const what = type === 'migration' || type === 'task' ? type : 'process';
    code.emit({ ...code.place(), op: 'await', what, value });
  }
}

function lowerCallStatement(code: Code, value: ast.Expression): void {
  if (!ast.isCall(value)) {
    lowerInto(code, value, -1);
    return;
  }
  const [first, second] = value.arguments;
  if (value.function === 'print') {
    const values = value.arguments.map((each) => lowerExpression(code, each));
    code.emit({ ...code.place(), op: 'print', values });
  } else if (code.around.room === 'scenario' && value.function === 'wait' && first !== undefined) {
    lowerWait(code, first);
  } else if (
    code.around.room === 'scenario' &&
    value.function === 'kill' &&
    first !== undefined &&
    second !== undefined
  ) {
    const process = lowerExpression(code, first);
    const signal = lowerExpression(code, second);
    code.emit({ ...code.place(), op: 'signal', process, signal });
  } else if (code.around.room === 'scenario' && isTaskControl(value.function) && first !== undefined) {
    const task = lowerExpression(code, first);
    code.emit({ ...code.place(), op: 'task_control', call: value.function, task });
  } else if (value.function === 'random' || value.function === 'up' || value.function === 'process') {
    lowerInto(code, value, code.newSlot('', code.around.typing.of(value)));
  } else {
    lowerInto(code, value, -1);
  }
}

const isTaskControl = (name: string): name is 'suspend' | 'resume' | 'terminate' =>
  name === 'suspend' || name === 'resume' || name === 'terminate';
