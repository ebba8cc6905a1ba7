/**
 * A thread that others stop while its task moves is stopped when it has moved, as often as they have, whenever they did it
 * [mechanisms 4.1 (d): suspend counts; 4.2].
 */
import assert from 'node:assert/strict';
import { bootRight } from '../../simulator/dipc/boot.ts';
import { kernelCall } from '../../simulator/mach/kernel-call.ts';
import { threadPort } from '../../simulator/mach/kernel-services/objects.ts';
import { firstThreadOf } from '../../simulator/mach/task-threads.ts';
import { millisecond, receive, sleep, type Call } from '../mach/cluster.ts';
import { lab } from './move.ts';

const ask =
  (on: number, operation: string): Call =>
  (w, t) =>
    kernelCall(w, t, on, operation);

/** The suspend count of the thread when its task has moved; it was stopped once before, and `calls` are made meanwhile. */
function counted(after: number, using: 'sms' | 'user_level', ...calls: string[]): number {
  const c = lab(['source', 'destination', 'third']);
  const moved = c.task('source', 'moved');
  moved.thread(receive(moved.port('mine')));
  const debug = c.task('third', 'debugger');
  const thread = bootRight(c.w, threadPort(c.w, firstThreadOf(c.w, moved.task)!), debug.task);
  const watcher = debug.thread(
    ask(thread, 'thread_suspend'),
    sleep((100 + after) * millisecond),
    ...calls.map((each) => ask(thread, each)),
  );
  c.run(100 * millisecond);
  const m = c.move(moved, 'destination', { using, strategy: using === 'sms' ? 'copy_on_reference' : 'eager' });
  while (m.outcome === '') assert.ok(c.step());
  assert.equal(m.outcome, 'done', m.reason);
  c.run();
  assert.ok(watcher.notes.every(({ code }) => code === 'KERN_SUCCESS'));
  return firstThreadOf(c.w, c.named('moved'))!.suspendCount;
}

describe('a thread that is stopped while its task moves', () => {
  it('is stopped when it has moved, whenever that was', () => {
    for (let after = 0; after < 600; after += 50)
      assert.equal(counted(after, 'sms', 'thread_suspend'), 2, `${after} ms`);
  });

  it('runs on if it was resumed as often', () => {
    for (let after = 0; after < 600; after += 100) {
      assert.equal(counted(after, 'sms', 'thread_resume'), 0, `${after} ms`);
      assert.equal(counted(after, 'sms', 'thread_suspend', 'thread_resume', 'thread_suspend'), 2, `${after} ms`);
    }
  });

  it('is so if a server stands in for its kernel port', () => {
    for (let after = 0; after < 600; after += 100) {
      assert.equal(counted(after, 'user_level', 'thread_suspend'), 2, `${after} ms`);
    }
  });
});
