/**
 * Three ledgers, and a comparison: what a task that has moved still needs of other nodes, and what its freeze has cost, by
 * the strategy by which its memory follows [mechanisms 4.5; paper 2.3].
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { residualOf, type Residual } from '../../simulator/migration/residual.ts';
import { regionNamed } from '../../simulator/mach/vm/region.ts';
import { touch } from '../../simulator/mach/vm/fault.ts';
import { memoryWritten } from '../../simulator/mach/vm/memory.ts';
import { objectCreate, setPage } from '../../simulator/mach/vm/object.ts';
import { regionAdd } from '../../simulator/mach/vm/region.ts';
import { at } from '../../simulator/base/table.ts';
import type { Migration } from '../../simulator/migration/record.ts';
import type { TaskMigrationImplementation, TaskMigrationStrategy } from '../../simulator/workload/program.ts';
import { millisecond, sleep, type Actor, type Call } from '../mach/cluster.ts';
import { lab, milliseconds, type Lab } from './move.ts';

const NODES = ['store', 'source', 'destination'];
const PAGES = 64;
const WORKING_SET = 8;
const DOCUMENT = 'docs/guide/four-ways-to-move-memory.md';

/** A task with 64 written pages, of which it goes on writing eight, every 50 ms, and later only sleeps. */
function worker(c: Lab): Actor {
  const actor = c.task('source', 'worker');
  const object = objectCreate(c.w, actor.task.node, 'data', 'anonymous', PAGES);
  const fields = { name: 'data', pages: PAGES, protection: 'rw-', inheritance: 'copy' } as const;
  const region = regionAdd(c.w, actor.task, object, fields);
  for (let page = 0; page < PAGES; page++) {
    const version = ++c.w.writes;
    setPage(c.w, object, page, version);
    memoryWritten(c.w, region.memory, page, version);
  }
  const writes: Call = (w, t) => {
    const own = regionNamed(w, at(w.tasks, t.task), 'data')!;
    for (let page = 0; page < WORKING_SET; page++) if (touch(w, t, own, page, true) !== 'present') return;
  };
  const round = [writes, writes, writes, sleep(50 * millisecond)];
  actor.thread(...Array.from({ length: 150 }, () => round).flat(), sleep(60_000 * millisecond));
  return actor;
}

interface Row {
  readonly m: Migration;
  readonly residual: readonly Residual[];
}

function moved(using: TaskMigrationImplementation, strategy: TaskMigrationStrategy): Row {
  const c = lab(NODES);
  const actor = worker(c);
  c.run(200 * millisecond);
  const m = c.move(actor, 'destination', { using, strategy });
  while (m.outcome === '') assert.ok(c.step());
  assert.equal(m.outcome, 'done', m.reason);
  return { m, residual: residualOf(c.w, c.named('worker')) };
}

const strategies = ['copy_on_reference', 'eager', 'flush', 'pre_copy'] as const;
const rows = new Map<TaskMigrationStrategy, Row>();

function row(strategy: TaskMigrationStrategy): Row {
  const known = rows.get(strategy) ?? moved('oms', strategy);
  rows.set(strategy, known);
  return known;
}

const on = ({ residual }: Row, node: string): Residual | undefined =>
  residual.find((each) => each.node === NODES.indexOf(node));
const freeze = (strategy: TaskMigrationStrategy): number => milliseconds(row(strategy).m, 'suspended', 'resumed');
const pagesOn = (strategy: TaskMigrationStrategy, node: string): number => on(row(strategy), node)?.pages ?? 0;

describe('what a task that has moved still needs of other nodes', () => {
  it('by copy-on-reference: its pages, of the source', () => {
    // What the task has touched meanwhile has followed it.
    assert.ok(pagesOn('copy_on_reference', 'source') >= PAGES - WORKING_SET);
    assert.equal(pagesOn('copy_on_reference', 'store'), 0);
  });

  it('eagerly, and by pre-copy: no page of any node', () => {
    for (const strategy of ['eager', 'pre_copy'] as const) {
      assert.deepEqual([pagesOn(strategy, 'source'), pagesOn(strategy, 'store')], [0, 0]);
    }
  });

  it('by flushing: its pages of the server that they were flushed to, and not of the source', () => {
    assert.equal(pagesOn('flush', 'source'), 0);
    assert.ok(pagesOn('flush', 'store') >= PAGES - WORKING_SET);
  });

  it('moved by a user-level server with its agent elsewhere: a relay for the task and one for every thread [4.4]', () => {
    const c = lab(NODES);
    const actor = worker(c);
    c.run(200 * millisecond);
    const m = c.move(actor, 'destination', { using: 'user_level', strategy: 'eager', agent: 'store' });
    while (m.outcome === '') assert.ok(c.step());
    const store = residualOf(c.w, c.named('worker'))[0];
    assert.ok(store !== undefined);
    assert.equal(store.node, 0);
    assert.equal(store.relay, 2);
    assert.ok(store.pages >= PAGES - WORKING_SET);
  });

  it('forwarders, on every node that its receive rights went through', () => {
    const c = lab(NODES);
    const actor = c.task('source', 'worker');
    c.right(actor, actor.port('service'), c.task('store', 'client'));
    const m = c.move(actor, 'destination', { agent: 'store' });
    while (m.outcome === '') assert.ok(c.step());
    assert.deepEqual(
      residualOf(c.w, c.named('worker')).map(({ node, forwarders }) => [node, forwarders]),
      [
        [0, 1],
        [1, 1],
      ],
    );
  });
});

describe('four ways to move memory', () => {
  it('freeze for as long as there are pages to move meanwhile', () => {
    assert.ok(freeze('copy_on_reference') < freeze('pre_copy'));
    assert.ok(freeze('pre_copy') < freeze('eager'));
    assert.ok(freeze('pre_copy') < freeze('flush'));
  });

  it('move at least every written page, unless it is left behind', () => {
    const moves = strategies.map((each) => row(each).m.pages);
    assert.deepEqual(
      moves.map(({ before, frozen }) => before + frozen >= PAGES),
      [false, true, true, true],
    );
    assert.ok(moves[3]!.frozen <= 2 * WORKING_SET && moves[3]!.before > PAGES);
  });

  it('are compared in the guide, in figures taken from the runs', () => {
    const line = (strategy: TaskMigrationStrategy): string => {
      const { m } = row(strategy);
      const times = [freeze(strategy), milliseconds(m, 'decision', 'resumed')].map((each) => `${Math.round(each)} ms`);
      const counts = [m.pages.before, m.pages.frozen, pagesOn(strategy, 'source'), pagesOn(strategy, 'store')];
      return `| \`${strategy}\` | ${[...times, ...counts].join(' | ')} |`;
    };
    const table = [
      '| strategy | frozen | in all | pages while it runs | pages while it is frozen | left on source | left on store |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      ...strategies.map(line),
    ].join('\n');
    const [begin, end] = ['<!-- figures -->', '<!-- end of figures -->'];
    const text = readFileSync(DOCUMENT, 'utf8');
    const after = text.replace(new RegExp(`${begin}[^]*${end}`), `${begin}\n\n${table}\n\n${end}`);
    if (process.env['UPDATE'] !== undefined) writeFileSync(DOCUMENT, after);
    else assert.equal(text, after, 'UPDATE=1 npm run test:unit writes the figures anew');
  });
});
