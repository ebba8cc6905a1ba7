/** What waits at a port: messages, whoever wants to send or to receive, and requests to be told. */
import type { MessageState } from '../../simulator/inspect/state-ports.ts';
import type { Known } from './port-known.ts';
import { amount, column } from './column.ts';
import { count, size, time } from './quantities.ts';
import { sectionOf } from './sheet.ts';

/** A message in the queue, or in a copy of the port that holds it. */
interface MessageRow extends MessageState {
  /** The node whose copy holds it; null if it is in the queue. */
  readonly heldOn: string | null;
}

export const queue = sectionOf<Known, MessageRow>({
  key: 'queue',
  title: 'Queue',
  summary: queueWords,
  empty: 'No message waits.',
  rows: ({ copies }) =>
    copies.flatMap(({ queue, held, node }) => [
      ...queue.map((message) => ({ ...message, heldOn: null })),
      ...held.map((message) => ({ ...message, heldOn: node })),
    ]),
  rowKey: ({ serial }) => serial,
  columns: [
    column(
      'message',
      'Message',
      'Operation, and its number among all messages of the run',
      ({ operation, serial }) => `${operation} #${serial}`,
    ),
    column('from', 'From', 'Thread that sent it', ({ from }) => from),
    column('node', 'Node', 'Node of the sender', ({ fromNode }) => fromNode),
    column('right', 'Sent to', 'The right that it was sent with', ({ right }) => right),
    column('reply', 'Reply to', 'Port that the answer goes to', ({ reply }) => reply ?? ''),
    column('carries', 'Carries', 'Rights and memory that come with it', ({ carries, memory }) =>
      [...carries, ...memory.map(memoryWords)].join(', '),
    ),
    amount('size', 'Size', 'Bytes of the body', ({ bytes }) => size(bytes)),
    column('body', 'Body', 'Where the body is: here, or still on another node', bodyWords),
    column('since', 'Since', 'Virtual time at which it began to wait', ({ since }) =>
      since === null ? '' : time(since),
    ),
  ],
});

function bodyWords({ bodyOn, networkForm, heldOn }: MessageRow): string {
  const body = bodyOn === null ? (networkForm ? 'here, in network form' : 'here') : `on ${bodyOn}`;
  return heldOn === null ? body : `${body}, held on ${heldOn}`;
}

function memoryWords({ name, pages, node }: MessageState['memory'][number]): string {
  return `${name}: ${count(pages, 'page')}${node === '' ? '' : ` on ${node}`}`;
}

function queueWords({ principal }: Known): string {
  if (principal === undefined || principal.queue.length === 0) return '';
  const { queue, queueLimit } = principal;
  return `${queue.length} of ${queueLimit}${queue.length >= queueLimit ? ', full' : ''}`;
}

interface WaitingRow {
  readonly key: string;
  readonly who: string;
  readonly does: string;
  readonly node: string;
}

export const waiting = sectionOf<Known, WaitingRow>({
  key: 'waiting',
  title: 'Who waits',
  empty: 'Nobody waits at the port.',
  rows: ({ copies }) =>
    copies.flatMap(({ node, blockedSenders, waitingReceivers, refused, obstacles }) => [
      ...blockedSenders.map((who, index) => ({ key: `${node}/send/${index}/${who}`, who, does: 'send', node })),
      ...waitingReceivers.map((who) => ({ key: `${node}/receive/${who}`, who, does: 'receive', node })),
      ...refused.map((who) => ({ key: `${node}/refused/${who}`, who, does: 'be called back', node })),
      ...obstacles.map((why) => ({ key: `${node}/obstacle/${why}`, who: 'the messages held here', does: why, node })),
    ]),
  rowKey: ({ key }) => key,
  columns: [
    column('who', 'Who', 'Thread or node', ({ who }) => who),
    column('does', 'Waits to', 'What it will do when it may', ({ does }) => does),
    column('node', 'Node', 'Where it waits', ({ node }) => node),
  ],
});

interface RequestRow {
  readonly key: string;
  readonly kind: string;
  readonly to: string;
  readonly receiver: string;
  readonly watched: string;
  readonly node: string;
}

export const requests = sectionOf<Known, RequestRow>({
  key: 'requests',
  title: 'Notification requests',
  empty: 'Nobody has asked to be told.',
  rows: ({ copies }) =>
    copies.flatMap(({ node, requests, registered }) => [
      ...requests.map(({ kind, to, receiver, watched }) => {
        return { key: `${node}/${kind}/${to}/${watched}`, kind, to, receiver, watched, node };
      }),
      ...registered.map((to) => {
        const words = { kind: 'dn notify', to: `node ${to}`, receiver: 'its kernel', watched: '' };
        return { key: `${node}/dn/${to}`, ...words, node };
      }),
    ]),
  rowKey: ({ key }) => key,
  columns: [
    column('kind', 'Notification', 'What is told', ({ kind }) => kind),
    column('to', 'Goes to', 'Port that the notification is sent to', ({ to }) => to),
    column('receiver', 'Received by', 'Task that receives on it', ({ receiver }) => receiver),
    column('watched', 'About', 'The name that is watched, or the count', ({ watched }) => watched),
    column('node', 'Node', 'Where the request is registered', ({ node }) => node),
  ],
});
