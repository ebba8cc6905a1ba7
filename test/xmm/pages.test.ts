// Shared writable memory on several nodes: what the home does with a page before somebody may read or write it.
import assert from 'node:assert/strict';
import { at } from '../../simulator/base/table.ts';
import { ABSENT, EMPTY, pageOf } from '../../simulator/mach/vm/object.ts';
import { millisecond, type Call } from '../mach/cluster.ts';
import { found, objectOf, read, vm, write } from '../mach/vm/memory.ts';
import { DIRTY } from '../../simulator/xmm/memory-object.ts';
import { taskTerminate } from '../../simulator/mach/task.ts';
import { accountOf, sharing, states } from './story.ts';

describe('a page of memory that several nodes share [3.2]', () => {
  it('read: the home goes on as a reader', () => {
    const s = sharing(2, 2);
    s.does(0, write('shared', 0));
    s.does(1, read('shared', 0));
    assert.equal(states(s, 0), 'r1 r1');
  });

  it('read: who writes it returns the data and goes on as a reader', () => {
    const s = sharing(3, 2);
    s.does(1, write('shared', 0));
    assert.equal(states(s, 0), '- w1 -');
    s.does(2, read('shared', 0));
    assert.equal(states(s, 0), 'r1 r1 r1');
  });

  it('write: every other kernel is flushed [X1]', () => {
    const s = sharing(4, 2);
    s.does(0, write('shared', 1));
    s.does(1, read('shared', 1));
    s.does(2, read('shared', 1));
    s.does(3, write('shared', 1));
    assert.equal(states(s, 1), '- - - w2');
    assert.ok((accountOf(s.c, s.tasks[0]!).flags[1]! & DIRTY) !== 0);
  });

  it('an upgrade brings access alone: no page crosses the network', () => {
    const s = sharing(2, 1);
    s.does(0, write('shared', 0));
    s.does(1, read('shared', 0));
    const before = s.c.w.time;
    s.does(1, write('shared', 0));
    assert.ok(s.c.w.time - before < 10_000_000, `${s.c.w.time - before}`);
    assert.equal(states(s, 0), '- w2');
  });

  it('zeros need no page either: the kernel fills it itself', () => {
    const s = sharing(2, 1);
    const before = s.c.w.time;
    s.does(1, read('shared', 0));
    assert.ok(s.c.w.time - before < 10_000_000, `${s.c.w.time - before}`);
    assert.equal(found(s.c, s.tasks[1]!, 'shared', 0), 0);
  });

  it('is read as it was written last, whoever writes and reads [X6]', () => {
    const s = sharing(4, 3);
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    const calls = (count: number): Call[] =>
      Array.from({ length: count }, () => (random(2) === 0 ? read : write)('shared', random(3)));
    for (const task of s.tasks) {
      task.thread(...calls(25));
      task.thread(...calls(25));
    }
    s.c.run();
    const written = at(s.c.w.memories, objectOf(s.c, s.tasks[0]!, 'shared').memory).written;
    assert.ok(written.every((version) => version > 0));
  });

  it('a request that comes while another is active waits for its turn [X5]', () => {
    const s = sharing(5, 1);
    s.does(0, write('shared', 0));
    s.does(3, read('shared', 0));
    s.does(4, read('shared', 0));
    s.tasks[1]!.thread(write('shared', 0));
    s.tasks[2]!.thread(write('shared', 0));
    let most = 0;
    const m = accountOf(s.c, s.tasks[0]!);
    while (s.c.step()) {
      most = Math.max(most, m.requests.length);
      assert.ok(m.requests.filter((each) => each.phase !== 'queued').length <= 1);
    }
    assert.equal(most, 2);
    assert.deepEqual(m.requests, []);
  });
});

describe('a page that is fetched from another node [3.5]', () => {
  it('costs a request one way, and a message with 4 KB in it', () => {
    const s = sharing(2, 1);
    s.does(0, write('shared', 0));
    const start = s.c.w.time;
    const { notes } = s.does(1, read('shared', 0));
    const cost = (notes[0]!.time - start) / millisecond;
    assert.ok(cost >= 0.95 * 32.5 && cost <= 1.05 * 32.5 + 1, `${cost} ms`);
  });
});

describe("the end of a kernel's use", () => {
  it('what it has written comes home when its last region goes', () => {
    const s = sharing(2, 2);
    s.does(1, write('shared', 0), write('shared', 1), vm('vm_deallocate', { name: 'shared' }));
    s.does(0, read('shared', 0), read('shared', 1));
    assert.equal(found(s.c, s.tasks[0]!, 'shared', 1), 2);
    assert.equal(accountOf(s.c, s.tasks[0]!).kernels.length, 0);
  });

  it('what it could write and never wrote is as empty as before [X3]', () => {
    const s = sharing(3, 1);
    const home = objectOf(s.c, s.tasks[0]!, 'shared');
    s.does(0, vm('vm_deallocate', { name: 'shared' }));
    s.does(1, read('shared', 0));
    assert.equal(pageOf(home, 0), ABSENT);
    s.does(1, vm('vm_deallocate', { name: 'shared' }));
    assert.equal(pageOf(home, 0), EMPTY);
    s.does(2, read('shared', 0));
  });

  it('memory whose tasks are all gone is given back everywhere', () => {
    const s = sharing(3, 2);
    s.does(2, write('shared', 0));
    s.does(1, read('shared', 0));
    for (const task of s.tasks) task.thread(vm('task_terminate', {}));
    s.c.run();
    assert.ok(s.c.w.objects.rows.every((each) => !each.live));
    assert.ok(s.c.w.memoryObjects.rows.every((each) => !each.live));
    assert.ok(s.c.w.memories.rows.every((each) => !each.live));
    assert.ok(s.c.w.nodes.rows.every((each) => each.residentPages === 0));
  });
});

describe('a kernel that ends while its request for a page is served', () => {
  const ends: readonly [string, (page: number) => Call][] = [
    ['to read', (page) => read('shared', page)],
    ['to write', (page) => write('shared', page)],
  ];
  for (const [what, ask] of ends) {
    for (const moment of ['lock request', 'data supply']) {
      it(`${what}, at the ${moment}: the page is not lost [X3]`, () => {
        const s = sharing(3, 2);
        s.does(1, write('shared', 0));
        s.tasks[2]!.thread(ask(0));
        while (!s.c.w.notices.some((each) => each.kind === 'protocol' && each.event === moment)) assert.ok(s.c.step());
        taskTerminate(s.c.w, s.tasks[2]!.task);
        s.c.run();
        s.does(0, read('shared', 0));
        s.does(1, read('shared', 0), write('shared', 0));
      });
    }
  }
});
