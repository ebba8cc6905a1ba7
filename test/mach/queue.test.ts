// Message queues: limits, order, hand-off, sequence numbers, port sets [mechanisms 1.6, 1.7, 1.8].
import assert from 'node:assert/strict';
import { changeReceiver } from '../../simulator/mach/ipc/mqueue.ts';
import { moveMember } from '../../simulator/mach/ipc/port-set.ts';
import { DEFAULT_QUEUE_LIMIT } from '../../simulator/mach/ipc/port.ts';
import { destroyName } from '../../simulator/mach/ipc/release.ts';
import { MAKE_SEND, MAKE_SEND_ONCE, MOVE_RECEIVE, MOVE_SEND, copyin, copyout } from '../../simulator/mach/ipc/right.ts';
import { setQueueLimit } from '../../simulator/mach/ipc/senders.ts';
import { threadAbort, threadResume, threadSuspend, threadTerminate } from '../../simulator/mach/thread-control.ts';
import { RECEIVING, SENDING, isWaitingOn } from '../../simulator/mach/thread.ts';
import {
  act,
  cluster,
  millisecond,
  operations,
  receive,
  reply,
  rpc,
  send,
  serve,
  sleep,
  type Actor,
  type Cluster,
} from './cluster.ts';

interface Scene {
  c: Cluster;
  server: Actor;
  client: Actor;
  on: number;
  to: number;
}

function scene(): Scene {
  const c = cluster('here');
  const server = c.task('here', 'server');
  const client = c.task('here', 'client');
  const on = server.port('service');
  return { c, server, client, on, to: c.right(server, on, client) };
}

const numbered = (to: number, count: number) => Array.from({ length: count }, (_, i) => send(to, `m${i}`));
const receives = (on: number, count: number) => Array.from({ length: count }, () => receive(on));

describe('a full queue [1.6]', () => {
  it('blocks the sender at the queue limit, and no earlier', () => {
    const { c, server, client, on, to } = scene();
    const sender = client.thread(...numbered(to, DEFAULT_QUEUE_LIMIT + 1));
    c.run();
    assert.equal(sender.notes.length, DEFAULT_QUEUE_LIMIT);
    assert.equal(sender.row()!.state, SENDING);
    assert.equal(server.portOf(on).msgcount, DEFAULT_QUEUE_LIMIT);
  });

  it('lets one blocked sender go on for each message that is received, in strict order', () => {
    const { c, server, client, on, to } = scene();
    client.thread(...numbered(to, DEFAULT_QUEUE_LIMIT));
    c.run();
    const waiting = ['x', 'y', 'z'].map((name) => client.thread(send(to, name)));
    c.run();
    const newcomer = client.thread(sleep(10 * millisecond), send(to, 'late'));
    const taker = server.thread(...receives(on, DEFAULT_QUEUE_LIMIT + 4));
    c.run();
    assert.deepEqual(operations(taker), ['m0', 'm1', 'm2', 'm3', 'm4', 'x', 'y', 'z', 'late']);
    for (const each of [...waiting, newcomer]) assert.equal(each.notes.at(-1)!.code, 'KERN_SUCCESS');
  });

  it('is not overtaken by a newcomer while somebody waits', () => {
    const { c, server, client, on, to } = scene();
    client.thread(...numbered(to, DEFAULT_QUEUE_LIMIT));
    c.run();
    client.thread(send(to, 'blocked'));
    c.run();
    // The newcomer's message arrives at the instant at which there is room again.
    client.thread(send(to, 'newcomer'));
    const taker = server.thread(...receives(on, DEFAULT_QUEUE_LIMIT + 2));
    c.run();
    assert.deepEqual(operations(taker).slice(-2), ['blocked', 'newcomer']);
  });

  it('never blocks a message to a send-once right', () => {
    const { c, server, client, on, to } = scene();
    const once = Array.from({ length: 3 }, () => copyin(c.w, server.task, on, MAKE_SEND_ONCE)!);
    const names = once.map((right) => copyout(c.w, client.task, right));
    client.thread(...numbered(to, DEFAULT_QUEUE_LIMIT));
    c.run();
    const answerer = client.thread(...names.map((name) => send(name, 'answer')));
    c.run();
    assert.equal(answerer.notes.length, 3);
    assert.equal(server.portOf(on).msgcount, DEFAULT_QUEUE_LIMIT + 3);
  });

  it('admits nobody as long as send-once messages keep it above its limit [I12]', () => {
    const { c, server, client, on, to } = scene();
    const right = copyin(c.w, server.task, on, MAKE_SEND_ONCE)!;
    const once = copyout(c.w, client.task, right);
    client.thread(send(once, 'answer'), ...numbered(to, DEFAULT_QUEUE_LIMIT));
    c.run();
    const blocked = client.thread(send(to, 'blocked'));
    c.run();
    server.thread(receive(on));
    c.run();
    assert.equal(server.portOf(on).msgcount, DEFAULT_QUEUE_LIMIT);
    server.thread(receive(on));
    c.run();
    assert.equal(blocked.notes.length, 1);
  });

  it('lets a sender whose thread ends take its message away', () => {
    const { c, server, client, on, to } = scene();
    const p = client.port('p');
    client.thread(...numbered(to, DEFAULT_QUEUE_LIMIT));
    c.run();
    const blocked = client.thread(send(to, 'never', { rights: [{ name: p, disposition: MAKE_SEND }] }));
    c.run();
    assert.equal(client.portOf(p).srights, 1);
    threadTerminate(c.w, blocked.row()!);
    c.run();
    assert.equal(client.portOf(p).srights, 0);
    assert.equal(server.portOf(on).lastSender, -1);
  });

  it('lets an aborted send happen again as if nothing had been: the library calls it again', () => {
    const { c, server, client, on, to } = scene();
    client.thread(...numbered(to, DEFAULT_QUEUE_LIMIT));
    c.run();
    const caller = client.thread(rpc(to, 'question'));
    c.run();
    threadSuspend(c.w, caller.row()!);
    threadAbort(c.w, caller.row()!);
    c.run();
    server.thread(...receives(on, DEFAULT_QUEUE_LIMIT), ...serve(on, 1));
    c.run();
    assert.equal(caller.notes.length, 0);
    threadResume(c.w, caller.row()!);
    c.run();
    assert.equal(caller.notes[0]!.operation, 'reply');
  });
});

describe('a send that is aborted while it waits for room [1.6, pseudo-receive]', () => {
  it('gives moved rights back under their names, and takes them again', () => {
    const { c, server, client, on, to } = scene();
    const other = c.task('here', 'other');
    const moved = client.port('moved');
    const sendRight = c.right(other, other.port('p'), client);
    client.thread(...numbered(to, DEFAULT_QUEUE_LIMIT));
    c.run();
    const rights = [
      { name: moved, disposition: MOVE_RECEIVE },
      { name: sendRight, disposition: MOVE_SEND },
    ];
    const mover = client.thread(send(to, 'take these', { rights }));
    c.run();
    assert.equal(client.entry(moved), null);
    threadSuspend(c.w, mover.row()!);
    threadAbort(c.w, mover.row()!);
    c.run();
    assert.equal(client.portOf(moved).receiver, client.task.id);
    assert.equal(client.entry(sendRight)!.urefs, 1);
    threadResume(c.w, mover.row()!);
    const taker = server.thread(...receives(on, DEFAULT_QUEUE_LIMIT + 1));
    c.run();
    assert.equal(taker.notes.at(-1)!.names.length, 2);
  });

  it('is over with its thread, whose message nobody sends any more', () => {
    const { c, server, client, on, to } = scene();
    client.thread(...numbered(to, DEFAULT_QUEUE_LIMIT));
    c.run();
    const sender = client.thread(send(to, 'on its way'));
    c.step();
    threadTerminate(c.w, sender.row()!);
    c.run();
    assert.equal(server.portOf(on).msgcount, DEFAULT_QUEUE_LIMIT);
  });
});

describe('direct hand-off [1.6]', () => {
  it('gives the message to a waiting thread, and the queue stays empty [I11]', () => {
    const { c, server, client, on, to } = scene();
    const taker = server.thread(receive(on));
    c.run();
    assert.ok(isWaitingOn(taker.row()!, on));
    client.thread(send(to, 'hello'));
    c.run();
    assert.deepEqual(operations(taker), ['hello']);
    assert.equal(server.portOf(on).msgcount, 0);
  });

  it('serves waiting threads in the order in which they began to wait', () => {
    const { c, server, client, on, to } = scene();
    const takers = [0, 1, 2].map(() => server.thread(receive(on)));
    c.run();
    client.thread(...numbered(to, 3));
    c.run();
    assert.deepEqual(
      takers.map((t) => operations(t)[0]),
      ['m0', 'm1', 'm2'],
    );
  });
});

describe('sequence numbers [1.7]', () => {
  it('are given at dequeue, one after the other, queued or handed over', () => {
    const { c, server, client, on, to } = scene();
    client.thread(...numbered(to, 3));
    c.run();
    assert.equal(server.portOf(on).seqno, 0, 'queued messages have no number yet');
    server.thread(...receives(on, 4));
    c.run();
    assert.equal(server.portOf(on).seqno, 3);
    client.thread(send(to, 'handed over'));
    c.run();
    assert.equal(server.portOf(on).seqno, 4);
  });

  it('start again when the receive right moves [I8]', () => {
    const { c, server, client, on, to } = scene();
    const other = c.task('here', 'other');
    const at = other.port('at');
    const via = c.right(other, at, server);
    client.thread(send(to, 'one'));
    server.thread(receive(on), send(via, 'take over', { rights: [{ name: on, disposition: MOVE_RECEIVE }] }));
    const taker = other.thread(receive(at));
    c.run();
    const port = other.portOf(taker.notes[0]!.names[0]!);
    assert.deepEqual([port.seqno, port.mscount], [0, 0]);
  });
});

describe('a receive right that moves [1.4]', () => {
  it('takes its queue along, leaves its set, and wakes those who received on it', () => {
    const { c, server, client, on, to } = scene();
    const set = server.portSet(on);
    client.thread(...numbered(to, 2));
    const inSet = c.task('here', 'idle');
    c.run();
    const at = inSet.port('at');
    const via = c.right(inSet, at, server);
    server.thread(send(via, 'take over', { rights: [{ name: on, disposition: MOVE_RECEIVE }] }));
    const taker = inSet.thread(receive(at));
    c.run();
    const moved = taker.notes[0]!.names[0]!;
    assert.equal(inSet.portOf(moved).pset, -1);
    assert.equal(server.portOf(set).lastMessage, -1);
    const reader = inSet.thread(...receives(moved, 2));
    c.run();
    assert.deepEqual(operations(reader), ['m0', 'm1']);
  });

  it('ends a receive in the space that it leaves, with PORT_DIED', () => {
    const { c, server, client, on, to } = scene();
    const blocked = server.thread(receive(on));
    c.run();
    server.thread(send(to, 'unused'));
    const own = server.port('own');
    const self = c.right(server, own, server);
    server.thread(send(self, 'to myself', { rights: [{ name: on, disposition: MOVE_RECEIVE }] }));
    c.run();
    assert.equal(blocked.notes[0]!.code, 'MACH_RCV_PORT_DIED');
    client.thread(send(to, 'still accepted'));
    c.run();
    assert.equal(client.portOf(to).msgcount, 1, 'while the right is in transit the queue goes on');
  });
});

describe('port sets [1.8]', () => {
  it('bring the messages of all members, each with its own name and its own sequence numbers', () => {
    const { c, server, client, on, to } = scene();
    const second = server.port('second');
    const to2 = c.right(server, second, client);
    const set = server.portSet(on, second);
    client.thread(send(to, 'a'), send(to2, 'b'), send(to, 'c'));
    const taker = server.thread(...receives(set, 3));
    c.run();
    assert.deepEqual(operations(taker), ['a', 'b', 'c']);
    assert.deepEqual(
      taker.notes.map(({ arrivedOn }) => arrivedOn),
      [on, second, on],
    );
    assert.deepEqual([server.portOf(on).seqno, server.portOf(second).seqno], [2, 1]);
  });

  it('give a member its messages back when it leaves, in order; the others stay', () => {
    const { c, server, client, on, to } = scene();
    const second = server.port('second');
    const to2 = c.right(server, second, client);
    const set = server.portSet(on, second);
    client.thread(send(to, 'a'), send(to2, 'b'), send(to, 'c'));
    c.run();
    moveMember(c.w, server.portOf(on), null);
    c.run();
    const leaver = server.thread(...receives(on, 2));
    const stayer = server.thread(receive(set));
    c.run();
    assert.deepEqual([operations(leaver), operations(stayer)], [['a', 'c'], ['b']]);
    assert.equal(server.portOf(on).msgcount, 0);
  });

  it('refuse a receive on a member', () => {
    const { c, server, on } = scene();
    server.portSet(on);
    const t = server.thread(receive(on));
    c.run();
    assert.equal(t.notes[0]!.code, 'MACH_RCV_IN_SET');
  });

  it('end a receive on a port that joins, with PORT_CHANGED', () => {
    const { c, server, on } = scene();
    const t = server.thread(receive(on));
    c.run();
    const set = server.portSet(on);
    c.run();
    assert.equal(t.notes[0]!.code, 'MACH_RCV_PORT_CHANGED');
    assert.equal(server.portOf(set).set, true);
  });

  it('end without their members: these keep their messages', () => {
    const { c, server, client, on, to } = scene();
    const set = server.portSet(on);
    client.thread(...numbered(to, 2));
    const t = server.thread(
      sleep(millisecond),
      act((w, task) => destroyName(w, task, set)),
    );
    c.run();
    assert.equal(t.row(), null);
    const taker = server.thread(...receives(on, 2));
    c.run();
    assert.deepEqual(operations(taker), ['m0', 'm1']);
  });

  it('forget a member that dies, and its messages', () => {
    const { c, server, client, on, to } = scene();
    const set = server.portSet(on);
    client.thread(...numbered(to, 2));
    c.run();
    destroyName(c.w, server.task, on);
    c.run();
    assert.equal(server.portOf(set).lastMessage, -1);
  });
});

describe('ports of the kernel [2.5]', () => {
  it('share one queue per node, and keep their messages when they change hands', () => {
    const { c, server, client, on, to } = scene();
    client.thread(...numbered(to, 2));
    c.run();
    const port = server.portOf(on);
    const before = port.msgcount;
    const waiting = server.thread(receive(on));
    c.run();
    changeReceiver(c.w, port, server.task.id, on);
    assert.equal(port.msgcount, before - 1);
    assert.equal(waiting.row(), null);
    c.run();
  });
});

describe('an answer [1.6]', () => {
  it('uses its send-once right up', () => {
    const { c, server, client, on, to } = scene();
    const answerer = server.thread(receive(on), reply({ body: 42 }), reply());
    const caller = client.thread(rpc(to, 'question'));
    c.run();
    assert.equal(caller.notes[0]!.body, 42);
    assert.equal(answerer.notes[2]!.code, 'MACH_SEND_INVALID_DEST', 'there is no second answer');
  });

  it('that nobody waits for any more is destroyed with the reply port', () => {
    const { c, server, client, on, to } = scene();
    const caller = client.thread(rpc(to, 'question'));
    server.thread(receive(on), sleep(millisecond), reply());
    c.run(0.5 * millisecond);
    assert.equal(caller.row()!.state, RECEIVING);
    threadTerminate(c.w, caller.row()!);
    c.run();
    assert.equal(caller.row(), null);
  });

  it('to a reply port that was destroyed while the request was on its way ends the call', () => {
    const { c, server, client, on, to } = scene();
    server.thread(...serve(on, 1));
    const caller = client.thread(rpc(to, 'question'));
    c.step();
    c.step();
    destroyName(c.w, client.task, caller.row()!.replyName);
    c.run();
    assert.equal(caller.notes[0]!.code, 'MACH_RCV_PORT_DIED');
  });
});

describe('a queue limit that changes [1.6]', () => {
  it('lets as many blocked senders go on as there is more room', () => {
    const { c, server, client, on, to } = scene();
    client.thread(...numbered(to, DEFAULT_QUEUE_LIMIT));
    c.run();
    const waiting = ['x', 'y', 'z'].map((name) => client.thread(send(to, name)));
    c.run();
    setQueueLimit(c.w, server.portOf(on), DEFAULT_QUEUE_LIMIT + 2);
    c.run();
    assert.deepEqual(
      waiting.map(({ notes }) => notes.length),
      [1, 1, 0],
    );
  });

  it('calls nodes back that were refused [2.10]', () => {
    const c = cluster('here', 'there');
    const server = c.task('here', 'server');
    const client = c.task('there', 'client');
    const on = server.port('service');
    const to = c.right(server, on, client);
    const sender = client.thread(...numbered(to, DEFAULT_QUEUE_LIMIT + 1));
    c.run();
    assert.equal(sender.notes.length, DEFAULT_QUEUE_LIMIT);
    setQueueLimit(c.w, server.portOf(on), DEFAULT_QUEUE_LIMIT + 1);
    c.run();
    assert.equal(sender.notes.length, DEFAULT_QUEUE_LIMIT + 1);
  });

  it('of none stops every sender, until it is raised', () => {
    const { c, server, client, on, to } = scene();
    setQueueLimit(c.w, server.portOf(on), 0);
    const sender = client.thread(send(to, 'x'));
    c.run();
    assert.equal(sender.notes.length, 0);
    setQueueLimit(c.w, server.portOf(on), 1);
    c.run();
    assert.equal(sender.notes.length, 1);
  });
});

describe('a wait with a time limit [1.6]', () => {
  it('for a message ends with RCV_TIMED_OUT, and only that wait does', () => {
    const { c, server, client, on, to } = scene();
    const reader = server.thread(
      receive(on, { timeout: 5 * millisecond }),
      receive(on, { timeout: 50 * millisecond }),
      receive(on),
      receive(on, { timeout: 0 }),
    );
    client.thread(sleep(20 * millisecond), send(to, 'x'), sleep(100 * millisecond), send(to, 'y'));
    c.run();
    assert.deepEqual(
      reader.notes.map(({ code, operation }) => operation || code),
      ['MACH_RCV_TIMED_OUT', 'x', 'y', 'MACH_RCV_TIMED_OUT'],
    );
    assert.equal(reader.notes[0]!.time, 5 * millisecond);
  });

  it('for room ends with SEND_TIMED_OUT, and gives moved rights back under their names', () => {
    const { c, server, client, on, to } = scene();
    const moved = c.right(server, server.port('other'), client);
    const made = client.port('made');
    client.thread(...numbered(to, DEFAULT_QUEUE_LIMIT));
    c.run();
    const rights = [
      { name: moved, disposition: MOVE_SEND },
      { name: made, disposition: MAKE_SEND },
    ];
    const reply = { name: made, disposition: MAKE_SEND_ONCE };
    const sender = client.thread(
      send(to, 'late', { rights, reply, timeout: 5 * millisecond }),
      send(to, 'at once', { destination: MOVE_SEND, timeout: 0 }),
    );
    c.run();
    assert.deepEqual(
      sender.notes.map(({ code }) => code),
      ['MACH_SEND_TIMED_OUT', 'MACH_SEND_TIMED_OUT'],
    );
    assert.equal(client.entry(moved)!.urefs, 1);
    assert.equal(client.entry(to)!.urefs, 1);
    assert.deepEqual([client.portOf(made).srights, client.portOf(made).sorights], [0, 0]);
    const reader = server.thread(...receives(on, DEFAULT_QUEUE_LIMIT));
    c.run();
    assert.deepEqual(
      operations(reader),
      [0, 1, 2, 3, 4].map((i) => `m${i}`),
    );
  });

  it('that ends in time leaves nothing behind', () => {
    const { c, server, client, on, to } = scene();
    client.thread(...numbered(to, DEFAULT_QUEUE_LIMIT));
    c.run();
    const sender = client.thread(send(to, 'x', { timeout: 50 * millisecond }), sleep(100 * millisecond));
    server.thread(sleep(10 * millisecond), ...receives(on, 2));
    c.run();
    assert.deepEqual(
      sender.notes.map(({ code }) => code),
      ['KERN_SUCCESS', 'KERN_SUCCESS'],
    );
  });

  it('is begun again by a thread that was aborted in it', () => {
    const { c, server, on } = scene();
    const reader = server.thread(receive(on, { timeout: 30 * millisecond }));
    c.run(20 * millisecond);
    const t = reader.row()!;
    threadSuspend(c.w, t);
    threadAbort(c.w, t);
    c.run();
    threadResume(c.w, t);
    c.run();
    assert.equal(reader.notes[0]!.code, 'MACH_RCV_TIMED_OUT');
  });
});

describe('a message that is too large for its receiver [1.5 step 6]', () => {
  for (const where of ['here', 'there']) {
    it(`is lost, with the rights in it (from ${where})`, () => {
      const c = cluster('here', 'there');
      const server = c.task('here', 'server');
      const client = c.task(where, 'client');
      const on = server.port('service');
      const to = c.right(server, on, client);
      const p = client.port('p');
      const rights = [{ name: p, disposition: MAKE_SEND }];
      const caller = client.thread(rpc(to, 'large', { bytes: 100, rights }), send(to, 'small', { bytes: 10 }));
      const reader = server.thread(receive(on, { size: 50 }), receive(on, { size: 50 }));
      c.run();
      assert.deepEqual(
        reader.notes.map(({ code, operation }) => operation || code),
        ['MACH_RCV_TOO_LARGE', 'small'],
      );
      assert.equal(caller.notes[0]!.code, 'MIG_SERVER_DIED');
      assert.equal(client.portOf(p).srights, 0);
      assert.equal(server.portOf(on).seqno, 2, 'it had its number [1.7]');
    });
  }
});

describe('a message that is too large, to a receiver that leaves it (MACH_RCV_LARGE) [1.5 step 6]', () => {
  for (const where of ['here', 'there']) {
    it(`stays first in its queue, without a number, and the receiver is told its size (from ${where})`, () => {
      const c = cluster('here', 'there');
      const server = c.task('here', 'server');
      const client = c.task(where, 'client');
      const on = server.port('service');
      const to = c.right(server, on, client);
      const rights = [{ name: client.port('p'), disposition: MAKE_SEND }];
      client.thread(send(to, 'large', { bytes: 100, rights }), send(to, 'small', { bytes: 10 }));
      c.run();
      const reader = server.thread(receive(on, { size: 50, large: true }), receive(on, { size: 100, large: true }));
      c.run();
      const [first, second] = reader.notes;
      assert.deepEqual([first!.code, first!.body], ['MACH_RCV_TOO_LARGE', { size: 100 }]);
      assert.deepEqual([second!.operation, second!.names.length], ['large', 1]);
      assert.deepEqual([server.portOf(on).seqno, server.portOf(on).msgcount], [1, 1]);
    });
  }

  it('is handed to the next thread that waits, if that has room; the others go on without it [I11]', () => {
    const { c, server, client, on, to } = scene();
    const small = [0, 1].map(() => server.thread(receive(on, { size: 50, large: true })));
    const plain = server.thread(receive(on));
    const last = server.thread(receive(on));
    c.run();
    client.thread(send(to, 'large', { bytes: 100 }));
    c.run();
    for (const each of small) assert.equal(each.notes[0]!.code, 'MACH_RCV_TOO_LARGE');
    assert.deepEqual(operations(plain), ['large']);
    assert.equal(last.notes.length, 0);
  });

  it('waits if all who waited have too little room', () => {
    const { c, server, client, on, to } = scene();
    const set = server.portSet(on);
    const small = server.thread(receive(set, { size: 50, large: true, timeout: 90 * millisecond }));
    c.run(millisecond);
    client.thread(send(to, 'large', { bytes: 100 }));
    c.run();
    assert.equal(small.notes[0]!.code, 'MACH_RCV_TOO_LARGE');
    assert.deepEqual([server.portOf(on).msgcount, server.portOf(on).seqno], [1, 0]);
    const reader = server.thread(receive(set));
    c.run();
    assert.deepEqual(operations(reader), ['large']);
  });
});

describe('a port set that is destroyed [1.8]', () => {
  it('is found dead by each member when it is next touched: its messages wait until then', () => {
    const { c, server, client, on, to } = scene();
    const other = server.port('other');
    const set = server.portSet(on, other);
    const dead = server.portOf(set);
    client.thread(...numbered(to, 2), send(c.right(server, other, client), 'o'));
    c.run();
    destroyName(c.w, server.task, set);
    assert.equal(server.portOf(on).pset, dead.id, 'nobody has told the members');
    assert.equal(dead.active, false);
    const reader = server.thread(...receives(on, 2));
    c.run();
    assert.deepEqual(operations(reader), ['m0', 'm1']);
    assert.equal(dead.live, true, 'the other one has not looked yet');
    client.thread(send(to, 'touches nothing else'));
    c.run();
    const last = server.thread(receive(other));
    c.run();
    assert.deepEqual(operations(last), ['o']);
    assert.equal(c.w.ports.rows.filter((port) => port.live && port.set).length, 0, 'its row is gone');
  });

  it('ends the receives on it', () => {
    const { c, server, on } = scene();
    const set = server.portSet(on);
    const reader = server.thread(receive(set));
    c.run();
    destroyName(c.w, server.task, set);
    c.run();
    assert.equal(reader.notes[0]!.code, 'MACH_RCV_PORT_DIED');
  });
});
