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
  find,
  insert,
  insertAs,
  nameAt,
  nameForPort,
  portAt,
  remove,
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
  const { space } = task;
  const index = find(space, name);
  if (index === NONE || (typeAt(space, index) & (SEND | SEND_ONCE)) === 0) return NONE;
  const port = portAt(space, index);
  if (at(w.ports, port).active) return port;
  convertIfDead(w, task, name);
  return NONE;
}

/** Takes the right out of the space as the disposition says [mechanisms 1.4], or null: the sender does not hold it. */
export function copyin(w: MachWorld, task: Task, name: number, disposition: number): Right | null {
  const { space } = task;
  const index = find(space, name);
  if (index === NONE) return null;
  const id = portAt(space, index);
  const port = id === NONE ? null : at(w.ports, id);
  convertIfDead(w, task, name);
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
      if (dead) return (dropReference(w, task, name), { type: DEAD_NAME, port: NONE });
      if (port === null || (type & SEND) === 0) return null;
      if (urefsAt(space, index) > 1) {
        setUrefsAt(space, index, urefsAt(space, index) - 1);
        port.srights++;
      } else removeSend(task, index);
      return { type: SEND, port: id };
    case MOVE_SEND_ONCE:
      if (dead) return (dropReference(w, task, name), { type: DEAD_NAME, port: NONE });
      if (type !== SEND_ONCE) return null;
      remove(space, name);
      return { type: SEND_ONCE, port: id };
    case MOVE_RECEIVE:
      if (port === null || (type & RECEIVE) === 0) return null;
      removeReceive(w, task, index, port);
      return { type: RECEIVE, port: id };
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
  const { space } = task;
  const index = find(space, name);
  if (index === NONE) return 'KERN_INVALID_NAME';
  const type = typeAt(space, index);
  if ((type & (SEND | SEND_ONCE | DEAD_NAME)) === 0) return 'KERN_INVALID_RIGHT';
  const port = type === DEAD_NAME ? null : at(w.ports, portAt(space, index));
  if (port !== null && type === SEND_ONCE && port.active) {
    remove(space, name);
    notifySendOnce(w, port);
    return 'KERN_SUCCESS';
  }
  if (port !== null && port.active) {
    const urefs = urefsAt(space, index) - 1;
    if (urefs > 0) setUrefsAt(space, index, urefs);
    else {
      removeSend(task, index);
      dropSend(w, port);
    }
    return 'KERN_SUCCESS';
  }
  dropReference(w, task, name);
  return 'KERN_SUCCESS';
}

/** Destroys whatever the name denotes: mach_port_destroy, and the fate of every entry of a task that ends. */
export function destroyName(w: MachWorld, task: Task, name: number): void {
  const { space } = task;
  const index = find(space, name);
  if (index === NONE) return;
  const type = typeAt(space, index);
  const port = type === DEAD_NAME ? null : at(w.ports, portAt(space, index));
  remove(space, name);
  if (port === null) return;
  if (type === PORT_SET) return portDestroy(w, port);
  if (type === SEND_ONCE) {
    if (port.active) notifySendOnce(w, port);
    else forgetDead(w, port, SEND_ONCE);
    return;
  }
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
  const { space } = task;
  const index = find(space, name);
  convertIfDead(w, task, name);
  const urefs = urefsAt(space, index) - 1;
  if (urefs === 0) remove(space, name);
  else setUrefsAt(space, index, urefs);
}

/** The lazy conversion: a send or send-once right whose port is dead becomes a dead name when it is touched. */
export function convertIfDead(w: MachWorld, task: Task, name: number): void {
  const { space } = task;
  const index = find(space, name);
  if (index === NONE) return;
  const type = typeAt(space, index);
  if (type !== SEND && type !== SEND_ONCE) return;
  const port = at(w.ports, portAt(space, index));
  if (port.active) return;
  becomeDeadName(space, index, urefsAt(space, index));
  forgetDead(w, port, type);
}

/** The send part of an entry goes; the receive part, if there is one, stays. */
function removeSend(task: Task, index: number): void {
  const { space } = task;
  if ((typeAt(space, index) & RECEIVE) === 0) remove(space, nameAt(space, index));
  else setTypeAt(space, index, RECEIVE, 0);
}

/**
 * The receive part goes, and the port into limbo: out of its set, away from the threads that received on it; its
 * make-send count and sequence number start again [I8].
 */
function removeReceive(w: MachWorld, task: Task, index: number, port: Port): void {
  const { space } = task;
  if ((typeAt(space, index) & SEND) === 0) remove(space, nameAt(space, index));
  else setTypeAt(space, index, SEND, urefsAt(space, index));
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
