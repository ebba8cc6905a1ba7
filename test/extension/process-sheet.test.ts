// The process inspector as a sheet: what it says of a process that is frozen, moves, has moved, and is no more.
import assert from 'node:assert/strict';
import { processSheet } from '../../extension/views/process-sheet.ts';
import type { FrameState } from '../../simulator/inspect/state.ts';
import { lines, section } from './sheet-lines.ts';
import { cluster, proc, process, request, task, thread, vproc } from './states.ts';

const owner = { pid: 2 };
const entry = process(2, 'cc1');
const kill = request('vproc.signal', { body: 'pid 2, signal 10', from: 'sh', fromNode: 'master', reply: 'sh.reply' });
const wait = { request: request('pma.wait'), thread: 9, modifiesState: false, cancelled: true };

const frozen = cluster({
  procs: [proc('source', 2, { state: 'frozen', calls: [wait], pending: [kill, request('pma.fork')], children: [3] })],
  vprocs: [vproc('source', 2, { state: 'frozen' }), vproc('master', 2, { operations: 'stub', at: 'source', list: '' })],
  processes: [entry, { ...entry, pid: 3, parent: 2, name: 'as' }],
  tasks: [
    task(7, 'cc1', {
      pid: 2,
      kind: 'process',
      files: [
        {
          descriptor: 0,
          path: '/a',
          position: 512,
          capability: 0x900,
          server: 'master',
          token: { access: 'write', blocks: 2, unwritten: 80 },
        },
      ],
      mappings: [{ region: 'mapping 1', path: '/a', address: 0x5000, offset: 4096, length: 8192, sharing: 'shared' }],
    }),
  ],
});
const moving = cluster({
  ...frozen,
  procs: [
    proc('source', 2, { list: 'migrating', state: 'frozen', pending: [kill] }),
    proc('dest', 2, { list: 'migrating', state: 'attaching' }),
  ],
});
const moved = cluster({
  ...frozen,
  procs: [proc('dest', 2, { migrations: 1, lastMigrated: 2_000_000 })],
  vprocs: [vproc('dest', 2), vproc('master', 2, { operations: 'stub', at: 'source', stale: true })],
  processes: [{ ...entry, node: 'dest' }],
});

const inside = (routine: string, step: string): FrameState => ({ routine, step, line: null });
const program = (line: number, step = 'call'): FrameState => ({ routine: 'cc1', step, line });
const end = inside('emulator.thread_end', 'tell the PMA');
/** Two threads wait, one of them in a handler; one computes; and the one that is told of signals. */
const several = [
  thread(21, 'main', {
    waits: 'end of a thread',
    program: { number: 1, errno: 'EBADF' },
    frames: [inside('emulator.pthread_join', 'wait until it has ended'), program(12)],
  }),
  thread(22, 'signals', {
    waits: 'a message on cc1.signal',
    frames: [inside('emulator.signals', 'wait for a signal')],
  }),
  thread(23, 'thread 2', {
    waits: 'an answer',
    servedBy: 31,
    program: { number: 2, errno: '' },
    interruptible: { operation: 'pma.interrupt', port: 'pid 2@pma' },
    frames: [inside('emulator.system call', 'call the PMA'), inside('emulator.wait', 'ask the PMA'), program(7), end],
  }),
  thread(24, 'thread 3', {
    state: 'computing',
    program: { number: 3, errno: '' },
    frames: [program(8, 'compute'), end],
  }),
];
const pma = task(5, 'pma@source', { threads: [thread(31, 'pma@source')] });
const threaded = cluster({
  ...frozen,
  procs: [
    proc('source', 2, {
      signals: {
        ...{ ignored: [2], caught: [10, 30], blocked: [10], pending: [10, 15], delivered: 5, timer: null },
        threads: [
          { thread: 1, blocked: [10], after: null },
          { thread: 2, blocked: Array.from({ length: 31 }, (_, index) => index + 1), after: [] },
          { thread: 3, blocked: [], after: null },
        ],
        masks: [{ signal: 10, blocked: [2, 15] }],
      },
    }),
  ],
  tasks: [
    pma,
    task(7, 'cc1', {
      ...{ pid: 2, kind: 'process', threads: several },
      handlers: [
        { signal: 10, line: 3, restart: true, handled: 2 },
        { signal: 30, line: null, restart: false, handled: 0 },
      ],
    }),
  ],
});

describe('the process inspector', () => {
  it('shows the calls in progress and every request of the queue, in order', () => {
    const sheet = processSheet(frozen, null, owner);
    assert.equal(sheet?.title, 'pid 2 cc1');
    assert.equal(sheet.subtitle, 'frozen on source');
    assert.deepEqual(lines(sheet, 'calls'), ['same pma.wait||cc1|source|cc1.reply|source|cancelled']);
    assert.deepEqual(lines(sheet, 'queue'), [
      'same 1|vproc.signal|pid 2, signal SIGUSR1|sh|master|sh.reply|source',
      'same 2|pma.fork||cc1|source|cc1.reply|source',
    ]);
    assert.equal(section(sheet, 'queue').summary, '2 requests, unhandled and in this order');
  });

  it('shows open files, mapped files, children and who knows it', () => {
    const sheet = processSheet(frozen, null, owner);
    assert.deepEqual(lines(sheet, 'files'), ['same 0|/a|512|master|0x900|position, write|2 blocks, 80 B unwritten']);
    assert.deepEqual(lines(sheet, 'mappings'), ['same 0x5000|/a|4096|8192|shared|0']);
    assert.deepEqual(lines(sheet, 'children'), ['same 3|as|source|alive|no']);
    assert.deepEqual(lines(sheet, 'vprocs'), [
      'same source|local|source||1|active, frozen',
      'same master|client stubs|source||1|',
    ]);
  });

  it('shows each thread: the call that it is in, what it waits for, errno and mask', () => {
    const sheet = processSheet(threaded, null, owner);
    assert.deepEqual(lines(sheet, 'threads'), [
      'same main|waiting|12|pthread_join|EBADF|SIGUSR1|end of a thread|emulator.pthread_join: wait until it has ended|',
      'same signals|waiting|||||a message on cc1.signal|emulator.signals: wait for a signal|',
      'same thread 2|waiting|7|wait||all; after that none|an answer of pma@source|emulator.system call: call the PMA|pma.interrupt on pid 2@pma',
      'same thread 3|computing|8|||||cc1: compute|',
    ]);
    assert.equal(section(sheet, 'threads').summary, '3 threads of the program');
  });

  it('shows which threads have come and ended, and what has become of the others', () => {
    const [main, signals, second] = several;
    const later = { ...second!, state: 'computing', waits: '', servedBy: null, frames: [program(9, 'compute')] };
    const now = { ...threaded, tasks: [pma, { ...threaded.tasks[1]!, threads: [main!, signals!, later] }] };
    assert.deepEqual(
      lines(processSheet(now, threaded, owner), 'threads').filter((line) => !line.startsWith('same')),
      [
        'changed thread 2|computing|9|||all; after that none||cc1: compute|pma.interrupt on pid 2@pma',
        'gone thread 3|computing|8|||||cc1: compute|',
      ],
    );
  });

  it('shows signals by name: what is done with them, what is pending, and who blocks them', () => {
    const sheet = processSheet(threaded, null, owner);
    assert.deepEqual(lines(sheet, 'signals'), [
      'same SIGINT|ignored||thread 2|||',
      'same SIGUSR1|handler at line 3|pending|main, thread 2|SIGINT, SIGTERM|made again|2',
      'same SIGTERM|default|pending|thread 2|||',
      'same signal 30|handler||thread 2||ended: EINTR|0',
    ]);
    assert.equal(section(sheet, 'signals').summary, '5 signals accepted so far');
    assert.match(lines(sheet, 'facts').join(), /Signals pending\|SIGUSR1, SIGTERM/);
    assert.deepEqual(lines(processSheet(frozen, null, owner), 'signals'), []);
  });

  it('shows how nice the process is, and what limits it', () => {
    const limits = [
      { resource: 'cpu', soft: 1, hard: 3 },
      { resource: 'as', soft: null, hard: null },
      { resource: 'nofile', soft: 64, hard: 64 },
      { resource: 'nproc', soft: 9, hard: null },
    ];
    const limited = { ...moving, procs: moving.procs.map((proc) => ({ ...proc, nice: 5, limits })) };
    const facts = lines(processSheet(limited, limited, owner), 'facts');
    assert.deepEqual(
      facts.filter((line) => /Nice|Limit/.test(line)),
      [
        'same Nice|5',
        'same Limit of processor time (s)|1, at most 3',
        'same Limit of descriptors|64',
        'same Limit of processes of the user|9, at most none',
      ],
    );
  });

  it('shows both procs while it moves', () => {
    const sheet = processSheet(moving, frozen, owner);
    assert.equal(sheet?.subtitle, 'attaching on dest, still on the migrating list of source');
    assert.match(lines(sheet, 'facts')[0] ?? '', /dest, migrating list; source, migrating list/);
    assert.deepEqual(lines(sheet, 'queue'), [
      'same 1|vproc.signal|pid 2, signal SIGUSR1|sh|master|sh.reply|source',
      'gone 2|pma.fork||cc1|source|cc1.reply|source',
    ]);
  });

  it('says where it came from, and which stubs are stale', () => {
    const sheet = processSheet(moved, frozen, owner);
    assert.equal(sheet?.subtitle, 'running on dest, came from source');
    assert.deepEqual(lines(sheet, 'vprocs'), [
      'new dest|local|dest||1|active, running',
      'changed master|client stubs|source|stale|1|',
      'gone source|local|source||1|active, frozen',
    ]);
  });

  it('shows the last of one that is gone, and nothing of one that never was', () => {
    const zombie = cluster({ processes: [{ ...entry, state: 'zombie', status: 3 }] });
    const sheet = processSheet(zombie, moved, owner);
    assert.deepEqual([sheet?.isAlive, sheet?.subtitle], [false, 'zombie']);
    assert.equal(section(sheet, 'calls').empty, 'No call is in progress.');
    assert.equal(processSheet(cluster(), cluster(), owner), null);
  });
});
