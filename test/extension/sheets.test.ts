// The two inspectors as sheets: what they say, what they mark, and how they find again what they are about.
import assert from 'node:assert/strict';
import { memorySheet } from '../../extension/views/memory-sheet.ts';
import { portOwner } from '../../extension/views/port-known.ts';
import { portSheet } from '../../extension/views/port-sheet.ts';
import { sheetText, type Section, type Sheet } from '../../extension/views/sheet.ts';
import type { PageRunState, RegionState } from '../../simulator/inspect/state-memory.ts';
import type { PortIdentityState } from '../../simulator/inspect/state-ports.ts';
import { cluster, message, port, task } from './states.ts';

const identity = (given: Partial<PortIdentityState> = {}): PortIdentityState => ({
  identity: 'source.14',
  uid: 'source.14',
  label: 'service',
  dead: false,
  principal: 1,
  node: 'source',
  receiver: 'echo',
  copies: [1],
  rights: [
    { holder: 'task', node: 'source', who: 'echo', task: 7, name: 0x500, type: 'receive', userReferences: 0 },
    {
      holder: 'kernel',
      node: 'source',
      who: 'bootstrap port of sh',
      task: null,
      name: null,
      type: 'send',
      userReferences: 1,
    },
  ],
  credits: { handedOut: 0, held: 0, underWay: 0 },
  ...given,
});

const queued = port(1, {
  label: 'service',
  uid: 'source.14',
  queue: [message(4, 'proc_fork', { carries: ['send reply'], memory: [{ name: 'heap', pages: 2, node: 'source' }] })],
});
const before = cluster({ ports: [queued], identities: [identity()] });
/** The receive right has gone to dest, with its queue. */
const now = cluster({
  ports: [
    port(9, { node: 'dest', label: 'service', uid: 'source.14', queue: queued.queue, transit: -100 }),
    port(1, {
      label: 'service',
      uid: 'source.14',
      copy: 'forwarding',
      flags: ['proxy', 'forward'],
      destination: 'dest',
      way: ['source', 'dest'],
      transit: 100,
    }),
  ],
  identities: [
    identity({ principal: 9, node: 'dest', copies: [9, 1], credits: { handedOut: 100, held: 100, underWay: 0 } }),
  ],
});

const sectionOf = (sheet: Sheet | null, key: string): Section => {
  const found = sheet?.sections.find((each) => each.key === key);
  assert.ok(found, key);
  return found;
};
const lines = ({ rows }: Section): string[] =>
  rows.map(({ mark, cells }) => `${mark} ${cells.map(({ text }) => text).join('|')}`);

describe('the port inspector', () => {
  const owner = { identity: 'source.14', port: 1 };
  const sheet = portSheet(now, before, owner);

  it('says where the receive right is, and where it came from', () => {
    assert.equal(sheet?.title, 'service');
    assert.equal(sheet.subtitle, 'source.14, received by echo on dest, came from source');
    assert.deepEqual(
      sectionOf(sheet, 'facts')
        .rows.find(({ key }) => key === 'Principal on')
        ?.cells.map(({ text, was }) => was ?? text),
      ['Principal on', 'source'],
    );
  });

  it('shows every copy, and the way from each', () => {
    assert.deepEqual(lines(sectionOf(sheet, 'copies')), [
      'new dest|principal|||1|0|-100|0',
      'changed source|forwarding|source → dest|proxy forward|1|0|100|0',
    ]);
    assert.equal(sectionOf(sheet, 'copies').summary, '1 forwarding proxy until the port dies');
  });

  it('shows who holds what, and the queue', () => {
    assert.deepEqual(lines(sectionOf(sheet, 'rights')), [
      'same echo|source|0x500|receive|0',
      'same kernel: bootstrap port of sh|source||send|1',
    ]);
    assert.deepEqual(lines(sectionOf(sheet, 'queue')), [
      'same proc_fork #4|cc1|source|send||send reply, heap: 2 pages on source|64 B|here|0.000 ms',
    ]);
    assert.equal(sectionOf(sheet, 'waiting').empty, 'Nobody waits at the port.');
  });

  it('says that the body of a message is on another node', () => {
    const state = cluster({
      ports: [{ ...queued, queue: [message(5, 'write', { bodyOn: 'dest' })] }],
      identities: [identity()],
    });
    assert.match(lines(sectionOf(portSheet(state, null, owner), 'queue'))[0] ?? '', /\|on dest\|/);
  });

  it('finds a port again when it gets an identity, and shows the last of one that is gone', () => {
    const local = cluster({ ports: [queued], identities: [identity({ identity: 'port 1', uid: null })] });
    const found = portOwner(local, 1);
    assert.deepEqual(found, { identity: 'port 1', port: 1 });
    assert.equal(portSheet(now, local, found)?.title, 'service');
    assert.equal(portSheet(cluster(), now, owner)?.isAlive, false);
    assert.equal(portSheet(cluster(), cluster(), owner), null);
  });

  it('copies as tables', () => {
    assert.match(sheet === null ? '' : sheetText(sheet), /Copies\nNode\tCopy\tLeads\t.*\ndest\tprincipal\t/);
  });
});

const run = (
  first: number,
  pages: number,
  state: PageRunState['state'],
  given: Partial<PageRunState> = {},
): PageRunState => ({
  first,
  pages,
  state,
  node: 'dest',
  object: 3,
  access: 'write',
  dirty: false,
  requested: false,
  versions: state === 'here' ? Array.from({ length: pages }, () => 5) : [],
  ...given,
});
const region = (pageRuns: readonly PageRunState[], given: Partial<RegionState> = {}): RegionState => ({
  name: 'data',
  start: 80,
  pages: 6,
  protection: 'rw-',
  maximum: 'rwx',
  inheritance: 'copy',
  needsCopy: false,
  chain: [3],
  resident: 2,
  remote: [{ node: 'source', pages: 3 }],
  pageRuns,
  ...given,
});
const cc1 = (regions: readonly RegionState[]) => task(7, 'cc1', { pid: 2, kind: 'process', node: 'dest', regions });

describe('the memory inspector', () => {
  const was = cluster({
    tasks: [cc1([region([run(0, 1, 'here'), run(1, 4, 'remote', { node: 'source' }), run(5, 1, 'zero')])])],
  });
  const is = cluster({
    tasks: [
      cc1([
        region([
          run(0, 1, 'here', { dirty: true }),
          run(1, 1, 'here'),
          run(2, 3, 'remote', { node: 'source' }),
          run(5, 1, 'zero'),
        ]),
      ]),
    ],
  });
  const sheet = memorySheet(is, was, { pid: 2 });

  it('shows the regions and what is still elsewhere', () => {
    assert.deepEqual(lines(sectionOf(sheet, 'regions')), ['same 0x00050000|data|24 KB|rw-|rwx|copy||2|3 on source|#3']);
    assert.deepEqual(lines(sectionOf(sheet, 'residual')), ['same source|3']);
  });

  it('draws every page with a sign, and marks those that have changed', () => {
    const map = sectionOf(sheet, 'regions').map;
    const pages = map?.regions[0]?.pages ?? [];
    assert.equal(pages.map(({ sign }) => sign).join(''), 'WHrrr·');
    assert.deepEqual(
      pages.map(({ isChanged }) => isChanged),
      [true, true, false, false, false, false],
    );
    assert.equal(pages[1]?.text, 'page 81: on dest, object #3, version 5');
    assert.deepEqual(
      map?.legend.map(({ sign }) => sign),
      ['W', 'H', 'r', '·'],
    );
  });

  it('says how many pages it leaves out', () => {
    const large = cluster({ tasks: [cc1([region([run(0, 5000, 'zero')], { pages: 5000 })])] });
    assert.equal(sectionOf(memorySheet(large, null, { pid: 2 }), 'regions').map?.regions[0]?.left, 5000 - 2048);
  });

  it('has nothing to draw where the address space is empty, and knows no task that never was', () => {
    const empty = sectionOf(memorySheet(cluster({ tasks: [cc1([])] }), null, { pid: 2 }), 'regions');
    assert.equal(empty.map, null);
    assert.equal(empty.empty, 'The address space is empty.');
    assert.equal(memorySheet(is, null, { pid: 3 }), null);
  });
});
