/** Of all copies of a port one is the principal; while the receive right moves, the next one is arriving [mechanisms 2.3]. */
import { broken, type Checker } from './checker.ts';

export const onePrincipal: Checker = {
  rule: 'D1',
  story: 'a port has one principal, or one arriving and one that it comes from',
  check(w, census) {
    for (let i = 0; i < census.uids.count; i++) {
      const { uid, principals, arriving, forwarders, receivesAway } = census.uids.rows[i]!;
      if (principals > 1 || arriving > 1)
        broken('D1', `${principals} principals and ${arriving} arriving, of port ${uid}`);
      if (!census.noneFailed) continue;
      if (arriving === 1 && principals + forwarders === 0) broken('D1', `port ${uid} arrives from nowhere`);
      if (receivesAway > 0 && principals + arriving === 0)
        broken('D1', `the receive right of port ${uid} leads nowhere`);
    }
    // That every copy is found under its UID is H1: what a node finds besides would lead to no copy.
    const copies = w.nodes.rows.map(() => 0);
    for (const state of w.distributed.rows) if (state.live) copies[w.ports.rows[state.port]!.node]!++;
    for (const { id, name, portByUid } of w.nodes.rows) {
      if (portByUid.size !== copies[id]) broken('D1', `${name} finds ${portByUid.size} ports and has ${copies[id]}`);
    }
  },
};
