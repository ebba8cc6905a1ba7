// The server inspector and that of pipes and sockets as sheets, and the rows of the Files view.
import assert from 'node:assert/strict';
import { compareRows } from '../../extension/views/changes.ts';
import { fileRows } from '../../extension/views/files.ts';
import { serversOf, type ServerKind } from '../../extension/views/server-known.ts';
import { serverSheet } from '../../extension/views/server-sheet.ts';
import type { Sheet } from '../../extension/views/sheet.ts';
import { streamSheet } from '../../extension/views/stream-sheet.ts';
import { vprocRows } from '../../extension/views/vprocs.ts';
import type { StreamState } from '../../simulator/inspect/state-streams.ts';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { lines, section } from './sheet-lines.ts';
import { cluster, node, proc, process, request, vproc } from './states.ts';

const sheetOf = (kind: ServerKind, on: string, now: ClusterState, before: ClusterState | null = null): Sheet | null =>
  serverSheet(now, before, { kind, node: on });

const nodes = [
  node('master', { roles: ['pma', 'pm_master', 'monitor', 'file_server'] }),
  node('source', { roles: ['pma', 'pm_master'] }),
  node('dest', { roles: ['pma'], up: false }),
];
const wait = { request: request('pma.wait'), thread: 9, modifiesState: false, cancelled: false };
const pipe = (given: Partial<StreamState> = {}): StreamState => ({
  name: 'pipe 3',
  kind: 'pipe',
  server: 'master',
  state: 'open',
  paths: [],
  bytes: 3,
  capacity: 4096,
  text: 'two',
  data: '74776f',
  taken: 3,
  peer: null,
  shut: [],
  backlog: 0,
  queue: [],
  ends: [
    { flags: ['read'], position: 3, holders: [{ pid: 3, node: 'dest', descriptor: 0 }] },
    { flags: ['write'], position: 6, holders: [] },
  ],
  waiting: [],
  ...given,
});
const state = cluster({
  nodes,
  procs: [
    proc('source', 4, {
      list: 'migrating',
      state: 'frozen',
      pending: [request('vproc.signal', { body: 'signal 10' })],
    }),
    proc('source', 2, { calls: [wait], migrationGroup: 7 }),
    proc('master', 1),
  ],
  vprocs: [vproc('source', 2), vproc('source', 9, { operations: 'stub', at: 'dest', stale: true, list: '' })],
  processes: [
    process(1, 'init'),
    process(2, 'sh', { master: 'source', group: 2, session: 1, stopped: 19 }),
    process(3, 'cc', { master: 'source', state: 'zombie', status: 1 }),
    process(9, 'as', { master: '' }),
  ],
  pmas: [
    {
      node: 'source',
      incoming: [
        { migration: 3, from: 'master', group: false },
        { migration: 4, from: 'master', group: true },
      ],
      outgoing: [{ pid: 4, migration: 2, by: 'source' }],
      untold: [],
      free: 3,
    },
  ],
  pmMasters: [
    {
      node: 'source',
      broker: false,
      recovering: false,
      nextPid: 130,
      blocks: [{ first: 128, last: 191, owner: 'source' }],
      processes: [2],
      elsewhere: [],
    },
  ],
  monitor: {
    node: 'master',
    processes: [{ pid: 3, name: 'cc', node: 'source', execution: 2e6, usage: 1e6, migrations: 1 }],
    migrations: [
      {
        ...{ migration: 1, pid: 3, name: 'cc', by: 'process', from: 'master', to: 'source', outcome: 'done' },
        ...{ freezingTime: 1e6, freezeTime: 2e6, taskTime: null, totalTime: 4e6 },
      },
    ],
  },
  streams: [pipe()],
  openFiles: [
    {
      ...{ open: 5, server: 'master', name: '/data/log', kind: 'file', size: 4096, flags: ['read'], position: 1024 },
      token: { access: 'read', pid: 2 },
      holders: [
        { pid: 2, node: 'source', descriptor: 0 },
        { pid: 3, node: 'dest', descriptor: 0 },
      ],
    },
  ],
});

describe('the server inspector', () => {
  it('finds the servers of the nodes that are up', () => {
    assert.deepEqual(
      serversOf(state).map(({ kind, node: on }) => `${kind} ${on}`),
      ['pm_master master', 'pm_master source', 'monitor master', 'pma master', 'pma source', 'file_server master'],
    );
    assert.equal(sheetOf('pma', 'dest', state), null);
  });

  it('shows the lists of a PMA, every call and request, stale stubs, and who stands in line', () => {
    const sheet = sheetOf('pma', 'source', state);
    assert.deepEqual(lines(sheet, 'facts').slice(0, 3), [
      'same Active list|1',
      'same Migrating list|1',
      'same Free list|3',
    ]);
    assert.deepEqual(lines(sheet, 'procs'), [
      'same active|2|cc1|running|1|0|7|0',
      'same migrating|4|cc1|frozen|0|1||0',
    ]);
    assert.deepEqual(lines(sheet, 'calls'), ['same pma.wait||cc1|source|cc1.reply|pid 2 cc1|no']);
    assert.deepEqual(lines(sheet, 'queue'), ['same 1|vproc.signal|signal SIGUSR1|cc1|source|cc1.reply|pid 4 cc1']);
    assert.deepEqual(lines(sheet, 'stubs'), ['same 9|cc1|dest|stale|1']);
    assert.deepEqual(lines(sheet, 'line'), [
      'same migration 3|comes in|master',
      'same group of migration 4|in line, place 1|master',
      'same migration 2, of pid 4|goes|source',
    ]);
  });

  it('shows the table and the blocks of one PM Master among several', () => {
    const sheet = sheetOf('pm_master', 'source', state);
    assert.deepEqual(lines(sheet, 'entries'), [
      'same 2|sh|1|2|1|source|stopped by SIGSTOP|',
      'same 3|cc|1|3|3||zombie|status 1',
    ]);
    assert.deepEqual(lines(sheet, 'blocks'), ['same 128|191|source']);
  });

  it('shows what the statistics monitor was told', () => {
    const sheet = sheetOf('monitor', 'master', state, {
      ...state,
      monitor: { node: 'master', processes: [], migrations: [] },
    });
    assert.deepEqual(lines(sheet, 'migrations'), [
      'new 1|pid 3 cc|master → source, by process|done|1.000 ms|2.000 ms|not reached|4.000 ms',
    ]);
    assert.deepEqual(lines(sheet, 'processes'), ['new 3|cc|source|2.000 ms|1.000 ms|1']);
  });

  it('shows what is open at a file server, and with whom its position is', () => {
    const sheet = sheetOf('file_server', 'master', state);
    assert.deepEqual(lines(sheet, 'open'), [
      'same 5|/data/log|read|1024|position, read: pid 2|pid 2 on source as 0, pid 3 on dest as 0',
    ]);
    assert.deepEqual(lines(sheet, 'streams'), ['same pipe 3|open||3|4 KB|||']);
  });

  it('shows the last of one that has failed', () => {
    const failed = { ...state, nodes: nodes.map((each) => ({ ...each, up: false })) };
    const sheet = sheetOf('pm_master', 'source', failed, state);
    assert.deepEqual([sheet?.isAlive, sheet?.subtitle], [false, 'has failed; this is what it had']);
    assert.equal(lines(sheet, 'entries').length, 2);
  });
});

describe('the inspector of a pipe', () => {
  it('shows its bytes under their place among all, its ends and who waits', () => {
    const sheet = streamSheet(state, null, { name: 'pipe 3' });
    assert.deepEqual(lines(sheet, 'buffer'), ['same 0|         74 77 6f|   two']);
    assert.deepEqual(lines(sheet, 'ends'), ['same read|3|pid 3 on dest as 0', 'same write|6|nobody']);
    assert.equal(section(sheet, 'waiting').empty, 'Nobody waits.');
  });

  it('shows what was read as gone, what was written as new, and zeros that are left out of the data', () => {
    const later = cluster({
      streams: [
        pipe({ taken: 18, bytes: 16, data: '61', waiting: [{ operation: 'file.read', thread: 8, pid: null }] }),
      ],
    });
    const sheet = streamSheet(later, state, { name: 'pipe 3' });
    assert.deepEqual(lines(sheet, 'buffer'), [
      `new 16|      61${' 00'.repeat(13)}|  a${'.'.repeat(13)}`,
      'new 32|00 00|..',
      'gone 0|         74 77 6f|   two',
    ]);
    assert.deepEqual(lines(sheet, 'waiting'), ['new file.read|not known: a select|8']);
  });

  it('shows the last of one that is gone, and nothing of one that never was', () => {
    assert.equal(streamSheet(cluster(), state, { name: 'pipe 3' })?.isAlive, false);
    assert.equal(streamSheet(state, null, { name: 'pipe 4' }), null);
  });
});

describe('the trees of servers', () => {
  const drawn = (rows: ReturnType<typeof fileRows>, indent = ''): string[] =>
    rows.flatMap((row) => [`${indent}${row.label} | ${row.description}`, ...drawn(row.children, `${indent}  `)]);

  it('show pipes, sockets and open files below their file server', () => {
    const waiting = [{ operation: 'file.read', thread: 8, pid: 3 }];
    assert.deepEqual(drawn(fileRows({ ...state, streams: [pipe({ waiting })] })), [
      'file_server @ master | 1 open · 1 pipes and sockets',
      '  pipe 3 | 3 B of 4 KB · 1 waiting',
      '    read | pid 3 on dest as 0 · 3 bytes',
      '    write | nobody · 6 bytes',
      '    file.read | of pid 3, waits',
      '  /data/log | pid 2 on source as 0, pid 3 on dest as 0 · at 1 KB · token: position, read: pid 2',
    ]);
  });

  it('show a table for each PM Master, what nobody owns any more, and the monitor', () => {
    const text = drawn(vprocRows(state));
    assert.ok(text.includes('pm_master @ source | 2 processes · 1 alive'), text.join('\n'));
    assert.ok(text.includes('  pid 2 sh | at source · stopped by SIGSTOP'));
    assert.ok(text.includes('No PM Master | 1 process, as known last'));
    assert.ok(text.includes('monitor @ master | 1 migration · 1 process ended'));
    assert.ok(text.includes('  migration 1 | pid 3 cc · done · frozen 2.000 ms · in all 4.000 ms'));
  });

  it('mark bytes that have come', () => {
    const later = { ...state, streams: [pipe({ bytes: 9 })] };
    const [server] = compareRows(fileRows(later), fileRows(state));
    assert.deepEqual([server?.mark, server?.children[0]?.mark], ['inside', 'changed']);
  });
});
