// A node that has failed boots again: a new incarnation of it [mechanisms 2.13, 2.14 ALIVE_NOTIFY].
import assert from 'node:assert/strict';
import { CRASH, REBOOT } from '../../simulator/base/event.ts';
import { bootRight } from '../../simulator/dipc/boot.ts';
import { copyOn, distributedOf, originOf } from '../../simulator/dipc/distributed.ts';
import { HOST_PORT, HOST_PRIVILEGED_PORT, hostPort } from '../../simulator/dipc/special-ports.ts';
import { requestDeadName } from '../../simulator/mach/ipc/entry.ts';
import { requestNoSenders } from '../../simulator/mach/ipc/requests.ts';
import { deallocate } from '../../simulator/mach/ipc/release.ts';
import { MAKE_SEND, MAKE_SEND_ONCE, MOVE_RECEIVE, MOVE_SEND, copyin } from '../../simulator/mach/ipc/right.ts';
import { incarnationFor, isKnownDown } from '../../simulator/mach/node.ts';
import { emitAt } from '../../simulator/mach/world.ts';
import {
  clusterWith,
  kernel,
  millisecond,
  operations,
  receive,
  reply,
  rpc,
  send,
  sleep,
  type Actor,
  type Scripted,
} from '../mach/cluster.ts';
import { expectTranscript, told } from './transcript.ts';

const failure_detection = 500 * millisecond;

/** A task on each of so many nodes, with a port `box`; `to[i]` is the name of a right of task i to the box of task 0. */
function scene(count = 2) {
  const nodes = ['n0', 'n1', 'n2', 'n3'].slice(0, count);
  const c = clusterWith({ prices: { failure_detection } }, ...nodes);
  const actors = nodes.map((node) => c.task(node, node));
  const box = actors[0]!.port('box');
  const to = actors.map((each, i) => (i === 0 ? box : c.right(actors[0]!, box, each)));
  const at = (time: number, event: number, node = 0): void => emitAt(c.w, c.w.time + time * millisecond, event, node);
  const node = (id: number) => c.w.nodes.rows[id]!;
  return { c, actors, box, to, at, node };
}

function watch({ w }: ReturnType<typeof clusterWith>, actor: Actor, name: number): Scripted {
  const notices = actor.port('notices');
  requestDeadName(w, actor.task, name, true, copyin(w, actor.task, notices, MAKE_SEND_ONCE)!.port);
  return actor.thread(receive(notices));
}

describe('a node that boots again [2.13]', () => {
  it('has an empty kernel, and UIDs that none of its former ports had [2.1]', () => {
    const { c, actors, to, at, node } = scene();
    const before = distributedOf(c.w, actors[1]!.portOf(to[1]!)).uid;
    at(0, CRASH);
    at(1000, REBOOT);
    c.run();
    assert.deepEqual([node(0).up, node(0).incarnation], [true, 2]);
    assert.deepEqual(
      c.w.tasks.rows.filter(({ live, node: on }) => live && on === 0).map(({ kind }) => kind),
      ['kernel'],
    );
    const born = c.task('n0', 'born');
    const port = born.port('box');
    const far = c.right(born, port, actors[1]!);
    const { uid } = distributedOf(c.w, actors[1]!.portOf(far));
    assert.equal(originOf(uid), 0);
    assert.ok(uid > before);
    assert.equal(copyOn(c.w, 0, before), null);
  });

  it('tells every other node, which from then on talks to the new incarnation [2.14, ALIVE_NOTIFY]', () => {
    const { c, at, node } = scene(3);
    at(0, CRASH);
    at(1000, REBOOT);
    c.run(999 * millisecond);
    assert.deepEqual(
      [1, 2].map((each) => isKnownDown(c.w, each, 0)),
      [true, true],
    );
    const lines = told(c);
    assert.deepEqual(
      lines.map((line) =>
        line
          .split('  ')
          .filter((part) => part !== '')
          .slice(1, 3),
      ),
      [
        ['n0', 'boot'],
        ['n1', 'alive notify'],
        ['n2', 'alive notify'],
      ],
    );
    assert.deepEqual(
      [1, 2].map((each) => incarnationFor(node(each), 0)),
      [2, 2],
    );
    assert.deepEqual(
      [1, 2].map((each) => isKnownDown(c.w, each, 0)),
      [false, false],
    );
  });

  it('before anybody has noticed that it had failed: they notice when it says that it is up', () => {
    const { c, actors, to, at } = scene();
    const watcher = watch(c, actors[1]!, to[1]!);
    at(0, CRASH);
    at(20, REBOOT);
    c.run();
    assert.deepEqual(operations(watcher), ['MACH_NOTIFY_DEAD_NAME']);
    assert.ok(watcher.notes[0]!.time < 40 * millisecond, 'the time-out was not waited for');
    assert.ok(c.w.time < failure_detection, 'and nothing comes of it later');
  });

  it('can be talked to as before, by who gets rights to its new ports', () => {
    for (const delay of [20, 1000]) {
      const { c, actors, at } = scene();
      at(0, CRASH);
      at(delay, REBOOT);
      c.run();
      const born = c.task('n0', 'born');
      const service = born.port('service');
      const far = c.right(born, service, actors[1]!);
      born.thread(receive(service), reply({ body: 'hello' }));
      const asker = actors[1]!.thread(rpc(far, 'hello?'));
      c.run();
      assert.equal(asker.notes[0]!.body, 'hello');
    }
  });

  it('twice, and fails again in between: each incarnation is known by its number', () => {
    const { c, actors, to, at, node } = scene();
    const sender = actors[1]!.thread(send(to[1]!, 'hello'));
    for (const [time, event] of [
      [1, CRASH],
      [20, REBOOT],
      [21, CRASH],
      [40, REBOOT],
      [41, REBOOT],
    ] as const)
      at(time, event);
    c.run();
    assert.equal(node(0).incarnation, 4);
    assert.equal(incarnationFor(node(1), 0), 4);
    assert.equal(sender.notes[0]!.code, 'MACH_SEND_INVALID_DEST');
  });

  it('while another one is down: they find each other when that one boots, too', () => {
    const { c, actors, at, node } = scene(3);
    at(0, CRASH, 0);
    at(5, CRASH, 1);
    at(10, REBOOT, 0);
    at(700, REBOOT, 1);
    c.run();
    const [first, second] = [c.task('n0', 'first'), c.task('n1', 'second')];
    const port = first.port('p');
    const taker = first.thread(receive(port));
    second.thread(send(c.right(first, port, second), 'hello'));
    c.run();
    assert.deepEqual(operations(taker), ['hello']);
    assert.deepEqual([incarnationFor(node(2), 0), incarnationFor(node(2), 1)], [2, 2]);
    assert.equal(actors[2]!.task.live, true);
  });
});

describe('what was sent to the former incarnation [2.13]', () => {
  it('is not taken in by the next one: sends fail, requests are answered by their kernel', () => {
    for (const [down, up] of [
      [0, 1],
      [1, 2],
      [2, 10],
      [5, 30],
      [0, 1000],
    ] as const) {
      const { c, actors, to, box, at } = scene();
      const sender = actors[1]!.thread(send(to[1]!, 'hello'));
      const caller = actors[1]!.thread(rpc(to[1]!, 'hello?'));
      at(down, CRASH);
      at(up, REBOOT);
      c.run();
      assert.deepEqual([sender.notes[0]!.code, caller.notes[0]!.code], ['MACH_SEND_INVALID_DEST', 'MIG_SERVER_DIED']);
      const noticed = Math.min(up + 10, down + 500) * millisecond;
      assert.ok(caller.notes[0]!.time <= noticed, `${down}, ${up}: ${caller.notes[0]!.time / millisecond} ms`);
      assert.ok(!c.w.ports.rows.some((port) => port.live && port.node === 0 && port.label === 'box'), `${box}`);
    }
  });

  it('from a node that has not heard of it yet: a host port under the same UID does not answer [2.12]', () => {
    const { c, actors, at } = scene();
    const privileged = bootRight(c.w, hostPort(c.w, 1, 1, HOST_PRIVILEGED_PORT), actors[1]!.task);
    const which = { body: { node: 0, which: HOST_PORT } };
    const getter = actors[1]!.thread(kernel(privileged, 'norma_get_special_port', which));
    c.run();
    const asker = actors[1]!.thread(kernel(getter.notes[0]!.names[0]!, 'norma_port_location_hint'));
    at(0.5, CRASH);
    at(1, REBOOT);
    c.run();
    assert.equal(asker.notes[0]!.code, 'MIG_SERVER_DIED');
    const again = actors[1]!.thread(kernel(privileged, 'norma_get_special_port', which));
    c.run();
    assert.equal(actors[1]!.portOf(again.notes[0]!.names[0]!).active, true, 'the new host port');
  });

  it('a question for a special port is not answered: KERN_NODE_DOWN [2.12]', () => {
    const { c, actors, at } = scene();
    const privileged = bootRight(c.w, hostPort(c.w, 1, 1, HOST_PRIVILEGED_PORT), actors[1]!.task);
    const asker = actors[1]!.thread(kernel(privileged, 'norma_get_special_port', { body: { node: 0, which: 4 } }));
    at(1, CRASH);
    at(3, REBOOT);
    c.run();
    assert.equal(asker.notes[0]!.code, 'KERN_NODE_DOWN');
  });

  it('a body that it kept is gone: MACH_RCV_BODY_ERROR, before and after the node is known to be back [2.13 f]', () => {
    for (const wait of [0, 3, 100, 2000]) {
      const { c, actors, box, to, at } = scene();
      actors[1]!.thread(send(to[1]!, 'pages', { pages: 1 }));
      c.run();
      at(0, CRASH, 1);
      at(10, REBOOT, 1);
      const taker = actors[0]!.thread(sleep(wait * millisecond), receive(box));
      c.run();
      assert.equal(taker.notes[1]!.code, 'MACH_RCV_BODY_ERROR', `${wait} ms`);
    }
  });

  it('credits that it held are written off: no-senders comes [2.7, 2.13 e]', () => {
    const { c, actors, box, to, at } = scene(3);
    const notices = actors[0]!.port('notices');
    const once = copyin(c.w, actors[0]!.task, notices, MAKE_SEND_ONCE)!.port;
    requestNoSenders(c.w, actors[0]!.portOf(box), 0, once);
    const watcher = actors[0]!.thread(receive(notices));
    deallocate(c.w, actors[2]!.task, to[2]!);
    at(0, CRASH, 1);
    at(20, REBOOT, 1);
    c.run();
    assert.deepEqual(operations(watcher), ['MACH_NOTIFY_NO_SENDERS']);
  });

  it('and rights that it gets from others meanwhile keep their credits: no-senders waits for them [2.7]', () => {
    const { c, actors, box, to, at } = scene(3);
    const notices = actors[0]!.port('notices');
    const once = copyin(c.w, actors[0]!.task, notices, MAKE_SEND_ONCE)!.port;
    requestNoSenders(c.w, actors[0]!.portOf(box), 0, once);
    const watcher = actors[0]!.thread(receive(notices));
    at(0, CRASH, 1);
    at(20, REBOOT, 1);
    c.run();
    const born = c.task('n1', 'born');
    const in1 = born.port('in');
    const giver = actors[2]!.thread(
      send(c.right(born, in1, actors[2]!), 'take', { rights: [{ name: to[2]!, disposition: MOVE_SEND }] }),
    );
    const taker = born.thread(receive(in1));
    c.run();
    assert.deepEqual([giver.notes.length, watcher.notes.length], [1, 0]);
    deallocate(c.w, born.task, taker.notes[0]!.names[0]!);
    c.run();
    assert.deepEqual(operations(watcher), ['MACH_NOTIFY_NO_SENDERS']);
  });

  it('a port that was born there and lives elsewhere cannot be reached by way of it any more [2.9, 2.13 g]', () => {
    const { c, actors, to, at } = scene(3);
    const inbox = actors[1]!.port('inbox');
    actors[0]!.thread(
      send(c.right(actors[1]!, inbox, actors[0]!), 'take', { rights: [{ name: to[0]!, disposition: MOVE_RECEIVE }] }),
    );
    const taker = actors[1]!.thread(receive(inbox));
    c.run();
    const moved = taker.notes[0]!.names[0]!;
    at(0, CRASH);
    at(20, REBOOT);
    c.run();
    const sender = actors[2]!.thread(send(to[2]!, 'hello'));
    c.run();
    assert.equal(sender.notes[0]!.code, 'MACH_SEND_INVALID_DEST');
    assert.equal(actors[1]!.portOf(moved).active, true);
    // A right to it that comes to the rebooted node is dead there, too.
    const born = c.task('n0', 'born');
    const box = born.port('box');
    actors[1]!.thread(
      send(c.right(born, box, actors[1]!), 'take', { rights: [{ name: moved, disposition: MAKE_SEND }] }),
    );
    const second = born.thread(receive(box));
    c.run();
    const lost = born.thread(send(second.notes[0]!.names[0]!, 'hello'));
    c.run();
    assert.equal(lost.notes[0]!.code, 'MACH_SEND_INVALID_DEST');
  });
});

describe('a reboot in words', () => {
  it('is told as the transcript says', () => {
    const { c, actors, to, at } = scene();
    watch(c, actors[1]!, to[1]!);
    c.run();
    actors[1]!.thread(send(to[1]!, 'too late'));
    at(1, CRASH);
    at(20, REBOOT);
    expectTranscript('reboot', [['n0 fails and boots again before n1 has noticed [2.13]', told(c)]]);
  });
});
