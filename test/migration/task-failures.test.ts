/**
 * Stories about a Mach task that moves while a node fails: what it was before commit it is again at the source, after
 * commit it is lost unless all of it has arrived; and nothing of it stays behind [mechanisms 4.6].
 */
import assert from 'node:assert/strict';
import { CRASH } from '../../simulator/base/event.ts';
import { select } from '../../simulator/base/table.ts';
import { lookup, names } from '../../simulator/mach/ipc/space.ts';
import { emitAt } from '../../simulator/mach/world.ts';
import type { Migration } from '../../simulator/migration/record.ts';
import { compute, millisecond, receive, reply } from '../mach/cluster.ts';
import { lab, type Lab } from './move.ts';
import { threadsOf } from '../../simulator/mach/task-threads.ts';

// The operator is on the last node, which does not fail.
const NODES = ['source', 'destination', 'third', 'operator'];

interface Moving {
  readonly c: Lab;
  readonly m: Migration;
}

/** A task with threads, ports, rights and memory, about to move by an agent on this node. */
function moving(agent: string): Moving {
  const c = lab(NODES);
  const moved = c.task('source', 'moved');
  const peer = c.task('operator', 'peer');
  const service = moved.port('service');
  moved.portSet(service);
  c.right(moved, service, peer);
  c.right(peer, peer.port('peer'), moved);
  moved.thread(receive(moved.port('quiet')), reply());
  moved.thread(compute(100_000 * millisecond));
  c.run(50 * millisecond);
  return { c, m: c.move(moved, 'destination', { agent }) };
}

/** Fails a node when the migration has taken so many events, and runs until everybody has noticed. */
function failing(node: string, events: number, agent: string): { m: Migration; c: Lab; moved: boolean } {
  const { c, m } = moving(agent);
  for (let i = 0; i < events; i++) assert.ok(c.step());
  const moved = m.stamps.moved !== -1;
  emitAt(c.w, c.w.time, CRASH, NODES.indexOf(node));
  c.run(c.w.time + 30_000 * millisecond);
  return { m, c, moved };
}

/** How many events a migration by this agent takes when nothing fails. */
function length(agent: string): number {
  const { c, m } = moving(agent);
  let events = 0;
  while (m.outcome === '') {
    assert.ok(c.step());
    events++;
  }
  assert.equal(m.outcome, 'done', m.reason);
  return events;
}

/** Moments all over the migration. */
function moments(agent: string): number[] {
  const all = length(agent);
  return Array.from({ length: 9 }, (_, i) => Math.floor((i * all) / 9));
}

function left({ w }: Lab): { node: number; suspendCount: number }[] {
  return select(w.tasks, ({ name }) => name === 'moved');
}

function heldByServers({ w }: Lab): number {
  return select(w.tasks, ({ kind }) => kind === 'server').reduce((sum, task) => {
    const { space } = task;
    const replies = new Set(threadsOf(w, task).map(({ replyName }) => replyName));
    return sum + names(space).filter((name) => !replies.has(name) && lookup(space, name) !== null).length;
  }, 0);
}

for (const agent of ['destination', 'source', 'third']) {
  describe(`a task that is moved by an agent on ${agent}`, () => {
    it('goes on at the source if the destination fails before commit, and ends if it fails later', () => {
      for (const moment of moments(agent)) {
        const { c, m, moved } = failing('destination', moment, agent);
        assert.equal(m.outcome, moved && m.stamps.resumed !== -1 ? 'done' : 'failed', `at ${moment}`);
        const tasks = left(c);
        if (m.committed) assert.equal(tasks.length, 0, `at ${moment}: ${tasks.length} are left`);
        else
          assert.deepEqual(
            tasks.map(({ node, suspendCount }) => [node, suspendCount]),
            [[0, 0]],
            `at ${moment}`,
          );
      }
    });

    it('is lost with the source unless all of it has arrived', () => {
      for (const moment of moments(agent)) {
        const { c, m, moved } = failing('source', moment, agent);
        const tasks = left(c);
        assert.notEqual(m.outcome, '', `at ${moment}: the record is open`);
        if (!m.committed) assert.equal(m.outcome, 'failed', `at ${moment}`);
        if (moved) assert.equal(m.outcome, 'done', `at ${moment}`);
        const expected = m.outcome === 'done' ? [[1, 0]] : [];
        assert.deepEqual(
          tasks.map(({ node, suspendCount }) => [node, suspendCount]),
          expected,
          `at ${moment}`,
        );
      }
    });
  });
}

describe('a task that is moved by an agent on a third node', () => {
  it('goes on at the source if that node fails before commit', () => {
    for (const moment of moments('third')) {
      const { c, m } = failing('third', moment, 'third');
      const tasks = left(c).map(({ node, suspendCount }) => [node, suspendCount]);
      assert.notEqual(m.outcome, '', `at ${moment}: the record is open`);
      const expected = m.outcome === 'done' ? [[1, 0]] : m.committed ? [] : [[0, 0]];
      assert.deepEqual(tasks, expected, `at ${moment}`);
    }
  });
});

describe('an agent that could not move a task', () => {
  it('has no name more than before [4.6]', () => {
    const { c, m } = moving('third');
    const before = heldByServers(c);
    while (m.made === -1) assert.ok(c.step());
    emitAt(c.w, c.w.time, CRASH, 1);
    c.run(c.w.time + 30_000 * millisecond);
    assert.equal(m.outcome, 'failed');
    assert.equal(heldByServers(c), before);
  });
});
