/** A file server in the server inspector: the open file structures, and what waits in pipes and sockets. */
import type { OpenFileState, StreamHolder, StreamState, StreamWaiter } from '../../simulator/inspect/state-streams.ts';
import { amount, column } from './column.ts';
import { count, size } from './quantities.ts';
import type { KnownServer } from './server-known.ts';
import { sectionOf } from './sheet.ts';

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

export const serverStreams = sectionOf<KnownServer, StreamState>({
  key: 'streams',
  title: 'Pipes and sockets',
  summary: ({ streams }) => {
    const waiting = streams.reduce((sum, stream) => sum + stream.waiting.length, 0);
    return waiting === 0 ? '' : `${count(waiting, 'request')} waiting`;
  },
  empty: 'There is no pipe and no socket.',
  rows: ({ streams }) => streams,
  rowKey: ({ name }) => name,
  columns: [
    column('name', 'Name', 'What it is called', ({ name }) => name),
    column('state', 'State', 'Of a socket: listening, connected, ...', ({ state }) => state),
    column('path', 'Path', 'Its name in the tree of files', ({ paths }) => paths.join(', ')),
    amount('bytes', 'Bytes', 'That wait to be read', ({ bytes }) => bytes),
    amount('room', 'Of', 'How many may wait', ({ capacity }) => size(capacity)),
    column('peer', 'Peer', 'The other end of the connection', ({ peer }) => peer ?? ''),
    column('queue', 'To be accepted', 'Connections that wait in the queue', ({ queue, backlog }) =>
      backlog === 0 ? '' : `${queue.length} of ${backlog}`,
    ),
    column('waiting', 'Waiting', 'Requests that wait for bytes, for room or for a connection', ({ waiting }) =>
      waiterWords(waiting),
    ),
  ],
});

export const serverOpenFiles = sectionOf<KnownServer, OpenFileState>({
  key: 'open',
  title: 'Open files',
  empty: 'Nobody has a file open.',
  rows: ({ openFiles }) => openFiles,
  rowKey: ({ open }) => open,
  columns: [
    amount('open', 'Number', "The server's number of the open file", ({ open }) => open),
    column('name', 'File', 'Its path', ({ name }) => name),
    column('flags', 'Opened to', 'What it was opened for', ({ flags }) => flags.join(' ')),
    amount(
      'position',
      'Position',
      'As the server knows it: where the token began, while somebody has it',
      ({ position }) => position,
    ),
    column('token', 'Token', 'Who has the token of the position, and which file token with it', ({ token }) =>
      tokenWords(token),
    ),
    column('holders', 'Shared by', 'The descriptors that stand for it', ({ holders }) => holderWords(holders)),
  ],
});
