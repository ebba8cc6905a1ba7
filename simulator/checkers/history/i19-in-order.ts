/**
 * What one thread sends to one port is received in the order in which it was sent, on whatever nodes the two are, and
 * although the port's receive right or the thread moves meanwhile [mechanisms 2.4, 2.8].
 *
 * A port is known by its UID once it has one. Until then it is known by its row (a row that is used again is another
 * object): what was received before it had a UID counts as received from the port.
 */
import { NONE } from '../../base/table.ts';
import type { Port } from '../../mach/ipc/port.ts';
import { broken, type CheckedWorld } from '../checker.ts';
import type { Monitor } from './monitor.ts';

/** The last message that was received, by sender. */
type Last = Map<number, number>;

interface Row {
  readonly port: Port;
  readonly last: Last;
}

export const inOrder: Monitor = {
  rule: 'I19',
  story: 'the messages of one sender to one port are received in the order in which they were sent',
  begin() {
    const byUid = new Map<number, Last>();
    const byRow: Row[] = [];
    return (w) => {
      for (const notice of w.notices) {
        if (notice.kind !== 'received' || notice.sender === NONE) continue;
        const { sender, serial, dipc } = notice;
        const port = w.ports.rows[notice.port]!;
        const uid = uidOf(w, dipc);
        const inRow = lastOfRow(byRow, port);
        const last = uid === NONE ? inRow : lastOfUid(byUid, uid);
        const before = Math.max(last.get(sender) ?? 0, inRow.get(sender) ?? 0);
        if (serial <= before) {
          broken('I19', `${port.label} received message ${serial} of thread ${sender} after message ${before}`);
        }
        last.set(sender, serial);
      }
    };
  },
};

function lastOfUid(of: Map<number, Last>, uid: number): Last {
  let last = of.get(uid);
  if (last === undefined) of.set(uid, (last = new Map<number, number>()));
  return last;
}

function lastOfRow(of: Row[], port: Port): Last {
  const known = of[port.id];
  if (known?.port === port) return known.last;
  const last = new Map<number, number>();
  of[port.id] = { port, last };
  return last;
}

function uidOf(w: CheckedWorld, dipc: number): number {
  const state = dipc === NONE ? undefined : w.distributed.rows[dipc];
  return state?.live === true ? state.uid : NONE;
}
