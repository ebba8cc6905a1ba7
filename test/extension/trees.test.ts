// The four trees, as rows: what stands in them, and what is marked when the cluster has moved on.
import assert from 'node:assert/strict';
import { compareRows, type MarkedRow } from '../../extension/views/changes.ts';
import { nodeRows } from '../../extension/views/nodes.ts';
import { portRows } from '../../extension/views/ports.ts';
import type { Row } from '../../extension/views/row.ts';
import { taskRows } from '../../extension/views/tasks.ts';
import { spoken, tooltipMarkdown } from '../../extension/views/tooltip.ts';
import { vprocRows } from '../../extension/views/vprocs.ts';
import type { ClusterState, MigrationState, TaskState } from '../../simulator/inspect/state.ts';
import { capability, cluster, message, node, port, process, task, thread, vproc } from './states.ts';

/** The tree as text, as a reader sees it. */
const drawn = (rows: readonly Row[], indent = ''): string[] =>
  rows.flatMap((row) => [
    `${indent}${row.label} | ${row.description}`.trimEnd(),
    ...drawn(row.children, `${indent}  `),
  ]);

const marks = (rows: readonly MarkedRow[]): string[] =>
  rows.flatMap((row) => [...(row.mark === 'same' ? [] : [`${row.mark} ${row.id}`]), ...marks(row.children)]);

const marked = (
  view: (state: ClusterState) => readonly Row[],
  before: ClusterState,
  now: ClusterState,
): MarkedRow[] => [...compareRows(view(now), view(before))];

const cc1 = task(7, 'cc1', {
  pid: 2,
  kind: 'process',
  threads: [thread(9, 'main', { state: 'computing' })],
  capabilities: [capability(1), capability(2, { type: 'dead-name' })],
  regions: [
    {
      name: 'data',
      start: 80,
      pages: 24,
      protection: 'rw',
      inheritance: 'copy',
      maximum: 'rwx',
      needsCopy: false,
      chain: [],
      pageRuns: [],
      resident: 20,
      remote: [{ node: 'dest', pages: 4 }],
    },
  ],
  files: [
    { descriptor: 3, path: '/src/parse.c', position: 4096, capability: 18, server: 'file_server@master', token: null },
  ],
});
const pma = task(3, 'pma');
const nodes = [node('source', { tasks: [3, 7], processor: 'cc1' }), node('dest')];

describe('the tree of nodes', () => {
  it('shows what a node does and who is at home there', () => {
    assert.deepEqual(drawn(nodeRows(cluster({ nodes, tasks: [pma, cc1] }))), [
      'source | runs cc1 · 2 tasks',
      '  Processor | cc1',
      '  Memory | 12 MB of 16 MB free',
      '  pma |',
      '  pid 2 cc1 |',
      'dest | idle · 0 tasks',
      '  Processor | idle',
      '  Memory | 12 MB of 16 MB free',
    ]);
  });

  it('shows a crashed node as such, without what was on it', () => {
    assert.deepEqual(drawn(nodeRows(cluster({ nodes: [node('dest', { up: false })] }))), ['dest | crashed']);
  });

  it('shows a node that has booted again as another incarnation', () => {
    const rows = drawn(nodeRows(cluster({ nodes: [node('dest', { incarnation: 2 })] })));
    assert.equal(rows[0], 'dest | idle · 0 tasks · incarnation 2');
  });

  it('shows a process leaving one node and appearing on another', () => {
    const before = cluster({ nodes, tasks: [pma, cc1] });
    const moved = [node('source', { tasks: [3] }), node('dest', { tasks: [7], processor: 'cc1' })];
    const now = cluster({ nodes: moved, tasks: [pma, { ...cc1, node: 'dest' }] });
    assert.deepEqual(marks(marked(nodeRows, before, now)), [
      'changed node/source',
      'changed node/source/processor',
      'gone node/source/task/7',
      'changed node/dest',
      'changed node/dest/processor',
      'new node/dest/task/7',
    ]);
  });
});

describe('the tree of tasks', () => {
  it('shows processes first, with threads, capabilities, memory and files', () => {
    assert.deepEqual(drawn(taskRows(cluster({ tasks: [pma, cc1] }))), [
      'pid 2 cc1 | source',
      '  main | computing',
      '  Capabilities | 2 names · 1 dead',
      '  Memory | 96 KB · 4 pages elsewhere',
      '    data | 24 pages · 20 here · 4 on dest',
      '  Open files | 1',
      '    3  /src/parse.c | at 4 KB',
      'pma | source',
      '  Capabilities | 0 names',
    ]);
  });

  it('shows what a task still needs of other nodes, by node, and marks what has become less', () => {
    const on = { node: 'master', pma: 0, forwarders: 1, relays: 2, pages: 3 };
    const left = { node: 'source', pma: 1, forwarders: 0, relays: 0, pages: 24 };
    const moved = task(7, 'cc1', { node: 'dest', residual: [on, left] });
    const later = { ...moved, residual: [on, { ...left, pages: 1 }] };
    assert.deepEqual(drawn(taskRows(cluster({ tasks: [moved] }))).slice(2), [
      '  Residual dependency | on master, source',
      '    master | 1 forwarder · 2 relays · 3 pages',
      '    source | 1 in its PMA · 24 pages',
    ]);
    assert.deepEqual(marks(marked(taskRows, cluster({ tasks: [moved] }), cluster({ tasks: [later] }))), [
      'inside task/7',
      'inside task/7/residual',
      'changed task/7/residual/source',
    ]);
  });

  it('says what has changed, with the old value, in the tooltip and for a screen reader', () => {
    const now = { ...cc1, node: 'dest' };
    const [row] = marked(taskRows, cluster({ tasks: [cc1] }), cluster({ tasks: [now] }));
    assert.ok(row);
    assert.equal(row.mark, 'changed');
    assert.deepEqual(row.changes, [{ fact: 'Node', was: 'source', now: 'dest' }]);
    assert.match(tooltipMarkdown(row), /\*\*pid 2 cc1\*\* — changed since the last stop/);
    assert.match(tooltipMarkdown(row), /\| Node \| source → \*\*dest\*\* \|/);
    assert.equal(spoken(row), 'pid 2 cc1, dest, changed since the last stop, Node was source, is dest');
  });

  it('marks the way down to what has changed', () => {
    const files = cc1.files.map((file) => ({ ...file, position: 8192 }));
    assert.deepEqual(marks(marked(taskRows, cluster({ tasks: [cc1] }), cluster({ tasks: [{ ...cc1, files }] }))), [
      'inside pid/2',
      'inside pid/2/files',
      'changed pid/2/file/3',
    ]);
  });

  it('keeps the row of a process that gets another task on another node', () => {
    const arriving = { ...cc1, task: 12, node: 'dest' };
    const ids = (tasks: TaskState[]): string[] => taskRows(cluster({ tasks })).map(({ id }) => id);
    assert.deepEqual(ids([cc1]), ['pid/2']);
    assert.deepEqual(ids([cc1, arriving]), ['pid/2', 'task/12']);
    assert.deepEqual(ids([arriving]), ['pid/2']);
  });

  it('marks nothing at the first stop', () => {
    assert.deepEqual(marks(compareRows(taskRows(cluster({ tasks: [cc1] })), null)), []);
  });

  it('does not take a name for markdown', () => {
    const [row] = compareRows(taskRows(cluster({ tasks: [task(1, '**[x](y)')] })), null);
    assert.ok(row);
    assert.match(tooltipMarkdown(row), /^\*\*\\\*\\\*\\\[x\\\]\\\(y\\\)\*\*/);
  });
});

describe('the tree of ports', () => {
  const queue = [message(4, 'proc_fork', { from: 'cc1', bytes: 2048, rights: 2 })];
  const ports = [
    port(1, { label: 'pma', queue, blockedSenders: ['sh'], waitingReceivers: ['pma'] }),
    port(2, { node: 'dest', label: 'pma', copy: 'proxy', receiver: '', receiverName: null, destination: 'source' }),
    port(3, { node: 'dest', label: 'old', dead: true }),
  ];

  it('shows principals and proxies, queues, and who waits', () => {
    assert.deepEqual(drawn(portRows(cluster({ nodes, ports }))), [
      'source | 1 port · 1 message queued',
      '  pma | received by pma · queue 1/5 · 1 blocked',
      '    proc_fork | from cc1 · 2 KB',
      '    sh | waits, sends',
      '    pma | waits, receives',
      'dest | 2 ports',
      '  pma | proxy of source',
      '  old | dead',
    ]);
  });

  it('marks a message that has come', () => {
    const before = cluster({ nodes, ports: [port(1)] });
    assert.deepEqual(marks(marked(portRows, before, cluster({ nodes, ports: [port(1, { queue })] }))), [
      'changed ports/source',
      'changed port/1',
      'new port/1/message/4',
    ]);
  });
});

describe('the tree of vprocs', () => {
  const frozen = vproc('source', 2, { list: 'migrating', state: 'frozen', pending: ['signal SIGCHLD'] });
  const processes = [process(2, 'cc1')];
  const pmMasters = [
    { node: 'master', broker: true, recovering: false, nextPid: 3, blocks: [], processes: [2], elsewhere: [] },
  ];

  it('shows local operations and stubs, lists, states and what waits', () => {
    const stub = vproc('dest', 2, { operations: 'stub', at: 'source', stale: true, list: '', state: '' });
    assert.deepEqual(drawn(vprocRows(cluster({ nodes, vprocs: [frozen, stub], processes, pmMasters }))), [
      'pma @ source | 0 active · 1 migrating',
      '  pid 2 cc1 | local · migrating list · frozen · 1 pending',
      '    signal SIGCHLD | pending',
      'pma @ dest | 0 active · 1 stub',
      '  pid 2 cc1 | stub · at source · stale',
      'pm_master @ master | 1 process · 1 alive',
      '  pid 2 cc1 | at source',
    ]);
  });

  it('shows a migration with the times of its phases', () => {
    const stamps = {
      decision: 5e8,
      frozen: 5.1e8,
      detached: null,
      installed: null,
      attached: null,
      resumed: null,
      ended: null,
    };
    const migration: MigrationState = {
      ...{ migration: 1, pid: 2, name: 'cc1', by: 'process', from: 'source', to: 'dest', phase: 'freeze', step: 3 },
      ...{
        task: 7,
        how: { using: 'sms', strategy: 'copy_on_reference', agent: 'dest' },
        pages: { before: 0, frozen: 0 },
        calls: 'await',
        group: 0,
        committed: false,
        outcome: '',
        reason: '',
        stamps,
      },
      ...{ freezingTime: 1e7, freezeTime: null, taskTime: null, totalTime: null },
      path: { kernelCalls: 0, localMessages: 0, remoteMessages: 1e7, rights: 0, bytes: 0, processor: 0, waiting: 0 },
      beside: 0,
    };
    assert.deepEqual(drawn(vprocRows(cluster({ migrations: [migration] }))), [
      'migration 1 | pid 2 cc1 · source → dest · freeze',
      '  decision | 500.000 ms',
      '  frozen | 510.000 ms · +10.000 ms',
    ]);
  });
});

describe('every view', () => {
  it('gives every row an identity of its own', () => {
    const twice = ['a', 'a'];
    const state = cluster({
      nodes,
      tasks: [pma, cc1],
      ports: [port(1, { blockedSenders: twice, waitingReceivers: twice })],
      vprocs: [vproc('source', 2, { pending: twice, callsInProgress: twice })],
    });
    const ids = (rows: readonly Row[]): string[] => rows.flatMap((row) => [row.id, ...ids(row.children)]);
    for (const view of [nodeRows, taskRows, portRows, vprocRows]) {
      const all = ids(view(state));
      assert.equal(new Set(all).size, all.length, all.join('\n'));
    }
  });
});
