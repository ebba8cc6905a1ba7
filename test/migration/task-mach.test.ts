/**
 * Stories about moving a Mach task that is no process: who asks, who moves it, and what becomes of it [mechanisms 4].
 */
import assert from 'node:assert/strict';
import { at, select } from '../../simulator/base/table.ts';
import { names } from '../../simulator/mach/ipc/space.ts';
import { taskSuspend } from '../../simulator/mach/thread-control.ts';
import { compute, millisecond, receive, reply, rpc, type Cluster } from '../mach/cluster.ts';
import { lab } from './move.ts';
import { threadsOf } from '../../simulator/mach/task-threads.ts';

const NODES = ['source', 'destination', 'third'];

function nodeOf(c: Cluster, task: { node: number }): string {
  return at(c.w.nodes, task.node).name;
}

/** Names of the servers, without the reply ports of their threads. */
function heldByServers({ w }: Cluster): number[] {
  return select(w.tasks, ({ kind }) => kind === 'server').map((task) => {
    const { space } = task;
    const replies = new Set(threadsOf(w, task).map(({ replyName }) => replyName));
    return names(space).filter((name) => !replies.has(name)).length;
  });
}

describe('a Mach task', () => {
  it('moves when it is asked to, and goes on where it was [4.2]', () => {
    const c = lab(NODES);
    const moved = c.task('source', 'moved');
    const worker = moved.thread(compute(600 * millisecond), compute(400 * millisecond));
    c.run(500 * millisecond);
    const m = c.move(moved, 'destination');
    while (m.outcome === '') assert.ok(c.step());
    assert.equal(m.outcome, 'done', m.reason);
    assert.equal(nodeOf(c, at(c.w.tasks, m.task)), 'destination');
    c.run();
    assert.equal(worker.row(), null);
    // It had computed for half a second, and computes for the other half where it is now.
    assert.ok(Math.abs(c.w.time - m.stamps.resumed - 500 * millisecond) < 30 * millisecond);
  });

  it('is known by no pid', () => {
    const c = lab(NODES);
    assert.equal(c.move(c.task('source', 'moved'), 'destination').pid, -1);
  });

  it('that is suspended stays suspended', () => {
    const c = lab(NODES);
    const moved = c.task('source', 'moved');
    const worker = moved.thread(compute(10 * millisecond), compute(10 * millisecond));
    c.run(5 * millisecond);
    taskSuspend(c.w, moved.task);
    const m = c.move(moved, 'destination');
    c.run();
    assert.equal(m.outcome, 'done', m.reason);
    assert.equal(at(c.w.tasks, m.task).suspendCount, 1);
    assert.ok(worker.row() !== null);
  });

  it('answers each of its clients once, in order, while it moves from node to node [T3]', () => {
    const c = lab(NODES);
    const server = c.task('source', 'server');
    const service = server.port('service');
    const client = c.task('third', 'client');
    const to = c.right(server, service, client);
    server.thread(...Array.from({ length: 60 }, () => [receive(service), reply()]).flat());
    const caller = client.thread(...Array.from({ length: 60 }, (_, i) => rpc(to, `call ${i}`)));
    for (const node of ['destination', 'third', 'source']) {
      c.run(c.w.time + 40 * millisecond);
      const m = c.move({ ...server, task: c.named('server') }, node);
      while (m.outcome === '') assert.ok(c.step());
      assert.equal(m.outcome, 'done', m.reason);
    }
    c.run();
    assert.equal(caller.notes.length, 60);
    assert.ok(caller.notes.every((note) => note.operation === 'reply' && note.code === 'KERN_SUCCESS'));
  });

  it('leaves no name behind at the servers that moved it', () => {
    const c = lab(NODES);
    const moved = c.task('source', 'moved');
    moved.thread(receive(moved.port('mine')));
    c.right(moved, moved.port('own'), moved);
    c.move(c.task('source', 'first'), 'destination');
    c.run();
    const before = heldByServers(c);
    const m = c.move(moved, 'destination');
    c.run();
    assert.equal(m.outcome, 'done', m.reason);
    assert.deepEqual(heldByServers(c), before);
  });

  it('is not moved in a way that its mover does not know [4.5]', () => {
    const c = lab(NODES);
    const m = c.move(c.task('source', 'moved'), 'destination', { using: 'sms', strategy: 'eager' });
    assert.equal(m.outcome, 'refused');
    assert.match(m.reason, /copy_on_reference only/);
  });

  it('is not moved twice at a time', () => {
    const c = lab(NODES);
    const moved = c.task('source', 'moved');
    const [first, second] = [c.move(moved, 'destination'), c.move(moved, 'third')];
    c.run();
    assert.deepEqual([first.outcome, second.outcome], ['done', 'refused']);
  });
});

describe('the agent that moves a task', () => {
  /** Nodes with a forwarding proxy of the task's one port, by where the agent was [4.3]. */
  function forwarders(agent: string): string[] {
    const c = lab(NODES);
    const moved = c.task('source', 'moved');
    moved.port('mine');
    const m = c.move(moved, 'destination', { agent });
    c.run();
    assert.equal(m.outcome, 'done', m.reason);
    assert.equal(nodeOf(c, c.named('moved')), 'destination');
    return select(c.w.distributed, (state) => state.forward && at(c.w.ports, state.port).label === 'mine')
      .map((state) => at(c.w.nodes, at(c.w.ports, state.port).node).name)
      .toSorted();
  }

  it('on the destination moves each receive right once', () => assert.deepEqual(forwarders('destination'), ['source']));
  it('on the source too', () => assert.deepEqual(forwarders('source'), ['source']));
  it('on a third node moves it twice, and leaves a forwarder there as well [4.3]', () => {
    assert.deepEqual(forwarders('third'), ['source', 'third']);
  });
});
