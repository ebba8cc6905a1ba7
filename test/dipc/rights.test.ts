// Rights between nodes: proxies and their credits, no-senders, receive rights that move [mechanisms 2.6 - 2.9].
import assert from 'node:assert/strict';
import { DEFAULT_QUEUE_LIMIT } from '../../simulator/mach/ipc/port.ts';
import { deallocate, destroyName } from '../../simulator/mach/ipc/release.ts';
import { requestNoSenders } from '../../simulator/mach/ipc/requests.ts';
import {
  COPY_SEND,
  MAKE_SEND,
  MAKE_SEND_ONCE,
  MOVE_RECEIVE,
  MOVE_SEND,
  MOVE_SEND_ONCE,
  copyin,
} from '../../simulator/mach/ipc/right.ts';
import { taskTerminate } from '../../simulator/mach/task.ts';
import { threadTerminate } from '../../simulator/mach/thread-control.ts';
import {
  act,
  cluster,
  millisecond,
  operations,
  receive,
  reply,
  rpc,
  send,
  sleep,
  type Actor,
  type Call,
  type Cluster,
} from '../mach/cluster.ts';

const nodes = ['n0', 'n1', 'n2', 'n3'];

/** An actor on each node, each with a mailbox to which all others have a right. */
function neighbours(count: number) {
  const c = cluster(...nodes.slice(0, count));
  const actors = nodes.slice(0, count).map((node) => c.task(node, `on ${node}`));
  const boxes = actors.map((each) => each.port('box'));
  const to = actors.map((from) => actors.map((each, i) => (each === from ? -1 : c.right(each, boxes[i]!, from))));
  return { c, actors, boxes, to };
}

/** Sends a right from one actor to another; the name under which it arrives. */
function pass(
  scene: ReturnType<typeof neighbours>,
  from: number,
  to: number,
  name: number,
  disposition: number,
): number {
  scene.actors[from]!.thread(send(scene.to[from]![to]!, 'take', { rights: [{ name, disposition }] }));
  const taker = scene.actors[to]!.thread(receive(scene.boxes[to]!));
  scene.c.run();
  return taker.notes[0]!.names[0]!;
}

const numbered = (to: number, first: number, count: number): Call[] =>
  Array.from({ length: count }, (_, i) => send(to, `m${first + i}`));
const receives = (on: number, count: number): Call[] => Array.from({ length: count }, () => receive(on));

function askForNoSenders(c: Cluster, actor: Actor, name: number): number {
  const notices = actor.port('notices');
  const port = actor.portOf(name);
  requestNoSenders(c.w, port, 0, copyin(c.w, actor.task, notices, MAKE_SEND_ONCE)!.port);
  return notices;
}

/** How many copies of the port there are, over all nodes. */
function copies(c: Cluster, uid: number): number {
  return c.w.nodes.rows.filter((node) => node.portByUid.has(uid)).length;
}

describe('a right on another node [2.6]', () => {
  it('is a right to a proxy, which leads to the principal', () => {
    const scene = neighbours(2);
    const { c, actors } = scene;
    const p = actors[0]!.port('p');
    const via = pass(scene, 0, 1, p, MAKE_SEND);
    assert.equal(actors[1]!.portOf(via).proxy, true);
    actors[1]!.thread(send(via, 'hello'));
    const taker = actors[0]!.thread(receive(p));
    c.run();
    assert.deepEqual(operations(taker), ['hello']);
  });

  it('that comes home is a right to the port itself, under the name of the receive right', () => {
    const scene = neighbours(2);
    const p = scene.actors[0]!.port('p');
    const via = pass(scene, 0, 1, p, MAKE_SEND);
    assert.equal(pass(scene, 1, 0, via, COPY_SEND), p);
  });

  it('a send-once right works once, from however far away', () => {
    const scene = neighbours(3);
    const { c, actors } = scene;
    const p = actors[0]!.port('p');
    const first = pass(scene, 0, 1, p, MAKE_SEND_ONCE);
    const second = pass(scene, 1, 2, first, MOVE_SEND_ONCE);
    assert.equal(actors[1]!.entry(first), null);
    const user = actors[2]!.thread(send(second, 'once'), send(second, 'twice'));
    const taker = actors[0]!.thread(receive(p));
    c.run();
    assert.deepEqual(operations(taker), ['once']);
    assert.equal(user.notes[1]!.code, 'MACH_SEND_INVALID_DEST');
  });

  it('a send-once right that is given up on another node brings the notice [I14]', () => {
    const scene = neighbours(3);
    const { c, actors } = scene;
    const p = actors[0]!.port('p');
    const far = pass(scene, 1, 2, pass(scene, 0, 1, p, MAKE_SEND_ONCE), MOVE_SEND_ONCE);
    deallocate(c.w, actors[2]!.task, far);
    const taker = actors[0]!.thread(receive(p));
    c.run();
    assert.deepEqual(operations(taker), ['MACH_NOTIFY_SEND_ONCE']);
  });
});

describe('no-senders between nodes [2.7]', () => {
  it('comes when the last proxy has given its credits back, not before', () => {
    const scene = neighbours(3);
    const { c, actors } = scene;
    const p = actors[0]!.port('p');
    const one = pass(scene, 0, 1, p, MAKE_SEND);
    const two = pass(scene, 1, 2, one, COPY_SEND);
    const watcher = actors[0]!.thread(receive(askForNoSenders(c, actors[0]!, p)));
    deallocate(c.w, actors[1]!.task, one);
    c.run();
    assert.equal(watcher.notes.length, 0, 'n2 still has a right, which it did not get from n0');
    deallocate(c.w, actors[2]!.task, two);
    c.run();
    assert.deepEqual(operations(watcher), ['MACH_NOTIFY_NO_SENDERS']);
  });

  it('proxies without rights retire', () => {
    const scene = neighbours(3);
    const { c, actors } = scene;
    const p = actors[0]!.port('p');
    const one = pass(scene, 0, 1, p, MAKE_SEND);
    const two = pass(scene, 1, 2, one, MOVE_SEND);
    const uid = c.w.distributed.rows[actors[2]!.portOf(two).dipc]!.uid;
    assert.equal(copies(c, uid), 2, 'n1 passed its right on');
    deallocate(c.w, actors[2]!.task, two);
    c.run();
    assert.equal(copies(c, uid), 1);
  });

  it('a proxy that runs out of credits buys new ones before it passes a right on', () => {
    const scene = neighbours(3);
    const { c, actors } = scene;
    const p = actors[0]!.port('p');
    const one = pass(scene, 0, 1, p, MAKE_SEND);
    for (let i = 0; i < 12; i++) {
      const two = pass(scene, 1, 2, one, COPY_SEND);
      // What came is kept in a message to itself, so that credits do not come back.
      assert.ok(actors[2]!.entry(two)!.urefs === i + 1);
    }
    const watcher = actors[0]!.thread(receive(askForNoSenders(c, actors[0]!, p)));
    taskTerminate(c.w, actors[1]!.task);
    c.run();
    assert.equal(watcher.notes.length, 0);
    taskTerminate(c.w, actors[2]!.task);
    c.run();
    assert.deepEqual(operations(watcher), ['MACH_NOTIFY_NO_SENDERS']);
  });
});

describe('a receive right that moves to another node [2.8]', () => {
  it('takes its queue along, in order, and what comes meanwhile follows [D8]', () => {
    const scene = neighbours(3);
    const { c, actors, to, boxes } = scene;
    const p = actors[0]!.port('p');
    const via = pass(scene, 0, 2, p, MAKE_SEND);
    actors[2]!.thread(...numbered(via, 0, 3), sleep(millisecond), ...numbered(via, 3, 12));
    actors[0]!.thread(
      sleep(22 * millisecond),
      send(to[0]![1]!, 'take', { rights: [{ name: p, disposition: MOVE_RECEIVE }] }),
    );
    const taker = actors[1]!.thread(receive(boxes[1]!));
    c.run();
    const reader = actors[1]!.thread(...receives(taker.notes[0]!.names[0]!, 15));
    c.run();
    assert.deepEqual(
      operations(reader),
      Array.from({ length: 15 }, (_, i) => `m${i}`),
    );
  });

  it('does not move before its message is received: senders still reach the old node', () => {
    const scene = neighbours(2);
    const { c, actors, to, boxes } = scene;
    const p = actors[0]!.port('p');
    const own = c.right(actors[0]!, p, actors[0]!);
    actors[0]!.thread(send(to[0]![1]!, 'take', { rights: [{ name: p, disposition: MOVE_RECEIVE }] }));
    c.run();
    assert.equal(actors[0]!.portOf(own).proxy, false);
    actors[0]!.thread(send(own, 'waits'));
    c.run();
    assert.equal(actors[0]!.portOf(own).msgcount, 1);
    const taker = actors[1]!.thread(receive(boxes[1]!));
    c.run();
    assert.equal(actors[0]!.portOf(own).proxy, true);
    const reader = actors[1]!.thread(receive(taker.notes[0]!.names[0]!));
    c.run();
    assert.deepEqual(operations(reader), ['waits']);
  });

  it('is found by a sender who knows only where it was, who pays for the chase once [2.9]', () => {
    const scene = neighbours(4);
    const { c, actors } = scene;
    const p = actors[0]!.port('p');
    const via = pass(scene, 0, 3, p, MAKE_SEND);
    const onTwo = pass(scene, 1, 2, pass(scene, 0, 1, p, MOVE_RECEIVE), MOVE_RECEIVE);
    const reader = actors[2]!.thread(receive(onTwo), receive(onTwo));
    const sender = actors[3]!.thread(send(via, 'first'), send(via, 'second'));
    const began = c.w.time;
    c.run();
    assert.deepEqual(operations(reader), ['first', 'second']);
    const [first, second] = sender.notes.map(({ time }) => time);
    assert.ok(first! - began > 6.5 * millisecond);
    assert.equal(second! - first!, 6.5 * millisecond);
  });

  it('comes back to a node that it has left', () => {
    const scene = neighbours(2);
    const { c, actors } = scene;
    const p = actors[0]!.port('p');
    const own = c.right(actors[0]!, p, actors[0]!);
    const away = pass(scene, 0, 1, p, MOVE_RECEIVE);
    assert.equal(pass(scene, 1, 0, away, MOVE_RECEIVE), own);
    actors[0]!.thread(send(own, 'home'));
    const reader = actors[0]!.thread(receive(own));
    c.run();
    assert.deepEqual(operations(reader), ['home']);
  });

  it('brings an answer to a client whose reply port moved while the server worked', () => {
    const scene = neighbours(3);
    const { c, actors, to, boxes } = scene;
    const p = actors[0]!.port('p');
    const once = { name: p, disposition: MAKE_SEND_ONCE };
    actors[0]!.thread(
      send(to[0]![2]!, 'answer me later', { rights: [once] }),
      send(to[0]![1]!, 'take', { rights: [{ name: p, disposition: MOVE_RECEIVE }] }),
    );
    const taker = actors[1]!.thread(receive(boxes[1]!));
    const server = actors[2]!.thread(receive(boxes[2]!), sleep(100 * millisecond));
    c.run();
    const reader = actors[1]!.thread(receive(taker.notes[0]!.names[0]!));
    actors[2]!.thread(send(server.notes[0]!.names[0]!, 'the answer'));
    c.run();
    assert.deepEqual(operations(reader), ['the answer']);
  });

  it('lets blocked senders of the old node go on at the new one', () => {
    const scene = neighbours(2);
    const { c, actors, to, boxes } = scene;
    const p = actors[0]!.port('p');
    const own = c.right(actors[0]!, p, actors[0]!);
    const blocked = actors[0]!.thread(...numbered(own, 0, DEFAULT_QUEUE_LIMIT + 2));
    c.run();
    assert.equal(blocked.notes.length, DEFAULT_QUEUE_LIMIT);
    actors[0]!.thread(send(to[0]![1]!, 'take', { rights: [{ name: p, disposition: MOVE_RECEIVE }] }));
    const taker = actors[1]!.thread(receive(boxes[1]!));
    c.run();
    const reader = actors[1]!.thread(...receives(taker.notes[0]!.names[0]!, DEFAULT_QUEUE_LIMIT + 2));
    c.run();
    assert.equal(operations(reader).length, DEFAULT_QUEUE_LIMIT + 2);
    assert.equal(blocked.row(), null);
  });

  it('dies with the message that carries it, and its senders learn of it', () => {
    const scene = neighbours(3);
    const { c, actors, to, boxes } = scene;
    const p = actors[0]!.port('p');
    const via = pass(scene, 0, 2, p, MAKE_SEND);
    actors[0]!.thread(send(to[0]![1]!, 'take', { rights: [{ name: p, disposition: MOVE_RECEIVE }] }));
    c.run();
    destroyName(c.w, actors[1]!.task, boxes[1]!);
    const sender = actors[2]!.thread(sleep(100 * millisecond), send(via, 'anybody?'));
    c.run();
    assert.equal(sender.notes[1]!.code, 'MACH_SEND_INVALID_DEST');
  });

  it('is lost with the thread that was receiving it: nothing of it stays [D1, D10]', () => {
    for (let events = 1; events < 40; events++) {
      const scene = neighbours(2);
      const { c, actors, to, boxes } = scene;
      const p = actors[0]!.port('p');
      const own = c.right(actors[0]!, p, actors[0]!);
      actors[0]!.thread(send(own, 'waits'));
      actors[0]!.thread(send(to[0]![1]!, 'take', { rights: [{ name: p, disposition: MOVE_RECEIVE }] }));
      const taker = actors[1]!.thread(receive(boxes[1]!));
      for (let i = 0; i < events; i++) c.step();
      const t = taker.row();
      if (t !== null) threadTerminate(c.w, t);
      c.run();
    }
  });

  it('arrives although the port that it was received on died meanwhile', () => {
    const scene = neighbours(2);
    const { c, actors, to, boxes } = scene;
    const p = actors[0]!.port('p');
    actors[0]!.thread(send(to[0]![1]!, 'take', { rights: [{ name: p, disposition: MOVE_RECEIVE }] }));
    c.run();
    const taker = actors[1]!.thread(receive(boxes[1]!));
    for (let i = 0; i < 3; i++) c.step();
    actors[1]!.thread(act((w, task) => destroyName(w, task, boxes[1]!)));
    c.run();
    assert.equal(actors[1]!.portOf(taker.notes[0]!.names[0]!).receiver, actors[1]!.task.id);
  });

  it('two in one message both arrive', () => {
    const scene = neighbours(2);
    const { c, actors, to, boxes } = scene;
    const [p, q] = [actors[0]!.port('p'), actors[0]!.port('q')];
    const rights = [p, q].map((name) => ({ name, disposition: MOVE_RECEIVE }));
    actors[0]!.thread(send(to[0]![1]!, 'take', { rights }));
    const taker = actors[1]!.thread(receive(boxes[1]!));
    c.run();
    assert.deepEqual(
      taker.notes[0]!.names.map((name) => actors[1]!.portOf(name).label),
      ['p', 'q'],
    );
  });
});

describe('an RPC while its server moves', () => {
  it('is received and answered exactly once, whenever the port moves [D10]', () => {
    for (let delay = 0; delay < 24; delay++) {
      const scene = neighbours(3);
      const { c, actors, to, boxes } = scene;
      const p = actors[0]!.port('p');
      const via = pass(scene, 0, 2, p, MAKE_SEND);
      const start = c.w.time;
      const caller = actors[2]!.thread(rpc(via, 'question'));
      actors[0]!.thread(
        sleep(delay * 0.5 * millisecond),
        send(to[0]![1]!, 'take', { rights: [{ name: p, disposition: MOVE_RECEIVE }] }),
      );
      const taker = actors[1]!.thread(receive(boxes[1]!));
      c.run();
      const server = actors[1]!.thread(receive(taker.notes[0]!.names[0]!), reply());
      c.run();
      assert.deepEqual(operations(server)[0], 'question', `moved after ${delay / 2} ms of ${start}`);
      assert.equal(caller.notes[0]!.operation, 'reply');
    }
  });
});
