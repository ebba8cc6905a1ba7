/** Whoever waits for room, for buffers or for an answer elsewhere is known there, and will be called [mechanisms 2.10]. */
import { NONE } from '../base/table.ts';
import type { Distributed } from '../dipc/distributed.ts';
import type { PacketKind } from '../dipc/packet.ts';
import type { Port } from '../mach/ipc/port.ts';
import { broken, type CheckedWorld, type Checker } from './checker.ts';

export const callBack: Checker = {
  rule: 'D9',
  story: "a node that waits for room is on the principal's list, or the call is on its way",
  check(w, census) {
    if (!census.noneFailed) return;
    for (const state of w.distributed.rows) {
      if (!state.live) continue;
      const port = w.ports.rows[state.port]!;
      if (!port.active) continue;
      if (port.proxy) proxyIsKnown(w, port, state);
      else callersWait(w, port, state);
    }
  },
};

/** The principal's side: each node in the callback map was refused, and waits. */
function callersWait(w: CheckedWorld, port: Port, state: Distributed): void {
  if (port.callers !== state.callbacks.length > 0) broken('D9', `${port.label} forgets who waits to be called back`);
  for (const node of state.callbacks) {
    const copy = w.ports.rows[w.nodes.rows[node]!.portByUid.get(state.uid) ?? NONE];
    if (copy === undefined || !copy.proxy) continue;
    if (w.distributed.rows[copy.dipc]!.fullAt.includes(port.node)) continue;
    if (!crosses(w, 'connect refused', port.node, node, state.uid))
      broken('D9', `node ${node} does not wait for ${port.label}`);
  }
}

/** The proxy's side: whoever it waits for knows that it waits. */
function proxyIsKnown(w: CheckedWorld, port: Port, state: Distributed): void {
  const { node, label } = port;
  const { uid, shortage, probing } = state;
  if (state.callbacks.length > 0 && !port.blocked) broken('D9', `the proxy of ${label} has callers`);
  for (const from of state.fullAt) {
    const home = w.ports.rows[w.nodes.rows[from]!.portByUid.get(uid) ?? NONE];
    const known = home !== undefined && w.distributed.rows[home.dipc]!.callbacks.includes(node);
    if (!known && !crosses(w, 'unblock port', from, node, uid) && !crosses(w, 'unblock port reply', node, from, uid))
      broken('D9', `nobody will call node ${node} back for ${label}`);
  }
  if (
    probing !== NONE &&
    !crosses(w, 'port probe', node, probing, uid) &&
    !crosses(w, 'port probe reply', probing, node, uid)
  )
    broken('D9', `node ${node} waits for an answer about ${label} that nobody owes`);
  if (shortage === NONE || w.nodes.rows[shortage]!.bufferCallers.includes(node)) return;
  if (!crosses(w, 'request callback', node, shortage, NONE) && !crosses(w, 'unblock node', shortage, node, NONE))
    broken('D9', `node ${shortage} will not say when it has buffers for ${label}`);
}

/** Whether such a packet is on its way; NONE stands for any port. */
function crosses(w: CheckedWorld, kind: PacketKind, from: number, to: number, uid: number): boolean {
  for (const packet of w.packets.rows) {
    if (
      packet.live &&
      packet.kind === kind &&
      packet.from === from &&
      packet.to === to &&
      (uid === NONE || packet.uid === uid)
    )
      return true;
  }
  return false;
}
