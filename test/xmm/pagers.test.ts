// Where pages go when memory is short, and pagers that are tasks, on the node of the memory or on another one.
import assert from 'node:assert/strict';
import { NONE, at } from '../../simulator/base/table.ts';
import type { Thread } from '../../simulator/mach/thread.ts';
import type { World } from '../../simulator/engine/world.ts';
import { answer, receive as receiveOn } from '../../simulator/mach/ipc/mach-msg.ts';
import { finish, goTo, routine, step } from '../../simulator/mach/routine.ts';
import { call } from '../../simulator/mach/routine.ts';
import { threadCreate, threadStart } from '../../simulator/mach/thread.ts';
import { BYTES_PER_PAGE, READ_ACCESS, WRITE_ACCESS } from '../../simulator/mach/vm/object.ts';
import type { DataRequest } from '../../simulator/mach/vm/page-in.ts';
import type { DataReturn } from '../../simulator/mach/vm/page-out.ts';
import { INACTIVE } from '../../simulator/mach/vm/page-queues.ts';
import { receive, send, type Actor, type Call, type Cluster } from '../mach/cluster.ts';
import { MOVE_RECEIVE } from '../../simulator/mach/ipc/right.ts';
import { crash } from '../../simulator/faults/crash.ts';
import { codes, found, memoryCluster, objectOf, read, region, taskNamed, vm, write } from '../mach/vm/memory.ts';
import { mapping, sharing, states } from './story.ts';

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('a node that is short of memory', () => {
  it('pages out to the default pager, and in again', () => {
    const c = memoryCluster({ memory: 4 * BYTES_PER_PAGE }, 'here');
    const task = c.task('here', 'task');
    const thread = task.thread(
      vm('vm_allocate', region('heap', 10)),
      ...range(10).map((page) => write('heap', page)),
      ...range(10).map((page) => read('heap', page)),
      ...range(10).map((page) => write('heap', page)),
    );
    c.run();
    assert.deepEqual([...new Set(codes(thread))], ['KERN_SUCCESS']);
    assert.ok(at(c.w.nodes, 0).residentPages <= 4);
    assert.ok(c.w.tasks.rows.some((each) => each.live && each.name === 'default pager@here'));
    assert.equal(at(c.w.ports, objectOf(c, task, 'heap').pager).label, 'paging object');
  });

  it('keeps a page that is touched again and again: it has a second chance, and another leaves', () => {
    const c = memoryCluster({ memory: 4 * BYTES_PER_PAGE }, 'here');
    const task = c.task('here', 'task');
    const others = [5, 6, 7, 8, 9, 10, 11];
    fine(c, task, vm('vm_allocate', region('heap', 12)), ...range(5).map((page) => write('heap', page)));
    const queues = at(c.w.nodes, 0).queues!;
    for (const page of others) {
      fine(c, task, read('heap', 3), write('heap', page));
      assert.ok(found(c, task, 'heap', 3) >= 0, `page 3 has left for page ${page}`);
      assert.ok(queues.count[INACTIVE] >= 1);
    }
    assert.deepEqual(
      others.slice(0, 4).map((page) => found(c, task, 'heap', page)),
      [NONE, NONE, NONE, NONE],
    );
  });

  it('counts its pages in queues only once it has been short', () => {
    const c = memoryCluster({ memory: 4 * BYTES_PER_PAGE }, 'here');
    const task = c.task('here', 'task');
    fine(c, task, vm('vm_allocate', region('heap', 9)), ...range(4).map((page) => write('heap', page)));
    assert.equal(at(c.w.nodes, 0).queues, null);
    fine(c, task, ...range(9).map((page) => write('heap', page)), vm('vm_deallocate', { name: 'heap' }));
    assert.deepEqual(at(c.w.nodes, 0).queues!.count, [0, 0]);
  });

  it('forgets zeros and what a pager has, without a message', () => {
    const c = memoryCluster({ memory: 4 * BYTES_PER_PAGE }, 'here');
    const task = c.task('here', 'task');
    task.thread(vm('vm_allocate', region('heap', 10)), ...range(10).map((page) => read('heap', page)));
    c.run();
    assert.equal(objectOf(c, task, 'heap').pager, NONE);
    assert.equal(at(c.w.nodes, 0).residentPages, 4);
  });

  it('gives the paging object back when the memory goes', () => {
    const c = memoryCluster({ memory: 2 * BYTES_PER_PAGE }, 'here');
    const task = c.task('here', 'task');
    task.thread(
      vm('vm_allocate', region('heap', 5)),
      ...range(5).map((page) => write('heap', page)),
      vm('vm_deallocate', { name: 'heap' }),
    );
    c.run();
    assert.ok(!c.w.ports.rows.some((each) => each.live && each.label === 'paging object'));
    assert.equal(at(c.w.nodes, 0).residentPages, 0);
  });

  it('gives pages of an import back to their home', () => {
    const s = sharing(2, 8);
    s.c.w.nodes.rows[1]!.memory = 3 * BYTES_PER_PAGE;
    s.does(1, ...range(8).map((page) => write('shared', page)));
    assert.ok(at(s.c.w.nodes, 1).residentPages <= 3);
    assert.equal(states(s, 0), 'r1 -');
    s.does(1, ...range(8).map((page) => read('shared', page)), ...range(8).map((page) => write('shared', page)));
    s.does(0, ...range(8).map((page) => read('shared', page)));
  });

  it('stays coherent when every node is short', () => {
    const s = sharing(3, 6);
    for (const node of s.c.w.nodes.rows) node.memory = 2 * BYTES_PER_PAGE;
    let seed = 11;
    const random = (below: number): number => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    const calls = () => range(20).map(() => (random(2) === 0 ? read : write)('shared', random(6)));
    const threads = s.tasks.flatMap((task) => [task.thread(...calls()), task.thread(...calls())]);
    s.c.run();
    for (const thread of threads) assert.deepEqual([...new Set(codes(thread))], ['KERN_SUCCESS']);
  });
});

interface Pager {
  readonly on: number;
  readonly pages: number[];
  readonly seen: string[];
  /** What kernels may do with a page that was asked for to be read; without, whatever they like. */
  readonly lock?: number;
}

/** A task that serves the two operations of a pager. */
const pagerLoop = routine<World, Pager>('a pager', 'serves pages', [
  step('receive', (w, t, f) => receiveOn(w, t, f.on)),
  step('serve', (w: World, t: Thread, f) => {
    // The receive right has gone elsewhere: whoever has it now goes on.
    if (t.operation === '') return finish(t);
    const { page, version, access: asked } = t.body as DataReturn & DataRequest;
    f.seen.push(`${t.operation} ${page}`);
    if (t.operation === 'memory_object_data_return') {
      f.pages[page] = version;
      answer(w, t, t.reply);
    } else {
      const access = f.lock === undefined ? {} : { access: asked === 'write' ? WRITE_ACCESS : f.lock };
      answer(w, t, t.reply, { body: { version: f.pages[page] ?? 1000 + page, ...access }, pages: 1 });
    }
    goTo(w, t, 'receive');
  }),
]);

function pager(c: Cluster, node: string): { readonly actor: Actor; readonly on: number; readonly frame: Pager } {
  const actor = c.task(node, 'pager');
  const on = actor.port('memory object');
  return { actor, on, frame: serving(c, actor, on, []) };
}

function serving(c: Cluster, actor: Actor, on: number, pages: number[]): Pager {
  const t = threadCreate(c.w, actor.task, 'pager');
  const frame: Pager = { on, pages, seen: [] };
  call(t, pagerLoop, frame);
  threadStart(c.w, t);
  return frame;
}

/** The task `to` on another node is the pager from now on: the receive right goes there. */
function pagerMoves(c: Cluster, from: Actor, on: number, to: Actor, pages: number[]): { on: number; frame: Pager } {
  const letters = to.port('letters');
  const rights = [{ name: on, disposition: MOVE_RECEIVE }];
  from.thread(send(c.right(to, letters, from), 'the pager', { rights }));
  const heir = to.thread(receive(letters));
  c.run();
  const name = heir.notes[0]!.names[0]!;
  return { on: name, frame: serving(c, to, name, pages) };
}

/** A cluster with a pager on the first node. */
function paged(...nodes: string[]): { c: Cluster; old: ReturnType<typeof pager>; maps: (node: string) => Actor } {
  const c = memoryCluster({ routines: [pagerLoop] }, ...nodes);
  const old = pager(c, nodes[0]!);
  const maps = (node: string, from = old.actor, on = old.on): Actor => {
    const task = c.task(node, `user@${node}`);
    task.thread(mapping('mapped', 3, c.right(from, on, task)));
    c.run();
    return task;
  };
  return { c, old, maps };
}

function fine(c: Cluster, actor: Actor, ...calls: Call[]): void {
  const thread = actor.thread(...calls);
  c.run();
  assert.deepEqual([...new Set(codes(thread))], ['KERN_SUCCESS']);
}

describe('the port of a pager that moves', () => {
  it('leads to the one account of its memory, on the node that mapped it first [3.1]', () => {
    const { c, old, maps } = paged('first', 'then', 'user');
    const here = maps('first');
    fine(c, here, write('mapped', 0), read('mapped', 1));
    const right = c.right(old.actor, old.on, c.task('user', 'keeper'));
    assert.ok(right > 0);
    const heir = c.task('then', 'heir');
    const { on, frame } = pagerMoves(c, old.actor, old.on, heir, old.frame.pages);
    const there = mapped(c, heir, on, 'then');
    const third = mapped(c, heir, on, 'user');
    fine(c, there, write('mapped', 1), read('mapped', 0));
    fine(c, third, read('mapped', 0), read('mapped', 1), write('mapped', 0), write('mapped', 2));
    fine(c, here, read('mapped', 0), read('mapped', 1), read('mapped', 2));
    fine(c, there, read('mapped', 0), read('mapped', 1), read('mapped', 2));
    assert.equal(c.w.memoryObjects.rows.filter((each) => each.live).length, 1);
    assert.deepEqual(old.frame.seen, ['memory_object_data_request 0', 'memory_object_data_request 1']);
    assert.deepEqual(frame.seen, ['memory_object_data_request 2']);
    assert.equal(found(c, here, 'mapped', 0), found(c, there, 'mapped', 0));
  });

  it('opens a new account where it is, once nobody uses the old one', () => {
    const { c, old, maps } = paged('first', 'then', 'user');
    const here = maps('first');
    fine(c, here, read('mapped', 0));
    const heir = c.task('then', 'heir');
    const { on } = pagerMoves(c, old.actor, old.on, heir, [5, 6, 7]);
    fine(c, here, vm('vm_deallocate', { name: 'mapped' }));
    const user = mapped(c, heir, on, 'user');
    fine(c, user, read('mapped', 0), write('mapped', 1));
    const there = mapped(c, heir, on, 'then');
    fine(c, there, read('mapped', 1), write('mapped', 0));
    fine(c, user, read('mapped', 0));
    assert.deepEqual(homesOf(c), [1]);
  });

  it('and comes back finds the account that was opened elsewhere meanwhile', () => {
    const { c, old } = paged('first', 'then');
    const heir = c.task('then', 'heir');
    const first = pagerMoves(c, old.actor, old.on, heir, []);
    const there = mapped(c, heir, first.on, 'then');
    fine(c, there, write('mapped', 0));
    const again = pagerMoves(c, heir, first.on, old.actor, []);
    const here = mapped(c, old.actor, again.on, 'first');
    fine(c, here, read('mapped', 0), write('mapped', 0), read('mapped', 2));
    fine(c, there, read('mapped', 0), write('mapped', 2));
    fine(c, here, read('mapped', 2));
    assert.deepEqual(homesOf(c), [1]);
  });

  it('opens a new account if the node of the old one has failed', () => {
    const { c, old, maps } = paged('first', 'then', 'user');
    fine(c, maps('first'), write('mapped', 0));
    const heir = c.task('then', 'heir');
    const { on } = pagerMoves(c, old.actor, old.on, heir, [5, 6, 7]);
    crash(c.w, 0);
    c.run();
    const there = mapped(c, heir, on, 'then');
    fine(c, there, read('mapped', 0), write('mapped', 1));
    assert.equal(found(c, there, 'mapped', 0), 5);
  });
});

function mapped(c: Cluster, from: Actor, on: number, node: string): Actor {
  const task = c.task(node, `user@${node}`);
  fine(c, task, mapping('mapped', 3, c.right(from, on, task)));
  return task;
}

/** Nodes with an account of what a pager has. */
function homesOf(c: Cluster): number[] {
  return c.w.memoryObjects.rows.filter((each) => each.live).map(({ node }) => node);
}

describe('a pager that is a task', () => {
  it('on another node: its own kernel keeps account of who uses its pages, and asks it once', () => {
    const c = memoryCluster({ routines: [pagerLoop] }, 'pager', 'one', 'two');
    const { actor, on, frame } = pager(c, 'pager');
    const [one, two] = ['one', 'two'].map((node) => {
      const task = c.task(node, node);
      return { task, right: c.right(actor, on, task) };
    });
    const first = one!.task.thread(mapping('mapped', 3, one!.right), read('mapped', 0), write('mapped', 1));
    c.run();
    const second = two!.task.thread(
      mapping('mapped', 3, two!.right),
      ...[read('mapped', 0), read('mapped', 1), write('mapped', 0)],
    );
    c.run();
    one!.task.thread(read('mapped', 0));
    c.run();
    for (const thread of [first, second]) assert.deepEqual([...new Set(codes(thread))], ['KERN_SUCCESS']);
    assert.deepEqual(frame.seen, ['memory_object_data_request 0', 'memory_object_data_request 1']);
  });

  it('can lock a page against writing: who wants to write it asks for that, and then may [3.2, X2]', () => {
    const c = memoryCluster({ routines: [pagerLoop] }, 'pager', 'one', 'two');
    const { actor, on, frame } = pager(c, 'pager');
    Object.assign(frame, { lock: READ_ACCESS });
    const [one, two] = ['one', 'two'].map((node) => mapped(c, actor, on, node));
    fine(c, one!, read('mapped', 0));
    fine(c, two!, read('mapped', 0));
    const m = c.w.memoryObjects.rows.find((each) => each.live)!;
    assert.equal(m.granted![0], READ_ACCESS);
    assert.ok(m.kernels.every(({ access }) => access[0] === READ_ACCESS));
    fine(c, one!, write('mapped', 0), write('mapped', 0));
    fine(c, two!, read('mapped', 0), write('mapped', 0));
    assert.equal(m.granted![0], WRITE_ACCESS);
    assert.deepEqual(frame.seen, ['memory_object_data_request 0', 'memory_object_data_request 0']);
  });

  it('mapped twice on one node is one object; on its own node too', () => {
    const c = memoryCluster({ routines: [pagerLoop] }, 'pager', 'one');
    const { actor, on } = pager(c, 'pager');
    const [here, there, also] = ['pager', 'one', 'one'].map((node) => {
      const task = c.task(node);
      const right = c.right(actor, on, task);
      task.thread(mapping('mapped', 2, right), write('mapped', 0));
      c.run();
      return task;
    });
    assert.equal(objectOf(c, there!, 'mapped'), objectOf(c, also!, 'mapped'));
    assert.equal(objectOf(c, here!, 'mapped').kind, 'pager');
  });

  it('can have its pages copied at once instead of on write [3.3, none]', () => {
    const c = memoryCluster({ routines: [pagerLoop] }, 'pager');
    const { actor, on, frame } = pager(c, 'pager');
    const task = c.task('pager', 'user');
    const right = c.right(actor, on, task);
    const child = { name: 'child', kind: 'mach', inherit: true, pid: NONE, activity: 0 };
    task.thread(mapping('mapped', 3, right, { copyStrategy: 'none' }), write('mapped', 1), vm('task_create', child));
    c.run();
    assert.deepEqual(frame.seen.length, 3);
    task.thread(write('mapped', 0), write('mapped', 1));
    c.run();
    const made = c.actor(taskNamed(c, 'child'));
    made.thread(read('mapped', 0), read('mapped', 1), write('mapped', 2));
    c.run();
    assert.equal(found(c, made, 'mapped', 1), 1);
    assert.equal(objectOf(c, made, 'mapped').kind, 'anonymous');
  });

  it('gets back what was written when memory is short', () => {
    const c = memoryCluster({ routines: [pagerLoop], memory: 2 * BYTES_PER_PAGE }, 'pager');
    const { actor, on, frame } = pager(c, 'pager');
    const task = c.task('pager', 'user');
    const right = c.right(actor, on, task);
    const thread = task.thread(
      mapping('mapped', 5, right),
      ...range(5).map((page) => write('mapped', page)),
      ...range(5).map((page) => read('mapped', page)),
    );
    c.run();
    assert.deepEqual([...new Set(codes(thread))], ['KERN_SUCCESS']);
    assert.ok(frame.seen.includes('memory_object_data_return 0'));
  });
});
