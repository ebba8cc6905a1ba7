/**
 * Rights: taking them out of a space (copyin), and putting them into one (copyout).
 *
 * Between the two a right is *in hand*: in a message, or in the kernel's care. It counts on its port all the time, so
 * that at every event the counts of a port equal the rights that exist [I4, I5]. Return codes are Mach's own.
 *
 *   disposition       the holder has          its entry afterwards              what is in hand
 *   MOVE_RECEIVE      receive                 send part or nothing              RECEIVE
 *   MOVE_SEND         send or dead name       one user reference less           SEND
 *   MOVE_SEND_ONCE    send-once or dead name  nothing                           SEND_ONCE
 *   COPY_SEND         send or dead name       as before                         SEND
 *   MAKE_SEND         receive                 as before                         SEND
 *   MAKE_SEND_ONCE    receive                 as before                         SEND_ONCE      [mechanisms 1.4]
 */
import { assert } from '../../base/assert.ts';
import { NONE, at } from '../../base/table.ts';
import type { Task } from '../task.ts';
import type { MachWorld } from '../world.ts';
import { convertIfDead, dropReference, forgetDead, freeEntry, removeSend } from './entry.ts';
import { intoLimbo } from './mqueue.ts';
import { KERNEL, portCreate, type Port } from './port.ts';
import {
  DEAD,
  DEAD_NAME,
  MAXIMUM_USER_REFERENCES,
  PORT_SET,
  RECEIVE,
  SEND,
  SEND_ONCE,
  find,
  insert,
  insertAs,
  nameForPort,
  portAt,
  setTypeAt,
  setUrefsAt,
  typeAt,
  urefsAt,
} from './space.ts';

export const MOVE_RECEIVE = 16;
export const MOVE_SEND = 17;
export const MOVE_SEND_ONCE = 18;
export const COPY_SEND = 19;
export const MAKE_SEND = 20;
export const MAKE_SEND_ONCE = 21;

/** A right in hand: SEND, RECEIVE, SEND_ONCE, or DEAD_NAME with port NONE. */
export interface Right {
  type: number;
  port: number;
}

/** A new port whose receive right the task holds; returns its name. `as` chooses the name, whose slot must be vacant. */
export function portAllocate(w: MachWorld, task: Task, label: string, as = NONE): number {
  return allocate(w, task, label, RECEIVE, as);
}

/** A new, empty port set; returns its name. */
export function portSetAllocate(w: MachWorld, task: Task, label: string, as = NONE): number {
  return allocate(w, task, label, PORT_SET, as);
}

function allocate(w: MachWorld, task: Task, label: string, type: number, as: number): number {
  const port = portCreate(w, task.node, label);
  port.set = type === PORT_SET;
  if (as !== NONE) insertAs(task.space, as, type, port.id, 0);
  const name = as === NONE ? insert(task.space, type, port.id, 0) : as;
  port.receiver = task.id;
  port.receiverName = name;
  return name;
}

/** The port copy under a name that can be sent to, or NONE: the send fails with MACH_SEND_INVALID_DEST. */
export function destinationOf(w: MachWorld, task: Task, name: number): number {
  const { space } = task;
  const index = find(space, name);
  if (index === NONE || (typeAt(space, index) & (SEND | SEND_ONCE)) === 0) return NONE;
  const port = portAt(space, index);
  if (at(w.ports, port).active) return port;
  convertIfDead(w, task, index);
  return NONE;
}

/** Takes the right out of the space as the disposition says [mechanisms 1.4], or null: the sender does not hold it. */
export function copyin(w: MachWorld, task: Task, name: number, disposition: number): Right | null {
  if (name === DEAD) return { type: DEAD_NAME, port: NONE };
  const { space } = task;
  const index = find(space, name);
  if (index === NONE) return null;
  const id = portAt(space, index);
  const port = id === NONE ? null : at(w.ports, id);
  convertIfDead(w, task, index);
  const type = typeAt(space, index);
  const dead = type === DEAD_NAME;
  switch (disposition) {
    case MAKE_SEND:
      if (port === null || (type & RECEIVE) === 0) return null;
      port.mscount++;
      port.srights++;
      return { type: SEND, port: id };
    case MAKE_SEND_ONCE:
      if (port === null || (type & RECEIVE) === 0) return null;
      port.sorights++;
      return { type: SEND_ONCE, port: id };
    case COPY_SEND:
      if (dead) return { type: DEAD_NAME, port: NONE };
      if (port === null || (type & SEND) === 0) return null;
      port.srights++;
      return { type: SEND, port: id };
    case MOVE_SEND:
      if (dead) return (dropReference(task, index), { type: DEAD_NAME, port: NONE });
      if (port === null || (type & SEND) === 0) return null;
      if (urefsAt(space, index) > 1) {
        setUrefsAt(space, index, urefsAt(space, index) - 1);
        port.srights++;
      } else removeSend(w, task, index);
      return { type: SEND, port: id };
    case MOVE_SEND_ONCE:
      if (dead) return (dropReference(task, index), { type: DEAD_NAME, port: NONE });
      if (type !== SEND_ONCE) return null;
      freeEntry(w, task, index);
      return { type: SEND_ONCE, port: id };
    case MOVE_RECEIVE:
      if (port === null || (type & RECEIVE) === 0) return null;
      removeReceive(w, task, index, port);
      return { type: RECEIVE, port: id };
    default:
      return null;
  }
}

/**
 * Puts a right in hand into the space, under a name of the space's choice, and returns the name. A right to a dead port
 * enters no space: it is the name DEAD [mechanisms 1.4].
 */
export function copyout(w: MachWorld, task: Task, right: Right): number {
  if (right.type === DEAD_NAME) return DEAD;
  const port = at(w.ports, right.port);
  if (!port.active) {
    if (right.type !== RECEIVE) forgetDead(w, port, right.type);
    return DEAD;
  }
  assert(
    port.node === task.node,
    'D6',
    `a right to ${port.label} on node ${port.node} reaches a space on ${task.node}`,
  );
  if (right.type === SEND_ONCE) return insert(task.space, SEND_ONCE, port.id, 1);
  const name = nameForPort(task.space, port.id);
  if (name === NONE) {
    const fresh = insert(task.space, right.type, port.id, right.type === SEND ? 1 : 0);
    if (right.type === RECEIVE) settleReceive(task, port, fresh);
    return fresh;
  }
  merge(task, name, port, right.type);
  return name;
}

/** Puts a right in hand into the space under the chosen name: mach_port_insert_right. */
export function copyoutAs(w: MachWorld, task: Task, name: number, right: Right): string {
  if (right.type === DEAD_NAME) return 'KERN_INVALID_CAPABILITY';
  const port = at(w.ports, right.port);
  if (!port.active) return 'KERN_INVALID_CAPABILITY';
  const existing = right.type === SEND_ONCE ? NONE : nameForPort(task.space, port.id);
  if (existing !== NONE && existing !== name) return 'KERN_RIGHT_EXISTS';
  if (existing === name) {
    if (right.type === SEND && isPegged(task, name)) return 'KERN_UREFS_OVERFLOW';
    merge(task, name, port, right.type);
    return 'KERN_SUCCESS';
  }
  const urefs = right.type === RECEIVE ? 0 : 1;
  if (!insertAs(task.space, name, right.type, port.id, urefs)) return 'KERN_NAME_EXISTS';
  if (right.type === RECEIVE) settleReceive(task, port, name);
  return 'KERN_SUCCESS';
}

/**
 * The receive part goes, and the port into limbo: out of its set, away from the threads that received on it; its
 * make-send count and sequence number start again [I8].
 */
function removeReceive(w: MachWorld, task: Task, index: number, port: Port): void {
  const { space } = task;
  if ((typeAt(space, index) & SEND) === 0) freeEntry(w, task, index);
  else setTypeAt(space, index, SEND, urefsAt(space, index));
  intoLimbo(w, port);
}

function isPegged(task: Task, name: number): boolean {
  return urefsAt(task.space, find(task.space, name)) === MAXIMUM_USER_REFERENCES - 1;
}

function settleReceive(task: Task, port: Port, name: number): void {
  assert(port.receiver === NONE || port.receiver === KERNEL, 'I1', () => `${port.label} has two receivers`);
  port.receiver = task.id;
  port.receiverName = name;
  port.destination = NONE;
}

/** A right joins the entry that the space already has for the port. */
function merge(task: Task, name: number, port: Port, type: number): void {
  const { space } = task;
  const index = find(space, name);
  const held = typeAt(space, index);
  const urefs = urefsAt(space, index);
  if (type === RECEIVE) {
    setTypeAt(space, index, held | RECEIVE, urefs);
    settleReceive(task, port, name);
    return;
  }
  if ((held & SEND) === 0) {
    setTypeAt(space, index, held | SEND, 1);
    return;
  }
  port.srights--;
  if (urefs < MAXIMUM_USER_REFERENCES - 1) setUrefsAt(space, index, urefs + 1);
}
