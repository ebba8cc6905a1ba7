// Ports that die, and nodes that fail, seen from other nodes [mechanisms 2.9, 2.11, 2.13].
import assert from 'node:assert/strict';
import { CRASH } from '../../simulator/base/event.ts';
import { watchForDeath } from '../../simulator/dipc/dead-names.ts';
import { requestDeadName } from '../../simulator/mach/ipc/entry.ts';
import { requestNoSenders } from '../../simulator/mach/ipc/requests.ts';
import { deallocate, destroyName } from '../../simulator/mach/ipc/release.ts';
import { COPY_SEND, MAKE_SEND, MAKE_SEND_ONCE, MOVE_RECEIVE, copyin } from '../../simulator/mach/ipc/right.ts';
import { kernelCall } from '../../simulator/mach/kernel-call.ts';
import { emitAt } from '../../simulator/mach/world.ts';
import {
  clusterWith,
  millisecond,
  operations,
  receive,
  rpc,
  send,
  sleep,
  type Actor,
  type Scripted,
} from '../mach/cluster.ts';
import { told } from './transcript.ts';

const failure_detection = 50 * millisecond;

function neighbours(count: number) {
  const nodes = ['n0', 'n1', 'n2', 'n3'].slice(0, count);
  const c = clusterWith({ prices: { failure_detection } }, ...nodes);
  const actors = nodes.map((node) => c.task(node, node));
  const boxes = actors.map((each) => each.port('box'));
  const to = actors.map((from) => actors.map((each, i) => (each === from ? -1 : c.right(each, boxes[i]!, from))));
  const pass = (from: number, target: number, name: number, disposition: number): number => {
    actors[from]!.thread(send(to[from]![target]!, 'take', { rights: [{ name, disposition }] }));
    const taker = actors[target]!.thread(receive(boxes[target]!));
    c.run();
    return taker.notes[0]!.names[0]!;
  };
  const crash = (node: number, delay = 0): void => emitAt(c.w, c.w.time + delay, CRASH, node);
  return { c, actors, boxes, to, pass, crash };
}

/** Asks to be told of the death of what the name denotes; the thread that receives the notice. */
function watch({ w }: ReturnType<typeof clusterWith>, actor: Actor, name: number): Scripted {
  const notices = actor.port('notices');
  requestDeadName(w, actor.task, name, true, copyin(w, actor.task, notices, MAKE_SEND_ONCE)!.port);
  return actor.thread(receive(notices));
}

describe('a dead-name request on a proxy [2.11]', () => {
  it('is registered at the principal once, and answered when the port dies', () => {
    const { c, actors } = neighbours(2);
    const p = actors[0]!.port('p');
    const far = c.right(actors[0]!, p, actors[1]!);
    const watcher = watch(c, actors[1]!, far);
    const lines = told(c);
    watchForDeath(c.w, actors[1]!.portOf(far).id);
    assert.deepEqual([lines.length, told(c).length], [1, 0]);
    destroyName(c.w, actors[0]!.task, p);
    c.run();
    assert.deepEqual(operations(watcher), ['MACH_NOTIFY_DEAD_NAME']);
    assert.equal(actors[1]!.portOf(far).active, false);
  });

  it('of a port that is dead already is answered at once', () => {
    const { c, actors } = neighbours(2);
    const p = actors[0]!.port('p');
    const far = c.right(actors[0]!, p, actors[1]!);
    destroyName(c.w, actors[0]!.task, p);
    c.run();
    const watcher = watch(c, actors[1]!, far);
    c.run();
    assert.deepEqual(operations(watcher), ['MACH_NOTIFY_DEAD_NAME']);
  });

  it('reaches who asked when the receive right has moved on, from where it was too', () => {
    const { c, actors, pass } = neighbours(3);
    const p = actors[0]!.port('p');
    const [own, far] = [0, 2].map((i) => c.right(actors[0]!, p, actors[i]!));
    const watchers = [watch(c, actors[2]!, far!)];
    c.run();
    const moved = pass(0, 1, p, MOVE_RECEIVE);
    watchers.push(watch(c, actors[0]!, own!));
    c.run();
    destroyName(c.w, actors[1]!.task, moved);
    c.run();
    for (const watcher of watchers) assert.deepEqual(operations(watcher), ['MACH_NOTIFY_DEAD_NAME']);
  });
});

describe('where a port is believed to be', () => {
  it('norma_port_location_hint says: exact if it never moved, stale until somebody has sent there', () => {
    const { c, actors, pass } = neighbours(3);
    const p = actors[0]!.port('p');
    const far = c.right(actors[0]!, p, actors[2]!);
    const self = c.kernelRight(actors[2]!, actors[2]!);
    const hint = (): number => {
      const asker = actors[2]!.thread((w, t) =>
        kernelCall(w, t, self, 'norma_port_location_hint', { rights: [{ name: far, disposition: COPY_SEND }] }),
      );
      c.run();
      return (asker.notes[0]!.body as { node: number }).node;
    };
    assert.equal(hint(), 0);
    const moved = pass(0, 1, p, MOVE_RECEIVE);
    assert.equal(hint(), 0);
    actors[2]!.thread(send(far, 'found'));
    actors[1]!.thread(receive(moved));
    c.run();
    assert.equal(hint(), 1);
  });

  it('a chase that ends at a dead port fails the send', () => {
    const { c, actors, pass } = neighbours(4);
    const p = actors[0]!.port('p');
    const far = c.right(actors[0]!, p, actors[3]!);
    const onTwo = pass(1, 2, pass(0, 1, p, MOVE_RECEIVE), MOVE_RECEIVE);
    const sender = actors[3]!.thread(send(far, 'anybody?'));
    // The forwarder has answered when the port dies two nodes further on.
    c.run(c.w.time + 8 * millisecond);
    destroyName(c.w, actors[2]!.task, onTwo);
    c.run();
    assert.equal(sender.notes[0]!.code, 'MACH_SEND_INVALID_DEST');
  });
});

describe('a node that fails [2.13]', () => {
  it('(a, b) takes messages on their way with it: their senders go on after the time-out', () => {
    for (const delay of [0, 2, 5]) {
      const { c, actors, to, crash } = neighbours(2);
      const sender = actors[1]!.thread(send(to[1]![0]!, 'hello'));
      const caller = actors[1]!.thread(rpc(to[1]![0]!, 'hello?'));
      crash(0, delay * millisecond);
      c.run();
      const noticed = delay * millisecond + failure_detection;
      assert.deepEqual([sender.notes[0]!.code, sender.notes[0]!.time], ['MACH_SEND_INVALID_DEST', noticed]);
      assert.deepEqual([caller.notes[0]!.code, caller.notes[0]!.time], ['MIG_SERVER_DIED', noticed]);
    }
  });

  it('(c, d) kills the proxies that led to it, and who watches is told', () => {
    const { c, actors, to, crash } = neighbours(2);
    const watcher = watch(c, actors[1]!, to[1]![0]!);
    c.run();
    crash(0);
    c.run();
    assert.deepEqual(operations(watcher), ['MACH_NOTIFY_DEAD_NAME']);
  });

  it('(e) has its credits written off: no-senders comes', () => {
    const { c, actors, crash, pass } = neighbours(3);
    const p = actors[0]!.port('p');
    const kept = pass(0, 2, p, MAKE_SEND);
    pass(0, 1, p, MAKE_SEND);
    const notices = actors[0]!.port('notices');
    const once = copyin(c.w, actors[0]!.task, notices, MAKE_SEND_ONCE)!.port;
    requestNoSenders(c.w, actors[0]!.portOf(p), 0, once);
    const watcher = actors[0]!.thread(receive(notices));
    deallocate(c.w, actors[2]!.task, kept);
    c.run();
    assert.equal(watcher.notes.length, 0);
    crash(1);
    c.run();
    assert.deepEqual(operations(watcher), ['MACH_NOTIFY_NO_SENDERS']);
  });

  it('is noticed while a receive right is on its way: answers that will not come, and credits, are written off where it arrives', () => {
    for (let delay = 0; delay <= 12; delay += 0.5) {
      const { c, actors, boxes, to, crash, pass } = neighbours(3);
      const p = actors[0]!.port('p');
      pass(0, 2, p, MAKE_SEND_ONCE);
      pass(0, 2, p, MAKE_SEND);
      crash(2);
      actors[0]!.thread(
        sleep(failure_detection - delay * millisecond),
        send(to[0]![1]!, 'take', { rights: [{ name: p, disposition: MOVE_RECEIVE }] }),
      );
      const taker = actors[1]!.thread(receive(boxes[1]!));
      c.run();
      const moved = taker.notes[0]!.names[0]!;
      const answered = actors[1]!.thread(receive(moved));
      const notices = actors[1]!.port('notices');
      const once = copyin(c.w, actors[1]!.task, notices, MAKE_SEND_ONCE)!.port;
      requestNoSenders(c.w, actors[1]!.portOf(moved), 0, once);
      const watcher = actors[1]!.thread(receive(notices));
      c.run();
      assert.deepEqual(operations(answered), ['MACH_NOTIFY_SEND_ONCE'], `${delay} ms`);
      assert.deepEqual(operations(watcher), ['MACH_NOTIFY_NO_SENDERS'], `${delay} ms`);
    }
  });

  it('(g) takes the way to a port with it that lives on behind it', () => {
    const { c, actors, crash, pass } = neighbours(3);
    const p = actors[0]!.port('p');
    const far = c.right(actors[0]!, p, actors[2]!);
    const moved = pass(0, 1, p, MOVE_RECEIVE);
    crash(0);
    c.run();
    const sender = actors[2]!.thread(send(far, 'where are you?'));
    c.run();
    assert.equal(sender.notes[0]!.code, 'MACH_SEND_INVALID_DEST');
    assert.equal(actors[1]!.portOf(moved).active, true);
  });

  it('(g) in the middle of a chase ends the chase', () => {
    for (const delay of [4, 8, 12, 18]) {
      const { c, actors, crash, pass } = neighbours(4);
      const p = actors[0]!.port('p');
      const far = c.right(actors[0]!, p, actors[3]!);
      pass(1, 2, pass(0, 1, p, MOVE_RECEIVE), MOVE_RECEIVE);
      const sender = actors[3]!.thread(send(far, 'where are you?'));
      crash(1, delay * millisecond);
      c.run();
      const { code } = sender.notes[0]!;
      assert.equal(code, delay < 15 ? 'MACH_SEND_INVALID_DEST' : 'KERN_SUCCESS', `${delay} ms`);
    }
  });

  it('that was asked for credits through another one is not waited for', () => {
    for (const delay of [1, 5, 9, 13]) {
      const { c, actors, crash, pass } = neighbours(4);
      const p = actors[0]!.port('p');
      const far = c.right(actors[0]!, p, actors[2]!);
      pass(0, 1, p, MOVE_RECEIVE);
      const state = c.w.distributed.rows[actors[2]!.portOf(far).dipc]!;
      c.w.distributed.rows.find(({ uid, transit }) => uid === state.uid && transit < 0)!.transit += state.transit - 1;
      state.transit = 1;
      const box = actors[3]!.port('box');
      const toBox = c.right(actors[3]!, box, actors[2]!);
      const giver = actors[2]!.thread(send(toBox, 'take', { rights: [{ name: far, disposition: COPY_SEND }] }));
      crash(1, delay * millisecond);
      c.run();
      assert.equal(giver.notes.length, 1, `${delay} ms`);
    }
  });
});

describe('a queue that moves [2.8]', () => {
  it('with a right whose proxy has one credit buys credits first, and passes none on for nothing [D3]', () => {
    const { c, actors, pass, to, boxes } = neighbours(3);
    const q = actors[2]!.port('q');
    const far = c.right(actors[2]!, q, actors[0]!);
    const p = actors[0]!.port('p');
    const own = c.right(actors[0]!, p, actors[0]!);
    c.w.distributed.rows[actors[0]!.portOf(far).dipc]!.transit = 1;
    c.w.distributed.rows[actors[2]!.portOf(q).dipc]!.transit = -1;
    for (let i = 0; i < 3; i++)
      actors[0]!.thread(send(own, 'has a right', { rights: [{ name: far, disposition: COPY_SEND }] }));
    c.run();
    actors[0]!.thread(send(to[0]![1]!, 'take', { rights: [{ name: p, disposition: MOVE_RECEIVE }] }));
    const taker = actors[1]!.thread(receive(boxes[1]!));
    const lines = told(c);
    assert.equal(lines.filter((line) => line.includes('acquire transits  ')).length, 1);
    const reader = actors[1]!.thread(...Array.from({ length: 3 }, () => receive(taker.notes[0]!.names[0]!)));
    c.run();
    assert.equal(operations(reader).length, 3);
    assert.ok(pass(1, 0, reader.notes[0]!.names[0]!, COPY_SEND) > 0);
  });

  it('dies with its port while it waits for credits, and the thread at the new node finds a dead name', () => {
    const { c, actors, to, boxes } = neighbours(3);
    const q = actors[2]!.port('q');
    const far = c.right(actors[2]!, q, actors[0]!);
    const p = actors[0]!.port('p');
    const own = c.right(actors[0]!, p, actors[0]!);
    c.w.distributed.rows[actors[0]!.portOf(far).dipc]!.transit = 1;
    c.w.distributed.rows[actors[2]!.portOf(q).dipc]!.transit = -1;
    actors[0]!.thread(send(own, 'has a right', { rights: [{ name: far, disposition: COPY_SEND }] }));
    c.run();
    actors[0]!.thread(send(to[0]![1]!, 'take', { rights: [{ name: p, disposition: MOVE_RECEIVE }] }));
    const taker = actors[1]!.thread(receive(boxes[1]!));
    while (!c.w.distributed.rows.some(({ postponed }) => postponed.length > 0)) assert.ok(c.step());
    destroyName(c.w, actors[2]!.task, q);
    c.run();
    assert.equal(taker.notes[0]!.names.length, 1);
  });
});
