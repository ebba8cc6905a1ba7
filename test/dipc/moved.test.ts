// What a receive right takes along when it moves, what it leaves behind, and how the port is found again [mechanisms 2.8,
// 2.9, 2.11].
import assert from 'node:assert/strict';
import { NONE } from '../../simulator/base/table.ts';
import { requestDeadName } from '../../simulator/mach/ipc/entry.ts';
import { destroyName } from '../../simulator/mach/ipc/release.ts';
import {
  noSendersRequest,
  portDestroyedRequest,
  requestNoSenders,
  setPortDestroyed,
} from '../../simulator/mach/ipc/requests.ts';
import { MAKE_SEND, MAKE_SEND_ONCE, MOVE_RECEIVE, copyin } from '../../simulator/mach/ipc/right.ts';
import { DEFAULT_QUEUE_LIMIT, MAXIMUM_QUEUE_LIMIT } from '../../simulator/mach/ipc/port.ts';
import { setQueueLimit } from '../../simulator/mach/ipc/senders.ts';
import { moveMember } from '../../simulator/mach/ipc/port-set.ts';
import { operations, receive, send, type Call } from '../mach/cluster.ts';
import { flagsOf, neighbours } from './neighbours.ts';
import { told } from './transcript.ts';

const times = (count: number, call: (i: number) => Call): Call[] => Array.from({ length: count }, (_, i) => call(i));

const lines = (all: readonly string[], event: string): string[] => all.filter((line) => line.includes(`  ${event} `));

describe('a receive right that moves [2.8]', () => {
  it('takes its limit and the longest queue along, whatever the limit at its new node would be [steps 5, 6]', () => {
    const { c, actors, pass } = neighbours(2);
    const p = actors[0]!.port('p');
    const own = c.right(actors[0]!, p, actors[0]!);
    setQueueLimit(c.w, actors[0]!.portOf(p), MAXIMUM_QUEUE_LIMIT);
    actors[0]!.thread(...times(MAXIMUM_QUEUE_LIMIT, (i) => send(own, `m${i}`)));
    c.run();
    const moved = pass(0, 1, p, MOVE_RECEIVE);
    const { qlimit, msgcount } = actors[1]!.portOf(moved);
    assert.deepEqual([qlimit, msgcount], [MAXIMUM_QUEUE_LIMIT, MAXIMUM_QUEUE_LIMIT]);
    const left = actors[0]!.portOf(own);
    assert.deepEqual([left.proxy, left.qlimit, left.msgcount, left.seqno], [true, DEFAULT_QUEUE_LIMIT, 0, 0]);
    const taker = actors[1]!.thread(...times(MAXIMUM_QUEUE_LIMIT, () => receive(moved)));
    c.run();
    assert.deepEqual(
      operations(taker),
      times(MAXIMUM_QUEUE_LIMIT, () => receive(0)).map((_, i) => `m${i}`),
    );
  });

  it('leaves behind its requests, its set and its counts: a migration server has to see to them', () => {
    const { c, actors, pass } = neighbours(2);
    const p = actors[0]!.port('p');
    const [first] = actors;
    const once = (): number => copyin(c.w, first!.task, notices, MAKE_SEND_ONCE)!.port;
    const notices = first!.port('notices');
    requestNoSenders(c.w, first!.portOf(p), 9, once());
    setPortDestroyed(c.w, first!.portOf(p), once());
    moveMember(c.w, first!.portOf(p), first!.portOf(first!.portSet()));
    const own = c.right(first!, p, first!);
    first!.portOf(p).mscount = 7;
    first!.portOf(p).seqno = 5;
    const moved = actors[1]!.portOf(pass(0, 1, p, MOVE_RECEIVE));
    assert.deepEqual([noSendersRequest(c.w, moved), portDestroyedRequest(c.w, moved), moved.pset], [NONE, NONE, NONE]);
    assert.deepEqual([moved.mscount, moved.seqno], [0, 0]);
    assert.equal(first!.portOf(own).proxy, true);
  });

  it('and is received on the node that it came from has not moved at all [step 2]', () => {
    const scene = neighbours(2);
    const { c, actors, boxes, post, uid } = scene;
    const p = actors[0]!.port('p');
    const letter = actors[1]!.port('letter');
    const toLetter = c.right(actors[1]!, letter, actors[0]!);
    c.right(actors[0]!, p, actors[1]!);
    const number = uid(0, p);
    actors[0]!.thread(send(toLetter, 'take', { rights: [{ name: p, disposition: MOVE_RECEIVE }] }));
    c.run();
    assert.equal(flagsOf(scene, 0, number), '00010');
    // The port that the message waits at comes to the first node, and the message with it.
    post(1, 0, letter, MOVE_RECEIVE);
    const taker = actors[0]!.thread(receive(boxes[0]!));
    c.run();
    const reader = actors[0]!.thread(receive(taker.notes[0]!.names[0]!));
    assert.deepEqual(lines(told(c), 'begin recv migrate'), []);
    assert.equal(actors[0]!.portOf(reader.notes[0]!.names[0]!).proxy, false);
    assert.equal(flagsOf(scene, 0, number), '00000');
  });

  it('is the principal to whoever asks the new node as soon as its numbers are there [step 7]', () => {
    const scene = neighbours(3);
    const { c, actors, boxes, post, pass, uid, state } = scene;
    const p = actors[0]!.port('p');
    pass(0, 2, p, MAKE_SEND);
    const number = uid(0, p);
    post(0, 1, p, MOVE_RECEIVE);
    actors[1]!.thread(receive(boxes[1]!));
    const order = told(c).flatMap(
      (line) =>
        / {2}(n\d) {2}(begin recv migrate reply|begin recv migrate|migrate state) /.exec(line)?.slice(1).join(' ') ??
        [],
    );
    assert.deepEqual(order, ['n0 begin recv migrate', 'n1 begin recv migrate reply', 'n1 migrate state']);
    assert.deepEqual(state(1, number).registered, [0], 'death walks back down the chain');
    assert.equal(state(1, number).transit, -100);
    assert.equal(state(0, number).transit, 0);
  });
});

describe('a node that a receive right has left [2.9]', () => {
  it('keeps a forwarding proxy until the port dies, although nobody there has a right', () => {
    const { c, actors, pass, uid, copy } = neighbours(3);
    const p = actors[0]!.port('p');
    const second = pass(0, 1, p, MOVE_RECEIVE);
    const number = uid(1, second);
    const third = pass(1, 2, second, MOVE_RECEIVE);
    assert.deepEqual(
      [0, 1].map((node) => [copy(node, number)!.srights, copy(node, number)!.proxy]),
      [
        [0, true],
        [0, true],
      ],
    );
    destroyName(c.w, actors[2]!.task, third);
    const all = told(c);
    assert.deepEqual(
      lines(all, 'dn notify').map((line) => / {2}(n\d) {2}/.exec(line)![1]),
      ['n1', 'n0'],
    );
    assert.deepEqual(
      [0, 1, 2].map((node) => copy(node, number)),
      [null, null, null],
    );
  });

  it('answers a probe FORWARD, and the principal PRINCIPAL: a stale sender pays for the chain once', () => {
    const { c, actors, pass } = neighbours(4);
    const p = actors[0]!.port('p');
    const far = pass(0, 3, p, MAKE_SEND);
    pass(1, 2, pass(0, 1, p, MOVE_RECEIVE), MOVE_RECEIVE);
    actors[3]!.thread(send(far, 'hello'));
    const answers = (all: readonly string[]): string[] =>
      lines(all, 'port probe reply').map((line) => line.split(': ')[1]!);
    assert.deepEqual(answers(told(c)), ['FORWARD', 'PRINCIPAL']);
    actors[3]!.thread(send(far, 'straight'));
    assert.deepEqual(answers(told(c)), []);
  });

  it('hears of a death that somebody asked about there, and tells it [2.11]', () => {
    const { c, actors, pass } = neighbours(3);
    const p = actors[0]!.port('p');
    const far = pass(0, 2, p, MAKE_SEND);
    const moved = pass(0, 1, p, MOVE_RECEIVE);
    const notices = actors[2]!.port('notices');
    requestDeadName(c.w, actors[2]!.task, far, true, copyin(c.w, actors[2]!.task, notices, MAKE_SEND_ONCE)!.port);
    const asked = lines(told(c), 'dn register');
    assert.deepEqual(asked.length, 1);
    assert.match(asked[0]!, / n0 /);
    destroyName(c.w, actors[1]!.task, moved);
    const watcher = actors[2]!.thread(receive(notices));
    const all = told(c);
    assert.deepEqual(
      lines(all, 'dn notify').map((line) => / {2}(n\d) {2}/.exec(line)![1]),
      ['n0', 'n2'],
    );
    assert.deepEqual(operations(watcher), ['MACH_NOTIFY_DEAD_NAME']);
  });

  it('and a proxy that nobody asked about learns of the death with the next send', () => {
    const { c, actors, pass } = neighbours(2);
    const p = actors[0]!.port('p');
    const far = pass(0, 1, p, MAKE_SEND);
    destroyName(c.w, actors[0]!.task, p);
    assert.deepEqual(lines(told(c), 'dn notify'), []);
    assert.equal(actors[1]!.portOf(far).active, true, 'nobody has said so');
    actors[1]!.thread(send(far, 'hello'));
    told(c);
    assert.equal(actors[1]!.portOf(far).active, false);
  });
});
