/** The receive right of a live port is in exactly one place: a space, a message, a thread's hand, or the kernel. */
import { NONE } from '../base/table.ts';
import { broken, type Checker } from './checker.ts';
import { tallyFor } from './tally.ts';

export const oneReceiver: Checker = {
  rule: 'I1',
  story: 'every live port has exactly one holder of its receive right',
  check(w, census) {
    for (const port of w.ports.rows) {
      if (!port.live || !port.active || port.proxy || port.set || !w.nodes.rows[port.node]!.up) continue;
      const state = port.dipc === NONE ? null : w.distributed.rows[port.dipc]!;
      const away = state === null ? 0 : (tallyFor(census.uids, state.uid)?.receivesAway ?? 0);
      const holders = census.receives[port.id]! + away;
      // Lost in a message with a failed node: the port dies when its own node notices.
      if (holders === 0 && !census.noneFailed && state?.convert === true) continue;
      if (holders !== 1) broken('I1', `the receive right of ${port.label} (port ${port.id}) has ${holders} holders`);
    }
  },
};
