// A send to another node that waits for room there is aborted, and sent again [mechanisms 1.6, 2.10].
import assert from 'node:assert/strict';
import { DEFAULT_QUEUE_LIMIT } from '../../simulator/mach/ipc/port.ts';
import { COPY_SEND, MAKE_SEND, MOVE_RECEIVE, MOVE_SEND } from '../../simulator/mach/ipc/right.ts';
import { reportInterruption } from '../../simulator/mach/thread.ts';
import { threadResume, threadSuspend } from '../../simulator/mach/thread-control.ts';
import {
  clusterWith,
  kernel,
  operations,
  receive,
  rpc,
  send,
  type ClusterOptions,
  type Scripted,
} from '../mach/cluster.ts';

function scene(options: ClusterOptions = {}) {
  const c = clusterWith(options, 'home', 'near');
  const home = c.task('home', 'home');
  const near = c.task('near', 'near');
  const on = home.port('service');
  const to = c.right(home, on, near);
  near.thread(...Array.from({ length: DEFAULT_QUEUE_LIMIT }, () => send(to, 'fills')));
  c.run();
  const keeper = c.task('near', 'keeper');
  const abort = (target: Scripted): Scripted => {
    const aborter = keeper.thread(kernel(c.threadRight(target, keeper), 'thread_abort'));
    c.run();
    return aborter;
  };
  const drain = (more: number): Scripted => {
    const taker = home.thread(...Array.from({ length: DEFAULT_QUEUE_LIMIT + more }, () => receive(on)));
    c.run();
    return taker;
  };
  return { c, home, near, on, to, abort, drain };
}

const refusedOnce = 'that was refused';
const waitsBehind = 'that waits behind one that was refused';

describe('an abort of a send that waits for room on another node', () => {
  for (const which of [refusedOnce, waitsBehind]) {
    it(`${which} gives moved rights back under their names, and takes them again`, () => {
      const { c, near, to, abort, drain } = scene();
      if (which === waitsBehind) near.thread(send(to, 'before'));
      c.run();
      const other = c.task('home', 'other');
      const moved = near.port('moved');
      const right = c.right(other, other.port('p'), near);
      const answers = near.port('answers');
      const mover = near.thread(
        send(to, 'take these', {
          rights: [
            { name: moved, disposition: MOVE_RECEIVE },
            { name: right, disposition: MOVE_SEND },
            { name: to, disposition: COPY_SEND },
          ],
          reply: { name: answers, disposition: MAKE_SEND },
        }),
      );
      c.run();
      assert.equal(near.entry(moved), null);
      threadSuspend(c.w, mover.row()!);
      assert.equal(abort(mover).notes[0]!.code, 'KERN_SUCCESS');
      assert.equal(near.portOf(moved).receiver, near.task.id);
      assert.equal(near.entry(right)!.urefs, 1);
      assert.equal(near.portOf(answers).srights, 0);
      const before = which === waitsBehind ? 1 : 0;
      const taker = drain(before + 1);
      assert.equal(taker.notes.length, DEFAULT_QUEUE_LIMIT + before, 'the message has been taken back');
      threadResume(c.w, mover.row()!);
      c.run();
      assert.equal(taker.notes.at(-1)!.operation, 'take these');
      assert.equal(taker.notes.at(-1)!.names.length, 3);
      assert.equal(near.entry(moved), null);
    });
  }

  it('gives back the last right to the destination, whose proxy was gone already', () => {
    const { c, near, to, abort, drain } = scene();
    const sender = near.thread(send(to, 'farewell', { destination: MOVE_SEND }));
    c.run();
    assert.equal(near.entry(to), null);
    threadSuspend(c.w, sender.row()!);
    abort(sender);
    assert.equal(near.entry(to)!.urefs, 1);
    threadResume(c.w, sender.row()!);
    assert.equal(operations(drain(1)).at(-1), 'farewell');
    assert.equal(near.entry(to), null);
  });

  it('ends for a thread that is not suspended, too: it sends at once again, and in its turn', () => {
    const { near, to, abort, drain, c } = scene();
    const sender = near.thread(send(to, 'a'), send(to, 'b'));
    c.run();
    assert.equal(abort(sender).notes[0]!.code, 'KERN_SUCCESS');
    assert.deepEqual(operations(drain(2)).slice(DEFAULT_QUEUE_LIMIT), ['a', 'b']);
  });

  it('is seen by a program that asked to see it: MACH_SEND_INTERRUPTED', () => {
    const { near, to, abort, drain, c } = scene();
    const sender = near.thread((w, t) => {
      send(to, 'x')(w, t);
      reportInterruption(t);
    });
    c.run();
    abort(sender);
    assert.equal(sender.notes.at(-1)!.code, 'MACH_SEND_INTERRUPTED');
    assert.equal(drain(1).notes.length, DEFAULT_QUEUE_LIMIT);
  });

  it('takes back a message that waits for a buffer of the node', () => {
    const { c, home, near, abort } = scene({ interconnect: { message_buffers: DEFAULT_QUEUE_LIMIT } });
    const box = home.port('box');
    const toBox = c.right(home, box, near);
    const sender = near.thread(send(toBox, 'waits'));
    c.run();
    assert.equal(sender.notes.length, 0);
    threadSuspend(c.w, sender.row()!);
    assert.equal(abort(sender).notes[0]!.code, 'KERN_SUCCESS');
    assert.equal(c.w.distributed.rows.filter(({ live, held }) => live && held.length > 0).length, 0);
  });

  it('takes back a question that has not left, and asks it again', () => {
    const { c, home, near, on, to, abort, drain } = scene();
    near.thread(send(to, 'before'));
    c.run();
    const caller = near.thread(rpc(to, 'question'));
    c.run();
    threadSuspend(c.w, caller.row()!);
    abort(caller);
    drain(1);
    threadResume(c.w, caller.row()!);
    const answerer = home.thread(receive(on));
    c.run();
    assert.deepEqual(operations(answerer), ['question']);
  });
});
