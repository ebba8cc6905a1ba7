/**
 * The messages of a port are numbered as they are received: 0, 1, 2 ... since its receive right came where it is
 * [mechanisms 1.8]. Only a move of the right, or mach_port_set_seqno, makes the numbers begin elsewhere.
 */
import { NONE } from '../../base/table.ts';
import type { Port } from '../../mach/ipc/port.ts';
import { kernelPortOf } from '../../mach/ipc/receivers.ts';
import { READY } from '../../mach/thread.ts';
import { broken, type CheckedWorld } from '../checker.ts';
import type { Monitor } from './monitor.ts';
import { framesOf } from '../../mach/routine.ts';

/** A port as it was: its row (a row that is used again is another object), who received on it, and its next number. */
interface Numbered {
  port: Port;
  receiver: number;
  name: number;
  next: number;
}

export const sequenceNumbers: Monitor = {
  rule: 'I18',
  story: 'messages that are received from a port one after the other have consecutive sequence numbers',
  begin(w) {
    const ports: Numbered[] = [];
    remember(w, ports);
    return (world) => {
      for (const notice of world.notices) {
        if (notice.kind !== 'received') continue;
        const before = ports[notice.port];
        if (before === undefined || !stays(world, before)) continue;
        const { seqno } = notice;
        const { label } = before.port;
        if (seqno !== before.next && !isRenumbered(world, before)) {
          broken('I18', `${label} gave message ${seqno} after message ${before.next - 1}`);
        }
        before.next = seqno + 1;
      }
      for (const before of ports) {
        if (!stays(world, before) || before.port.seqno === before.next) continue;
        if (isRenumbered(world, before)) continue;
        broken('I18', `${before.port.label} goes on with message ${before.port.seqno}, not ${before.next}`);
      }
      remember(world, ports);
    };
  },
};

/** The same port, and the same receiver. */
function stays(w: CheckedWorld, { port, receiver, name }: Numbered): boolean {
  const now = w.ports.rows[port.id];
  return now === port && now.live && now.active && now.receiver === receiver && now.receiverName === name;
}

function remember(w: CheckedWorld, ports: Numbered[]): void {
  for (const port of w.ports.rows) {
    const { id, receiver, receiverName: name, seqno: next } = port;
    const before = ports[id];
    if (before === undefined) ports[id] = { port, receiver, name, next };
    else {
      before.port = port;
      before.receiver = receiver;
      before.name = name;
      before.next = next;
    }
  }
}

/** Somebody sets the sequence number: the call has been performed, on the caller's thread or on a kernel's, and is not over. */
function isRenumbered(w: CheckedWorld, { port }: Numbered): boolean {
  return w.threads.rows.some((t) => {
    if (!t.live || t.node !== port.node || t.state !== READY) return false;
    if (kernelPortOf(t) !== NONE && sets(t.operation)) return true;
    return framesOf(t).some(({ data }) => 'operation' in data && sets(data.operation));
  });
}

const sets = (operation: unknown): boolean =>
  operation === 'mach_port_set_seqno' || operation === 'mach_port_set_attributes';
