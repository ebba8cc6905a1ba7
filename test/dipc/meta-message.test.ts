// Placeholders: a large body stays where it was sent from until somebody receives the message [mechanisms 2.5, 2.13 f].
import assert from 'node:assert/strict';
import { CRASH } from '../../simulator/base/event.ts';
import { REMOTE_BYTES } from '../../simulator/base/ledger.ts';
import { COPY_SEND, MOVE_RECEIVE } from '../../simulator/mach/ipc/right.ts';
import { destroyName } from '../../simulator/mach/ipc/release.ts';
import { threadTerminate } from '../../simulator/mach/thread-control.ts';
import { emitAt } from '../../simulator/mach/world.ts';
import { clusterWith, millisecond, receive, reply, rpc, send, sleep, type ClusterOptions } from '../mach/cluster.ts';
import { firstMessage } from '../../simulator/mach/ipc/queue.ts';

function pair(options: ClusterOptions = {}) {
  const c = clusterWith(options, 'here', 'there', 'third');
  const server = c.task('here', 'server');
  const client = c.task('there', 'client');
  const on = server.port('service');
  const to = c.right(server, on, client);
  const queued = () => firstMessage(c.w, server.portOf(on));
  const bytesMoved = () => c.w.ledger.rows.reduce((sum, { counts }) => sum + counts[REMOTE_BYTES]!, 0);
  return { c, server, client, on, to, queued, bytesMoved };
}

describe('a message with pages out of line [2.5]', () => {
  it('is queued as a placeholder, and its sender goes on as if it had no body', () => {
    const { c, client, to, queued, bytesMoved } = pair();
    const sender = client.thread(send(to, 'pages', { pages: 4 }));
    c.run();
    assert.equal(sender.notes[0]!.time, 6.5 * millisecond);
    assert.deepEqual([queued().bodyNode, bytesMoved()], [1, 0]);
  });

  it('costs a waiting receiver what Table 2 says of 4 KB, and a page fault what 7.4 says', () => {
    const { c, server, client, on, to } = pair();
    const taker = server.thread(receive(on), reply({ pages: 1 }));
    const asker = client.thread(rpc(to, 'page, please'));
    c.run();
    assert.equal(taker.notes[0]!.time, 3.75 * millisecond);
    const answered = asker.notes[0]!.time / millisecond;
    assert.equal(answered.toFixed(2), (3.75 + 6.5 + 4 * 5.55).toFixed(2));
  });

  it('is pulled when it is received, whole', () => {
    const { c, server, client, on, to, bytesMoved } = pair();
    client.thread(send(to, 'pages', { pages: 2, body: 'the text' }));
    c.run();
    const began = c.w.time;
    const taker = server.thread(receive(on));
    c.run();
    assert.equal(taker.notes[0]!.body, 'the text');
    assert.equal(bytesMoved(), 8192);
    assert.equal(((taker.notes[0]!.time - began) / millisecond).toFixed(2), (2.75 + 8 * 5.55).toFixed(2));
  });

  it('moves nothing if nobody ever receives it', () => {
    const { c, server, client, on, to, bytesMoved } = pair();
    client.thread(send(to, 'pages', { pages: 2 }));
    c.run();
    destroyName(c.w, server.task, on);
    c.run();
    assert.equal(bytesMoved(), 0);
  });

  it('is lost with the thread that was pulling it, and nothing of it stays [D10]', () => {
    for (const delay of [1, 4, 20]) {
      const { c, server, client, on, to } = pair();
      client.thread(send(to, 'pages', { pages: 2, rights: [{ name: to, disposition: COPY_SEND }] }));
      c.run();
      const taker = server.thread(receive(on));
      c.run(c.w.time + delay * millisecond);
      threadTerminate(c.w, taker.row()!);
      c.run();
      assert.deepEqual(
        c.w.messages.rows.filter(({ live }) => live),
        [],
      );
    }
  });

  it('follows its port to another node as a handle: the body comes straight from its sender [2.8 step 5]', () => {
    const { c, server, client, on, to } = pair();
    const third = c.task('third', 'third');
    const box = third.port('box');
    const toThird = c.right(third, box, server);
    client.thread(send(to, 'pages', { pages: 1 }));
    c.run();
    server.thread(send(toThird, 'take', { rights: [{ name: on, disposition: MOVE_RECEIVE }] }));
    const taker = third.thread(receive(box));
    c.run();
    const port = third.portOf(taker.notes[0]!.names[0]!);
    assert.equal(firstMessage(c.w, port).bodyNode, 1);
    const reader = third.thread(receive(taker.notes[0]!.names[0]!));
    c.run();
    assert.equal(reader.notes[0]!.operation, 'pages');
  });
});

describe('the limit of inline bodies', () => {
  for (const [bytes, where] of [
    [100, -1],
    [101, 1],
  ] as const) {
    it(`is a parameter: with 100, a body of ${bytes} bytes ${where < 0 ? 'travels along' : 'stays'}`, () => {
      const { c, client, to, queued } = pair({ interconnect: { inline_limit: 100 } });
      client.thread(send(to, 'bytes', { bytes }));
      c.run();
      assert.equal(queued().bodyNode, where);
    });
  }
});

describe('a message that cannot wait, to a node without buffers [2.4 DATA_DROPPED]', () => {
  it('is taken without its body, which is pulled when it is received', () => {
    const { c, server, client, on, to, bytesMoved } = pair({ interconnect: { message_buffers: 1 } });
    const box = client.port('box');
    server.thread(send(c.right(client, box, server), 'takes the only buffer'));
    c.run();
    server.thread(receive(on), reply({ bytes: 1000, body: 'answer' }));
    const asker = client.thread(rpc(to, 'question'));
    c.run();
    assert.equal(asker.notes[0]!.body, 'answer');
    assert.equal(bytesMoved(), 2000, 'the data was sent twice');
  });
});

describe('a message whose body was on a node that has failed [2.13 f]', () => {
  const failure_detection = 50 * millisecond;

  it('is received as MACH_RCV_BODY_ERROR, with its operation and without its rights', () => {
    const { c, server, client, on, to } = pair({ prices: { failure_detection } });
    const gift = client.port('gift');
    const other = c.right(server, on, client);
    assert.equal(other, to);
    client.thread(send(to, 'pages', { pages: 1, rights: [{ name: gift, disposition: MOVE_RECEIVE }] }));
    c.run();
    emitAt(c.w, c.w.time, CRASH, 1);
    const taker = server.thread(sleep(100 * millisecond), receive(on));
    c.run();
    const { code, operation, body, names } = taker.notes[1]!;
    assert.deepEqual([code, operation, body, names], ['MACH_RCV_BODY_ERROR', 'pages', null, []]);
  });

  it('lets a thread go on that was pulling it, after the time-out', () => {
    for (const delay of [1, 3, 10]) {
      const { c, server, client, on, to } = pair({ prices: { failure_detection } });
      client.thread(send(to, 'pages', { pages: 4 }));
      c.run();
      const began = c.w.time;
      emitAt(c.w, began + delay * millisecond, CRASH, 1);
      const taker = server.thread(receive(on));
      c.run();
      assert.equal(taker.notes[0]!.code, 'MACH_RCV_BODY_ERROR');
      assert.equal(taker.notes[0]!.time, began + delay * millisecond + failure_detection);
    }
  });

  it('can be answered: its reply right came with the placeholder', () => {
    const { c, server, client, on, to } = pair({ prices: { failure_detection } });
    client.thread(rpc(to, 'pages', { pages: 1 }));
    c.run();
    emitAt(c.w, c.w.time, CRASH, 1);
    const taker = server.thread(sleep(100 * millisecond), receive(on), reply());
    c.run();
    assert.equal(taker.notes[1]!.code, 'MACH_RCV_BODY_ERROR');
    assert.equal(taker.notes.length, 3);
  });
});
