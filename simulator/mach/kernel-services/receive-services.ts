/**
 * Kernel calls on a task port about its receive rights and port sets, and about the notices that it wants [mechanisms
 * 1.6 - 1.9, 1.13]. What a receive right reports is known to the nodes together (dipc/receive-status.ts).
 */
import { NONE, at } from '../../base/table.ts';
import { requestDeadName } from '../ipc/entry.ts';
import { leaveDeadSet, moveMember } from '../ipc/port-set.ts';
import { MAXIMUM_QUEUE_LIMIT, type Port } from '../ipc/port.ts';
import { requestNoSenders, setPortDestroyed } from '../ipc/requests.ts';
import { setQueueLimit } from '../ipc/senders.ts';
import { DEAD_NAME, PORT_SET, RECEIVE, SEND_ONCE, entriesOf, find, nameAt, portAt, typeAt } from '../ipc/space.ts';
import { takeHand, type KernelAnswer } from '../kernel-call.ts';
import type { Routine } from '../routine.ts';
import type { Task } from '../task.ts';
import type { Thread } from '../thread.ts';
import type { MachWorld } from '../world.ts';
import { success } from './objects.ts';
import { invalidCapability, invalidName, invalidRight, invalidValue, onTask } from './port-services.ts';

/** What `mach_port_set_attributes` may set. */
interface ReceiveAttributes {
  readonly qlimit?: number;
  readonly mscount?: number;
  readonly seqno?: number;
}

/** What `mach_port_request_notification` takes; the variant is 'no-senders', 'port-destroyed' or 'dead-name'. */
interface NotificationRequest {
  readonly name: number;
  readonly variant?: string;
  readonly sync?: number;
}

const notInSet: KernelAnswer = { code: 'KERN_NOT_IN_SET' };

export const receiveServices: readonly Routine[] = [
  onReceive('mach_port_set_attributes', 'set queue limit, make-send count and sequence number', (w, port, body) => {
    const { qlimit, mscount, seqno } = body as ReceiveAttributes;
    if (qlimit !== undefined && !isLimit(qlimit)) return invalidValue;
    if (mscount !== undefined) port.mscount = mscount;
    if (seqno !== undefined) port.seqno = seqno;
    if (qlimit !== undefined) setQueueLimit(w, port, qlimit);
    return success;
  }),
  onReceive('mach_port_set_qlimit', 'set the queue limit', (w, port, body) => {
    const { qlimit } = body as { qlimit: number };
    if (!isLimit(qlimit)) return invalidValue;
    setQueueLimit(w, port, qlimit);
    return success;
  }),
  onReceive('mach_port_set_mscount', 'set the make-send count', (_w, port, body) => {
    port.mscount = (body as { mscount: number }).mscount;
    return success;
  }),
  onReceive('mach_port_set_seqno', 'set the sequence number', (_w, port, body) => {
    port.seqno = (body as { seqno: number }).seqno;
    return success;
  }),
  onTask('mach_port_get_set_status', 'list the members of a set', (w, task, body) => {
    const set = find(task.space, (body as { name: number }).name);
    if (set === NONE) return invalidName;
    if (typeAt(task.space, set) !== PORT_SET) return invalidRight;
    return { body: { members: membersOf(w, task, portAt(task.space, set)) } };
  }),
  onTask('mach_port_move_member', 'move a port into a set, or out of its set', (w, task, body) => {
    const { space } = task;
    const { member, set } = body as { member: number; set: number };
    const of = find(space, member);
    const into = find(space, set);
    if (of === NONE || (set !== NONE && into === NONE)) return invalidName;
    if ((typeAt(space, of) & RECEIVE) === 0) return invalidRight;
    if (set !== NONE && typeAt(space, into) !== PORT_SET) return invalidRight;
    const port = at(w.ports, portAt(space, of));
    leaveDeadSet(w, port);
    if (set === NONE && port.pset === NONE) return notInSet;
    moveMember(w, port, set === NONE ? null : at(w.ports, portAt(space, into)));
    return success;
  }),
  onTask('mach_port_request_notification', 'ask for a notice, or for none any more', requestNotification),
];

/** Asks for one of the three notices; the answer carries the send-once right of the request before [mechanisms 1.9]. */
function requestNotification(w: MachWorld, task: Task, body: unknown, t: Thread): KernelAnswer {
  const { name, variant = 'no-senders', sync = 0 } = body as NotificationRequest;
  const [type, to = NONE] = t.hand;
  if (type === DEAD_NAME) return invalidCapability;
  if (type !== undefined && type !== SEND_ONCE) return invalidValue;
  if (variant === 'dead-name') {
    const { code, before } = requestDeadName(w, task, name, sync !== 0, to);
    if (code === 'KERN_SUCCESS') takeHand(t);
    return { code, ...previous(before) };
  }
  if (variant !== 'no-senders' && (variant !== 'port-destroyed' || sync !== 0)) return invalidValue;
  const index = find(task.space, name);
  if (index === NONE) return invalidName;
  if ((typeAt(task.space, index) & RECEIVE) === 0) return invalidRight;
  takeHand(t);
  const port = at(w.ports, portAt(task.space, index));
  return previous(variant === 'no-senders' ? requestNoSenders(w, port, sync, to) : setPortDestroyed(w, port, to));
}

function previous(port: number): KernelAnswer {
  return port === NONE ? success : { rights: [SEND_ONCE, port] };
}

/** Names of the members, which are in the same space, in the order of their slots. */
function membersOf(w: MachWorld, task: Task, set: number): number[] {
  const { space } = task;
  const members: number[] = [];
  for (let index = 0; index < entriesOf(space); index++) {
    if ((typeAt(space, index) & RECEIVE) === 0) continue;
    if (at(w.ports, portAt(space, index)).pset === set) members.push(nameAt(space, index));
  }
  return members;
}

function isLimit(qlimit: number): boolean {
  return qlimit >= 0 && qlimit <= MAXIMUM_QUEUE_LIMIT;
}

/** A service on one receive right of a task's space. */
export function onReceive<W extends MachWorld>(
  name: string,
  story: string,
  perform: (w: W, port: Port, body: unknown) => KernelAnswer,
): Routine {
  return onTask<W>(name, story, (w, task, body) => {
    const { space } = task;
    const index = find(space, (body as { name: number }).name);
    if (index === NONE) return invalidName;
    if ((typeAt(space, index) & RECEIVE) === 0) return invalidRight;
    return perform(w, at(w.ports, portAt(space, index)), body);
  });
}
