/**
 * Entries as their holder uses them: what becomes of one when its port dies, when a right under it is given up, and
 * what it was asked to say then [mechanisms 1.3, 1.9].
 *
 * When a port dies nobody looks for the entries that name it: each becomes a dead name when it is next touched, with
 * one user reference more if a dead-name notice was sent for it.
 */
import { NONE, at } from '../../base/table.ts';
import type { Task } from '../task.ts';
import type { MachWorld } from '../world.ts';
import { notifyDeadName, notifyPortDeleted } from './notify.ts';
import { bury } from './port-death.ts';
import type { Port } from './port.ts';
import { dropSend } from './release.ts';
import { renameDeadName, setDeadName } from './requests.ts';
import {
  DEAD_NAME,
  MAXIMUM_USER_REFERENCES,
  PORT_SET,
  RECEIVE,
  SEND,
  SEND_ONCE,
  becomeDeadName,
  find,
  isRequestedAt,
  nameAt,
  portAt,
  remove,
  rename,
  setRequestedAt,
  setTypeAt,
  setUrefsAt,
  typeAt,
  urefsAt,
  type Space,
} from './space.ts';

/** The type of the entry as its holder would find it if it touched it now [mechanisms 1.3]: nothing is changed. */
export function effectiveType(w: MachWorld, space: Space, index: number): number {
  const type = typeAt(space, index);
  if (type !== SEND && type !== SEND_ONCE) return type;
  return at(w.ports, portAt(space, index)).active ? type : DEAD_NAME;
}

/** The lazy conversion: a send or send-once right whose port is dead becomes a dead name when it is touched. */
export function convertIfDead(w: MachWorld, task: Task, index: number): void {
  const { space } = task;
  const type = typeAt(space, index);
  if (type !== SEND && type !== SEND_ONCE) return;
  const port = at(w.ports, portAt(space, index));
  if (port.active) return;
  becomeDeadName(space, index, urefsAt(space, index) + (isRequestedAt(space, index) ? 1 : 0));
  forgetDead(w, port, type);
}

/** The holder's own send right to a port whose receive right it destroys: a dead name at once [mechanisms 1.3]. */
export function sendPartDies(w: MachWorld, task: Task, index: number, port: Port): void {
  const { space } = task;
  becomeDeadName(space, index, urefsAt(space, index) + (isRequestedAt(space, index) ? 1 : 0));
  dropSend(w, port);
}

/** A right to a port that has died is given up: only the count is left of it. */
export function forgetDead(w: MachWorld, port: Port, type: number): void {
  if (type === SEND) return dropSend(w, port);
  port.sorights--;
  bury(w, port);
}

/** The holder frees the entry; if a dead-name notice was asked for, it hears that there will be none. */
export function freeEntry(w: MachWorld, task: Task, index: number): void {
  const { space } = task;
  const name = nameAt(space, index);
  const to = liftDeadName(w, task, index);
  remove(space, name);
  if (to !== NONE) notifyPortDeleted(w, at(w.ports, to), name);
}

/** Takes the dead-name request of the entry away; the port that the notice would have gone to, or NONE. */
export function liftDeadName(w: MachWorld, task: Task, index: number): number {
  const { space } = task;
  if (!isRequestedAt(space, index)) return NONE;
  setRequestedAt(space, index, false);
  return setDeadName(w, at(w.ports, portAt(space, index)), task.id, nameAt(space, index), NONE);
}

/** The send part of an entry goes; the receive part, if there is one, stays. */
export function removeSend(w: MachWorld, task: Task, index: number): void {
  const { space } = task;
  if ((typeAt(space, index) & RECEIVE) === 0) freeEntry(w, task, index);
  else setTypeAt(space, index, RECEIVE, 0);
}

/** One user reference of a dead name less; the last one ends it. */
export function dropReference(task: Task, index: number): void {
  const { space } = task;
  const urefs = urefsAt(space, index) - 1;
  if (urefs === 0) remove(space, nameAt(space, index));
  else setUrefsAt(space, index, urefs);
}

/** mach_port_rename: the name must mean something, and the slot of the other one must be vacant. */
export function renameEntry(w: MachWorld, task: Task, name: number, to: number): void {
  const { space } = task;
  const index = find(space, name);
  convertIfDead(w, task, index);
  const type = typeAt(space, index);
  if (isRequestedAt(space, index)) renameDeadName(w, at(w.ports, portAt(space, index)), task.id, name, to);
  if ((type & (RECEIVE | PORT_SET)) !== 0) at(w.ports, portAt(space, index)).receiverName = to;
  rename(space, name, to);
}

/** What asking for a dead-name notice comes to: `before` is the port of the request before, or NONE. */
export interface Requested {
  readonly code: string;
  readonly before: number;
}

/**
 * mach_port_request_notification for dead names: `to` is the port of a send-once right in hand, or NONE to lift the
 * request. On a name that is dead already the notice comes at once if `immediate` [mechanisms 1.9].
 */
export function requestDeadName(w: MachWorld, task: Task, name: number, immediate: boolean, to: number): Requested {
  const { space } = task;
  const index = find(space, name);
  if (index === NONE) return { code: 'KERN_INVALID_NAME', before: NONE };
  convertIfDead(w, task, index);
  const type = typeAt(space, index);
  if (type === PORT_SET) return { code: 'KERN_INVALID_RIGHT', before: NONE };
  if (type !== DEAD_NAME) {
    const port = at(w.ports, portAt(space, index));
    const before = setDeadName(w, port, task.id, name, to);
    setRequestedAt(space, index, to !== NONE);
    return { code: 'KERN_SUCCESS', before };
  }
  if (!immediate || to === NONE) return { code: 'KERN_INVALID_ARGUMENT', before: NONE };
  const urefs = urefsAt(space, index) + 1;
  if (urefs > MAXIMUM_USER_REFERENCES) return { code: 'KERN_UREFS_OVERFLOW', before: NONE };
  setUrefsAt(space, index, urefs);
  notifyDeadName(w, at(w.ports, to), name);
  return { code: 'KERN_SUCCESS', before: NONE };
}
