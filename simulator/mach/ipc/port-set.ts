/**
 * Port sets: several ports of one space that a thread receives on as one [mechanisms 1.8].
 *
 * While a port belongs to a set its messages are in the set's queue; when it leaves, its own move back, in order. A set
 * that is destroyed is only marked dead: each member finds out when it is next touched, and takes its messages back.
 * Until then they wait in the dead set's queue, so the row of a dead set stays until its last member has left it.
 */
import { NONE, at, release } from '../../base/table.ts';
import type { MachWorld } from '../world.ts';
import { enqueue } from './mqueue.ts';
import { blankPort, type Port } from './port.ts';
import { takeAll } from './queue.ts';
import { wakeReceivers } from './receivers.ts';

/** mach_port_move_member: the port joins the set (or leaves its set, for null), and its messages move in order. */
export function moveMember(w: MachWorld, port: Port, set: Port | null): void {
  const before = port.pset;
  const queued = takeAll(w, port);
  port.pset = set === null ? NONE : set.id;
  if (set !== null) wakeReceivers(w, port, 'MACH_RCV_PORT_CHANGED');
  for (const message of queued) enqueue(w, message, port);
  if (before !== NONE) buryIfEmpty(w, at(w.ports, before));
}

/** The port is touched: if its set has died it finds out now, and takes its messages back. */
export function leaveDeadSet(w: MachWorld, port: Port): void {
  if (port.pset !== NONE && !at(w.ports, port.pset).active) moveMember(w, port, null);
}

/** A port that dies leaves its set; what was queued for it has been taken out already. */
export function leaveSet(w: MachWorld, port: Port): void {
  if (port.pset === NONE) return;
  const set = at(w.ports, port.pset);
  port.pset = NONE;
  buryIfEmpty(w, set);
}

/** The set dies; its members are not looked for. */
export function setDestroy(w: MachWorld, set: Port): void {
  if (!set.active) return;
  set.active = false;
  set.receiver = NONE;
  set.receiverName = NONE;
  wakeReceivers(w, set, 'MACH_RCV_PORT_DIED');
  buryIfEmpty(w, set);
}

function buryIfEmpty(w: MachWorld, set: Port): void {
  if (set.active || w.ports.rows.some((port) => port.live && port.pset === set.id)) return;
  release(w.ports, set, blankPort);
}
