/** What waits at a port: messages, whoever wants to send or to receive, and requests to be told. */
import type { MessageState } from '../../simulator/inspect/state-ports.ts';
import type { Known } from './port-known.ts';
import { count, size, time } from './quantities.ts';
import { column, sectionOf, type PlainRow } from './sheet.ts';

export const queue = sectionOf<Known>(
  {
    key: 'queue',
    title: 'Queue',
    summary: queueWords,
    empty: 'No message waits.',
    columns: [
      column('message', 'Message', 'Operation, and its number among all messages of the run'),
      column('from', 'From', 'Thread that sent it'),
      column('node', 'Node', 'Node of the sender'),
      column('right', 'Sent to', 'The right that it was sent with'),
      column('reply', 'Reply to', 'Port that the answer goes to'),
      column('carries', 'Carries', 'Rights and memory that come with it'),
      column('size', 'Size', 'Bytes of the body', true),
      column('body', 'Body', 'Where the body is: here, or still on another node'),
      column('since', 'Since', 'Virtual time at which it began to wait', true),
    ],
  },
  ({ copies }) =>
    copies.flatMap(({ queue, held, node }) => [
      ...queue.map((message) => messageRow(message, '')),
      ...held.map((message) => messageRow(message, `held on ${node}`)),
    ]),
);

function messageRow(message: MessageState, where: string): PlainRow {
  const { serial, operation, from, fromNode, right, reply, bytes, bodyOn, networkForm, since } = message;
  const body = bodyOn === null ? (networkForm ? 'here, in network form' : 'here') : `on ${bodyOn}`;
  return {
    key: String(serial),
    cells: [
      `${operation} #${serial}`,
      from,
      fromNode,
      right,
      reply ?? '',
      [...message.carries, ...message.memory.map(memoryWords)].join(', '),
      size(bytes),
      where === '' ? body : `${body}, ${where}`,
      since === null ? '' : time(since),
    ],
  };
}

function memoryWords({ name, pages, node }: MessageState['memory'][number]): string {
  return `${name}: ${count(pages, 'page')}${node === '' ? '' : ` on ${node}`}`;
}

function queueWords({ principal }: Known): string {
  if (principal === undefined || principal.queue.length === 0) return '';
  const { queue, queueLimit } = principal;
  return `${queue.length} of ${queueLimit}${queue.length >= queueLimit ? ', full' : ''}`;
}

export const waiting = sectionOf<Known>(
  {
    key: 'waiting',
    title: 'Who waits',
    empty: 'Nobody waits at the port.',
    columns: [
      column('who', 'Who', 'Thread or node'),
      column('does', 'Waits to', 'What it will do when it may'),
      column('node', 'Node', 'Where it waits'),
    ],
  },
  ({ copies }) =>
    copies.flatMap(({ node, blockedSenders, waitingReceivers, refused, obstacles }) => [
      ...blockedSenders.map((who, index) => ({ key: `${node}/send/${index}/${who}`, cells: [who, 'send', node] })),
      ...waitingReceivers.map((who) => ({ key: `${node}/receive/${who}`, cells: [who, 'receive', node] })),
      ...refused.map((who) => ({ key: `${node}/refused/${who}`, cells: [who, 'be called back', node] })),
      ...obstacles.map((why) => ({ key: `${node}/obstacle/${why}`, cells: ['the messages held here', why, node] })),
    ]),
);

export const requests = sectionOf<Known>(
  {
    key: 'requests',
    title: 'Notification requests',
    empty: 'Nobody has asked to be told.',
    columns: [
      column('kind', 'Notification', 'What is told'),
      column('to', 'Goes to', 'Port that the notification is sent to'),
      column('receiver', 'Received by', 'Task that receives on it'),
      column('watched', 'About', 'The name that is watched, or the count'),
      column('node', 'Node', 'Where the request is registered'),
    ],
  },
  ({ copies }) =>
    copies.flatMap(({ node, requests, registered }) => [
      ...requests.map(({ kind, to, receiver, watched }) => ({
        key: `${node}/${kind}/${to}/${watched}`,
        cells: [kind, to, receiver, watched, node],
      })),
      ...registered.map((to) => ({
        key: `${node}/dn/${to}`,
        cells: ['dn notify', `node ${to}`, 'its kernel', '', node],
      })),
    ]),
);
