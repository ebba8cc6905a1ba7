/** Ports: every copy on every node, with its queue, who waits at it, and who has asked to be told. */
import { NONE, at, select } from '../base/table.ts';
import { copyOn, distributedOf, type Distributed } from '../dipc/distributed.ts';
import type { DipcWorld } from '../dipc/world.ts';
import { KERNEL, type Port } from '../mach/ipc/port.ts';
import { messagesIn, queueOf } from '../mach/ipc/queue.ts';
import { NUMBERS_PER_DEAD_NAME } from '../mach/ipc/requests.ts';
import { waitingIn } from '../mach/ipc/waiting.ts';
import { nodeName, receiverOf, threadWords, uidOfPort } from './label.ts';
import { messageState } from './messages.ts';
import type { MessageState, NotificationRequestState, PortState } from './state-ports.ts';

export function portStates(w: DipcWorld): PortState[] {
  return select(w.ports, () => true).map((port) => {
    const distributed = port.dipc === NONE ? null : distributedOf(w, port);
    return {
      port: port.id,
      node: nodeName(w, port.node),
      label: port.label,
      uid: uidOfPort(w, port),
      copy: copyKind(w, port),
      flags: flagsOf(port, distributed),
      dead: !port.active,
      receiver: receiverOf(w, port),
      receiverName: port.receiverName === NONE ? null : port.receiverName,
      object: objectOf(w, port),
      portSet: port.pset === NONE ? null : at(w.ports, port.pset).label,
      destination: port.proxy && distributed !== null ? nodeName(w, distributed.destination) : null,
      way: wayFrom(w, port, distributed),
      makeSendCount: port.mscount,
      sequenceNumber: port.seqno,
      queueLimit: port.qlimit,
      sendRights: port.srights,
      sendOnceRights: port.sorights,
      remoteSendOnceRights: distributed?.remoteSendOnce ?? 0,
      transit: distributed?.transit ?? 0,
      queue: queueStates(w, port),
      held: (distributed?.held ?? []).map((id) => messageState(w, at(w.messages, id))),
      refused: (distributed?.callbacks ?? []).map((node) => nodeName(w, node)),
      blockedSenders: waitingIn(w, port.lastSender).map((t) => threadWords(w, t)),
      waitingReceivers: waitingIn(w, port.lastReceiver).map((t) => threadWords(w, t)),
      requests: requestsOf(w, port),
      registered: (distributed?.registered ?? []).map((node) => nodeName(w, node)),
      obstacles: distributed === null ? [] : obstaclesOf(w, distributed),
    };
  });
}

/** The row of table 2.3 that the copy's flags are. */
function copyKind(w: DipcWorld, port: Port): PortState['copy'] {
  if (port.set) return 'set';
  if (port.dipc === NONE) return 'principal';
  const { forward, arriving } = distributedOf(w, port);
  if (arriving) return 'arriving';
  if (!port.proxy) return 'principal';
  if (!forward) return 'proxy';
  return port.blocked ? 'migrating-out' : 'forwarding';
}

function flagsOf(port: Port, distributed: Distributed | null): string[] {
  const flags: [string, boolean][] = [
    ['proxy', port.proxy],
    ['forward', distributed?.forward === true],
    ['ms_block', port.blocked],
    ['ms_convert', distributed?.convert === true],
    ['migrate_wait', distributed?.arriving === true],
  ];
  return flags.filter(([, set]) => set).map(([flag]) => flag);
}

function objectOf(w: DipcWorld, { receiver, objectKind, object }: Port): string {
  if (receiver !== KERNEL) return '';
  const rows = {
    task: w.tasks.rows,
    thread: w.threads.rows,
    memory: w.objects.rows,
    host: [],
    pager: [],
    paged: [],
    '': [],
  };
  const row = rows[objectKind][object];
  if (row?.live !== true) return objectKind;
  return `${objectKind} ${'label' in row ? row.label : row.name}`;
}

/** From copy to copy, as each believes; no protocol is involved in looking. */
function wayFrom(w: DipcWorld, port: Port, distributed: Distributed | null): string[] {
  const way = [port.node];
  let copy: Port | null = port;
  while (copy?.proxy === true && distributed !== null) {
    const { destination } = distributedOf(w, copy);
    if (destination === NONE || way.includes(destination)) break;
    way.push(destination);
    copy = at(w.nodes, destination).up ? copyOn(w, destination, distributed.uid) : null;
  }
  return way.map((node) => nodeName(w, node));
}

function queueStates(w: DipcWorld, port: Port): MessageState[] {
  const queue: MessageState[] = [];
  if (port.proxy || !port.active) return queue;
  for (const message of messagesIn(w, queueOf(w, port))) {
    if (message.dest === port.id || port.set) queue.push(messageState(w, message));
  }
  return queue;
}

/** Why messages wait in this copy, in words [mechanisms 2.10, 2.9, 2.7]. */
function obstaclesOf(w: DipcWorld, { fullAt, shortage, probing, acquiring }: Distributed): string[] {
  return [
    ...fullAt.map((node) => `the queue on ${nodeName(w, node)} is full`),
    ...(shortage === NONE ? [] : [`${nodeName(w, shortage)} has no buffer`]),
    ...(probing === NONE ? [] : [`${nodeName(w, probing)} is asked where the principal is`]),
    ...(acquiring ? ['credits have been asked for'] : []),
  ];
}

/** Who has asked to be told, and of what [mechanisms 1.9]. */
function requestsOf(w: DipcWorld, port: Port): NotificationRequestState[] {
  if (port.requests === NONE) return [];
  const { noSenders, sync, portDestroyed, deadNames } = at(w.requests, port.requests);
  const found: NotificationRequestState[] = [];
  const add = (kind: NotificationRequestState['kind'], to: number, watched: string): void => {
    if (to === NONE) return;
    const { label } = at(w.ports, to);
    found.push({ kind, to: label, receiver: receiverOf(w, at(w.ports, to)), watched });
  };
  add('no-senders', noSenders, sync === 0 ? '' : `from make-send count ${sync} on`);
  add('port-destroyed', portDestroyed, '');
  for (let i = 0; i < deadNames.length; i += NUMBERS_PER_DEAD_NAME) {
    const task = at(w.tasks, deadNames[i]!).name;
    add('dead-name', deadNames[i + 2]!, `name 0x${deadNames[i + 1]!.toString(16)} of ${task}`);
  }
  return found;
}
