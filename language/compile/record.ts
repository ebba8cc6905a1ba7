/**
 * A record is a value with parts: a message, what waitpid says. It takes a row of slots, one a field, in their order; the first is
 * the value itself (the reply right of a message, the pid of a child). Calls fill them; a field reads one.
 */
import type { Expression, Unit } from '../../simulator/workload/program.ts';
import * as ast from '../generated/ast.ts';
import { spanOf } from '../tree.ts';
import { fieldsOf, names } from '../vocabulary/words.ts';
import type { Code } from './code.ts';
import { lowerInto } from './expression.ts';

export function lowerRecordField(code: Code, use: ast.FieldUse, unit: { unit?: Unit }): Expression {
  const fields = names(fieldsOf(code.around.typing.of(use.receiver)));
  const slot = firstSlot(code, use.receiver) + fields.indexOf(use.field);
  return { kind: 'slot', slot, span: spanOf(use), ...unit };
}

export function lowerRecordCopy(code: Code, record: ast.NameUse, to: number): void {
  const from = firstSlot(code, record);
  const { length } = fieldsOf(code.around.typing.of(record));
  for (let index = 0; index < length; index++) {
    const value: Expression = { kind: 'slot', slot: from + index, span: spanOf(record) };
    code.emit({ ...code.place(), op: 'set', slot: to + index, value });
  }
}

/** The first slot of a record: that of its variable, or of a temporary that it is lowered into. */
function firstSlot(code: Code, record: ast.Expression): number {
  const variable = ast.isNameUse(record) ? record.target.ref : undefined;
  if (ast.isLetStatement(variable)) return code.slotOf(variable);
  const slot = code.newSlot('', code.around.typing.of(record));
  lowerInto(code, record, slot);
  return slot;
}
