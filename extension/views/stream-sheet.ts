/**
 * The inspector of a pipe or a socket: the bytes that wait in it, its ends with everybody who holds them, and who waits.
 *
 * Bytes stand sixteen in a row, under their place among all bytes that went through the pipe: so at the next stop what was
 * read is gone, and what was written is new.
 */
import type { StreamEnd, StreamState, StreamWaiter } from '../../simulator/inspect/state-streams.ts';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { amount, column } from './column.ts';
import { size } from './quantities.ts';
import { holderWords } from './server-files.ts';
import { factsOf, sectionOf, sectionsOf, type Sheet } from './sheet.ts';

export interface StreamOwner {
  /** `pipe 3`, `socket 5`. */
  readonly name: string;
}

const bytesPerRow = 16;
/** More bytes than anybody looks at one by one. */
const bytesMax = 4096;

/** The sheet of the stream now, against the moment before; null if it was there at neither. */
export function streamSheet(state: ClusterState, before: ClusterState | null, { name }: StreamOwner): Sheet | null {
  const find = (of: ClusterState | null): StreamState | null => of?.streams.find((each) => each.name === name) ?? null;
  const now = find(state);
  const was = find(before);
  if (now === null && was === null) return null;
  return {
    title: name,
    subtitle: now === null ? 'is no more' : subtitle(now),
    isAlive: now !== null,
    sections: sectionsOf([facts, buffer, ends, waiting, queue], now, was, before !== null),
  };
}

const subtitle = ({ kind, state, server }: StreamState): string =>
  kind === 'pipe' ? `at the file server on ${server}` : `${state}, at the file server on ${server}`;

const facts = factsOf<StreamState>('Stream', '', ({ kind, server, state, paths, bytes, capacity, peer, shut }) => [
  ['Kind', kind],
  ['File server', server],
  ['State', state],
  ['Path', paths.join(', ')],
  ['Bytes', `${size(bytes)} of ${size(capacity)}${bytes >= capacity ? ', full' : ''}`],
  ['Other end', kind === 'socket' && state === 'connected' ? (peer ?? 'has gone') : ''],
  ['Shut down', shut.join(', ')],
]);

/** Sixteen bytes, of which those before and after what waits are not there. */
interface ByteRow {
  readonly first: number;
  /** Places at the beginning of the row that are empty. */
  readonly hidden: number;
  readonly bytes: readonly number[];
}

const buffer = sectionOf<StreamState, ByteRow>({
  key: 'buffer',
  title: 'Buffer',
  summary: ({ bytes }) => (bytes > bytesMax ? `the first ${bytesMax} of ${bytes} bytes` : ''),
  empty: 'It is empty.',
  rows: byteRows,
  rowKey: ({ first }) => first,
  columns: [
    amount('place', 'Place', 'Of the first byte in the row, among all that went through', ({ first }) => first),
    column(
      'bytes',
      'Bytes',
      'In hexadecimal',
      ({ hidden, bytes }) => '   '.repeat(hidden) + bytes.map(inHexadecimal).join(' '),
    ),
    column(
      'text',
      'Text',
      'The same bytes as ASCII; a dot for what is no letter',
      ({ hidden, bytes }) => ' '.repeat(hidden) + inAscii(bytes),
    ),
  ],
});

function byteRows({ data, bytes, taken }: StreamState): readonly ByteRow[] {
  const rows: ByteRow[] = [];
  const end = taken + Math.min(bytes, bytesMax);
  for (let first = taken - (taken % bytesPerRow); first < end; first += bytesPerRow) {
    const from = Math.max(first, taken);
    const row = Array.from({ length: Math.min(first + bytesPerRow, end) - from }, (_, index) =>
      byteAt(data, from + index - taken),
    );
    rows.push({ first, hidden: from - first, bytes: row });
  }
  return rows;
}

/** Zeros at the end are left out of the data. */
const byteAt = (data: string, place: number): number =>
  Number.parseInt(data.slice(2 * place, 2 * place + 2) || '0', 16);

const inHexadecimal = (byte: number): string => byte.toString(16).padStart(2, '0');

const inAscii = (bytes: readonly number[]): string =>
  bytes.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');

interface EndRow extends StreamEnd {
  readonly index: number;
}

const ends = sectionOf<StreamState, EndRow>({
  key: 'ends',
  title: 'Ends',
  empty: 'Nobody has it open.',
  rows: ({ ends }) => ends.map((end, index) => ({ ...end, index })),
  rowKey: ({ index }) => index,
  columns: [
    column('flags', 'Opened to', 'Read, write', ({ flags }) => flags.join(' ')),
    amount('position', 'Bytes', 'That went through this end', ({ position }) => position),
    column('holders', 'Held by', 'The descriptors that stand for it', ({ holders }) => holderWords(holders)),
  ],
});

const waiting = sectionOf<StreamState, StreamWaiter>({
  key: 'waiting',
  title: 'Who waits',
  empty: 'Nobody waits.',
  rows: ({ waiting }) => waiting,
  rowKey: ({ thread }) => thread,
  columns: [
    column('operation', 'Request', 'The operation', ({ operation }) => operation),
    column('pid', 'Of', 'The process that has asked', ({ pid }) =>
      pid === null ? 'not known: a select' : `pid ${pid}`,
    ),
    amount('thread', 'Thread', 'Thread of the file server that waits for it', ({ thread }) => thread),
  ],
});

interface QueueRow {
  readonly place: number;
  readonly end: string;
}

const queue = sectionOf<StreamState, QueueRow>({
  key: 'queue',
  title: 'Connections to be accepted',
  summary: ({ queue, backlog }) => (backlog === 0 ? '' : `${queue.length} of ${backlog}`),
  empty: 'None waits.',
  rows: ({ queue }) => queue.map((end, index) => ({ place: index + 1, end })),
  rowKey: ({ end }) => end,
  columns: [
    amount('place', 'Place', 'In the queue', ({ place }) => place),
    column('end', 'End', 'What accept will give out', ({ end }) => end),
  ],
});
