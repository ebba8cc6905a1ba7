/** A system call becomes one instruction; what stands for an argument that is left out is written in. */
import { systemCallNames, type SystemCall } from '../../simulator/workload/program.ts';
import type * as ast from '../generated/ast.ts';
import { isRecord } from '../types.ts';
import { systemCalls } from '../vocabulary/system-calls.ts';
import { fieldsOf } from '../vocabulary/words.ts';
import type { Code } from './code.ts';
import { lowerExpression, lowerSet } from './expression.ts';

export function systemCallOf(code: Code, call: ast.Call): SystemCall | undefined {
  return code.around.room === 'program' ? systemCallNames.find((name) => name === call.function) : undefined;
}

export function lowerSystemCall(code: Code, call: SystemCall, written: readonly ast.Expression[], slot: number): void {
  const word = systemCalls.find(({ name }) => name === call);
  if (word === undefined) throw new Error(`a system call that the language does not know: ${call}`);
  const { parameters, result } = word;
  const operands = parameters.map(({ value, types }, index) => {
    const argument = written[index];
    if (argument === undefined) return { kind: 'value', value: value ?? 0 } as const;
    return types.includes('signals') ? lowerSet(code, argument) : lowerExpression(code, argument);
  });
  const types = isRecord(result) ? fieldsOf(result).map(({ type }) => type) : [result];
  const failure = types.map((type) => (type === 'text' || type === 'fd_set' ? '' : type === 'bool' ? false : -1));
  code.emit({ ...code.place(), op: 'call', call, operands, failure, slot });
}
