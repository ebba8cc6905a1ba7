/**
 * source { sourceReference }: the page of a routine of the system.
 */
import { routinePage } from '../../simulator/engine/simulation.ts';
import { optionalRecord, optionalWholeNumber, type Arguments } from '../arguments.ts';
import type { Context } from '../context.ts';
import { RequestError } from '../errors.ts';
import { routineOf } from '../present/source.ts';

export function source(cx: Context, args: Arguments): object {
  const reference =
    optionalWholeNumber(optionalRecord(args, 'source') ?? {}, 'sourceReference') ??
    optionalWholeNumber(args, 'sourceReference');
  if (reference === undefined)
    throw new RequestError('badArgument', `'sourceReference' is missing; it must be a whole number.`);
  const routine = routineOf(cx.routines, reference);
  if (routine === undefined) throw new RequestError('unknownId', `There is no source ${reference}.`);
  return { content: routinePage(routine), mimeType: 'text/plain' };
}
