/**
 * The death of a port, in the order of ipc_port_destroy [mechanisms 1.10]: blocked senders wake, the port becomes
 * inactive, its no-senders request is given back, its queued messages are destroyed with the rights in them. Entries
 * that hold send rights are not looked for: each becomes a dead name when it is next touched [mechanisms 1.3].
 *
 * The row of a dead port stays until the last right to it has been forgotten, and then is buried.
 */
import { ABANDON, LAST_SEND } from '../../base/event.ts';
import { NONE, at, release } from '../../base/table.ts';
import { emit, type MachWorld } from '../world.ts';
import { messageFree, type Message } from './message.ts';
import { membersMoveOut, sendDone, takeAll, wakeReceivers } from './mqueue.ts';
import { notifySendOnce } from './notify.ts';
import { blankPort, type Port } from './port.ts';
import { discard, dropSend } from './right.ts';
import { SEND, SEND_ONCE } from './space.ts';

export function portDestroy(w: MachWorld, port: Port): void {
  if (!port.active) return;
  if (port.set) membersMoveOut(w, port);
  const queued = takeAll(w, port);
  port.active = false;
  port.receiver = NONE;
  port.receiverName = NONE;
  port.destination = NONE;
  port.mscount = 0;
  port.seqno = 0;
  port.pset = NONE;
  port.objectKind = '';
  port.object = NONE;
  port.callers = false;
  wakeSenders(w, port);
  wakeReceivers(w, port, 'MACH_RCV_PORT_DIED');
  if (port.nsrequest !== NONE) {
    const request = port.nsrequest;
    port.nsrequest = NONE;
    notifySendOnce(w, at(w.ports, request));
  }
  for (const message of queued) messageDestroy(w, message);
  if (port.dipc === NONE) bury(w, port);
  else emit(w, LAST_SEND, port.id);
}

/** Gives the row of a dead port back, once nothing refers to it. */
export function bury(w: MachWorld, port: Port): void {
  if (!port.live || port.active || port.srights > 0 || port.sorights > 0) return;
  if (port.dipc === NONE) release(w.ports, port, blankPort);
  else emit(w, LAST_SEND, port.id);
}

/** Destroys a message and gives up every right in it; one in network form is for the room that made it so. */
export function messageDestroy(w: MachWorld, message: Message): void {
  if (message.wire) {
    if (message.destType === NONE) message.dest = NONE;
    emit(w, ABANDON, message.id);
    return;
  }
  const { rights, reply, replyType, dest, destType } = message;
  messageFree(w, message);
  if (reply !== NONE) discard(w, { type: replyType, port: reply });
  for (let i = 0; i < rights.length; i += 2) discard(w, { type: rights[i]!, port: rights[i + 1]! });
  if (dest !== NONE) useDestination(w, at(w.ports, dest), destType);
}

/** The right that a message was sent with is used up. */
export function useDestination(w: MachWorld, port: Port, type: number): void {
  if (type === SEND) dropSend(w, port);
  else if (type === SEND_ONCE) {
    port.sorights--;
    if (!port.active) bury(w, port);
    else if (port.proxy && port.sorights === 0 && port.srights === 0) emit(w, LAST_SEND, port.id);
  }
}

/** Their sends are over and report success; their messages are destroyed, with the rights in them [mechanisms 1.6]. */
function wakeSenders(w: MachWorld, port: Port): void {
  let next = port.firstSender;
  port.firstSender = NONE;
  port.lastSender = NONE;
  while (next !== NONE) {
    const t = at(w.threads, next);
    next = t.nextWaiting;
    t.nextWaiting = NONE;
    const message = at(w.messages, t.outgoing);
    sendDone(w, t);
    messageDestroy(w, message);
  }
}
