/**
 * Notifications: messages that the kernel sends to a send-once right, and that can never block [mechanisms 1.9].
 */
import { DELIVER, SEND_REMOTE } from '../../base/event.ts';
import { SYSTEM } from '../../base/ledger.ts';
import { NONE, at } from '../../base/table.ts';
import { emit, type MachWorld } from '../world.ts';
import { messageAllocate } from './message.ts';
import { bury } from './port-death.ts';
import type { Port } from './port.ts';
import { SEND_ONCE } from './space.ts';

const SEND_ONCE_NOTICE = 'MACH_NOTIFY_SEND_ONCE';
export const NO_SENDERS_NOTICE = 'MACH_NOTIFY_NO_SENDERS';

/** A send-once right was given up unused: whoever waits for its one message gets this instead [I14]. */
export function notifySendOnce(w: MachWorld, port: Port): void {
  if (!port.active) {
    port.sorights--;
    bury(w, port);
    return;
  }
  notify(w, port, SEND_ONCE_NOTICE, 'MIG_SERVER_DIED', null);
}

/** The last sender is gone; the receiver acts on it only if no send right was made since. */
export function notifyNoSenders(w: MachWorld, port: Port): void {
  const to = port.nsrequest;
  port.nsrequest = NONE;
  if (to === NONE) return;
  notify(w, at(w.ports, to), NO_SENDERS_NOTICE, 'KERN_SUCCESS', { name: port.receiverName, mscount: port.mscount });
}

/** The send-once right to `port` is used up by the notice. */
function notify(w: MachWorld, port: Port, operation: string, code: string, body: object | null): void {
  const message = messageAllocate(w, operation, port.id, SEND_ONCE, SYSTEM);
  message.node = port.node;
  message.code = code;
  message.body = body;
  emit(w, port.proxy ? SEND_REMOTE : DELIVER, message.id, NONE);
}
