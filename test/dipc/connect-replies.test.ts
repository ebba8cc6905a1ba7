// What a node may reply to a message, and what its sender then does [mechanisms 2.4, 2.5].
import assert from 'node:assert/strict';
import { CRASH } from '../../simulator/base/event.ts';
import { MAKE_SEND, MOVE_RECEIVE } from '../../simulator/mach/ipc/right.ts';
import { RECEIVE } from '../../simulator/mach/ipc/space.ts';
import { modifyReferences } from '../../simulator/mach/ipc/release.ts';
import { emitAt } from '../../simulator/mach/world.ts';
import { queuedFor } from '../../simulator/mach/ipc/queue.ts';
import { millisecond, operations, receive, reply, rpc, send, sleep, type Call } from '../mach/cluster.ts';
import { neighbours } from './neighbours.ts';
import { told } from './transcript.ts';

const times = (count: number, call: Call): Call[] => Array.from({ length: count }, () => call);

/** The replies to connects, in order, of a run. */
const replies = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => / connect (?:reply|refused) .*: (\w+)$/.exec(line)?.[1] ?? []);

describe('the reply to a message from another node [2.4]', () => {
  it('DATA_SENT: it is queued, whole; the sender waits for that, and not for a receiver', () => {
    const { c, actors, boxes, to } = neighbours(2);
    const sender = actors[1]!.thread(send(to[1]![0]!, 'small', { bytes: 100 }));
    assert.deepEqual(replies(told(c)), ['DATA_SENT']);
    assert.equal(sender.notes[0]!.code, 'KERN_SUCCESS');
    assert.equal(actors[0]!.portOf(boxes[0]!).msgcount, 1);
  });

  it('SUCCESS: a placeholder is queued, the body stays; the sender goes on', () => {
    const { c, actors, to } = neighbours(2);
    const sender = actors[1]!.thread(send(to[1]![0]!, 'large', { pages: 2 }));
    assert.deepEqual(replies(told(c)), ['SUCCESS']);
    assert.equal(sender.notes[0]!.code, 'KERN_SUCCESS');
    assert.deepEqual(
      c.w.messages.rows.filter(({ live }) => live).map(({ bodyNode }) => bodyNode),
      [1],
    );
  });

  it('none for an RPC: its answer is the acknowledgement [2.5]', () => {
    const { c, actors, boxes, to } = neighbours(2);
    actors[0]!.thread(receive(boxes[0]!), reply());
    actors[1]!.thread(rpc(to[1]![0]!, 'hello?'));
    const lines = told(c);
    assert.deepEqual(replies(lines), []);
    assert.equal(lines.filter((line) => / connect /.test(line)).length, 2);
  });

  it('DATA_DROPPED: an answer finds no buffer; it is queued, and its body asked for again', () => {
    const { c, actors, boxes, to } = neighbours(3, { interconnect: { message_buffers: 1 } });
    actors[0]!.thread(receive(boxes[0]!), sleep(30 * millisecond), reply({ bytes: 200 }));
    const asker = actors[1]!.thread(rpc(to[1]![0]!, 'hello?'));
    actors[2]!.thread(sleep(20 * millisecond), send(to[2]![1]!, 'takes the buffer'));
    const lines = told(c);
    assert.deepEqual(replies(lines), ['DATA_SENT', 'DATA_DROPPED']);
    assert.equal(lines.filter((line) => / pull message /.test(line)).length, 2);
    assert.equal(operations(asker).length, 1);
  });

  it('QUEUE_FULL, once a node, and RETRY_SEND for what was on its way by then: both wait to be called', () => {
    const { c, actors, boxes, to } = neighbours(2);
    actors[1]!.thread(...times(5, send(to[1]![0]!, 'm')));
    c.run();
    const senders = [1, 2].map((i) => actors[1]!.thread(send(to[1]![0]!, `late ${i}`)));
    assert.deepEqual(replies(told(c)), ['QUEUE_FULL', 'RETRY_SEND']);
    assert.deepEqual(
      senders.map(({ notes }) => notes.length),
      [0, 0],
    );
    const taker = actors[0]!.thread(...times(7, receive(boxes[0]!)));
    assert.deepEqual(replies(told(c)), ['DATA_SENT', 'DATA_SENT']);
    assert.deepEqual(operations(taker).slice(5), ['late 1', 'late 2']);
  });

  it('RESOURCE_SHORTAGE: the node has no buffer; the sender asks to be called, and is', () => {
    const { c, actors, boxes, to } = neighbours(2, { interconnect: { message_buffers: 1 } });
    actors[1]!.thread(...times(2, send(to[1]![0]!, 'm')));
    const refused = told(c);
    assert.deepEqual(replies(refused), ['DATA_SENT', 'RESOURCE_SHORTAGE']);
    assert.equal(refused.filter((line) => / request callback /.test(line)).length, 1);
    actors[0]!.thread(receive(boxes[0]!));
    const freed = told(c);
    assert.equal(freed.filter((line) => / unblock node /.test(line)).length, 1);
    assert.deepEqual(replies(freed), ['DATA_SENT']);
  });

  it('PORT_MIGRATED: the port is looked for, and the message sent to where it is', () => {
    const { c, actors, pass } = neighbours(3);
    const p = actors[0]!.port('p');
    const far = pass(0, 2, p, MAKE_SEND);
    const moved = pass(0, 1, p, MOVE_RECEIVE);
    actors[2]!.thread(send(far, 'hello'));
    const taker = actors[1]!.thread(receive(moved));
    const lines = told(c);
    assert.deepEqual(replies(lines), ['PORT_MIGRATED', 'DATA_SENT']);
    assert.equal(lines.filter((line) => / port probe /.test(line)).length, 2);
    assert.deepEqual(operations(taker), ['hello']);
  });

  it('PORT_MIGRATED, and it has come to the sender meanwhile: the message is delivered there', () => {
    const { c, actors, boxes, to, pass } = neighbours(2);
    const p = actors[0]!.port('p');
    const far = pass(0, 1, p, MAKE_SEND);
    actors[0]!.thread(send(to[0]![1]!, 'take', { rights: [{ name: p, disposition: MOVE_RECEIVE }] }));
    c.run();
    // The request for the receive right is on its way before the message is.
    const taker = actors[1]!.thread(receive(boxes[1]!));
    c.run(c.w.time + 0.5 * millisecond);
    const sender = actors[1]!.thread(send(far, 'hello'));
    told(c);
    const name = taker.notes[0]!.names[0]!;
    assert.equal(sender.notes[0]!.code, 'KERN_SUCCESS');
    const reader = actors[1]!.thread(receive(name));
    c.run();
    assert.deepEqual(operations(reader), ['hello']);
  });

  it('PORT_DEAD, or NO_UID when its node has forgotten it: the send fails, and the proxy is a dead name', () => {
    for (const [keeps, expected] of [
      [true, 'PORT_DEAD'],
      [false, 'NO_UID'],
    ] as const) {
      const { c, actors, pass } = neighbours(2);
      const p = actors[0]!.port('p');
      const far = pass(0, 1, p, MAKE_SEND);
      // A send right at home keeps the dead port's row.
      if (keeps) c.right(actors[0]!, p, c.task('n0', 'other'));
      modifyReferences(c.w, actors[0]!.task, p, RECEIVE, -1);
      c.run();
      const sender = actors[1]!.thread(send(far, 'hello'));
      assert.deepEqual(replies(told(c)), [expected]);
      assert.equal(sender.notes[0]!.code, 'MACH_SEND_INVALID_DEST');
      assert.equal(actors[1]!.portOf(far).active, false);
    }
  });

  it('none: the node is unreachable, which is the same as dead when that is noticed [2.13 b]', () => {
    const failure_detection = 70 * millisecond;
    const { c, actors, to } = neighbours(2, { prices: { failure_detection } });
    emitAt(c.w, 0, CRASH, 0);
    const sender = actors[1]!.thread(send(to[1]![0]!, 'hello'));
    told(c);
    assert.deepEqual([sender.notes[0]!.code, sender.notes[0]!.time], ['MACH_SEND_INVALID_DEST', failure_detection]);
  });
});

describe('a queue [2.5]', () => {
  it('has whole messages and placeholders side by side, in the order in which they came', () => {
    const { c, actors, boxes, to } = neighbours(2);
    const sizes = [{}, { pages: 1 }, { bytes: 10 }, { pages: 3 }];
    actors[1]!.thread(...sizes.map((size, i) => send(to[1]![0]!, `m${i}`, size)));
    c.run();
    const queue = queuedFor(c.w, actors[0]!.portOf(boxes[0]!));
    assert.deepEqual(
      queue.map(({ bodyNode }) => bodyNode),
      [-1, 1, -1, 1],
    );
    const taker = actors[0]!.thread(...times(4, receive(boxes[0]!)));
    c.run();
    assert.deepEqual(operations(taker), ['m0', 'm1', 'm2', 'm3']);
  });
});

describe('what waits at a proxy [2.4 step 2]', () => {
  it('is behind what waits there already, in the order in which it was sent [I19]', () => {
    const { c, actors, boxes, to } = neighbours(2);
    actors[1]!.thread(...times(5, send(to[1]![0]!, 'm')));
    c.run();
    for (let i = 0; i < 4; i++) actors[1]!.thread(send(to[1]![0]!, `late ${i}`));
    c.run();
    const taker = actors[0]!.thread(...times(9, receive(boxes[0]!)));
    c.run();
    assert.deepEqual(operations(taker).slice(5), ['late 0', 'late 1', 'late 2', 'late 3']);
  });
});
