/**
 * Kernel calls on a task port about the task's port name space: what a migration server is made of [mechanisms 1.13].
 *
 * Each checks everything first and changes nothing when it fails.
 */
import { NONE, at } from '../../base/table.ts';
import { moveMember } from '../ipc/port-set.ts';
import { convertIfDead } from '../ipc/entry.ts';
import { deallocate, destroyName, discard } from '../ipc/release.ts';
import { copyin, copyout, copyoutAs, portAllocate, portSetAllocate } from '../ipc/right.ts';
import {
  DEAD_NAME,
  MAXIMUM_USER_REFERENCES,
  PORT_SET,
  RECEIVE,
  SEND,
  SEND_ONCE,
  find,
  insertAs,
  lookup,
  names,
  setUrefsAt,
  typeAt,
  urefsAt,
} from '../ipc/space.ts';
import { MAXIMUM_QUEUE_LIMIT, portCreate } from '../ipc/port.ts';
import { noSendersRequest, requestNoSenders } from '../ipc/requests.ts';
import { kernelService, takeHand, type KernelAnswer } from '../kernel-call.ts';
import type { Routine } from '../routine.ts';
import type { Task } from '../task.ts';
import type { MachWorld } from '../world.ts';
import { invalidArgument, success, taskOf } from './objects.ts';

/** One line of `mach_port_names`. */
export interface NameAndType {
  readonly name: number;
  readonly type: number;
}

/** `mach_port_get_receive_status`, and what `mach_port_set_attributes` may set. */
export interface ReceiveStatus {
  readonly qlimit: number;
  readonly mscount: number;
  readonly seqno: number;
  readonly msgcount: number;
  /** Name of the set that the port belongs to, or NONE. */
  readonly pset: number;
  /** A no-senders notice is requested. */
  readonly nsrequest: boolean;
}

/** What a line of `mach_port_names` takes in the answer: a name and a type. */
const BYTES_PER_NAME = 8;

const invalidName: KernelAnswer = { code: 'KERN_INVALID_NAME' };
const invalidRight: KernelAnswer = { code: 'KERN_INVALID_RIGHT' };

export const portServices: readonly Routine[] = [
  onTask('mach_port_names', 'list the names of a space', (w, task) => {
    const all = names(task.space);
    for (const name of all) convertIfDead(w, task, find(task.space, name));
    const body: NameAndType[] = all.map((name) => ({ name, type: lookup(task.space, name)!.type }));
    return { body, bytes: body.length * BYTES_PER_NAME };
  }),
  onTask('mach_port_get_refs', 'count the user references of a name', (_w, task, body) => {
    const entry = lookup(task.space, (body as { name: number }).name);
    return entry === null ? invalidName : { body: { urefs: entry.urefs } };
  }),
  onTask('mach_port_mod_refs', 'change the user references of a name', (w, task, body) => {
    const { name, delta } = body as { name: number; delta: number };
    return modifyReferences(w, task, name, delta);
  }),
  onTask('mach_port_deallocate', 'give up one reference', (w, task, body) => {
    return { code: deallocate(w, task, (body as { name: number }).name) };
  }),
  onTask('mach_port_destroy', 'give up whatever a name denotes', (w, task, body) => {
    destroyName(w, task, (body as { name: number }).name);
    return success;
  }),
  onTask('mach_port_extract_right', 'take a right out of a space', (w, task, body) => {
    const { name, disposition } = body as { name: number; disposition: number };
    const right = copyin(w, task, name, disposition);
    return right === null ? invalidRight : { rights: [right.type, right.port] };
  }),
  onTask('mach_port_insert_right', 'put a right into a space', (w, task, body, hand) => {
    const [type, port] = hand;
    if (type === undefined || port === undefined) return invalidArgument;
    const right = { type, port };
    const { name } = body as { name: number | null };
    if (name === null) return { body: { name: copyout(w, task, right) } };
    const code = copyoutAs(w, task, name, right);
    if (code !== 'KERN_SUCCESS') discard(w, right);
    return { code, body: { name } };
  }),
  onTask('mach_port_allocate_name', 'make a set or a dead name under a chosen name', (w, task, body) => {
    const { name, type, urefs } = body as { name: number; type: number; urefs: number };
    if (type === DEAD_NAME) {
      return insertAs(task.space, name, DEAD_NAME, NONE, urefs) ? success : { code: 'KERN_NAME_EXISTS' };
    }
    if (type !== PORT_SET) return invalidArgument;
    const set = portCreate(w, task.node, `${task.name}.set`);
    set.set = true;
    if (!insertAs(task.space, name, PORT_SET, set.id, 0)) return { code: 'KERN_NAME_EXISTS' };
    set.receiver = task.id;
    set.receiverName = name;
    return success;
  }),
  onTask('mach_port_allocate', 'make a port', (w, task, body) => {
    return { body: { name: portAllocate(w, task, (body as { label: string }).label) } };
  }),
  onTask('mach_port_allocate_set', 'make a port set', (w, task) => {
    return { body: { name: portSetAllocate(w, task, `${task.name}.set`) } };
  }),
  onTask('mach_port_move_member', 'move a port into a set', (w, task, body) => {
    const { member, set } = body as { member: number; set: number };
    const port = lookup(task.space, member);
    const into = set === NONE ? null : lookup(task.space, set);
    if (port === null || (port.type & RECEIVE) === 0) return invalidRight;
    if (set !== NONE && (into === null || into.type !== PORT_SET)) return invalidRight;
    moveMember(w, at(w.ports, port.port), into === null ? null : at(w.ports, into.port));
    return success;
  }),
  onTask('mach_port_get_receive_status', 'report on a receive right', (w, task, body) => {
    const entry = lookup(task.space, (body as { name: number }).name);
    if (entry === null || (entry.type & RECEIVE) === 0) return invalidRight;
    const port = at(w.ports, entry.port);
    const { qlimit, mscount, seqno, msgcount, pset } = port;
    const status: ReceiveStatus = {
      qlimit,
      mscount,
      seqno,
      msgcount,
      pset: pset === NONE ? NONE : at(w.ports, pset).receiverName,
      nsrequest: noSendersRequest(w, port) !== NONE,
    };
    return { body: status };
  }),
  onTask('mach_port_request_notification', 'ask for a notice when the last sender goes', (w, task, body, hand) => {
    const entry = lookup(task.space, (body as { name: number }).name);
    if (entry === null || (entry.type & RECEIVE) === 0) return invalidRight;
    const port = at(w.ports, entry.port);
    const before = requestNoSenders(w, port, 0, hand[0] === SEND_ONCE ? hand[1]! : NONE);
    return before === NONE ? success : { rights: [SEND_ONCE, before] };
  }),
  onTask('mach_port_set_attributes', 'set queue limit, make-send count and sequence number', (w, task, body) => {
    const { name, qlimit, mscount, seqno } = body as { name: number } & ReceiveStatus;
    const entry = lookup(task.space, name);
    if (entry === null || (entry.type & RECEIVE) === 0) return invalidRight;
    if (qlimit < 1 || qlimit > MAXIMUM_QUEUE_LIMIT) return invalidArgument;
    Object.assign(at(w.ports, entry.port), { qlimit, mscount, seqno });
    return success;
  }),
];

function onTask(
  name: string,
  story: string,
  perform: (w: MachWorld, task: Task, body: unknown, hand: readonly number[]) => KernelAnswer,
): Routine {
  return kernelService<MachWorld>(name, story, (w, t, request) => {
    const task = taskOf(w, request);
    return task === null ? invalidArgument : perform(w, task, request.body, takeHand(t));
  });
}

/** Send and dead-name rights take any change that leaves 0 or more; others only -1, which destroys [mechanisms 1.3]. */
function modifyReferences(w: MachWorld, task: Task, name: number, delta: number): KernelAnswer {
  const { space } = task;
  const index = find(space, name);
  if (index === NONE) return invalidName;
  const type = typeAt(space, index);
  if ((type & (SEND | DEAD_NAME)) === 0) {
    if (delta !== -1) return { code: 'KERN_INVALID_VALUE' };
    destroyName(w, task, name);
    return success;
  }
  const limit = type === DEAD_NAME ? MAXIMUM_USER_REFERENCES : MAXIMUM_USER_REFERENCES - 1;
  const urefs = urefsAt(space, index) + delta;
  if (urefs > limit) return { code: 'KERN_UREFS_OVERFLOW' };
  if (urefs < 0) return { code: 'KERN_INVALID_VALUE' };
  setUrefsAt(space, index, Math.max(urefs, 1));
  if (urefs === 0) deallocate(w, task, name);
  return success;
}
