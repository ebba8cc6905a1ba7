/**
 * The death of a port, in the order of ipc_port_destroy [mechanisms 1.10]:
 *
 *   1  a port-destroyed request: the right is sent back instead, and the port lives on
 *   2  blocked senders wake; their sends report success
 *   3  the port becomes inactive; nobody receives on it any more, and it leaves its set
 *   4  the send-once right of a no-senders request is given up, which sends it a notice
 *   5  queued messages are destroyed with the rights in them, and so are those of the blocked senders
 *   6  dead-name notices, in the order in which they were asked for
 *   7  the kernel object behind it is forgotten
 *
 * Entries that hold rights to it are not looked for: each becomes a dead name when it is next touched [mechanisms 1.3].
 * The row of a dead port stays until the last right to it has been forgotten, and then is buried.
 */
import { ABANDON, LAST_SEND } from '../../base/event.ts';
import { NONE, at, release } from '../../base/table.ts';
import { emit, type MachWorld } from '../world.ts';
import { messageFree, type Message } from './message.ts';
import { intoLimbo } from './mqueue.ts';
import { discardMemory } from './out-of-line.ts';
import { notifyDeadName, notifyPortDestroyed, notifySendOnce } from './notify.ts';
import { leaveSet } from './port-set.ts';
import { blankPort, type Port } from './port.ts';
import { takeAll } from './queue.ts';
import { wakeReceivers } from './receivers.ts';
import { discard, discardAll, dropSend } from './release.ts';
import {
  NUMBERS_PER_DEAD_NAME,
  portDestroyedRequest,
  setNoSenders,
  setPortDestroyed,
  takeDeadNames,
} from './requests.ts';
import { releaseSenders } from './senders.ts';
import { SEND, SEND_ONCE } from './space.ts';

/** The receive right is destroyed: it is sent back if somebody asked for that, else the port dies. */
export function portDestroy(w: MachWorld, port: Port): void {
  if (port.active && !isSentBack(w, port)) portDie(w, port);
}

/** The port dies, whatever was asked: its receive right is lost, and there is nothing to send back. */
export function portDie(w: MachWorld, port: Port): void {
  if (!port.active) return;
  const queued = takeAll(w, port);
  queued.push(...releaseSenders(w, port));
  port.active = false;
  port.receiver = NONE;
  port.receiverName = NONE;
  port.destination = NONE;
  port.mscount = 0;
  port.seqno = 0;
  leaveSet(w, port);
  port.callers = false;
  wakeReceivers(w, port, 'MACH_RCV_PORT_DIED');
  giveUpRequest(w, setNoSenders(w, port, NONE));
  giveUpRequest(w, setPortDestroyed(w, port, NONE));
  for (const message of queued) messageDestroy(w, message);
  sendDeadNames(w, port);
  port.objectKind = '';
  port.object = NONE;
  if (port.dipc === NONE) bury(w, port);
  else emit(w, LAST_SEND, port.id);
}

/** Whether somebody has asked for the receive right instead; a copy that has no such right has nothing to send. */
function isSentBack(w: MachWorld, port: Port): boolean {
  const request = portDestroyedRequest(w, port);
  if (request === NONE || port.proxy || port.blocked || !at(w.ports, request).active) return false;
  setPortDestroyed(w, port, NONE);
  intoLimbo(w, port);
  notifyPortDestroyed(w, at(w.ports, request), port);
  return true;
}

function giveUpRequest(w: MachWorld, request: number): void {
  if (request !== NONE) notifySendOnce(w, at(w.ports, request));
}

function sendDeadNames(w: MachWorld, port: Port): void {
  const requests = takeDeadNames(w, port);
  for (let i = 0; i < requests.length; i += NUMBERS_PER_DEAD_NAME) {
    notifyDeadName(w, at(w.ports, requests[i + 2]!), requests[i + 1]!);
  }
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
  if (message.memory.length > 0) discardMemory(w, message);
  messageFree(w, message);
  if (reply !== NONE) discard(w, { type: replyType, port: reply });
  discardAll(w, rights);
  if (dest !== NONE) useDestination(w, at(w.ports, dest), destType);
}

/** Destroys a message that was never sent: whoever it was for is told if the right to it was to be used once. */
export function messageClean(w: MachWorld, message: Message): void {
  const { dest, destType } = message;
  message.dest = NONE;
  messageDestroy(w, message);
  discard(w, { type: destType, port: dest });
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
