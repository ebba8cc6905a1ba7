/**
 * Giving rights up: those in hand, and those that a name stands for. Return codes are Mach's own [mechanisms 1.3, 1.5].
 */
import { LAST_SEND } from '../../base/event.ts';
import { assert } from '../../base/assert.ts';
import { NONE, at } from '../../base/table.ts';
import type { Task } from '../task.ts';
import { emit, type MachWorld } from '../world.ts';
import { convertIfDead, dropReference, freeEntry, liftDeadName, removeSend, sendPartDies } from './entry.ts';
import { notifyPortDeleted, notifySendOnce } from './notify.ts';
import { bury, portDestroy } from './port-death.ts';
import { setDestroy } from './port-set.ts';
import type { Port } from './port.ts';
import { portDestroyedRequest } from './requests.ts';
import type { Right } from './right.ts';
import {
  DEAD_NAME,
  MAXIMUM_USER_REFERENCES,
  PORT_SET,
  RECEIVE,
  SEND,
  SEND_ONCE,
  find,
  portAt,
  remove,
  setTypeAt,
  setUrefsAt,
  typeAt,
  urefsAt,
} from './space.ts';

/** Gives up a right in hand: what destroying a message does to each right in it [mechanisms 1.5]. */
export function discard(w: MachWorld, right: Right): void {
  if (right.type === DEAD_NAME) return;
  const port = at(w.ports, right.port);
  if (right.type === SEND) dropSend(w, port);
  else if (right.type === SEND_ONCE) notifySendOnce(w, port);
  else portDestroy(w, port);
}

/** Gives up a list of rights in hand: type, port, type, port ... */
export function discardAll(w: MachWorld, rights: readonly number[]): void {
  for (let i = 0; i < rights.length; i += 2) discard(w, { type: rights[i]!, port: rights[i + 1]! });
}

/** One send right less; the last one may be what a no-senders request waits for. */
export function dropSend(w: MachWorld, port: Port): void {
  port.srights--;
  assert(port.srights >= 0, 'I4', () => `${port.label} has ${port.srights} send rights`);
  if (!port.active) return bury(w, port);
  if (port.srights === 0 && (port.requests !== NONE || port.dipc !== NONE || port.objectKind === 'memory'))
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
  convertIfDead(w, task, index);
  const type = typeAt(space, index);
  if (type === DEAD_NAME) dropReference(task, index);
  else if (type === SEND_ONCE) giveUpSendOnce(w, task, index);
  else if ((type & SEND) !== 0) giveUpSends(w, task, index, 1);
  else return 'KERN_INVALID_RIGHT';
  return 'KERN_SUCCESS';
}

/** Destroys whatever the name denotes: mach_port_destroy, and the fate of every entry of a task that ends. */
export function destroyName(w: MachWorld, task: Task, name: number): string {
  const { space } = task;
  const index = find(space, name);
  if (index === NONE) return 'KERN_INVALID_NAME';
  const type = typeAt(space, index);
  const port = type === DEAD_NAME ? null : at(w.ports, portAt(space, index));
  const to = liftDeadName(w, task, index);
  remove(space, name);
  if (port === null) return 'KERN_SUCCESS';
  if (type === PORT_SET) setDestroy(w, port);
  if (type === SEND_ONCE) notifySendOnce(w, port);
  if ((type & SEND) !== 0) dropSend(w, port);
  if ((type & RECEIVE) !== 0) portDestroy(w, port);
  if (to !== NONE) notifyPortDeleted(w, at(w.ports, to), name);
  return 'KERN_SUCCESS';
}

/**
 * mach_port_mod_refs: changes the user references of one of the rights under the name. Send rights and dead names take
 * any change that leaves 0 or more; the others only -1, which destroys them [mechanisms 1.3].
 */
export function modifyReferences(w: MachWorld, task: Task, name: number, right: number, delta: number): string {
  const { space } = task;
  const index = find(space, name);
  if (index === NONE) return 'KERN_INVALID_NAME';
  convertIfDead(w, task, index);
  const type = typeAt(space, index);
  if ((type & right) === 0) return 'KERN_INVALID_RIGHT';
  if (delta === 0) return 'KERN_SUCCESS';
  if (right === SEND || right === DEAD_NAME) {
    const most = right === SEND ? MAXIMUM_USER_REFERENCES - 1 : MAXIMUM_USER_REFERENCES;
    const urefs = urefsAt(space, index) + delta;
    if (urefs < 0) return 'KERN_INVALID_VALUE';
    if (urefs > most) return 'KERN_UREFS_OVERFLOW';
    if (urefs > 0) setUrefsAt(space, index, urefs);
    else if (right === SEND) giveUpSends(w, task, index, -delta);
    else freeEntry(w, task, index);
    return 'KERN_SUCCESS';
  }
  if (delta !== -1) return 'KERN_INVALID_VALUE';
  if (right === SEND_ONCE) giveUpSendOnce(w, task, index);
  else if (right === RECEIVE && (type & SEND) !== 0) destroyReceive(w, task, index);
  else destroyName(w, task, name);
  return 'KERN_SUCCESS';
}

function giveUpSends(w: MachWorld, task: Task, index: number, references: number): void {
  const { space } = task;
  const port = at(w.ports, portAt(space, index));
  const urefs = urefsAt(space, index) - references;
  if (urefs > 0) {
    setUrefsAt(space, index, urefs);
    return;
  }
  removeSend(w, task, index);
  dropSend(w, port);
}

function giveUpSendOnce(w: MachWorld, task: Task, index: number): void {
  const port = at(w.ports, portAt(task.space, index));
  freeEntry(w, task, index);
  notifySendOnce(w, port);
}

/** The receive right of an entry with both goes: what is left is a dead name, unless the port lives on elsewhere. */
function destroyReceive(w: MachWorld, task: Task, index: number): void {
  const { space } = task;
  const port = at(w.ports, portAt(space, index));
  if (portDestroyedRequest(w, port) === NONE) sendPartDies(w, task, index, port);
  else setTypeAt(space, index, SEND, urefsAt(space, index));
  portDestroy(w, port);
}
