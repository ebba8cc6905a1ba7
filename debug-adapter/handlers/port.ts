/**
 * osf1ad/port { port }: one port over the whole cluster. `port` is the id of one of its copies, its UID, or its label.
 * Answered while the cluster runs, too: { identity, copies }, as simulator/inspect/state-ports.ts declares them.
 */
import { numberOrText, type Arguments } from '../arguments.ts';
import { runOf, type Context } from '../context.ts';
import { RequestError } from '../errors.ts';
import { identityOf } from '../expression/fields.ts';
import { copiesOf } from '../present/port.ts';
import { stateOf } from '../run.ts';

export function port(cx: Context, args: Arguments): object {
  const wanted = numberOrText(args, 'port');
  const state = stateOf(runOf(cx));
  const identity = identityOf(state, wanted);
  if (identity === null) {
    throw new RequestError('unknownId', `There is no port ${JSON.stringify(wanted)} at event ${state.event}.`);
  }
  return { event: state.event, identity, copies: copiesOf(state, identity) };
}
