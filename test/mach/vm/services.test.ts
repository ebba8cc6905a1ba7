// The kernel calls about address spaces: what each does, and what it answers when it cannot.
import assert from 'node:assert/strict';
import { BrokenRule } from '../../../simulator/base/assert.ts';
import { at } from '../../../simulator/base/table.ts';
import { COPY_SEND } from '../../../simulator/mach/ipc/right.ts';
import { receive, reply, type Call } from '../cluster.ts';
import { codes, found, memoryCluster, objectOf, read, region, regionOf, taskNamed, vm, write } from './memory.ts';

const one = () => {
  const c = memoryCluster({}, 'here');
  return { c, task: c.task('here', 'task') };
};

const child = { name: 'child', kind: 'mach', inherit: true, pid: -1, activity: 0 };

/** Maps, under another name, the memory whose right came with the last call. */
const mapLast =
  (name: string, pages: number, more: object = {}): Call =>
  (w, t) => {
    const rights = [{ name: t.names[0]!, disposition: COPY_SEND }];
    vm('vm_map', { ...region(name, pages), copy: false, ...more }, rights)(w, t);
  };

describe('an address space', () => {
  it('vm_allocate maps zeros, vm_deallocate unmaps; a touch outside is KERN_INVALID_ADDRESS', () => {
    const { c, task } = one();
    const thread = task.thread(
      ...[vm('vm_allocate', region('heap', 2)), read('heap', 1), read('heap', 2), read('stack', 0)],
      ...[vm('vm_deallocate', { name: 'heap' }), read('heap', 0), vm('vm_deallocate', { name: 'heap' })],
    );
    c.run();
    const [invalid, success] = ['KERN_INVALID_ADDRESS', 'KERN_SUCCESS'];
    assert.deepEqual(codes(thread), [success, success, invalid, invalid, success, invalid, invalid]);
    assert.equal(at(c.w.nodes, 0).residentPages, 0);
  });

  it('has no room where something is, and for nothing', () => {
    const { c, task } = one();
    const thread = task.thread(
      vm('vm_allocate', region('heap', 2, { start: 10 })),
      vm('vm_allocate', region('more', 2, { start: 11 })),
      vm('vm_allocate', region('none', 0)),
      vm('vm_allocate', region('more', 2, { start: 12 })),
    );
    c.run();
    assert.deepEqual(codes(thread), ['KERN_SUCCESS', 'KERN_NO_SPACE', 'KERN_INVALID_ARGUMENT', 'KERN_SUCCESS']);
  });

  it('vm_protect forbids, and allows again up to the maximum', () => {
    const { c, task } = one();
    const thread = task.thread(
      vm('vm_allocate', region('heap', 1)),
      vm('vm_protect', { name: 'heap', protection: 'r--' }),
      write('heap', 0),
      vm('vm_protect', { name: 'heap', protection: 'rw-' }),
      write('heap', 0),
      vm('vm_protect', { name: 'heap', protection: 'r--', setMaximum: true }),
      write('heap', 0),
      vm('vm_protect', { name: 'heap', protection: 'rw-' }),
    );
    c.run();
    const [failure, success] = ['KERN_PROTECTION_FAILURE', 'KERN_SUCCESS'];
    assert.deepEqual(codes(thread), [success, success, failure, success, success, success, failure, failure]);
    assert.equal(regionOf(c, task, 'heap').protection, 'r--');
  });

  it('vm_inherit: a child shares, copies, or has nothing', () => {
    const { c, task } = one();
    task.thread(
      ...['copied', 'shared', 'kept'].flatMap((name) => [vm('vm_allocate', region(name, 1)), write(name, 0)]),
      vm('vm_inherit', { name: 'shared', inheritance: 'share' }),
      vm('vm_inherit', { name: 'kept', inheritance: 'none' }),
      vm('task_create', child),
      write('copied', 0),
      write('shared', 0),
    );
    c.run();
    const made = taskNamed(c, 'child');
    assert.deepEqual(
      made.regions.map((id) => at(c.w.regions, id).name),
      ['copied', 'shared'],
    );
    assert.equal(found(c, made, 'copied', 0), 1);
    assert.equal(found(c, made, 'shared', 0), 5);
    assert.equal(found(c, task, 'copied', 0), 4);
  });

  it('vm_region tells enough to make the region elsewhere', () => {
    const { c, task } = one();
    const thread = task.thread(
      vm('vm_allocate', region('heap', 3)),
      write('heap', 2),
      vm('vm_region', { index: 0 }),
      vm('vm_region', { index: 1 }),
    );
    c.run();
    const { name, pages, protection, maximum, resident } = thread.notes[2]!.body as Record<string, unknown>;
    const expected = { name: 'heap', pages: 3, protection: 'rw-', maximum: 'rwx', resident: 1 };
    assert.deepEqual({ name, pages, protection, maximum, resident }, expected);
    assert.equal(thread.notes[3]!.code, 'KERN_NO_SPACE');
  });
});

describe('contents', () => {
  it('vm_write writes what vm_read reads, and vm_modified lists what was written since', () => {
    const { c, task } = one();
    const thread = task.thread(
      vm('vm_allocate', region('heap', 4)),
      write('heap', 1),
      vm('vm_modified', { name: 'heap', since: 0 }),
      write('heap', 3),
      (w, t) => vm('vm_modified', { name: 'heap', since: (t.body as { now?: number } | null)?.now ?? 1 })(w, t),
      vm('vm_write', { name: 'heap', pages: [0, 2], versions: [1, 2] }),
      vm('vm_read', { name: 'heap', pages: [0, 1, 2, 3] }),
      vm('vm_read', { name: 'heap', pages: [4] }),
    );
    c.run();
    assert.deepEqual(thread.notes[2]!.body, { pages: [1], now: 1 });
    assert.deepEqual(thread.notes[4]!.body, { pages: [3], now: 2 });
    assert.deepEqual(thread.notes[6]!.body, { versions: [1, 1, 2, 2] });
    assert.equal(thread.notes[7]!.code, 'KERN_INVALID_ADDRESS');
  });

  it('vm_copy copies lazily: each side keeps what it has when the other writes', () => {
    const { c, task } = one();
    const thread = task.thread(
      ...[vm('vm_allocate', region('from', 2)), vm('vm_allocate', region('to', 2)), write('from', 0), write('to', 1)],
      vm('vm_copy', { from: 'from', to: 'to' }),
      ...[write('from', 0), read('to', 0), read('to', 1), write('to', 0), read('from', 0)],
      vm('vm_copy', { from: 'from', to: 'nothing' }),
    );
    c.run();
    assert.deepEqual([found(c, task, 'from', 0), found(c, task, 'to', 0), found(c, task, 'to', 1)], [3, 4, 0]);
    assert.equal(thread.notes[10]!.code, 'KERN_INVALID_ADDRESS');
  });

  it('a read that does not find what was written last is caught [X6]', () => {
    const { c, task } = one();
    task.thread(vm('vm_allocate', region('heap', 1)), write('heap', 0), (w, t) => {
      objectOf(c, task, 'heap').contents[0] = 7;
      read('heap', 0)(w, t);
    });
    assert.throws(
      () => c.run(),
      (error) => error instanceof BrokenRule && error.rule === 'X6',
    );
  });
});

describe('memory that nobody who has it may write [3.3]', () => {
  it('copied into a region that may be written, it stays as it was', () => {
    const { c, task } = one();
    const thread = task.thread(
      ...[vm('vm_allocate', region('from', 1)), vm('vm_allocate', region('to', 1)), write('from', 0)],
      vm('vm_protect', { name: 'from', protection: 'r--', setMaximum: true }),
      ...[vm('vm_copy', { from: 'from', to: 'to' }), write('to', 0), read('from', 0)],
    );
    c.run();
    assert.deepEqual([...new Set(codes(thread))], ['KERN_SUCCESS']);
    assert.deepEqual([found(c, task, 'from', 0), found(c, task, 'to', 0)], [1, 2]);
  });

  it('but others may: a child has what was there when it was made', () => {
    const { c, task } = one();
    const thread = task.thread(
      ...[vm('vm_allocate', region('heap', 1)), write('heap', 0), vm('mach_make_memory_entry', { name: 'heap' })],
      mapLast('window', 1, { protection: 'r--', maximum: 'r--' }),
      ...[vm('task_create', child), write('heap', 0), read('window', 0)],
    );
    c.run();
    assert.deepEqual([...new Set(codes(thread))], ['KERN_SUCCESS']);
    assert.equal(found(c, taskNamed(c, 'child'), 'window', 0), 1);
    assert.equal(found(c, task, 'window', 0), 2);
  });
});

describe('a memory entry', () => {
  it('shares a region with whoever maps it', () => {
    const { c, task } = one();
    const thread = task.thread(
      ...[vm('vm_allocate', region('heap', 2)), write('heap', 0), vm('mach_make_memory_entry', { name: 'heap' })],
      ...[mapLast('same', 2), write('same', 1), read('heap', 1), write('heap', 1), read('same', 1)],
    );
    c.run();
    assert.ok(codes(thread).every((code) => code === 'KERN_SUCCESS'));
    assert.equal(objectOf(c, task, 'heap'), objectOf(c, task, 'same'));
  });

  it('mapped as a copy keeps what it was: pages are pushed before they are written [3.3, delay]', () => {
    const { c, task } = one();
    task.thread(
      ...[vm('vm_allocate', region('heap', 2)), write('heap', 0), vm('mach_make_memory_entry', { name: 'heap' })],
      ...[mapLast('copy', 2, { copy: true }), write('heap', 0), write('heap', 1), read('copy', 0), read('copy', 1)],
      ...[write('copy', 0), read('heap', 0)],
    );
    c.run();
    assert.equal(found(c, task, 'copy', 1), 0);
    assert.deepEqual([found(c, task, 'heap', 0), found(c, task, 'heap', 1)], [2, 3]);
  });
});

describe('sharing and then forking [3.3]', () => {
  it('a child copies what its parent shares with another: a copy object stands between', () => {
    const { c, task } = one();
    task.thread(
      ...[vm('vm_allocate', region('heap', 3)), write('heap', 0), vm('mach_make_memory_entry', { name: 'heap' })],
      mapLast('same', 3, { inheritance: 'none' }),
      vm('task_create', child),
      ...[write('same', 0), write('heap', 1)],
      vm('task_create', { ...child, name: 'second child' }),
      ...[write('same', 0), write('same', 2), read('heap', 0)],
    );
    c.run();
    const [first, second] = [taskNamed(c, 'child'), taskNamed(c, 'second child')];
    assert.equal(found(c, first, 'heap', 0), 1);
    assert.equal(found(c, second, 'heap', 0), 2);
    assert.equal(found(c, second, 'heap', 1), 3);
    assert.equal(found(c, task, 'heap', 0), 4);
  });
});

describe('a pager that is a task', () => {
  it('supplies what a kernel asks for', () => {
    const { c, task } = one();
    const pager = c.task('here', 'pager');
    const object = pager.port('object');
    const served = pager.thread(
      receive(object),
      reply({ body: { version: 17 }, pages: 1 }),
      receive(object),
      reply({ code: 'KERN_MEMORY_DATA_UNAVAILABLE' }),
    );
    const to = c.right(pager, object, task);
    const thread = task.thread(
      vm('vm_map', { ...region('mapped', 2), copy: false }, [{ name: to, disposition: COPY_SEND }]),
      ...[read('mapped', 0), read('mapped', 1), write('mapped', 0), read('mapped', 0)],
    );
    c.run();
    assert.ok(codes(thread).every((code) => code === 'KERN_SUCCESS'));
    assert.deepEqual(served.notes[0]!.body, { page: 0, access: 'read' });
    assert.equal(found(c, task, 'mapped', 1), 0);
  });
});
