// The capability table: follows a process by pid, compares by name, and says what a cell was.
import assert from 'node:assert/strict';
import { arrange } from '../../extension/views/arrange.ts';
import { capabilityTable, tabSeparated, type CapabilityTable } from '../../extension/views/capabilities.ts';
import { capability, cluster, task } from './states.ts';

const process = { pid: 2, kind: 'process' } as const;
const before = cluster({
  tasks: [
    task(7, 'cc1', {
      ...process,
      capabilities: [
        capability(1, { label: 'cc1.task', type: 'send' }),
        capability(0x12, { label: 'pma@source', makeSendCount: 3 }),
        capability(0x1b, { label: 'reply', type: 'receive' }),
      ],
    }),
  ],
});
/** The same process, in another task, on another node: the name 0x12 stands for another port. */
const now = cluster({
  tasks: [
    task(8, 'cc1', {
      ...process,
      node: 'dest',
      capabilities: [
        capability(1, { label: 'cc1.task', type: 'send' }),
        capability(0x12, { label: 'pma@dest', makeSendCount: 1, receiver: { node: 'dest', task: 'pma' } }),
        capability(0x20, { label: 'signal', type: 'dead-name', receiver: null }),
      ],
    }),
  ],
});

function table(): CapabilityTable {
  const made = capabilityTable(now, before, { pid: 2 });
  assert.ok(made);
  return made;
}

const names = ({ rows }: CapabilityTable): string[] => rows.map(({ mark, cells }) => `${mark} ${cells[0]?.text}`);

describe('the capability table', () => {
  it('goes with the process when it migrates', () => {
    assert.deepEqual([table().title, table().subtitle], ['pid 2 cc1', 'on dest, came from source']);
  });

  it('marks what is changed, new and gone, by name', () => {
    assert.deepEqual(names(table()), ['same 0x1', 'changed 0x12', 'new 0x20', 'gone 0x1b']);
  });

  it('says what a cell was', () => {
    const changed = table().rows[1]?.cells.filter(({ was }) => was !== null);
    assert.deepEqual(
      changed?.map(({ text, was }) => `${was} -> ${text}`),
      ['pma@source -> pma@dest', 'source -> dest', '3 -> 1'],
    );
  });

  it('keeps the last names of a task that has ended, and knows none of one that never was', () => {
    const ended = capabilityTable(cluster(), before, { pid: 2 });
    assert.equal(ended?.isAlive, false);
    assert.deepEqual(names(ended), ['same 0x1', 'same 0x12', 'same 0x1b']);
    assert.equal(capabilityTable(now, before, { task: 99 }), null);
  });

  it('marks nothing at the first stop', () => {
    assert.deepEqual(names(capabilityTable(now, null, { pid: 2 }) ?? table()), ['same 0x1', 'same 0x12', 'same 0x20']);
  });

  it('copies as tab-separated values, without what has gone', () => {
    const lines = tabSeparated(table()).split('\n');
    assert.equal(lines[0], 'Name\tRight\tRefs\tPort\tReceiver on\tReceived by\tQueue\tMake-send\tIdentity');
    assert.equal(lines[2], '0x12\tsend\t1\tpma@dest\tdest\tpma\t0/5\t1\t');
    assert.equal(lines.length, 5);
  });

  it('filters by words in any cell, by mark, and sorts numbers as numbers', () => {
    const byName = { column: 'name', isDescending: true };
    assert.deepEqual(names(arrange(table(), byName, { text: '', changedOnly: false })), [
      'new 0x20',
      'gone 0x1b',
      'changed 0x12',
      'same 0x1',
    ]);
    assert.deepEqual(names(arrange(table(), byName, { text: 'PMA dest', changedOnly: false })), ['changed 0x12']);
    assert.deepEqual(names(arrange(table(), byName, { text: '', changedOnly: true })).length, 3);
  });
});
