/**
 * The Files view: what the file servers keep of what is open. Pipes and sockets with the bytes in them, who holds their
 * ends and who waits; and open files with their positions, and whoever has the token of one.
 */
import type { OpenFileState, StreamHolder, StreamState } from '../../simulator/inspect/state-streams.ts';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { count, size } from './quantities.ts';
import { fact, joined, type Row } from './row.ts';
import { holderWords, tokenWords } from './server-files.ts';
import { serverTitle, serversOf, type ServerOwner } from './server-known.ts';

export function fileRows(state: ClusterState): readonly Row[] {
  return serversOf(state)
    .filter(({ kind }) => kind === 'file_server')
    .map((owner) => serverRow(owner, state));
}

function serverRow(server: ServerOwner, { streams, openFiles }: ClusterState): Row {
  const isHere = (each: { readonly server: string }): boolean => each.server === server.node;
  const own = streams.filter(isHere);
  const open = openFiles.filter(({ kind, ...each }) => isHere(each) && kind !== 'pipe' && kind !== 'socket');
  return {
    id: `files/${server.node}`,
    kind: 'server',
    label: serverTitle(server),
    description: joined(`${open.length} open`, own.length === 0 ? '' : `${own.length} pipes and sockets`),
    icon: 'server-process',
    facts: [fact('Open files', open.length), fact('Pipes and sockets', own.length)],
    subject: { server },
    open: true,
    children: [...own.map(streamRow), ...open.map((file) => openRow(server, file))],
  };
}

const icons: Readonly<Record<string, string>> = { pipe: 'arrow-both', listening: 'bell', connected: 'plug' };

function streamRow(stream: StreamState): Row {
  const { name, kind, state, paths, bytes, capacity, peer, queue, backlog, ends, waiting, text } = stream;
  const id = `stream/${name}`;
  const subject = { stream: name };
  return {
    id,
    kind: 'stream',
    label: name,
    description: joined(
      kind === 'pipe' ? '' : state,
      ...paths,
      state === 'listening' ? '' : `${size(bytes)} of ${size(capacity)}`,
      queue.length === 0 ? '' : `${queue.length} of ${backlog} to be accepted`,
      waiting.length === 0 ? '' : `${waiting.length} waiting`,
    ),
    icon: icons[state] ?? icons[kind] ?? 'debug-disconnect',
    facts: [
      fact('State', state),
      fact('Bytes', `${size(bytes)} of ${size(capacity)}`),
      fact('Text', text),
      fact('Other end', peer ?? ''),
      fact('Shut down', stream.shut.join(', ')),
      fact('To be accepted', queue.join(', ')),
    ],
    subject,
    open: false,
    children: [
      ...ends.map(({ flags, position, holders }, index): Row => ({
        id: `${id}/${index}`,
        kind: 'group',
        label: flags.join(' ') || 'end',
        description: joined(holderWords(holders), count(position, 'byte')),
        icon: flags.includes('write') ? (flags.includes('read') ? 'arrow-both' : 'arrow-right') : 'arrow-left',
        facts: [fact('Held by', holderWords(holders)), fact('Bytes that went through it', position)],
        subject: { ...subject, ...processOf(holders) },
        open: false,
        children: [],
      })),
      ...waiting.map(({ operation, thread, pid }): Row => ({
        id: `${id}/waiting/${thread}`,
        kind: 'waiting',
        label: operation,
        description: pid === null ? 'waits' : `of pid ${pid}, waits`,
        icon: 'watch',
        facts: [fact('Of', pid === null ? '' : `pid ${pid}`)],
        subject: { ...subject, thread },
        open: false,
        children: [],
      })),
    ],
  };
}

/** One that is held by a single process belongs to that. */
const processOf = (holders: readonly StreamHolder[]): { readonly pid?: number } => {
  const [first, second] = new Set(holders.map(({ pid }) => pid));
  return first === undefined || second !== undefined ? {} : { pid: first };
};

function openRow(
  server: ServerOwner,
  { open, name, kind, size: bytes, flags, position, token, holders }: OpenFileState,
): Row {
  return {
    id: `open/${server.node}/${open}`,
    kind: 'file',
    label: name,
    description: joined(
      holderWords(holders),
      `at ${size(position)}`,
      token === null ? '' : `token: ${tokenWords(token)}`,
    ),
    icon: kind === 'terminal' ? 'terminal' : kind === 'directory' ? 'folder' : 'file',
    facts: [
      fact('Opened to', flags.join(' ')),
      fact('Size', size(bytes)),
      fact('Position', position),
      fact('Token', tokenWords(token)),
      fact('Shared by', holderWords(holders)),
    ],
    subject: { server, ...processOf(holders) },
    open: false,
    children: [],
  };
}
