// What a port is to several nodes: its UID, its copies, their flags, and the credits of its rights [mechanisms 2.1 - 2.3,
// 2.6, 2.7].
import assert from 'node:assert/strict';
import { CREDIT_UNIT, numberOf, originOf } from '../../simulator/dipc/distributed.ts';
import { HOST_PORT, hostPort } from '../../simulator/dipc/special-ports.ts';
import { bootRight } from '../../simulator/dipc/boot.ts';
import { requestNoSenders } from '../../simulator/mach/ipc/requests.ts';
import { deallocate, destroyName } from '../../simulator/mach/ipc/release.ts';
import {
  COPY_SEND,
  MAKE_SEND,
  MAKE_SEND_ONCE,
  MOVE_RECEIVE,
  MOVE_SEND,
  MOVE_SEND_ONCE,
  copyin,
} from '../../simulator/mach/ipc/right.ts';
import { operations, receive, send } from '../mach/cluster.ts';
import { told } from './transcript.ts';
import { flagsOf, neighbours } from './neighbours.ts';

describe('the UID of a port [2.1]', () => {
  it('is given when a right leaves its node for the first time, and names the node', () => {
    const { actors, pass, uid } = neighbours(2);
    const p = actors[0]!.port('p');
    assert.equal(actors[0]!.portOf(p).dipc, -1);
    const far = pass(0, 1, p, MAKE_SEND);
    assert.equal(originOf(uid(0, p)), 0);
    assert.ok(numberOf(uid(0, p)) > 32, 'smaller numbers are well known');
    assert.equal(uid(1, far), uid(0, p));
  });

  it('is the same for as long as the port lives, also when everything of it has left its origin', () => {
    const scene = neighbours(3);
    const { c, actors, pass, uid, copy } = scene;
    const p = actors[0]!.port('p');
    const first = pass(0, 1, p, MOVE_RECEIVE);
    const number = uid(1, first);
    const second = pass(1, 2, first, MOVE_RECEIVE);
    assert.equal(uid(2, second), number);
    destroyName(c.w, actors[2]!.task, second);
    c.run();
    assert.deepEqual(
      [0, 1, 2].map((node) => copy(node, number)),
      [null, null, null],
    );
  });

  it('stays with a port that nobody elsewhere has a right to any more: it never leaves DIPC', () => {
    const { c, actors, pass, uid, copy } = neighbours(2);
    const p = actors[0]!.port('p');
    const far = pass(0, 1, p, MAKE_SEND);
    const number = uid(0, p);
    deallocate(c.w, actors[1]!.task, far);
    c.run();
    assert.equal(copy(1, number), null);
    assert.equal(uid(0, p), number);
    assert.equal(uid(1, pass(0, 1, p, MAKE_SEND)), number);
  });
});

describe('the copies of a port [2.2]', () => {
  it('are one a node, whichever way its rights have come, and a task has one name for them [I3]', () => {
    const { actors, pass, uid } = neighbours(3);
    const p = actors[0]!.port('p');
    const straight = pass(0, 2, p, MAKE_SEND);
    const around = pass(1, 2, pass(0, 1, p, MAKE_SEND), COPY_SEND);
    assert.equal(around, straight);
    assert.equal(actors[2]!.entry(straight)!.urefs, 2);
    assert.equal(actors[2]!.portOf(straight).srights, 1, 'two references to one right');
    assert.equal(uid(2, straight), uid(0, p));
  });

  it('lead to the origin of the port if a send right made them, and to the holder if a send-once right did [2.6]', () => {
    const { actors, pass, state, uid } = neighbours(4);
    const p = actors[0]!.port('p');
    const moved = pass(0, 1, p, MOVE_RECEIVE);
    const number = uid(1, moved);
    pass(1, 2, moved, MAKE_SEND);
    assert.equal(state(2, number).destination, 0);
    pass(1, 3, moved, MAKE_SEND_ONCE);
    assert.equal(state(3, number).destination, 1);
  });
});

describe('the flags of a copy are a row of the table [2.3, D7]', () => {
  it('through the whole life of a port: at home, in a message, moving, moved', () => {
    const scene = neighbours(3);
    const { c, actors, boxes, pass, post, uid, copy } = scene;
    const p = actors[0]!.port('p');
    pass(0, 2, p, MAKE_SEND);
    const number = uid(0, p);
    const flags = (node: number): string => flagsOf(scene, node, number);
    assert.equal(flags(0), '00000', 'the principal');
    assert.equal(flags(2), '10010', 'a proxy');
    post(0, 1, p, MOVE_RECEIVE);
    assert.equal(flags(0), '00010', 'the right is in a message');
    const seen: [Set<string>, Set<string>] = [new Set(), new Set()];
    actors[1]!.thread(receive(boxes[1]!));
    while (c.step()) seen.forEach((each, node) => copy(node, number) !== null && each.add(flags(node)));
    assert.deepEqual([...seen[0]], ['00010', '11110', '11010'], 'S: migrating out, then a forwarding proxy');
    assert.deepEqual([...seen[1]], ['00101', '00000'], 'D: arriving, then the principal');
    assert.equal(flags(2), '10010', 'a third node has noticed nothing');
  });
});

describe('the credits of a right [2.6, 2.7, D2, D3]', () => {
  it('come in units of a hundred from the principal, which counts them as handed out', () => {
    const { actors, pass, state, uid } = neighbours(3);
    const p = actors[0]!.port('p');
    for (const node of [1, 2]) pass(0, node, p, MAKE_SEND);
    const number = uid(0, p);
    assert.deepEqual(
      [0, 1, 2].map((node) => state(node, number).transit),
      [-2 * CREDIT_UNIT, CREDIT_UNIT, CREDIT_UNIT],
    );
  });

  it('are shared when a proxy passes a right on, without a message to the principal', () => {
    const { c, actors, boxes, to, pass, state, uid } = neighbours(3);
    const p = actors[0]!.port('p');
    const far = pass(0, 1, p, MAKE_SEND);
    const number = uid(0, p);
    actors[1]!.thread(send(to[1]![2]!, 'take', { rights: [{ name: far, disposition: COPY_SEND }] }));
    actors[2]!.thread(receive(boxes[2]!));
    assert.ok(!told(c).some((line) => /transits/.test(line)));
    assert.deepEqual(
      [0, 1, 2].map((node) => state(node, number).transit),
      [-CREDIT_UNIT, 50, 50],
    );
  });

  it('go along whole with the last right of a proxy, which is forgotten', () => {
    const { actors, pass, state, uid, copy } = neighbours(3);
    const p = actors[0]!.port('p');
    const far = pass(0, 1, p, MAKE_SEND);
    const number = uid(0, p);
    pass(1, 2, far, MOVE_SEND);
    assert.equal(copy(1, number), null);
    assert.equal(state(2, number).transit, CREDIT_UNIT);
  });

  it('find the principal that has moved: YIELD_TRANSITS follows the forwarding proxies, and no-senders comes there', () => {
    const { c, actors, pass } = neighbours(4);
    const p = actors[0]!.port('p');
    const far = pass(0, 3, p, MAKE_SEND);
    const moved = pass(1, 2, pass(0, 1, p, MOVE_RECEIVE), MOVE_RECEIVE);
    const notices = actors[2]!.port('notices');
    const once = copyin(c.w, actors[2]!.task, notices, MAKE_SEND_ONCE)!.port;
    requestNoSenders(c.w, actors[2]!.portOf(moved), 0, once);
    const watcher = actors[2]!.thread(receive(notices));
    c.run();
    assert.equal(watcher.notes.length, 0);
    deallocate(c.w, actors[3]!.task, far);
    const lines = told(c).filter((line) => /yield transits/.test(line));
    assert.deepEqual(
      lines.map((line) => / {2}(n\d) {2}/.exec(line)![1]),
      ['n0', 'n1', 'n2'],
    );
    assert.deepEqual(operations(watcher), ['MACH_NOTIFY_NO_SENDERS']);
  });

  it('do not exist for ports of the kernel, and whoever gets a right to one knows that from the right [2.6, 2.7]', () => {
    const { c, actors, pass, state, uid } = neighbours(3);
    const host = bootRight(c.w, hostPort(c.w, 0, 0, HOST_PORT), actors[0]!.task);
    const number = uid(0, host);
    const far = pass(1, 2, pass(0, 1, host, COPY_SEND), COPY_SEND);
    assert.deepEqual(
      [0, 1, 2].map((node) => [state(node, number).counted, state(node, number).transit]),
      [
        [false, 0],
        [false, 0],
        [false, 0],
      ],
    );
    deallocate(c.w, actors[2]!.task, far);
    assert.ok(!told(c).some((line) => /transits/.test(line)));
  });
});

describe('a send-once right on another node [2.6, D4]', () => {
  it('is counted at the principal from when it leaves until it is used, also when it is passed on', () => {
    const { c, actors, pass, state, uid } = neighbours(3);
    const p = actors[0]!.port('p');
    const once = pass(0, 1, p, MAKE_SEND_ONCE);
    const number = uid(0, p);
    assert.deepEqual([state(0, number).remoteSendOnce, actors[0]!.portOf(p).sorights], [1, 0]);
    const passed = pass(1, 2, once, MOVE_SEND_ONCE);
    assert.equal(state(0, number).remoteSendOnce, 1);
    actors[2]!.thread(send(passed, 'answer', { destination: MOVE_SEND_ONCE }));
    c.run();
    assert.deepEqual([state(0, number).remoteSendOnce, actors[0]!.portOf(p).sorights], [0, 1], 'it is in the queue');
    actors[0]!.thread(receive(p));
    c.run();
    assert.equal(actors[0]!.portOf(p).sorights, 0);
  });
});
