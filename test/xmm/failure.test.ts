// A node fails that had pages: what was only there is lost, everything else goes on [2.13, 5.6].
import assert from 'node:assert/strict';
import { crash } from '../../simulator/faults/crash.ts';
import { codes, found, read, write } from '../mach/vm/memory.ts';
import { accountOf, sharing } from './story.ts';

describe('a node fails', () => {
  it('a page that only it had written is lost: KERN_MEMORY_ERROR', () => {
    const s = sharing(3, 3);
    s.does(1, write('shared', 0), write('shared', 1));
    s.does(0, write('shared', 2));
    s.does(2, read('shared', 1));
    crash(s.c.w, 1);
    s.c.run();
    const readers = [0, 2].map((task) =>
      s.tasks[task]!.thread(read('shared', 0), read('shared', 1), read('shared', 2), write('shared', 0)),
    );
    s.c.run();
    for (const reader of readers) {
      assert.deepEqual(codes(reader), ['KERN_MEMORY_ERROR', 'KERN_SUCCESS', 'KERN_SUCCESS', 'KERN_MEMORY_ERROR']);
    }
    assert.equal(accountOf(s.c, s.tasks[0]!).kernels.length, 1);
  });

  it('while it is asked for a page: who waits hears of it when the failure is noticed', () => {
    const s = sharing(3, 1);
    s.does(1, write('shared', 0));
    const reader = s.tasks[2]!.thread(read('shared', 0));
    s.c.run(s.c.w.time + 6_000_000);
    crash(s.c.w, 1);
    s.c.run();
    assert.deepEqual(codes(reader), ['KERN_MEMORY_ERROR']);
  });

  it('the home: other kernels keep what they have, and can get no more', () => {
    const s = sharing(2, 2);
    s.does(1, write('shared', 0));
    crash(s.c.w, 0);
    s.c.run();
    const thread = s.tasks[1]!.thread(write('shared', 0), read('shared', 0), read('shared', 1));
    s.c.run();
    assert.deepEqual(codes(thread), ['KERN_SUCCESS', 'KERN_SUCCESS', 'KERN_MEMORY_ERROR']);
    assert.equal(found(s.c, s.tasks[1]!, 'shared', 0), 2);
  });
});
