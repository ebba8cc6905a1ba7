/** Ports: every copy on every node, with its queue. */
import { NONE, at, select } from '../base/table.ts';
import { WIRE_STRIDE } from '../dipc/crossing.ts';
import { distributedOf } from '../dipc/distributed.ts';
import type { DipcWorld } from '../dipc/world.ts';
import type { Port } from '../mach/ipc/port.ts';
import { queueOf } from '../mach/ipc/queue.ts';
import { threadOf } from '../mach/thread.ts';
import { BYTES_PER_PAGE } from '../mach/vm/object.ts';
import { nodeName, receiverOf, uidOfPort } from './label.ts';
import type { MessageState, PortState } from './state.ts';

export function portStates(w: DipcWorld): PortState[] {
  return select(w.ports, () => true).map((port) => {
    const distributed = port.dipc === NONE ? null : distributedOf(w, port);
    return {
      port: port.id,
      node: nodeName(w, port.node),
      label: port.label,
      uid: uidOfPort(w, port),
      copy: copyKind(w, port),
      dead: !port.active,
      receiver: receiverOf(w, port),
      receiverName: port.receiverName === NONE ? null : port.receiverName,
      destination: port.proxy && distributed !== null ? nodeName(w, distributed.destination) : null,
      makeSendCount: port.mscount,
      sequenceNumber: port.seqno,
      queueLimit: port.qlimit,
      sendRights: port.srights,
      sendOnceRights: port.sorights,
      transit: distributed?.transit ?? 0,
      queue: queueStates(w, port),
      blockedSenders: threadsFrom(w, port.firstSender),
      waitingReceivers: threadsFrom(w, port.firstReceiver),
    };
  });
}

/** The row of table 2.3 that the copy's flags are. */
function copyKind(w: DipcWorld, port: Port): PortState['copy'] {
  if (port.dipc === NONE) return 'principal';
  const { forward, arriving } = distributedOf(w, port);
  if (arriving) return 'arriving';
  if (!port.proxy) return 'principal';
  if (!forward) return 'proxy';
  return port.blocked ? 'migrating-out' : 'forwarding';
}

function queueStates(w: DipcWorld, port: Port): MessageState[] {
  const queue: MessageState[] = [];
  if (port.proxy || !port.active) return queue;
  for (let id = queueOf(w, port).firstMessage; id !== NONE; id = at(w.messages, id).next) {
    const message = at(w.messages, id);
    if (message.dest !== port.id && !port.set) continue;
    queue.push({
      message: message.id,
      operation: message.operation,
      from: threadOf(w, message.sender)?.name ?? '',
      bytes: message.bytes + message.pages * BYTES_PER_PAGE,
      rights: message.rights.length / (message.wire ? WIRE_STRIDE : 2),
    });
  }
  return queue;
}

function threadsFrom(w: DipcWorld, first: number): string[] {
  const found: string[] = [];
  for (let id = first; id !== NONE; id = at(w.threads, id).nextWaiting) found.push(at(w.threads, id).name);
  return found;
}
