// Copies of memory that several kernels share: the home makes them, and pages are pushed before they are written [3.3].
import assert from 'node:assert/strict';
import { NONE, at } from '../../simulator/base/table.ts';
import { found, objectOf, read, region, regionOf, taskNamed, vm, write } from '../mach/vm/memory.ts';
import { NEEDS_COPY } from '../../simulator/xmm/memory-object.ts';
import { accountOf, mapping, sharing, states } from './story.ts';

const child = { name: 'child', kind: 'mach', inherit: true, pid: -1, activity: 0 };

describe('a copy of memory that several kernels share [3.3, copy-call]', () => {
  it('write-protects every kernel, and gets a page before it is written', () => {
    const s = sharing(3, 2);
    s.does(1, write('shared', 0));
    s.does(2, write('shared', 1));
    s.does(0, vm('task_create', child));
    const m = accountOf(s.c, s.tasks[0]!);
    assert.deepEqual(
      [...m.flags].map((flags) => flags & NEEDS_COPY),
      [NEEDS_COPY, NEEDS_COPY],
    );
    assert.ok(m.kernels.every((each) => each.access.every((access) => access < 2)));
    s.does(2, write('shared', 0));
    const made = taskNamed(s.c, 'child');
    assert.equal(found(s.c, made, 'shared', 0), 1);
    assert.equal(states(s, 0), '- - w3');
    assert.equal(m.flags[0]! & NEEDS_COPY, 0);
    assert.equal(m.flags[1]! & NEEDS_COPY, NEEDS_COPY);
  });

  it('who wrote the page last, and goes on, gives what must be pushed', () => {
    const s = sharing(2, 1);
    s.does(1, write('shared', 0));
    s.does(0, vm('task_create', child));
    s.does(1, write('shared', 0));
    assert.equal(found(s.c, taskNamed(s.c, 'child'), 'shared', 0), 1);
    s.does(0, read('shared', 0));
  });

  it('asked for on another node, it is imported there in front of the import of the original', () => {
    const s = sharing(3, 2);
    s.does(0, write('shared', 0));
    s.does(1, vm('task_create', child));
    s.does(0, write('shared', 0));
    s.does(2, write('shared', 1));
    const made = taskNamed(s.c, 'child');
    const copy = objectOf(s.c, made, 'shared');
    assert.equal(copy.kind, 'import');
    assert.equal(copy.shadow, objectOf(s.c, s.tasks[1]!, 'shared').id);
    assert.equal(at(s.c.w.regions, made.regions[0]!).needsCopy, true);
  });

  it('several in a row each keep their own moment; an unmodified copy is used again', () => {
    const s = sharing(2, 2);
    s.does(1, write('shared', 0));
    for (const name of ['first', 'second']) s.does(0, vm('task_create', { ...child, name }));
    s.does(1, write('shared', 0));
    s.does(0, vm('task_create', { ...child, name: 'third' }));
    s.does(1, write('shared', 0), write('shared', 1));
    const [first, second, third] = ['first', 'second', 'third'].map((name) => taskNamed(s.c, name));
    assert.equal(objectOf(s.c, first!, 'shared'), objectOf(s.c, second!, 'shared'));
    assert.deepEqual([found(s.c, first!, 'shared', 0), found(s.c, third!, 'shared', 0)], [1, 2]);
    assert.equal(found(s.c, s.tasks[1]!, 'shared', 0), 3);
  });

  it('a private mapping by a right is such a copy', () => {
    const s = sharing(2, 1);
    const right = s.does(0, write('shared', 0), vm('mach_make_memory_entry', { name: 'shared' })).notes[1]!.names[0]!;
    const name = s.c.right(s.tasks[0]!, right, s.tasks[1]!);
    s.does(1, mapping('private', 1, name, { copy: true }));
    s.does(0, write('shared', 0));
    s.does(1, read('private', 0), write('private', 0), read('private', 0), read('shared', 0));
    assert.equal(found(s.c, s.tasks[1]!, 'shared', 0), 2);
  });

  it('handed over by a right, it is seen with all that lies behind it', () => {
    const s = sharing(2, 1);
    const [home, other] = s.tasks as [(typeof s.tasks)[0], (typeof s.tasks)[0]];
    s.does(0, vm('vm_allocate', region('own', 3)), write('own', 0), write('own', 1), vm('task_create', child));
    const { notes } = s.does(0, write('own', 2), vm('mach_make_memory_entry', { name: 'own' }));
    assert.notEqual(objectOf(s.c, home, 'own').shadow, NONE);
    const { memory } = regionOf(s.c, home, 'own');
    s.does(1, mapping('own', 3, s.c.right(home, notes[1]!.names[0]!, other), { memory }));
    s.does(1, read('own', 0), write('own', 1), read('own', 2));
    assert.deepEqual(
      [0, 1, 2].map((page) => found(s.c, other, 'own', page)),
      [1, 4, 3],
    );
    s.does(0, read('own', 1), write('own', 0));
    s.does(1, read('own', 0));
    assert.equal(found(s.c, taskNamed(s.c, 'child'), 'own', 1), 2);
  });
});
