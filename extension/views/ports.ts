/**
 * The Ports view: the port copies on every node. A port lives where its receive right is (its principal); other nodes
 * that hold rights to it have a proxy. Below a port stand the messages in its queue, who is blocked on sending and who
 * waits to receive.
 */
import type { MessageState, PortState } from '../../simulator/inspect/state-ports.ts';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { count, portName, size } from './quantities.ts';
import { fact, joined, quietFact, type Row, type RowKind } from './row.ts';

export function portRows(state: ClusterState): readonly Row[] {
  return state.nodes.flatMap(({ node }) => {
    const ports = state.ports.filter((port) => port.node === node);
    return ports.length === 0 ? [] : [nodeGroup(node, ports)];
  });
}

function nodeGroup(node: string, ports: readonly PortState[]): Row {
  const queued = ports.reduce((sum, { queue }) => sum + queue.length, 0);
  return {
    id: `ports/${node}`,
    kind: 'group',
    label: node,
    description: joined(count(ports.length, 'port'), queued === 0 ? '' : `${count(queued, 'message')} queued`),
    icon: 'server',
    facts: [fact('Ports', ports.length), fact('Messages queued', queued)],
    subject: {},
    open: false,
    children: ports.map(portRow),
  };
}

const copyIcons: Readonly<Record<PortState['copy'], string>> = {
  principal: 'plug',
  proxy: 'debug-disconnect',
  forwarding: 'arrow-swap',
  arriving: 'arrow-down',
  'migrating-out': 'arrow-up',
  set: 'layers',
};

function portRow(port: PortState): Row {
  const id = `port/${port.port}`;
  return {
    id,
    kind: 'port',
    label: port.label,
    description: port.dead ? 'dead' : joined(place(port), activity(port)),
    icon: port.dead ? 'circle-slash' : copyIcons[port.copy],
    facts: [
      fact('Copy', port.copy),
      fact('Dead', port.dead ? 'yes' : 'no'),
      fact('Identity', port.uid ?? ''),
      fact('Receiver', receiver(port)),
      fact('Principal on', port.destination ?? ''),
      fact('Queue', `${port.queue.length} of ${port.queueLimit}`),
      fact('Make-send count', port.makeSendCount),
      fact('Send rights', port.sendRights),
      fact('Send-once rights', port.sendOnceRights),
      fact('Transit credits', port.transit),
      quietFact('Sequence number', port.sequenceNumber),
    ],
    subject: { port: port.port },
    open: false,
    children: [
      ...port.queue.map((message) => messageRow(id, message)),
      ...port.blockedSenders.map((name, index) => waitingRow(`${id}/sends/${index}`, name, 'sends', 'arrow-right')),
      ...port.waitingReceivers.map((name, index) =>
        waitingRow(`${id}/receives/${index}`, name, 'receives', 'arrow-left'),
      ),
    ],
  };
}

const receiver = ({ receiver, receiverName }: PortState): string =>
  receiverName === null ? receiver : `${receiver} as ${portName(receiverName)}`;

function place(port: PortState): string {
  if (port.copy === 'principal') return port.receiver === '' ? '' : `received by ${port.receiver}`;
  return port.destination === null ? port.copy : `${port.copy} of ${port.destination}`;
}

const activity = ({ queue, queueLimit, blockedSenders }: PortState): string =>
  joined(
    queue.length === 0 ? '' : `queue ${queue.length}/${queueLimit}`,
    blockedSenders.length === 0 ? '' : `${blockedSenders.length} blocked`,
  );

function messageRow(id: string, message: MessageState): Row {
  return {
    ...leaf(`${id}/message/${message.message}`, 'message', message.operation, 'mail'),
    description: joined(`from ${message.from}`, size(message.bytes)),
    facts: [fact('From', message.from), fact('Size', size(message.bytes)), fact('Rights', message.rights)],
  };
}

function waitingRow(id: string, name: string, does: 'sends' | 'receives', icon: string): Row {
  return { ...leaf(`${id}/${name}`, 'waiting', name, icon), description: `waits, ${does}` };
}

function leaf(id: string, kind: RowKind, label: string, icon: string): Row {
  return { id, kind, label, description: '', icon, facts: [], subject: {}, open: false, children: [] };
}
