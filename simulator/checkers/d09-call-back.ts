/** Nodes that were refused because a queue was full wait to be called back, and are [mechanisms 2.10]. */
import { broken, type CheckedWorld, type Checker } from './checker.ts';
import { tallyFor } from './tally.ts';

export const callBack: Checker = {
  rule: 'D9',
  story: "a node that waits for room is on the principal's list, or the call is on its way",
  check(w, census) {
    if (!census.allUp) return;
    for (const state of w.distributed.rows) {
      if (!state.live) continue;
      const port = w.ports.rows[state.port]!;
      if (!port.active) continue;
      if (port.callers !== state.refused.length > 0) broken('D9', `${port.label} forgets who waits to be called back`);
      if (port.proxy && state.refused.length > 0) broken('D9', `the proxy of ${port.label} has callers`);
      for (const node of state.refused) {
        const copy = w.ports.rows[w.nodes.rows[node]!.portByUid.get(state.uid) ?? -1];
        if (copy !== undefined && (!copy.proxy || w.distributed.rows[copy.dipc]!.queueFull)) continue;
        if (!crosses(w, 'refused', node, state.uid)) broken('D9', `node ${node} does not wait for ${port.label}`);
      }
      if (!port.proxy || !state.queueFull) continue;
      const tally = tallyFor(census.uids, state.uid)!;
      if (tally.principals !== 1 || crosses(w, 'unblock port', port.node, state.uid)) continue;
      const home = w.distributed.rows[w.ports.rows[tally.principal]!.dipc]!;
      if (!home.refused.includes(port.node)) broken('D9', `nobody will call node ${port.node} back for ${port.label}`);
    }
  },
};

function crosses(w: CheckedWorld, kind: 'refused' | 'unblock port', to: number, uid: number): boolean {
  return w.packets.rows.some((packet) => packet.live && packet.kind === kind && packet.to === to && packet.uid === uid);
}
