// Memory that moves again: from home to home, and straight to the real home where nothing was written between (0023).
import assert from 'node:assert/strict';
import { NONE, at } from '../../simulator/base/table.ts';
import { taskTerminate } from '../../simulator/mach/task.ts';
import { BYTES_PER_PAGE } from '../../simulator/mach/vm/object.ts';
import type { Actor, Call, Cluster } from '../mach/cluster.ts';
import { codes, found, memoryCluster, objectOf, read, region, taskNamed, vm, write } from '../mach/vm/memory.ts';

function does(c: Cluster, actor: Actor, ...calls: Call[]): void {
  const thread = actor.thread(...calls);
  c.run();
  assert.deepEqual([...new Set(codes(thread))], ['KERN_SUCCESS']);
}

function clone(c: Cluster, of: Actor, node: number): Actor {
  does(c, of, vm('norma_task_clone', { node, name: `clone ${node}` }));
  return c.actor(taskNamed(c, `clone ${node}`));
}

/** A task on n0, cloned to n1, and from there to n2 after the clone has done something. */
function chain(...between: Call[]): { readonly c: Cluster; readonly tasks: readonly Actor[] } {
  const c = memoryCluster({}, 'n0', 'n1', 'n2');
  const first = c.task('n0', 'first');
  does(c, first, vm('vm_allocate', region('heap', 4)), write('heap', 0), write('heap', 1));
  const second = clone(c, first, 1);
  if (between.length > 0) does(c, second, ...between);
  return { c, tasks: [first, second, clone(c, second, 2)] };
}

const homeOf = (c: Cluster, of: Actor): number => {
  const { pager } = objectOf(c, of, 'heap');
  return pager === NONE ? of.task.node : at(c.w.distributed, at(c.w.ports, pager).dipc).destination;
};

describe('memory that is imported from a node that imports it', () => {
  it('comes from the real home, if the node between has written nothing', () => {
    const { c, tasks } = chain(read('heap', 0));
    assert.equal(homeOf(c, tasks[2]!), 0);
  });

  it('comes from the node between, if that has written', () => {
    const { c, tasks } = chain(write('heap', 0));
    assert.equal(homeOf(c, tasks[2]!), 1);
    does(c, tasks[2]!, read('heap', 0), read('heap', 1), write('heap', 1), write('heap', 2));
    does(c, tasks[0]!, read('heap', 0), read('heap', 1), read('heap', 2), write('heap', 0));
    does(c, tasks[2]!, read('heap', 0), read('heap', 1));
    does(c, tasks[1]!, read('heap', 2), read('heap', 1));
    assert.equal(found(c, tasks[2]!, 'heap', 0), found(c, tasks[0]!, 'heap', 0));
  });

  for (const between of [read('heap', 0), write('heap', 0)]) {
    it('is coherent at both ends and in between, whoever reads and writes [X1, X6]', () => {
      const { c, tasks } = chain(between);
      let seed = 5;
      const random = (below: number): number => {
        seed = (seed * 48271) % 2147483647;
        return seed % below;
      };
      const threads = tasks.flatMap((task) =>
        [0, 1].map(() =>
          task.thread(...Array.from({ length: 15 }, () => (random(2) === 0 ? read : write)('heap', random(4)))),
        ),
      );
      c.run();
      for (const thread of threads) assert.deepEqual([...new Set(codes(thread))], ['KERN_SUCCESS']);
    });
  }

  it('is copied at the end of the chain as it is at its beginning', () => {
    const { c, tasks } = chain(write('heap', 0));
    does(c, tasks[2]!, write('heap', 1));
    const child = { name: 'child', kind: 'mach', inherit: true, pid: NONE, activity: 0 };
    does(c, tasks[2]!, vm('task_create', child));
    does(c, tasks[0]!, write('heap', 0), write('heap', 1), write('heap', 2));
    const made = c.actor(taskNamed(c, 'child'));
    does(c, made, read('heap', 0), read('heap', 1), read('heap', 2), write('heap', 0), read('heap', 0));
    assert.equal(found(c, made, 'heap', 2), 0);
  });

  it('is forgotten on every node when the last task is gone', () => {
    const { c, tasks } = chain(write('heap', 0));
    does(c, tasks[2]!, write('heap', 3));
    for (const task of tasks) task.thread(vm('task_terminate', {}));
    c.run();
    assert.ok(c.w.objects.rows.every((each) => !each.live));
    assert.ok(c.w.memories.rows.every((each) => !each.live));
  });
});

describe('an importing home [3.1, X3]', () => {
  /** The clone of a task on n1 that has written; two clones of that one, on n2 and n3, are imported from n1. */
  function fork(): { readonly c: Cluster; readonly between: Actor; readonly ends: readonly [Actor, Actor] } {
    const c = memoryCluster({}, 'n0', 'n1', 'n2', 'n3');
    const first = c.task('n0', 'first');
    does(c, first, vm('vm_allocate', region('heap', 4)), write('heap', 0), write('heap', 1));
    const between = clone(c, first, 1);
    does(c, between, write('heap', 0));
    return { c, between, ends: [clone(c, between, 2), clone(c, between, 3)] };
  }

  it('keeps what several kernels read through it: either may forget it when memory is short', () => {
    const { c, between, ends } = fork();
    const [one, other] = ends;
    does(c, one, write('heap', 1));
    does(c, other, read('heap', 1));
    assert.equal(found(c, between, 'heap', 1), found(c, one, 'heap', 1));
    for (const node of [2, 3]) at(c.w.nodes, node).memory = BYTES_PER_PAGE;
    for (const end of ends) does(c, end, read('heap', 0), read('heap', 2));
    for (const end of ends) does(c, end, read('heap', 1));
  });

  for (const ask of [read, write]) {
    it(`keeps the page that a kernel had asked for (${ask.name}) which has ended meanwhile`, () => {
      const { c, ends } = fork();
      const [one, other] = ends;
      does(c, one, write('heap', 1));
      other.thread(ask('heap', 1));
      while (!c.w.notices.some((each) => each.kind === 'protocol' && each.event === 'lock request'))
        assert.ok(c.step());
      taskTerminate(c.w, other.task);
      c.run();
      does(c, one, read('heap', 1), write('heap', 1));
    });
  }
});
