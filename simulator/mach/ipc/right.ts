/**
 * Rights: taking them out of a space (copyin), putting them into one (copyout), and giving them up.
 *
 * Between the two a right is *in hand*: in a message, or in the kernel's care. It counts on its port all the time, so
 * that at every event the counts of a port equal the rights that exist [I4, I5]. Return codes are Mach's own.
 */
import { LAST_SEND } from '../../base/event.ts';
import { assert } from '../../base/assert.ts';
import { NONE, at } from '../../base/table.ts';
import type { Task } from '../task.ts';
import { emit, type MachWorld } from '../world.ts';
import { changeReceiver } from './mqueue.ts';
import { notifySendOnce } from './notify.ts';
import { bury, portDestroy } from './port-death.ts';
import { KERNEL, portCreate, type Port } from './port.ts';
import {
  DEAD_NAME,
  MAXIMUM_USER_REFERENCES,
  PORT_SET,
  RECEIVE,
  SEND,
  SEND_ONCE,
  becomeDeadName,
  insert,
  insertAs,
  lookup,
  nameForPort,
  remove,
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

/** A new port whose receive right the task holds; returns its name. */
export function portAllocate(w: MachWorld, task: Task, label: string): number {
  const port = portCreate(w, task.node, label);
  const name = insert(task.space, RECEIVE, port.id, 0);
  port.receiver = task.id;
  port.receiverName = name;
  return name;
}

/** A new, empty port set; returns its name. */
export function portSetAllocate(w: MachWorld, task: Task, label: string): number {
  const set = portCreate(w, task.node, label);
  set.set = true;
  const name = insert(task.space, PORT_SET, set.id, 0);
  set.receiver = task.id;
  set.receiverName = name;
  return name;
}

/** The port copy under a name that can be sent to, or NONE: the send fails with MACH_SEND_INVALID_DEST. */
export function destinationOf(w: MachWorld, task: Task, name: number): number {
  const entry = lookup(task.space, name);
  if (entry === null || (entry.type & (SEND | SEND_ONCE)) === 0) return NONE;
  if (at(w.ports, entry.port).active) return entry.port;
  convertIfDead(w, task, name);
  return NONE;
}

/** Takes the right out of the space as the disposition says [mechanisms 1.4], or null: the sender does not hold it. */
export function copyin(w: MachWorld, task: Task, name: number, disposition: number): Right | null {
  const entry = lookup(task.space, name);
  if (entry === null) return null;
  const port = entry.port === NONE ? null : at(w.ports, entry.port);
  const dead = entry.type === DEAD_NAME || (port !== null && !port.active && (entry.type & RECEIVE) === 0);
  if (dead) convertIfDead(w, task, name);
  switch (disposition) {
    case MAKE_SEND:
      if (port === null || (entry.type & RECEIVE) === 0) return null;
      port.mscount++;
      port.srights++;
      return { type: SEND, port: port.id };
    case MAKE_SEND_ONCE:
      if (port === null || (entry.type & RECEIVE) === 0) return null;
      port.sorights++;
      return { type: SEND_ONCE, port: port.id };
    case COPY_SEND:
      if (dead) return { type: DEAD_NAME, port: NONE };
      if (port === null || (entry.type & SEND) === 0) return null;
      port.srights++;
      return { type: SEND, port: port.id };
    case MOVE_SEND:
      if (dead) return (dropReference(w, task, name), { type: DEAD_NAME, port: NONE });
      if (port === null || (entry.type & SEND) === 0) return null;
      if (entry.urefs > 1) {
        entry.urefs--;
        port.srights++;
      } else removeSend(task, name);
      return { type: SEND, port: port.id };
    case MOVE_SEND_ONCE:
      if (dead) return (dropReference(w, task, name), { type: DEAD_NAME, port: NONE });
      if (port === null || entry.type !== SEND_ONCE) return null;
      remove(task.space, name);
      return { type: SEND_ONCE, port: port.id };
    case MOVE_RECEIVE:
      if (port === null || (entry.type & RECEIVE) === 0) return null;
      removeReceive(w, task, name, port);
      return { type: RECEIVE, port: port.id };
    default:
      return null;
  }
}

/** Puts a right in hand into the space, under a name of the space's choice, and returns the name. */
export function copyout(w: MachWorld, task: Task, right: Right): number {
  if (right.type === DEAD_NAME) return insert(task.space, DEAD_NAME, NONE, 1);
  const port = at(w.ports, right.port);
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
  if (right.type === DEAD_NAME) {
    return insertAs(task.space, name, DEAD_NAME, NONE, 1) ? 'KERN_SUCCESS' : 'KERN_NAME_EXISTS';
  }
  const port = at(w.ports, right.port);
  if (!port.active) return 'KERN_INVALID_CAPABILITY';
  const existing = right.type === SEND_ONCE ? NONE : nameForPort(task.space, port.id);
  if (existing !== NONE && existing !== name) return 'KERN_RIGHT_EXISTS';
  if (existing === name) {
    merge(task, name, port, right.type);
    return 'KERN_SUCCESS';
  }
  const urefs = right.type === RECEIVE ? 0 : 1;
  if (!insertAs(task.space, name, right.type, port.id, urefs)) return 'KERN_NAME_EXISTS';
  if (right.type === RECEIVE) settleReceive(task, port, name);
  return 'KERN_SUCCESS';
}

/** Gives up a right in hand: what destroying a message does to each right in it [mechanisms 1.5]. */
export function discard(w: MachWorld, right: Right): void {
  if (right.type === DEAD_NAME) return;
  const port = at(w.ports, right.port);
  if (right.type === SEND) dropSend(w, port);
  else if (right.type === SEND_ONCE) notifySendOnce(w, port);
  else portDestroy(w, port);
}

/** One send right less; the last one may be what a no-senders request waits for. */
export function dropSend(w: MachWorld, port: Port): void {
  port.srights--;
  assert(port.srights >= 0, 'I4', () => `${port.label} has ${port.srights} send rights`);
  if (!port.active) return bury(w, port);
  if (port.srights === 0 && (port.nsrequest !== NONE || port.dipc !== NONE || port.objectKind === 'memory'))
    emit(w, LAST_SEND, port.id);
}

/** The kernel gives up a send right that it kept. */
export function kernelReleases(w: MachWorld, port: Port): void {
  port.kernelSends--;
  dropSend(w, port);
}

/** mach_port_deallocate: gives up one user reference of a send, send-once or dead-name right. */
export function deallocate(w: MachWorld, task: Task, name: number): string {
  const entry = lookup(task.space, name);
  if (entry === null) return 'KERN_INVALID_NAME';
  if ((entry.type & (SEND | SEND_ONCE | DEAD_NAME)) === 0) return 'KERN_INVALID_RIGHT';
  const port = entry.port === NONE ? null : at(w.ports, entry.port);
  if (port !== null && entry.type === SEND_ONCE && port.active) {
    remove(task.space, name);
    notifySendOnce(w, port);
    return 'KERN_SUCCESS';
  }
  if (port !== null && port.active) {
    if (--entry.urefs === 0) {
      removeSend(task, name);
      dropSend(w, port);
    }
    return 'KERN_SUCCESS';
  }
  dropReference(w, task, name);
  return 'KERN_SUCCESS';
}

/** Destroys whatever the name denotes: mach_port_destroy, and the fate of every entry of a task that ends. */
export function destroyName(w: MachWorld, task: Task, name: number): void {
  const entry = lookup(task.space, name);
  if (entry === null) return;
  const { type } = entry;
  const port = entry.port === NONE ? null : at(w.ports, entry.port);
  if (port === null || type === PORT_SET) {
    remove(task.space, name);
    if (port !== null) portDestroy(w, port);
    return;
  }
  if (type === SEND_ONCE) {
    remove(task.space, name);
    if (port.active) notifySendOnce(w, port);
    else forgetDead(w, port, SEND_ONCE);
    return;
  }
  remove(task.space, name);
  if ((type & SEND) !== 0) dropSend(w, port);
  if ((type & RECEIVE) !== 0) portDestroy(w, port);
}

/** A right to a port that has died is given up: only the count is left of it. */
function forgetDead(w: MachWorld, port: Port, type: number): void {
  if (type === SEND) return dropSend(w, port);
  port.sorights--;
  bury(w, port);
}

function dropReference(w: MachWorld, task: Task, name: number): void {
  const entry = lookup(task.space, name)!;
  convertIfDead(w, task, name);
  if (--entry.urefs === 0) remove(task.space, name);
}

/** The lazy conversion: a send or send-once right whose port is dead becomes a dead name when it is touched. */
export function convertIfDead(w: MachWorld, task: Task, name: number): void {
  const entry = lookup(task.space, name);
  if (entry === null || entry.port === NONE || (entry.type & (SEND | SEND_ONCE)) === 0) return;
  const port = at(w.ports, entry.port);
  if (port.active || (entry.type & RECEIVE) !== 0) return;
  const type = entry.type;
  becomeDeadName(task.space, entry);
  forgetDead(w, port, type);
}

/** The send part of an entry goes; the receive part, if there is one, stays. */
function removeSend(task: Task, name: number): void {
  const entry = lookup(task.space, name)!;
  if ((entry.type & RECEIVE) === 0) return remove(task.space, name);
  entry.type = RECEIVE;
  entry.urefs = 0;
}

/**
 * The receive part goes, and the port into limbo: out of its set, away from the threads that received on it; its
 * make-send count and sequence number start again [I8].
 */
function removeReceive(w: MachWorld, task: Task, name: number, port: Port): void {
  const entry = lookup(task.space, name)!;
  if ((entry.type & SEND) === 0) remove(task.space, name);
  else entry.type = SEND;
  changeReceiver(w, port, NONE, NONE);
  port.mscount = 0;
  port.seqno = 0;
}

function settleReceive(task: Task, port: Port, name: number): void {
  assert(port.receiver === NONE || port.receiver === KERNEL, 'I1', () => `${port.label} has two receivers`);
  port.receiver = task.id;
  port.receiverName = name;
  port.destination = NONE;
}

/** A right joins the entry that the space already has for the port. */
function merge(task: Task, name: number, port: Port, type: number): void {
  const entry = lookup(task.space, name)!;
  if (type === RECEIVE) {
    entry.type |= RECEIVE;
    settleReceive(task, port, name);
    return;
  }
  if ((entry.type & SEND) === 0) {
    entry.type |= SEND;
    entry.urefs = 1;
    return;
  }
  port.srights--;
  if (entry.urefs < MAXIMUM_USER_REFERENCES - 1) entry.urefs++;
}
