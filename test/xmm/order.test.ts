// In which order the kernels that use one memory do things: messages that overtake each other, requests that wait or merge,
// copies of one moment, and a second kernel that must be announced first.
import assert from 'node:assert/strict';
import { at } from '../../simulator/base/table.ts';
import { NO_ACCESS, WRITE_ACCESS } from '../../simulator/mach/vm/object.ts';
import { millisecond, sleep, type Actor, type Call, type Cluster } from '../mach/cluster.ts';
import { lab } from '../migration/move.ts';
import { codes, objectOf, read, region, taskNamed, touching, vm, write } from '../mach/vm/memory.ts';
import { accountOf, listen, sharing, states } from './story.ts';

const child = { name: 'child', kind: 'mach', inherit: true, pid: -1, activity: 0 };

/** Performs events until this was told. */
function until(c: Cluster, event: string): void {
  do assert.ok(c.step(), `no ${event}`);
  while (!c.w.notices.some((each) => each.kind === 'protocol' && each.event === event));
}

const events = (lines: readonly string[], event: string): number => lines.filter((line) => line.includes(event)).length;

describe('what a home says to a kernel is numbered [3.1]', () => {
  it('a lock request that overtakes a page waits until the page is there', () => {
    const s = sharing(2, 1);
    s.does(0, write('shared', 0));
    const reader = s.tasks[1]!.thread(read('shared', 0));
    until(s.c, 'data supply');
    const writer = s.tasks[0]!.thread(write('shared', 0));
    const there = objectOf(s.c, s.tasks[1]!, 'shared');
    let waited = false;
    while (s.c.step()) waited ||= there.waiting && there.access![0] === NO_ACCESS;
    assert.ok(waited, 'the lock request, without a page in it, is faster');
    assert.deepEqual([...codes(reader), ...codes(writer)], ['KERN_SUCCESS', 'KERN_SUCCESS']);
    assert.equal(states(s, 0), 'w2 -');
  });
});

describe('requests for one page [3.2, X5]', () => {
  it('of threads on one node are one request', () => {
    const s = sharing(2, 1);
    s.does(0, write('shared', 0));
    for (let i = 0; i < 3; i++) s.tasks[1]!.thread(read('shared', 0));
    assert.equal(events(listen(s.c), 'data request'), 1);
  });

  it('one that is satisfied when its turn comes asks nobody', () => {
    const s = sharing(3, 1);
    s.does(1, write('shared', 0));
    s.tasks[0]!.thread(read('shared', 0));
    s.tasks[2]!.thread(read('shared', 0));
    const lines = listen(s.c);
    // The first to be served has the page cleaned by its writer; then it is at home, and the other needs nobody.
    assert.equal(events(lines, 'lock request'), 1);
    assert.equal(states(s, 0), 'r1 r1 r1');
  });

  it('for different pages do not wait for each other', () => {
    const s = sharing(3, 2);
    s.does(0, write('shared', 0), write('shared', 1));
    s.tasks[1]!.thread(write('shared', 0));
    s.tasks[2]!.thread(write('shared', 1));
    const m = accountOf(s.c, s.tasks[0]!);
    let most = 0;
    while (s.c.step()) most = Math.max(most, m.requests.filter(({ phase }) => phase !== 'queued').length);
    assert.equal(states(s, 0), '- w3 -');
    assert.equal(states(s, 1), '- - w4');
    assert.ok(most >= 1);
  });
});

describe('a copy of shared memory is of one moment [3.3, copy-call]', () => {
  it('every kernel has answered before anybody writes again', () => {
    const s = sharing(4, 2);
    for (const task of [1, 2, 3]) s.does(task, write('shared', task % 2));
    s.tasks[0]!.thread(vm('task_create', child));
    const writers = [1, 2, 3].map((task) => s.tasks[task]!.thread(write('shared', 0), write('shared', 1)));
    const m = accountOf(s.c, s.tasks[0]!);
    let copied = false;
    while (s.c.step()) {
      if (!m.copying) continue;
      copied = true;
      const told = m.kernels.filter(({ access }) => !access.includes(WRITE_ACCESS)).length;
      assert.ok(told >= 1 && !objectOf(s.c, s.tasks[0]!, 'shared').access!.includes(WRITE_ACCESS));
    }
    assert.ok(copied);
    for (const writer of writers) assert.deepEqual([...new Set(codes(writer))], ['KERN_SUCCESS']);
    const made = s.c.actor(taskNamed(s.c, 'child'));
    const reader = made.thread(read('shared', 0), read('shared', 1));
    s.c.run();
    assert.deepEqual([...new Set(codes(reader))], ['KERN_SUCCESS']);
  });
});

describe('a temporary object [3.3]', () => {
  /** A task that has moved alone, with its memory of so many pages, of which it had written two. */
  function traveller(pages: number, ...nodes: string[]): { readonly c: Cluster; readonly actor: Actor } {
    const c = lab(nodes, { routines: [touching] });
    const task = c.task(nodes[0]!, 'traveller');
    task.thread(
      vm('vm_allocate', region('heap', pages)),
      write('heap', 0),
      write('heap', 1),
      sleep(60_000 * millisecond),
    );
    c.run(100 * millisecond);
    const m = c.move(task, nodes[1]!);
    while (m.outcome === '') assert.ok(c.step());
    assert.equal(m.outcome, 'done', m.reason);
    return { c, actor: c.actor(c.named('traveller')) };
  }

  /** Performs the calls, and says what was told about pages meanwhile. */
  function meanwhile(c: Cluster, actor: Actor, ...calls: Call[]): string[] {
    const thread = actor.thread(...calls, sleep(1));
    const lines: string[] = [];
    while (thread.notes.length < calls.length && actor.task.live && c.step()) {
      for (const each of c.w.notices) if (each.kind === 'protocol') lines.push(each.event);
    }
    return lines;
  }

  it('may end without giving anything back; its empty pages are known to be empty, and cost no message', () => {
    const { c, actor } = traveller(4, 'source', 'destination', 'third');
    assert.equal(objectOf(c, actor, 'heap').temporary, true);
    const lines = meanwhile(c, actor, write('heap', 2), read('heap', 3));
    assert.equal(events(lines, 'data request'), 0);
    assert.equal(events(meanwhile(c, actor, read('heap', 0)), 'data request'), 1);
    assert.equal(events(meanwhile(c, actor, vm('vm_deallocate', { name: 'heap' })), 'data return'), 0);
  });

  it('is one no more before a second kernel is ready, and the first has acknowledged that', () => {
    const { c, actor } = traveller(2, 'source', 'destination', 'third');
    const { id } = objectOf(c, actor, 'heap');
    // Nothing of it is where the task is: the second kernel goes to the home of the memory at once.
    const giver = actor.thread(vm('norma_task_clone', { node: 2, name: 'clone' }));
    while (giver.notes.length === 0 && c.step()) {
      const known = c.w.objects.rows.some((each) => each.live && each.node === 2 && each.kind === 'import');
      if (known) assert.equal(at(c.w.objects, id).temporary, false);
    }
    assert.deepEqual(codes(giver), ['KERN_SUCCESS']);
    const clone = c.actor(taskNamed(c, 'clone'));
    const user = clone.thread(read('heap', 1), read('heap', 0), write('heap', 1));
    while (user.notes.length < 3) assert.ok(c.step());
    assert.deepEqual([...new Set(codes(user))], ['KERN_SUCCESS']);
  });
});
