/** Who must learn of a port's death is known to somebody who will: the copy that it asked, or that the right went to [2.11]. */
import { NONE } from '../base/table.ts';
import type { Distributed } from '../dipc/distributed.ts';
import { broken, type CheckedWorld, type Checker } from './checker.ts';

export const registered: Checker = {
  rule: '2.11',
  story: 'a node that watches for the death of a port, or forwards for it, is registered, or asks to be',
  check(w, census) {
    if (!census.noneFailed) return;
    for (const state of w.distributed.rows) {
      if (!state.live || (!state.watching && !state.forward)) continue;
      const { active, proxy, node, label } = w.ports.rows[state.port]!;
      if (!active || !proxy || isKnown(w, state, node) || isAsked(w, state.uid, node)) continue;
      broken('2.11', `nobody will tell node ${node} of the death of ${label}`);
    }
  },
};

function isKnown(w: CheckedWorld, { uid }: Distributed, node: number): boolean {
  return w.nodes.rows.some(({ portByUid }) => {
    const copy = w.ports.rows[portByUid.get(uid) ?? NONE];
    return copy !== undefined && w.distributed.rows[copy.dipc]!.registered.includes(node);
  });
}

/** The wish, the answer, or the numbers of a receive right that comes from there (2.8 step 7) are on their way. */
function isAsked(w: CheckedWorld, uid: number, node: number): boolean {
  return w.packets.rows.some((packet) => {
    if (!packet.live || packet.uid !== uid) return false;
    const { kind, from, to, body } = packet;
    if (kind === 'dn register') return from === node || body.node === node;
    return (kind === 'dn notify' && to === node) || (kind === 'migrate state' && from === node);
  });
}
