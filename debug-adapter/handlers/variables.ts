/**
 * variables { variablesReference, filter?, start?, count? }: the rows under a scope, a row, or a result.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { optionalText, optionalWholeNumber, wholeNumber, type Arguments } from '../arguments.ts';
import { runOf, type Context } from '../context.ts';
import { childrenHandle, childrenOf, type Handles } from '../handles.ts';
import type { Shown } from '../present/shown.ts';

export function variables(cx: Context, args: Arguments): object {
  const { handles } = runOf(cx);
  const rows = childrenOf(handles, wholeNumber(args, 'variablesReference'));
  const start = optionalWholeNumber(args, 'start') ?? 0;
  const count = optionalWholeNumber(args, 'count') ?? 0;
  if (optionalText(args, 'filter') === 'indexed') return { variables: [] };
  const part = rows.slice(start, count === 0 ? undefined : start + count);
  return { variables: part.map((row) => presentVariable(handles, row)) };
}

function presentVariable(
  handles: Handles,
  { name, value, type, children, expression, kind, menu }: Shown,
): DebugProtocol.Variable {
  return {
    name,
    value,
    variablesReference: childrenHandle(handles, children),
    ...(type === undefined ? {} : { type }),
    ...(expression === undefined ? {} : { evaluateName: expression }),
    ...(menu === undefined ? {} : { __vscodeVariableMenuContext: menu }),
    presentationHint: { attributes: ['readOnly'], ...(kind === undefined ? {} : { kind }) },
  };
}
