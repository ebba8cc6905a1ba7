/**
 * A message that its sender could not deliver: the queue stayed full, and the send was interrupted or took too long
 * [mechanisms 1.6, pseudo-receive].
 *
 * It can be sent again: what was moved into it returns to its name, what was copied or made is given up.
 */
import { assert } from '../../base/assert.ts';
import { NONE, at } from '../../base/table.ts';
import type { Task } from '../task.ts';
import type { Thread } from '../thread.ts';
import type { MachWorld } from '../world.ts';
import { messageFree, type Carried, type Message } from './message.ts';
import { returnMemory } from './out-of-line.ts';
import { useDestination } from './port-death.ts';
import { COPY_SEND, MAKE_SEND, MAKE_SEND_ONCE, copyout, copyoutAs } from './right.ts';
import { DEAD_NAME } from './space.ts';

export function takeBack(w: MachWorld, t: Thread, message: Message): void {
  assert(!message.wire, 'pseudo-receive', () => `${message.operation} has left its node`);
  const task = at(w.tasks, t.task);
  const { rights, reply, replyType, dest, destType, carried, sentTo, replyTo } = message;
  if (message.memory.length > 0) returnMemory(w, task, message);
  messageFree(w, message);
  if (reply !== NONE) giveBack(w, task, replyTo, replyType, reply);
  for (let i = 0; i < rights.length; i += 2) giveBack(w, task, carried[i / 2] ?? null, rights[i]!, rights[i + 1]!);
  giveBack(w, task, sentTo, destType, dest);
}

/** `from` is what the sender called it; null for a right that had no name: the kernel made it, and makes it again. */
function giveBack(w: MachWorld, task: Task, from: Carried | null, type: number, port: number): void {
  if (type === DEAD_NAME) return;
  if (from === null || isCopy(from.disposition)) useDestination(w, at(w.ports, port), type);
  else if (copyoutAs(w, task, from.name, { type, port }) !== 'KERN_SUCCESS') copyout(w, task, { type, port });
}

/** The sender still has what the right was made of. */
function isCopy(disposition: number): boolean {
  return disposition === COPY_SEND || disposition === MAKE_SEND || disposition === MAKE_SEND_ONCE;
}
