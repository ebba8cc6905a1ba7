/**
 * Lowers what chooses and repeats:
 *
 *   if        unless C -> next branch; body; jump -> end                  once per branch
 *   while     top: unless C -> end; body; jump -> top
 *   for       i := a; last := b; top: unless i <= last -> end; body; i := i + 1; jump -> top
 *
 * `break` jumps to the end, `continue` to where the loop decides again.
 *
 * A loop stops a debugger once for each time it decides: `while` where it asks, `for` where it sets its variable.
 */
import { AstUtils } from 'langium';
import type { Expression, Span } from '../../simulator/workload/program.ts';
import * as ast from '../generated/ast.ts';
import { spanOf, textOf } from '../tree.ts';
import type { Code } from './code.ts';
import { endOf, lowerExpression } from './expression.ts';
import { lowerBody } from './statement.ts';

/** A statement without its body: what a debugger marks as the line to run next. */
export function headOf(statement: ast.Statement | ast.Branch): Span {
  const body = AstUtils.streamAst(statement).find(ast.isBlock);
  const span = spanOf(statement);
  const before = body?.$cstNode && textOf(statement).slice(0, body.$cstNode.offset - (statement.$cstNode?.offset ?? 0));
  if (before === undefined) return span;
  const lines = before.trimEnd().split(/\r?\n/);
  const last = lines.at(-1) ?? '';
  const endLine = span.line + lines.length - 1;
  return { ...span, endLine, endColumn: (lines.length === 1 ? span.column : 1) + last.length };
}

export function lowerIf(code: Code, statement: ast.IfStatement): void {
  const ends: number[] = [];
  statement.branches.forEach((branch, index) => {
    code.begin(headOf(branch));
    const condition = lowerExpression(code, branch.condition);
    const next = code.emit({ ...code.place(), op: 'unless', condition, to: -1 });
    lowerBody(code, branch.body.statements);
    const isLast = index === statement.branches.length - 1 && statement.otherwise === undefined;
    if (!isLast) ends.push(code.emit({ ...code.place(endOf(branch.body)), op: 'jump', to: -1 }));
    code.land(next);
  });
  lowerBody(code, statement.otherwise?.statements ?? []);
  for (const end of ends) code.land(end);
}

export function lowerWhile(code: Code, statement: ast.WhileStatement): void {
  const top = code.here;
  code.begin(headOf(statement));
  const condition = lowerExpression(code, statement.condition);
  const exit = code.emit({ ...code.place(), op: 'unless', condition, to: -1 });
  code.enterLoop();
  lowerBody(code, statement.body.statements);
  code.landContinues();
  code.emit({ ...code.place(endOf(statement.body)), op: 'jump', to: top });
  code.land(exit);
  code.leaveLoop();
}

export function lowerFor(code: Code, statement: ast.ForStatement): void {
  const span = headOf(statement);
  const first = lowerExpression(code, statement.first);
  const last = lowerExpression(code, statement.last);
  const slot = code.declare(statement);
  const end = code.newSlot('', 'int');
  code.emit({ ...code.place(), op: 'set', slot, value: first });
  code.emit({ ...code.place(), op: 'set', slot: end, value: last });
  const left: Expression = { kind: 'slot', slot, span };
  const right: Expression = { kind: 'slot', slot: end, span };
  const top = code.here;
  const condition: Expression = { kind: 'binary', operator: '<=', left, right, span };
  const exit = code.emit({ ...code.place(), op: 'unless', condition, to: -1 });
  code.enterLoop();
  lowerBody(code, statement.body.statements);
  code.landContinues();
  code.begin(span);
  const value: Expression = { kind: 'binary', operator: '+', left, right: { kind: 'value', value: 1 }, span };
  code.emit({ ...code.place(), op: 'set', slot, value });
  code.emit({ ...code.place(), op: 'jump', to: top });
  code.land(exit);
  code.leaveLoop();
}
