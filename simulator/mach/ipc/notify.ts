/**
 * Notifications: messages that the kernel sends to a send-once right, and that can never block [mechanisms 1.9].
 *
 *   port-deleted     an entry with a dead-name request is freed by its holder       carries its name
 *   port-destroyed   a receive right is sent back instead of being destroyed        carries the receive right
 *   no-senders       the last send right is gone                                    carries the make-send count
 *   send-once        a send-once right was given up unused                          carries nothing
 *   dead-name        the port behind an entry with a request has died               carries its name
 *
 * Each uses up the send-once right that it is sent to. Whoever watches is told of each.
 */
import { DELIVER, SEND_REMOTE } from '../../base/event.ts';
import { SYSTEM } from '../../base/ledger.ts';
import { NONE, at } from '../../base/table.ts';
import { emit, tell, type MachWorld } from '../world.ts';
import { messageAllocate, type Message } from './message.ts';
import { bury } from './port-death.ts';
import type { Port } from './port.ts';
import { setNoSenders } from './requests.ts';
import { RECEIVE, SEND_ONCE } from './space.ts';

export const PORT_DELETED_NOTICE = 'MACH_NOTIFY_PORT_DELETED';
const PORT_DESTROYED_NOTICE = 'MACH_NOTIFY_PORT_DESTROYED';
export const NO_SENDERS_NOTICE = 'MACH_NOTIFY_NO_SENDERS';
const SEND_ONCE_NOTICE = 'MACH_NOTIFY_SEND_ONCE';
export const DEAD_NAME_NOTICE = 'MACH_NOTIFY_DEAD_NAME';

/** A send-once right was given up unused: whoever waits for its one message gets this instead [I14]. */
export function notifySendOnce(w: MachWorld, port: Port): void {
  if (!port.active) return useUp(w, port);
  tell(w, 'send-once', port.node, port, NONE, `a send-once right to ${port.label} was given up`);
  notify(w, port, SEND_ONCE_NOTICE, null).code = 'MIG_SERVER_DIED';
}

/** The last sender is gone; the receiver acts on it only if no send right was made since. */
export function notifyNoSenders(w: MachWorld, port: Port): void {
  const request = setNoSenders(w, port, NONE);
  if (request === NONE) return;
  const to = at(w.ports, request);
  if (!to.active) return useUp(w, to);
  tell(w, 'no-senders', port.node, port, NONE, `nobody can send to ${port.label}`);
  notify(w, to, NO_SENDERS_NOTICE, { name: port.receiverName, mscount: port.mscount });
}

/** The receive right, in limbo, is sent to whoever asked for it instead of being destroyed [mechanisms 1.10]. */
export function notifyPortDestroyed(w: MachWorld, to: Port, port: Port): void {
  tell(w, 'port-destroyed', port.node, port, NONE, `the receive right of ${port.label} is sent back`);
  notify(w, to, PORT_DESTROYED_NOTICE, null).rights = [RECEIVE, port.id];
}

/** The holder of the name has freed it: there will be no dead-name notice about it. */
export function notifyPortDeleted(w: MachWorld, to: Port, name: number): void {
  if (!to.active) return useUp(w, to);
  tell(w, 'port-deleted', to.node, to, NONE, `name ${name} means nothing any more`);
  notify(w, to, PORT_DELETED_NOTICE, { name });
}

/** The port that the name was for has died. */
export function notifyDeadName(w: MachWorld, to: Port, name: number): void {
  if (!to.active) return useUp(w, to);
  tell(w, 'dead-name', to.node, to, NONE, `name ${name} is a dead name`);
  notify(w, to, DEAD_NAME_NOTICE, { name });
}

/** The send-once right to `port` goes into the message. */
function notify(w: MachWorld, port: Port, operation: string, body: object | null): Message {
  const message = messageAllocate(w, operation, port.id, SEND_ONCE, SYSTEM);
  message.node = port.node;
  message.body = body;
  emit(w, port.proxy ? SEND_REMOTE : DELIVER, message.id, NONE);
  return message;
}

/** Nobody can receive the notice: the right to a dead port is only forgotten. */
function useUp(w: MachWorld, port: Port): void {
  port.sorights--;
  bury(w, port);
}
