/**
 * osf1ad/state { since? }: the inspected state of the cluster at this moment (simulator/inspect/state.ts), answered
 * while it runs, too. With `since`, the number of an event, a client that already has the state of that moment gets
 * { unchanged: true } if it is still the present one.
 */
import { eventCount } from '../../simulator/engine/simulation.ts';
import { optionalWholeNumber, type Arguments } from '../arguments.ts';
import { runOf, type Context } from '../context.ts';
import { stateOf } from '../run.ts';

export function state(cx: Context, args: Arguments): object {
  const run = runOf(cx);
  const since = optionalWholeNumber(args, 'since');
  return since === eventCount(run.sim) ? { unchanged: true, event: since } : stateOf(run);
}
