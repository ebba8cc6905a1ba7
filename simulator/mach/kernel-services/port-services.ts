/**
 * Kernel calls on a task port about the names of the task's space and the rights under them: what a migration server is
 * made of [mechanisms 1.13].
 *
 * Each checks everything first and changes nothing when it fails; rights that came with a call that fails are given up.
 */
import { NONE } from '../../base/table.ts';
import { convertIfDead, renameEntry } from '../ipc/entry.ts';
import { deallocate, destroyName, modifyReferences } from '../ipc/release.ts';
import {
  MAKE_SEND_ONCE,
  MOVE_RECEIVE,
  copyin,
  copyout,
  copyoutAs,
  portAllocate,
  portSetAllocate,
} from '../ipc/right.ts';
import {
  DEAD,
  DEAD_NAME,
  PORT_SET,
  RECEIVE,
  SEND,
  find,
  insert,
  insertAs,
  isRequestedAt,
  isVacant,
  names,
  typeAt,
  urefsAt,
} from '../ipc/space.ts';
import { kernelService, takeHand, type KernelAnswer } from '../kernel-call.ts';
import type { Routine } from '../routine.ts';
import type { Task } from '../task.ts';
import type { Thread } from '../thread.ts';
import type { MachWorld } from '../world.ts';
import { success, taskOf } from './objects.ts';

export interface NameAndType {
  readonly name: number;
  readonly type: number;
}

/** One line of `mach_port_names`, and what `mach_port_type` answers. */
export interface PortType extends NameAndType {
  /** A dead-name notice is asked for. */
  readonly dnrequest: boolean;
}

/** What a line of `mach_port_names` takes in the answer: a name and a type. */
const BYTES_PER_NAME = 8;

export const invalidName: KernelAnswer = { code: 'KERN_INVALID_NAME' };
export const invalidRight: KernelAnswer = { code: 'KERN_INVALID_RIGHT' };
export const invalidValue: KernelAnswer = { code: 'KERN_INVALID_VALUE' };
export const invalidCapability: KernelAnswer = { code: 'KERN_INVALID_CAPABILITY' };

export const portServices: readonly Routine[] = [
  onTask('mach_port_names', 'list the names of a space', (w, task) => {
    const body = names(task.space).map((name) => typeOf(w, task, name));
    return { body, bytes: body.length * BYTES_PER_NAME };
  }),
  onTask('mach_port_type', 'say what a name denotes', (w, task, body) => {
    const { name } = body as { name: number };
    return find(task.space, name) === NONE ? invalidName : { body: typeOf(w, task, name) };
  }),
  onTask('mach_port_allocate', 'make a port, a set or a dead name', (w, task, body) => {
    const { right = RECEIVE, label } = (body ?? {}) as { right?: number; label?: string };
    if (right === RECEIVE) return { body: { name: portAllocate(w, task, label ?? `${task.name}.port`) } };
    if (right === PORT_SET) return { body: { name: portSetAllocate(w, task, label ?? `${task.name}.set`) } };
    if (right !== DEAD_NAME) return invalidValue;
    return { body: { name: insert(task.space, DEAD_NAME, NONE, 1) } };
  }),
  onTask('mach_port_allocate_name', 'make a port, a set or a dead name under a chosen name', (w, task, body) => {
    const { name, right, urefs = 1, label } = body as { name: number; right: number; urefs?: number; label?: string };
    if (!isName(name) || (right !== RECEIVE && right !== PORT_SET && right !== DEAD_NAME)) return invalidValue;
    if (!isVacant(task.space, name)) return { code: 'KERN_NAME_EXISTS' };
    if (right === RECEIVE) portAllocate(w, task, label ?? `${task.name}.port`, name);
    else if (right === PORT_SET) portSetAllocate(w, task, label ?? `${task.name}.set`, name);
    else insertAs(task.space, name, DEAD_NAME, NONE, urefs);
    return success;
  }),
  onTask('mach_port_rename', 'give an entry another name', (w, task, body) => {
    const { oldName, newName } = body as { oldName: number; newName: number };
    if (!isName(newName)) return invalidValue;
    if (find(task.space, oldName) === NONE) return invalidName;
    if (!isVacant(task.space, newName)) return { code: 'KERN_NAME_EXISTS' };
    renameEntry(w, task, oldName, newName);
    return success;
  }),
  onTask('mach_port_get_refs', 'count the user references of a name', (w, task, body) => {
    const { name, right } = body as { name: number; right?: number };
    const { space } = task;
    const index = find(space, name);
    if (index === NONE) return invalidName;
    convertIfDead(w, task, index);
    const type = typeAt(space, index);
    if (right === undefined || (right & type & (SEND | DEAD_NAME)) !== 0) {
      return { body: { urefs: urefsAt(space, index) } };
    }
    return { body: { urefs: (right & type) === 0 ? 0 : 1 } };
  }),
  onTask('mach_port_mod_refs', 'change the user references of a name', (w, task, body) => {
    const { name, right, delta } = body as { name: number; right?: number; delta: number };
    return { code: modifyReferences(w, task, name, right ?? countedRight(w, task, name), delta) };
  }),
  onTask('mach_port_deallocate', 'give up one reference', (w, task, body) => {
    return { code: deallocate(w, task, (body as { name: number }).name) };
  }),
  onTask('mach_port_destroy', 'give up whatever a name denotes', (w, task, body) => {
    return { code: destroyName(w, task, (body as { name: number }).name) };
  }),
  onTask('mach_port_extract_right', 'take a right out of a space', (w, task, body) => {
    const { name, disposition } = body as { name: number; disposition: number };
    if (disposition < MOVE_RECEIVE || disposition > MAKE_SEND_ONCE) return invalidValue;
    if (find(task.space, name) === NONE) return invalidName;
    const right = copyin(w, task, name, disposition);
    return right === null ? invalidRight : { rights: [right.type, right.port] };
  }),
  onTask('mach_port_insert_right', 'put a right into a space', (w, task, body, t) => {
    const [type, port] = t.hand;
    if (type === undefined || port === undefined) return invalidValue;
    const { name } = body as { name: number | null };
    if (name !== null && !isName(name)) return invalidValue;
    if (name === null) return (takeHand(t), { body: { name: copyout(w, task, { type, port }) } });
    const code = copyoutAs(w, task, name, { type, port });
    if (code === 'KERN_SUCCESS') takeHand(t);
    return { code, body: { name } };
  }),
];

/** A service on a task's space; what it does not take out of the thread's hand is given up. */
export function onTask<W extends MachWorld>(
  name: string,
  story: string,
  perform: (w: W, task: Task, body: unknown, t: Thread) => KernelAnswer,
): Routine {
  return kernelService<W>(name, story, (w, t, request) => {
    const task = taskOf(w, request);
    return task === null ? { code: 'KERN_INVALID_TASK' } : perform(w, task, request.body, t);
  });
}

/** Neither null nor dead. */
function isName(name: number): boolean {
  return name >= 256 && name !== DEAD;
}

function typeOf(w: MachWorld, task: Task, name: number): PortType {
  const { space } = task;
  const index = find(space, name);
  convertIfDead(w, task, index);
  return { name, type: typeAt(space, index), dnrequest: isRequestedAt(space, index) };
}

/** The right whose user references are meant when the caller does not say: the one that has some. */
function countedRight(w: MachWorld, task: Task, name: number): number {
  const { space } = task;
  const index = find(space, name);
  if (index === NONE) return SEND;
  convertIfDead(w, task, index);
  const type = typeAt(space, index);
  return (type & SEND) !== 0 ? SEND : type;
}
