/** A file server in the server inspector: the open file structures, and what waits in pipes and sockets. */
import type { OpenFileState, StreamHolder, StreamWaiter } from '../../simulator/inspect/state-streams.ts';
import { count, size } from './quantities.ts';
import type { KnownServer } from './server-known.ts';
import { column, sectionOf } from './sheet.ts';

export const holderWords = (holders: readonly StreamHolder[]): string =>
  holders.map(({ pid, node, descriptor }) => `pid ${pid} on ${node} as ${descriptor}`).join(', ') || 'nobody';

const waiterWords = (waiting: readonly StreamWaiter[]): string =>
  waiting.map(({ operation, pid }) => `${operation}${pid === null ? '' : ` of pid ${pid}`}`).join(', ');

/** Where the position of an open file is, and what else whoever has it may keep. */
export function tokenWords(token: OpenFileState['token']): string {
  if (token === null) return 'here';
  const { access, pid } = token;
  const what = access === 'none' ? 'position' : `position, ${access}`;
  return `${what}: ${pid === null ? 'on its way' : `pid ${pid}`}`;
}

export const serverStreams = sectionOf<KnownServer>(
  {
    key: 'streams',
    title: 'Pipes and sockets',
    summary: ({ streams }) => {
      const waiting = streams.reduce((sum, stream) => sum + stream.waiting.length, 0);
      return waiting === 0 ? '' : `${count(waiting, 'request')} waiting`;
    },
    empty: 'There is no pipe and no socket.',
    columns: [
      column('name', 'Name', 'What it is called'),
      column('state', 'State', 'Of a socket: listening, connected, ...'),
      column('path', 'Path', 'Its name in the tree of files'),
      column('bytes', 'Bytes', 'That wait to be read', true),
      column('room', 'Of', 'How many may wait', true),
      column('peer', 'Peer', 'The other end of the connection'),
      column('queue', 'To be accepted', 'Connections that wait in the queue'),
      column('waiting', 'Waiting', 'Requests that wait for bytes, for room or for a connection'),
    ],
  },
  ({ streams }) =>
    streams.map(({ name, state, paths, bytes, capacity, peer, queue, backlog, waiting }) => ({
      key: name,
      cells: [
        name,
        state,
        paths.join(', '),
        bytes,
        size(capacity),
        peer ?? '',
        backlog === 0 ? '' : `${queue.length} of ${backlog}`,
        waiterWords(waiting),
      ],
    })),
);

export const serverOpenFiles = sectionOf<KnownServer>(
  {
    key: 'open',
    title: 'Open files',
    empty: 'Nobody has a file open.',
    columns: [
      column('open', 'Number', "The server's number of the open file", true),
      column('name', 'File', 'Its path'),
      column('flags', 'Opened to', 'What it was opened for'),
      column('position', 'Position', 'As the server knows it: where the token began, while somebody has it', true),
      column('token', 'Token', 'Who has the token of the position, and which file token with it'),
      column('holders', 'Shared by', 'The descriptors that stand for it'),
    ],
  },
  ({ openFiles }) =>
    openFiles.map(({ open, name, flags, position, token, holders }) => ({
      key: String(open),
      cells: [open, name, flags.join(' '), position, tokenWords(token), holderWords(holders)],
    })),
);
