// What a connect may be replied, and how who was refused goes on [mechanisms 2.4, 2.10].
import assert from 'node:assert/strict';
import { CRASH } from '../../simulator/base/event.ts';
import { DEFAULT_QUEUE_LIMIT } from '../../simulator/mach/ipc/port.ts';
import { MOVE_RECEIVE } from '../../simulator/mach/ipc/right.ts';
import { destroyName } from '../../simulator/mach/ipc/release.ts';
import { emitAt } from '../../simulator/mach/world.ts';
import {
  clusterWith,
  kernel,
  millisecond,
  operations,
  receive,
  rpc,
  send,
  serve,
  sleep,
  type ClusterOptions,
} from '../mach/cluster.ts';
import { told } from './transcript.ts';

function scene(options: ClusterOptions = {}) {
  const c = clusterWith(options, 'home', 'near', 'far');
  const [home, near, far] = ['home', 'near', 'far'].map((node) => c.task(node, node));
  const on = home!.port('service');
  const [fromNear, fromFar] = [c.right(home!, on, near!), c.right(home!, on, far!)];
  const fill = (): void => {
    near!.thread(...Array.from({ length: DEFAULT_QUEUE_LIMIT }, () => send(fromNear, 'fills')));
    c.run();
  };
  return { c, home: home!, near: near!, far: far!, on, fromNear, fromFar, fill };
}

/** How many packets of this kind there were, with this answer. */
const count = (lines: readonly string[], text: string): number => lines.filter((line) => line.includes(text)).length;

describe('a full queue', () => {
  it('says QUEUE_FULL to a node once; a second message of it hears RETRY_SEND and waits behind', () => {
    const { c, far, fromFar, fill } = scene();
    fill();
    for (const name of ['a', 'b', 'c']) far.thread(send(fromFar, name));
    const lines = told(c);
    assert.deepEqual([count(lines, 'QUEUE_FULL'), count(lines, 'RETRY_SEND')], [1, 2]);
    far.thread(send(fromFar, 'd'));
    assert.equal(count(told(c), 'connect'), 0, 'what is sent now waits at the proxy');
  });

  it('takes one message for each place that it has promised, in the order in which they were sent', () => {
    const { c, home, far, on, fromFar, fill } = scene();
    fill();
    const senders = ['a', 'b', 'c', 'd'].map((name) => far.thread(send(fromFar, name)));
    c.run();
    const taker = home.thread(...Array.from({ length: 9 }, () => receive(on)));
    const lines = told(c);
    assert.deepEqual(operations(taker).slice(DEFAULT_QUEUE_LIMIT), ['a', 'b', 'c', 'd']);
    assert.equal(count(lines, 'refused'), 0);
    for (const { notes } of senders) assert.equal(notes[0]!.code, 'KERN_SUCCESS');
  });

  it('that dies tells who waits for it: MACH_SEND_INVALID_DEST [2.11]', () => {
    const { c, home, far, on, fromFar, fill } = scene();
    fill();
    const senders = ['a', 'b'].map((name) => far.thread(send(fromFar, name)));
    c.run();
    destroyName(c.w, home.task, on);
    c.run();
    for (const { notes } of senders) assert.equal(notes[0]?.code, 'MACH_SEND_INVALID_DEST');
  });

  it('that fails with its node lets them go on when that is noticed [2.13]', () => {
    const { c, far, fromFar, fill } = scene({ prices: { failure_detection: 30 * millisecond } });
    fill();
    const senders = ['a', 'b'].map((name) => far.thread(send(fromFar, name)));
    c.run();
    emitAt(c.w, c.w.time, CRASH, 0);
    c.run();
    for (const { notes } of senders) assert.equal(notes[0]?.code, 'MACH_SEND_INVALID_DEST');
  });

  it('that moves lets them go on at its new node [2.8 step 8]', () => {
    const { c, home, near, far, on, fromFar, fill } = scene();
    fill();
    const waits = far.thread(send(fromFar, 'waits'));
    c.run();
    const box = near.port('box');
    home.thread(send(c.right(near, box, home), 'take', { rights: [{ name: on, disposition: MOVE_RECEIVE }] }));
    const taker = near.thread(receive(box));
    c.run();
    const reader = near.thread(...Array.from({ length: 6 }, () => receive(taker.notes[0]!.names[0]!)));
    c.run();
    assert.deepEqual([operations(reader).at(-1), waits.notes[0]?.code], ['waits', 'KERN_SUCCESS']);
  });
});

describe('a node without buffers', () => {
  const tight = { interconnect: { message_buffers: 2 } };

  it('refuses for whichever port it is, and takes what waits when a message is received', () => {
    const { c, home, near, far, on, fromNear } = scene(tight);
    const other = home.port('other');
    const toOther = c.right(home, other, far);
    near.thread(send(fromNear, 'one'), send(fromNear, 'two'));
    c.run();
    const waits = far.thread(send(toOther, 'three'));
    const lines = told(c);
    assert.deepEqual([count(lines, 'RESOURCE_SHORTAGE'), count(lines, 'request callback')], [1, 1]);
    assert.equal(waits.notes.length, 0);
    home.thread(receive(on));
    assert.equal(count(told(c), 'unblock node'), 1);
    assert.equal(waits.notes[0]!.code, 'KERN_SUCCESS');
  });

  it('sends for as many messages as it has buffers, and the rest asks again', () => {
    const { c, home, near, on, fromNear } = scene({ interconnect: { message_buffers: 1 } });
    const senders = ['a', 'b', 'c'].map((name) => near.thread(send(fromNear, name)));
    c.run();
    const taker = home.thread(...Array.from({ length: 3 }, () => receive(on)));
    c.run();
    assert.deepEqual(operations(taker), ['a', 'b', 'c']);
    assert.ok(senders.every(({ notes }) => notes[0]?.code === 'KERN_SUCCESS'));
  });

  it('calls the next one if the port of the first has no place: the buffer is not lost', () => {
    const { c, home, near, far, on, fromNear } = scene({ interconnect: { message_buffers: 1 } });
    const other = home.port('other');
    const toOther = c.right(home, other, far);
    near.thread(send(fromNear, 'has the buffer'), send(fromNear, 'refused twice'));
    c.run();
    const waits = far.thread(send(toOther, 'three'));
    const own = c.right(home, on, home);
    for (let i = 0; i < DEFAULT_QUEUE_LIMIT; i++) home.thread(send(own, 'from here'));
    c.run();
    assert.equal(waits.notes.length, 0);
    home.thread(receive(on));
    const lines = told(c);
    assert.deepEqual([count(lines, 'unblock node'), count(lines, 'QUEUE_FULL')], [2, 1]);
    assert.equal(waits.notes[0]?.code, 'KERN_SUCCESS');
  });

  it('calls the next one if the first has nothing to send any more', () => {
    const { c, home, near, far, on, fromNear, fromFar } = scene({ interconnect: { message_buffers: 1 } });
    near.thread(send(fromNear, 'has the buffer'));
    c.run();
    const aborted = near.thread(send(fromNear, 'taken back'));
    c.run();
    const waits = far.thread(send(fromFar, 'waits'));
    c.run();
    const it = c.threadRight(aborted, near);
    near.thread(kernel(it, 'thread_suspend'), kernel(it, 'thread_abort'));
    c.run();
    const taker = home.thread(receive(on), receive(on));
    const lines = told(c);
    assert.equal(count(lines, 'unblock node'), 2);
    assert.deepEqual(operations(taker), ['has the buffer', 'waits']);
    assert.equal(waits.notes[0]?.code, 'KERN_SUCCESS');
  });

  it('does not keep answers out: an RPC is over however many messages wait [1.6]', () => {
    const { c, home, near, on, fromNear, far, fromFar } = scene(tight);
    const box = near.port('box');
    const toNear = c.right(near, box, far);
    far.thread(send(toNear, 'one'), send(toNear, 'two'));
    c.run();
    home.thread(...serve(on, 2));
    const callers = [near.thread(rpc(fromNear, 'question')), far.thread(rpc(fromFar, 'question'))];
    c.run();
    for (const { notes } of callers) assert.equal(notes[0]!.operation, 'reply');
  });

  it('that fails is waited for no longer than the time-out', () => {
    const options = { ...tight, prices: { failure_detection: 30 * millisecond } };
    const { c, near, fromNear } = scene(options);
    const senders = ['a', 'b', 'c', 'd'].map((name) => near.thread(send(fromNear, name)));
    c.run();
    assert.equal(senders.filter(({ notes }) => notes.length === 0).length, 2);
    emitAt(c.w, c.w.time, CRASH, 0);
    c.run();
    assert.ok(senders.every(({ notes }) => notes.length === 1));
  });
});

describe('a message for a port whose receive right is arriving', () => {
  it('is set aside, and its sender woken when the right has settled [2.8 step 7, WAKEUP_SENDER]', () => {
    const { c, home, near, far, on, fromFar } = scene();
    const box = near.port('box');
    home.thread(send(c.right(near, box, home), 'take', { rights: [{ name: on, disposition: MOVE_RECEIVE }] }));
    c.run();
    // The far node has heard already where the port will be.
    c.w.distributed.rows[far.portOf(fromFar).dipc]!.destination = 1;
    near.thread(receive(box));
    const sender = far.thread(sleep(millisecond), send(fromFar, 'early'));
    const lines: string[] = [];
    let moving = false;
    while (c.step()) {
      moving ||= c.w.distributed.rows.some(({ live, arriving, held }) => live && arriving && held.length > 0);
      for (const notice of c.w.notices) if (notice.kind === 'protocol') lines.push(notice.event);
    }
    assert.deepEqual([moving, count(lines, 'wakeup sender')], [true, 1]);
    assert.equal(sender.notes[1]!.code, 'KERN_SUCCESS');
  });
});
