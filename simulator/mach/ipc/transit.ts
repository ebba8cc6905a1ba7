/**
 * Receive rights on their way: each knows the port whose queue carries it, and no chain of them leads back to itself
 * [mechanisms 1.5 step 3, I9].
 */
import { NONE, at } from '../../base/table.ts';
import type { MachWorld } from '../world.ts';
import type { Message } from './message.ts';
import type { Port } from './port.ts';
import { RECEIVE } from './space.ts';

/** Receive rights in a queued message are in transit to the port that it is queued on [mechanisms 1.1]. */
export function holdReceiveRights(w: MachWorld, message: Message, destination: number): void {
  if (message.wire) return;
  for (let i = 0; i < message.rights.length; i += 2) {
    if (message.rights[i] === RECEIVE) at(w.ports, message.rights[i + 1]!).destination = destination;
  }
}

/** Whether the message carries the receive right of a port that the destination is itself on the way to [I9]. */
export function isCircular(w: MachWorld, message: Message, port: Port): boolean {
  if (message.wire) return false;
  for (let i = 0; i < message.rights.length; i += 2) {
    if (message.rights[i] !== RECEIVE) continue;
    for (let each = port; ; each = at(w.ports, each.destination)) {
      if (each.id === message.rights[i + 1]) return true;
      if (each.destination === NONE) break;
    }
  }
  return false;
}
