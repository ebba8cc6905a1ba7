/**
 * Stories about the port name space of a task that moves: what does not travel with a right is restored [mechanisms 4.3].
 */
import assert from 'node:assert/strict';
import { at } from '../../simulator/base/table.ts';
import { bootRight } from '../../simulator/dipc/boot.ts';
import { deadNameRequest, noSendersRequest, portDestroyedRequest } from '../../simulator/mach/ipc/requests.ts';
import { destroyName } from '../../simulator/mach/ipc/release.ts';
import { MAKE_SEND_ONCE } from '../../simulator/mach/ipc/right.ts';
import { DEAD_NAME, SEND_ONCE, find, insert, lookup, names, setUrefsAt } from '../../simulator/mach/ipc/space.ts';
import { kernelCall } from '../../simulator/mach/kernel-call.ts';
import { taskPort } from '../../simulator/mach/task.ts';
import { millisecond, receive, reply, rpc, send, sleep, type Actor, type Call } from '../mach/cluster.ts';
import { lab, type Lab } from './move.ts';

const NODES = ['source', 'destination', 'third'];

function moveTo(c: Lab, moved: Actor, node: string): Actor {
  const m = c.move(moved, node);
  while (m.outcome === '') assert.ok(c.step());
  assert.equal(m.outcome, 'done', m.reason);
  return c.actor(c.named(moved.task.name));
}

/** Asks for a notice to be sent to `notify`, by a call on the task's own port. */
function request(self: number, name: number, variant: string, notify: number): Call {
  const rights = [{ name: notify, disposition: MAKE_SEND_ONCE }];
  return (w, t) => kernelCall(w, t, self, 'mach_port_request_notification', { body: { name, variant }, rights });
}

interface Scene {
  c: Lab;
  moved: Actor;
  peer: Actor;
  mine: number;
  notify: number;
  /** Names of a send right to a port of the peer, in its space and in the peer's. */
  to: number;
  theirs: number;
}

/** A task with notification requests of all three kinds, after they were made. */
function scene(): Scene {
  const c = lab(NODES);
  const moved = c.task('source', 'moved');
  const peer = c.task('third', 'peer');
  const [mine, notify] = [moved.port('mine'), moved.port('notify')];
  const theirs = peer.port('theirs');
  const to = c.right(peer, theirs, moved);
  c.right(moved, mine, peer);
  const self = bootRight(c.w, taskPort(c.w, moved.task), moved.task);
  moved.thread(
    request(self, mine, 'no-senders', notify),
    request(self, mine, 'port-destroyed', notify),
    request(self, to, 'dead-name', notify),
    sleep(20_000 * millisecond),
  );
  c.run(10 * millisecond);
  return { c, moved, peer, mine, notify, to, theirs };
}

describe('a right that moves with its task', () => {
  it('takes its notification requests along: they are lifted, and made again [4.3]', () => {
    const { c, moved, mine, to } = scene();
    const after = moveTo(c, moved, 'destination');
    const port = after.portOf(mine);
    assert.notEqual(noSendersRequest(c.w, port), -1);
    assert.notEqual(portDestroyedRequest(c.w, port), -1);
    assert.notEqual(deadNameRequest(c.w, after.portOf(to), after.task.id, to), -1);
  });

  it('lets nobody know while it moves: no notice is sent', () => {
    const { c, moved, notify } = scene();
    assert.equal(moveTo(c, moved, 'destination').portOf(notify).msgcount, 0);
  });

  it('is followed by the notices: a port that dies afterwards is a dead name that the task hears of', () => {
    const { c, moved, peer, notify, to, theirs } = scene();
    const after = moveTo(c, moved, 'destination');
    destroyName(c.w, peer.task, theirs);
    c.run();
    const { msgcount, lastMessage } = after.portOf(notify);
    assert.equal(msgcount, 1);
    assert.equal(at(c.w.messages, lastMessage).operation, 'MACH_NOTIFY_DEAD_NAME');
    assert.equal(after.portOf(to).active, false);
  });

  it('keeps its queue limit, make-send count, sequence number and set', () => {
    const c = lab(NODES);
    const moved = c.task('source', 'moved');
    const client = c.task('third', 'client');
    const service = moved.port('service');
    const to = c.right(moved, service, client);
    const set = moved.portSet(service);
    Object.assign(moved.portOf(service), { qlimit: 9, mscount: 3 });
    moved.thread(receive(set), reply(), receive(set), reply(), sleep(20_000 * millisecond));
    client.thread(rpc(to, 'one'), rpc(to, 'two'), send(to, 'three'));
    c.run(500 * millisecond);
    const after = moveTo(c, moved, 'destination');
    const { qlimit, mscount, seqno, pset, msgcount } = after.portOf(service);
    assert.deepEqual([qlimit, mscount, seqno, msgcount], [9, 3, 2, 1]);
    assert.equal(after.portOf(set).id, pset);
  });

  it('if it is a send-once right, or the name of a dead port, has its name at the destination too', () => {
    const c = lab(NODES);
    const moved = c.task('source', 'moved');
    const client = c.task('third', 'client');
    const service = moved.port('service');
    const to = c.right(moved, service, client);
    client.thread(rpc(to, 'question'));
    moved.thread(receive(service), sleep(20_000 * millisecond));
    const dead = insert(moved.task.space, DEAD_NAME, -1, 1);
    setUrefsAt(moved.task.space, find(moved.task.space, dead), 7);
    c.run(500 * millisecond);
    const before = names(moved.task.space).map((name) => ({ ...lookup(moved.task.space, name)!, name, port: 0 }));
    assert.ok(before.some(({ type }) => type === SEND_ONCE) && before.some(({ urefs }) => urefs === 7));
    const { space } = moveTo(c, moved, 'destination').task;
    assert.deepEqual(
      names(space).map((name) => ({ ...lookup(space, name)!, name, port: 0 })),
      before,
    );
  });

  it('whose port dies on the way arrives as a dead name', () => {
    const { c, moved, peer, to, theirs } = scene();
    const m = c.move(moved, 'destination');
    while (!m.committed) assert.ok(c.step());
    destroyName(c.w, peer.task, theirs);
    while (m.outcome === '') assert.ok(c.step());
    assert.equal(m.outcome, 'done', m.reason);
    c.run(c.w.time + 100 * millisecond);
    const after = c.actor(c.named('moved'));
    assert.ok(after.entry(to) !== null);
  });
});
