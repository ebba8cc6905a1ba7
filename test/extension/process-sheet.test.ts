// The process inspector as a sheet: what it says of a process that is frozen, moves, has moved, and is no more.
import assert from 'node:assert/strict';
import { processSheet } from '../../extension/views/process-sheet.ts';
import type { Section, Sheet } from '../../extension/views/sheet.ts';
import { cluster, proc, process, request, task, vproc } from './states.ts';

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

const section = (sheet: Sheet | null, key: string): Section => {
  const found = sheet?.sections.find((each) => each.key === key);
  assert.ok(found, key);
  return found;
};
const lines = (sheet: Sheet | null, key: string): string[] =>
  section(sheet, key).rows.map(({ mark, cells }) => `${mark} ${cells.map(({ text }) => text).join('|')}`);

describe('the process inspector', () => {
  it('shows the calls in progress and every request of the queue, in order', () => {
    const sheet = processSheet(frozen, null, owner);
    assert.equal(sheet?.title, 'pid 2 cc1');
    assert.equal(sheet.subtitle, 'frozen on source');
    assert.deepEqual(lines(sheet, 'calls'), ['same pma.wait||cc1|source|cc1.reply|source|cancelled']);
    assert.deepEqual(lines(sheet, 'queue'), [
      'same 1|vproc.signal|pid 2, signal 10|sh|master|sh.reply|source',
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
      'same 1|vproc.signal|pid 2, signal 10|sh|master|sh.reply|source',
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
