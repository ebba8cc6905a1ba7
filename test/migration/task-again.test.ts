/** Stories about tasks that move more than once, or that end before they can be moved [mechanisms 4.4, 4.6]. */
import assert from 'node:assert/strict';
import { select } from '../../simulator/base/table.ts';
import { bootRight } from '../../simulator/dipc/boot.ts';
import { kernelCall } from '../../simulator/mach/kernel-call.ts';
import { sselfOf } from '../../simulator/mach/kept.ts';
import type { TaskInfo } from '../../simulator/mach/kernel-services/task-services.ts';
import { taskPort, taskSelf, taskTerminate, type Task } from '../../simulator/mach/task.ts';
import { threadsOf } from '../../simulator/mach/task-threads.ts';
import type { Migration } from '../../simulator/migration/record.ts';
import { principalOf } from '../../simulator/migration/task/ghost.ts';
import { millisecond, receive, sleep, type Call } from '../mach/cluster.ts';
import { lab, type Lab } from './move.ts';

const NODES = ['source', 'destination', 'third'];

function done(c: Lab, m: Migration): void {
  while (m.outcome === '') assert.ok(c.step());
  assert.equal(m.outcome, 'done', m.reason);
}

/** Place of the port that the task gets for its own, over the whole cluster. */
function ownPort(c: Lab, task: Task): number {
  return principalOf(c.w, taskSelf(c.w, task))!.id;
}

describe('a task whose kernel port is relayed, and that moves again', () => {
  for (const using of ['sms', 'in_kernel', 'user_level'] as const) {
    it(`keeps the port that it knows itself by, and can be asked by it (${using}) [4.4]`, () => {
      const c = lab(NODES);
      const moved = c.task('source', 'moved');
      moved.thread(receive(moved.port('mine')));
      c.run();
      done(c, c.move(moved, 'destination', { using: 'user_level' }));
      const before = ownPort(c, c.named('moved'));
      const thread = (): number => sselfOf(threadsOf(c.w, c.named('moved'))[0]!);
      assert.notEqual(thread(), -1);
      done(c, c.move({ ...moved, task: c.named('moved') }, 'third', { using }));
      const task = c.named('moved');
      assert.equal(c.w.nodes.rows[task.node]!.name, 'third');
      assert.equal(ownPort(c, task), before);
      assert.notEqual(thread(), -1);
      // A second server, if there is one, is behind the first: a chain.
      assert.equal(select(c.w.relays, ({ what }) => what === 'task').length, using === 'user_level' ? 2 : 1);
      const ask: Call = (w, t) => kernelCall(w, t, known, 'task_info');
      const asking = c.task('source', 'asking');
      const known = bootRight(c.w, taskSelf(c.w, task), asking.task);
      const asked = asking.thread(ask);
      c.run();
      assert.equal((asked.notes[0]!.body as TaskInfo).name, 'moved');
    });
  }
});

describe('a task that ends before it is frozen', () => {
  /** Copies its memory while it runs, and ends it when the number of pages has been moved, or when it is to be frozen. */
  function ending(when: (m: Migration) => boolean): { c: Lab; m: Migration } {
    const c = lab(NODES);
    const moved = c.task('source', 'moved');
    const allocate: Call = (w, t) => {
      const body = { name: 'data', pages: 40, protection: 'rw-', inheritance: 'copy' };
      kernelCall(w, t, self, 'vm_allocate', { body });
    };
    const write: Call = (w, t) => {
      const pages = Array.from({ length: 40 }, (_, page) => page);
      kernelCall(w, t, self, 'vm_write', { body: { name: 'data', pages, versions: pages.map(() => ++w.writes) } });
    };
    const self = bootRight(c.w, taskPort(c.w, moved.task), moved.task);
    moved.thread(allocate, write, sleep(60_000 * millisecond));
    c.run(100 * millisecond);
    const m = c.move(moved, 'destination', { using: 'oms', strategy: 'pre_copy' });
    while (!when(m)) assert.ok(c.step());
    taskTerminate(c.w, moved.task);
    c.run();
    return { c, m };
  }

  for (const [story, when] of [
    ['while its memory is copied', (m: Migration) => m.pages.before > 0],
    ['when it is to be frozen', (m: Migration) => m.phase === 'freeze'],
  ] as const) {
    it(`${story} is gone, as a process would be, and nothing was copied of it that stays`, () => {
      const { c, m } = ending(when);
      assert.deepEqual([m.outcome, m.reason], ['failed', 'ESRCH']);
      assert.equal(select(c.w.omsObjects, () => true).length, 0);
      for (const server of select(c.w.tasks, ({ kind }) => kind === 'server')) assert.deepEqual(server.regions, []);
    });
  }
});
