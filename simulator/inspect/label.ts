/** How ports, UIDs, rights and threads are called where people read them. */
import { NONE, at } from '../base/table.ts';
import { distributedOf, uidText } from '../dipc/distributed.ts';
import { KERNEL, type Port } from '../mach/ipc/port.ts';
import { DEAD_NAME, PORT_SET, SEND_ONCE, SEND_RECEIVE, SEND } from '../mach/ipc/space.ts';
import {
  BLOCKED,
  COMPUTING,
  ENDED,
  READY,
  RECEIVING,
  SENDING,
  SLEEPING,
  isSuspended,
  type Thread,
} from '../mach/thread.ts';
import type { DipcWorld } from '../dipc/world.ts';
import type { RightType } from './state-ports.ts';

export function nodeName(w: DipcWorld, node: number): string {
  return node === NONE ? '' : at(w.nodes, node).name;
}

export function uidWords(w: DipcWorld, uid: number): string {
  return uidText((node) => nodeName(w, node), uid);
}

/** `node.number`, or null while the port has not left its first node. */
export function uidOfPort(w: DipcWorld, port: Port): string | null {
  return port.dipc === NONE ? null : uidWords(w, distributedOf(w, port).uid);
}

/** Who holds the receive right of this copy, in a word; empty for a proxy. */
export function receiverOf(w: DipcWorld, port: Port): string {
  if (port.proxy || !port.active) return '';
  if (port.receiver === KERNEL) return 'kernel';
  return port.receiver === NONE ? 'in transit' : at(w.tasks, port.receiver).name;
}

export function rightType(type: number): RightType {
  if (type === PORT_SET) return 'port-set';
  if (type === DEAD_NAME) return 'dead-name';
  if (type === SEND_ONCE) return 'send-once';
  if (type === SEND_RECEIVE) return 'send-receive';
  return type === SEND ? 'send' : 'receive';
}

/** A right that a message carries; NULL where there is none. */
export function rightWord(type: number): string {
  return type === NONE ? 'no right' : rightType(type);
}

/** A thread as it is told apart over the whole cluster: by its task, and by its own name where that says more. */
export function threadWords(w: DipcWorld, { task: id, name }: Thread): string {
  const { name: task, pid } = at(w.tasks, id);
  if (name.includes(task)) return name;
  const whose = pid === NONE ? task : `pid ${pid} ${task}`;
  return name === 'main' ? whose : `${whose} (${name})`;
}

export function threadState(w: DipcWorld, t: Thread): string {
  if (t.state !== ENDED && isSuspended(w, t)) return 'suspended';
  if (t.state === COMPUTING) return at(w.nodes, t.node).running === t.id ? 'computing' : 'ready';
  if (t.state === READY) return 'running';
  return t.state === ENDED ? 'ended' : 'waiting';
}

/** What a thread waits for, in words; empty if it does not wait. */
export function waitsFor(w: DipcWorld, t: Thread): string {
  switch (t.state) {
    case RECEIVING:
      if (t.expectsReply) return 'an answer';
      return t.waitPort === NONE ? 'a message that is on its way' : `a message on ${at(w.ports, t.waitPort).label}`;
    case SENDING:
      return 'its message to be accepted';
    case SLEEPING:
      return 'the clock';
    case BLOCKED:
      return t.channel;
    case COMPUTING:
      return at(w.nodes, t.node).running === t.id ? '' : 'the processor';
    default:
      return '';
  }
}
