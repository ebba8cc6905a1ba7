/**
 * What one thread sends to one port is received in the order in which it was sent, on whatever nodes the two are, and
 * although the port's receive right or the thread moves meanwhile [mechanisms 2.4, 2.8].
 *
 * A port is known by its UID once it has one. Until then it is known by its row: what was received before it had a UID
 * counts as received from the port.
 */
import { NONE } from '../../base/table.ts';
import { broken, type CheckedWorld } from '../checker.ts';
import type { Monitor } from './monitor.ts';

/** The last message that was received, by sender. */
type Last = Map<number, number>;

export const inOrder: Monitor = {
  rule: 'I19',
  story: 'the messages of one sender to one port are received in the order in which they were sent',
  begin() {
    const byUid = new Map<number, Last>();
    const byRow = new Map<number, Last>();
    return (w) => {
      for (const notice of w.notices) {
        if (notice.kind !== 'received' || notice.sender === NONE) continue;
        const { sender, serial, port, dipc } = notice;
        const uid = uidOf(w, dipc);
        const last = uid === NONE ? lastOf(byRow, port) : lastOf(byUid, uid);
        const before = Math.max(last.get(sender) ?? 0, uid === NONE ? 0 : (byRow.get(port)?.get(sender) ?? 0));
        if (serial <= before) {
          const { label } = w.ports.rows[port]!;
          broken('I19', `${label} received message ${serial} of thread ${sender} after message ${before}`);
        }
        last.set(sender, serial);
      }
    };
  },
};

/** Messages are numbered over the whole run: what a row held before it was used again is older than all that comes. */
function lastOf(of: Map<number, Last>, key: number): Last {
  let last = of.get(key);
  if (last === undefined) of.set(key, (last = new Map<number, number>()));
  return last;
}

function uidOf(w: CheckedWorld, dipc: number): number {
  const state = dipc === NONE ? undefined : w.distributed.rows[dipc];
  return state?.live === true ? state.uid : NONE;
}
