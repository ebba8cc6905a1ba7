/**
 * Copyin of a message's header: the right that it is sent with and the right that the answer is to be sent with, both
 * or neither [mechanisms 1.5 step 1].
 *
 * Everything is checked first; then nothing can fail. The destination must be live. A reply right may be dead: the
 * receiver then sees a dead name. If both are under one name, each must still be there when the other has been taken:
 *
 *   either is MOVE_SEND_ONCE     never: the entry would be gone
 *   both are MOVE_SEND           two user references are needed
 *   one is COPY_SEND             it is taken before the other one is moved
 */
import { NONE } from '../../base/table.ts';
import type { Task } from '../task.ts';
import type { MachWorld } from '../world.ts';
import { effectiveType } from './entry.ts';
import type { Carried } from './message.ts';
import { COPY_SEND, MAKE_SEND, MAKE_SEND_ONCE, MOVE_SEND, MOVE_SEND_ONCE, copyin, type Right } from './right.ts';
import { DEAD, DEAD_NAME, RECEIVE, SEND, SEND_ONCE, find, urefsAt } from './space.ts';

export interface Header {
  readonly dest: Right;
  /** The right to answer with, a dead name, or null: there is none. */
  readonly reply: Right | null;
}

/** The rights of the header in hand, or why they cannot be taken. */
export function copyinHeader(w: MachWorld, task: Task, dest: Carried, reply: Carried | null): Header | string {
  if (!sends(dest.disposition) || (reply !== null && !sends(reply.disposition))) return 'MACH_SEND_INVALID_HEADER';
  if (find(task.space, dest.name) === NONE) return 'MACH_SEND_INVALID_DEST';
  if (reply !== null && reply.name !== DEAD && !isHeld(w, task, reply)) return 'MACH_SEND_INVALID_REPLY';
  if (typeOf(w, task, dest.name) === DEAD_NAME || !isHeld(w, task, dest)) return 'MACH_SEND_INVALID_DEST';
  if (reply !== null && reply.name === dest.name && !canTakeBoth(task, dest, reply)) return 'MACH_SEND_INVALID_DEST';
  if (reply === null || reply.name === DEAD) return { dest: take(w, task, dest), reply: reply && dead };
  if (reply.disposition !== COPY_SEND) return { dest: take(w, task, dest), reply: take(w, task, reply) };
  const copied = take(w, task, reply);
  return { dest: take(w, task, dest), reply: copied };
}

const dead: Right = { type: DEAD_NAME, port: NONE };

function canTakeBoth(task: Task, dest: Carried, reply: Carried): boolean {
  if (dest.disposition === MOVE_SEND_ONCE || reply.disposition === MOVE_SEND_ONCE) return false;
  if (dest.disposition !== MOVE_SEND || reply.disposition !== MOVE_SEND) return true;
  return urefsAt(task.space, find(task.space, dest.name)) >= 2;
}

function take(w: MachWorld, task: Task, { name, disposition }: Carried): Right {
  return copyin(w, task, name, disposition) ?? dead;
}

/** Whether the disposition makes a right that messages can be sent with. */
function sends(disposition: number): boolean {
  return disposition >= MOVE_SEND && disposition <= MAKE_SEND_ONCE;
}

/** Whether copyin would find what the disposition needs; a dead name can be moved and copied like a right. */
function isHeld(w: MachWorld, task: Task, { name, disposition }: Carried): boolean {
  const type = typeOf(w, task, name);
  if (disposition === MAKE_SEND || disposition === MAKE_SEND_ONCE) return (type & RECEIVE) !== 0;
  return (type & (DEAD_NAME | (disposition === MOVE_SEND_ONCE ? SEND_ONCE : SEND))) !== 0;
}

function typeOf(w: MachWorld, task: Task, name: number): number {
  const index = find(task.space, name);
  return index === NONE ? 0 : effectiveType(w, task.space, index);
}
