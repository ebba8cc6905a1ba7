/** Whoever follows a proxy's idea of where the principal is, and the next one's, arrives there [mechanisms 2.9]. */
import { NONE } from '../base/table.ts';
import { broken, type Checker } from './checker.ts';
import { tallyFor } from './tally.ts';

export const everyProxyLeadsHome: Checker = {
  rule: 'D5',
  story: 'from any copy of a live port the principal is found in finitely many hops',
  check(w, census) {
    if (!census.noneFailed) return;
    for (const state of w.distributed.rows) {
      if (!state.live || tallyFor(census.uids, state.uid)?.principal === NONE) continue;
      let port = w.ports.rows[state.port];
      for (let hops = 0; port?.active === true && port.proxy; hops++) {
        const to = w.distributed.rows[port.dipc]!.destination;
        const next: number | undefined = w.nodes.rows[to]?.portByUid.get(state.uid);
        if (next === undefined || hops > w.nodes.rows.length) {
          broken('D5', `${port.label} on node ${port.node} leads to node ${to}, and not to its principal`);
        }
        port = w.ports.rows[next];
      }
    }
  },
};
