/**
 * The port inspector: one port over the whole cluster, as no single kernel knows it.
 *
 * It is found again by its identity, and until it has one by the id of its only copy: so a sheet stays with a port that
 * another node gets to know, and that moves.
 */
import type { MessageState, PortIdentityState, PortState } from '../../simulator/inspect/state-ports.ts';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { count, portName, size, time } from './quantities.ts';
import { column, section, type PlainRow, type Section, type Sheet } from './sheet.ts';

export interface PortOwner {
  readonly identity: string;
  /** Id of one of its copies. */
  readonly port: number;
}

export function portOwner(state: ClusterState, port: number): PortOwner | undefined {
  const identity = state.identities.find(({ copies }) => copies.includes(port));
  return identity === undefined ? undefined : { identity: identity.identity, port };
}

function identityOf({ identities }: ClusterState, owner: PortOwner): PortIdentityState | undefined {
  return (
    identities.find(({ identity }) => identity === owner.identity) ??
    identities.find(
      ({ uid, copies }) => owner.identity === `port ${owner.port}` && uid !== null && copies.includes(owner.port),
    )
  );
}

interface Known {
  readonly state: ClusterState;
  readonly identity: PortIdentityState;
  readonly copies: readonly PortState[];
  readonly principal: PortState | undefined;
}

function known(state: ClusterState | null, owner: PortOwner): Known | null {
  const identity = state === null ? undefined : identityOf(state, owner);
  if (state === null || identity === undefined) return null;
  const copies = identity.copies.flatMap((id) => state.ports.find(({ port }) => port === id) ?? []);
  return { state, identity, copies, principal: copies.find(({ port }) => port === identity.principal) };
}

/** The sheet of the port now, against the moment before; null if it was there at neither. */
export function portSheet(state: ClusterState, before: ClusterState | null, owner: PortOwner): Sheet | null {
  const now = known(state, owner);
  const was = known(before, owner);
  const shown = now ?? was;
  if (shown === null) return null;
  const { identity } = shown;
  const make = (build: SectionBuilder): Section => {
    if (now === null || before === null) return build(shown, null);
    return build(now, was ?? nobody(now));
  };
  return {
    title: identity.label,
    subtitle: now === null ? 'is no more' : subtitle(identity, was?.identity),
    isAlive: now !== null,
    sections: [facts, copies, rights, queue, waiting, requests].map(make),
  };
}

type SectionBuilder = (now: Known, before: Known | null) => Section;

/** What there was of a port before it was made. */
const nobody = ({ state, identity }: Known): Known => ({
  state,
  identity: { ...identity, rights: [], copies: [] },
  copies: [],
  principal: undefined,
});

function subtitle({ identity, dead, node, receiver }: PortIdentityState, was: PortIdentityState | undefined): string {
  if (dead) return `${identity}, dead`;
  const moved = was === undefined || was.node === node || was.node === '' ? '' : `, came from ${was.node}`;
  const by = receiver === '' ? 'nobody' : receiver;
  return node === '' ? `${identity}, its receive right is lost` : `${identity}, received by ${by} on ${node}${moved}`;
}

/** Rows of a section, made in the same way for both moments. */
const both = (rowsOf: (known: Known) => readonly PlainRow[], now: Known, before: Known | null) =>
  [rowsOf(now), before === null ? null : rowsOf(before)] as const;

const facts: SectionBuilder = (now, before) =>
  section(
    {
      key: 'facts',
      title: 'Port',
      empty: '',
      columns: [column('fact', 'Property', 'What is said'), column('value', 'Value', 'At this moment')],
    },
    ...both(factRows, now, before),
  );

function factRows({ identity, principal, copies }: Known): readonly PlainRow[] {
  if (copies.length === 0) return [];
  const { handedOut, held, underWay } = identity.credits;
  const receiverName = principal?.receiverName ?? null;
  const of = principal ?? copies[0];
  const rows: [string, string | number][] = [
    ['Identity', identity.uid ?? 'known on its own node only'],
    ['Principal on', identity.node === '' ? 'nowhere' : identity.node],
    ['Received by', receiverName === null ? identity.receiver : `${identity.receiver} as ${portName(receiverName)}`],
    ['Stands for', of?.object ?? ''],
    ['Member of', of?.portSet ?? ''],
    ['Queue', of === undefined ? '' : `${of.queue.length} of ${of.queueLimit}`],
    ['Sequence number', of?.sequenceNumber ?? ''],
    ['Make-send count', of?.makeSendCount ?? ''],
    ['Send-once rights elsewhere', of?.remoteSendOnceRights ?? ''],
    ['Transit credits', `${handedOut} handed out = ${held} held + ${underWay} on the way`],
  ];
  return rows.filter(([, value]) => value !== '').map(([fact, value]) => ({ key: fact, cells: [fact, value] }));
}

const copies: SectionBuilder = (now, before) =>
  section(
    {
      key: 'copies',
      title: 'Copies',
      summary: chainWords(now),
      empty: 'No node has a copy of the port any more.',
      columns: [
        column('node', 'Node', 'Node whose kernel keeps this copy'),
        column('copy', 'Copy', 'Principal, proxy, or a state of the migration of the receive right'),
        column('way', 'Leads', 'The nodes along which a message from here travels to the principal'),
        column('flags', 'Flags', 'The flags of the copy that are set'),
        column('send', 'Send', 'Send rights on this node', true),
        column('sendOnce', 'Send-once', 'Send-once rights on this node', true),
        column('transit', 'Credits', 'Credits held, or minus those handed out', true),
        column('held', 'Held', 'Messages that wait in this copy for room, or for the receive right', true),
      ],
    },
    ...both(copyRows, now, before),
  );

const copyRows = ({ copies }: Known): readonly PlainRow[] =>
  copies.map(({ node, copy, dead, way, flags, sendRights, sendOnceRights, transit, held }) => ({
    key: node,
    cells: [
      node,
      dead ? `${copy}, dead` : copy,
      way.length === 1 ? '' : way.join(' → '),
      flags.join(' '),
      sendRights,
      sendOnceRights,
      transit,
      held.length,
    ],
  }));

function chainWords({ copies }: Known): string {
  const forwarders = copies.filter(({ copy }) => copy === 'forwarding').length;
  return forwarders === 0 ? '' : `${count(forwarders, 'forwarding proxy')} until the port dies`;
}

const rights: SectionBuilder = (now, before) =>
  section(
    {
      key: 'rights',
      title: 'Who holds rights',
      summary: now.identity.rights.length === 0 ? '' : count(now.identity.rights.length, 'right'),
      empty: 'Nobody holds a right to the port.',
      columns: [
        column('who', 'Holder', 'Task, message, thread, or what the kernel keeps it for'),
        column('node', 'Node', 'Where the holder is'),
        column('name', 'Name', 'Port name in the name space of the task'),
        column('type', 'Right', 'Type of the right; dead-name if its port has died'),
        column('references', 'Refs', 'User references', true),
      ],
    },
    ...both(rightRows, now, before),
  );

function rightRows({ identity }: Known): readonly PlainRow[] {
  const seen = new Map<string, number>();
  return identity.rights.map(({ holder, who, node, name, type, userReferences, task }) => {
    const base = `${holder}/${task ?? who}/${name ?? type}/${node}`;
    const number = (seen.get(base) ?? 0) + 1;
    seen.set(base, number);
    const words = holder === 'task' ? who : `${holder}: ${who}`;
    const cells = [words, node === '' ? 'on the way' : node, name === null ? '' : portName(name), type, userReferences];
    return { key: `${base}/${number}`, cells };
  });
}

const queue: SectionBuilder = (now, before) =>
  section(
    {
      key: 'queue',
      title: 'Queue',
      summary: queueWords(now),
      empty: 'No message waits.',
      columns: [
        column('message', 'Message', 'Operation, and its number among all messages of the run'),
        column('from', 'From', 'Thread that sent it'),
        column('node', 'Node', 'Node of the sender'),
        column('right', 'Sent to', 'The right that it was sent with'),
        column('reply', 'Reply to', 'Port that the answer goes to'),
        column('carries', 'Carries', 'Rights that come with it'),
        column('size', 'Size', 'Bytes of the body', true),
        column('body', 'Body', 'Where the body is: here, or still on another node'),
        column('since', 'Since', 'Virtual time at which it began to wait', true),
      ],
    },
    ...both(queueRows, now, before),
  );

const queueRows = ({ copies }: Known): readonly PlainRow[] =>
  copies.flatMap(({ queue, held, node }) => [
    ...queue.map((message) => messageRow(message, '')),
    ...held.map((message) => messageRow(message, `held on ${node}`)),
  ]);

function messageRow(message: MessageState, where: string): PlainRow {
  const { serial, operation, from, fromNode, right, reply, carries, bytes, bodyOn, networkForm, since } = message;
  const body = bodyOn === null ? (networkForm ? 'here, in network form' : 'here') : `on ${bodyOn}`;
  return {
    key: String(serial),
    cells: [
      `${operation} #${serial}`,
      from,
      fromNode,
      right,
      reply ?? '',
      carries.join(', '),
      size(bytes),
      where === '' ? body : `${body}, ${where}`,
      since === null ? '' : time(since),
    ],
  };
}

function queueWords({ principal }: Known): string {
  if (principal === undefined || principal.queue.length === 0) return '';
  const { queue, queueLimit } = principal;
  return `${queue.length} of ${queueLimit}${queue.length >= queueLimit ? ', full' : ''}`;
}

const waiting: SectionBuilder = (now, before) =>
  section(
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
    ...both(waitingRows, now, before),
  );

const waitingRows = ({ copies }: Known): readonly PlainRow[] =>
  copies.flatMap(({ node, blockedSenders, waitingReceivers, refused, obstacles }) => [
    ...blockedSenders.map((who, index) => ({ key: `${node}/send/${index}/${who}`, cells: [who, 'send', node] })),
    ...waitingReceivers.map((who) => ({ key: `${node}/receive/${who}`, cells: [who, 'receive', node] })),
    ...refused.map((who) => ({ key: `${node}/refused/${who}`, cells: [who, 'be called back', node] })),
    ...obstacles.map((why) => ({ key: `${node}/obstacle/${why}`, cells: ['the messages held here', why, node] })),
  ]);

const requests: SectionBuilder = (now, before) =>
  section(
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
    ...both(requestRows, now, before),
  );

const requestRows = ({ copies }: Known): readonly PlainRow[] =>
  copies.flatMap(({ node, requests, registered }) => [
    ...requests.map(({ kind, to, receiver, watched }) => ({
      key: `${node}/${kind}/${to}/${watched}`,
      cells: [kind, to, receiver, watched, node],
    })),
    ...registered.map((to) => ({
      key: `${node}/dn/${to}`,
      cells: ['dn notify', `node ${to}`, 'its kernel', '', node],
    })),
  ]);
