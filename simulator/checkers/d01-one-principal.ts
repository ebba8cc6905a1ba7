/** Of all copies of a port one is the principal; while the receive right moves, the next one is arriving [mechanisms 2.3]. */
import { broken, type Checker } from './checker.ts';

export const onePrincipal: Checker = {
  rule: 'D1',
  story: 'a port has one principal, or one arriving and one that it comes from',
  check(w, census) {
    for (const [uid, tally] of census.uids) {
      const { principals, arriving, forwarders, receivesAway } = tally;
      if (principals > 1 || arriving > 1)
        broken('D1', `${principals} principals and ${arriving} arriving, of port ${uid}`);
      if (!census.allUp) continue;
      if (arriving === 1 && principals + forwarders === 0) broken('D1', `port ${uid} arrives from nowhere`);
      if (receivesAway > 0 && principals + arriving === 0)
        broken('D1', `the receive right of port ${uid} leads nowhere`);
    }
    for (const node of w.nodes.rows) {
      for (const [uid, id] of node.portByUid) {
        const port = w.ports.rows[id];
        const state = port?.live === true ? w.distributed.rows[port.dipc] : undefined;
        if (state?.uid !== uid || port?.node !== node.id)
          broken('D1', `${node.name} finds port ${id} under UID ${uid}`);
      }
    }
  },
};
