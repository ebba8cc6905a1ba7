// A task on another node: by inheritance, by sharing everything, and by going there itself [3.4].
import assert from 'node:assert/strict';
import { at } from '../../simulator/base/table.ts';
import { bootRight } from '../../simulator/dipc/boot.ts';
import { crash } from '../../simulator/faults/crash.ts';
import { REMOTE_BYTES } from '../../simulator/base/ledger.ts';
import { COPY_SEND } from '../../simulator/mach/ipc/right.ts';
import { EXCEPTION_DEFAULT, EXC_MASK_ALL, actionsIn } from '../../simulator/mach/exception-ports.ts';
import { TASK_BOOTSTRAP_PORT } from '../../simulator/mach/kernel-services/special-port-services.ts';
import { specialOf } from '../../simulator/mach/kept.ts';
import { THREAD_STATE } from '../../simulator/mach/thread-state.ts';
import { kernelCall } from '../../simulator/mach/kernel-call.ts';
import { taskPort } from '../../simulator/mach/task.ts';
import type { Actor, Call, Cluster } from '../mach/cluster.ts';
import { codes, found, memoryCluster, objectOf, read, region, taskNamed, vm, write } from '../mach/vm/memory.ts';

const regions: Call[] = [
  ...[vm('vm_allocate', region('copied', 2)), vm('vm_allocate', region('shared', 2, { inheritance: 'share' }))],
  ...[vm('vm_allocate', region('kept', 2, { inheritance: 'none' })), write('copied', 0), write('shared', 0)],
  write('kept', 0),
];

function family(nodes: number): { readonly c: Cluster; readonly parent: Actor; readonly does: Does } {
  const c = memoryCluster({}, ...Array.from({ length: nodes }, (_, i) => `n${i}`));
  const parent = c.task('n0', 'parent');
  const does: Does = (actor, ...calls) => {
    const thread = actor.thread(...calls);
    c.run();
    return codes(thread);
  };
  assert.deepEqual([...new Set(does(parent, ...regions))], ['KERN_SUCCESS']);
  return { c, parent, does };
}

type Does = (actor: Actor, ...calls: Call[]) => string[];
const fine = (all: readonly string[]): void => assert.deepEqual([...new Set(all)], ['KERN_SUCCESS']);

describe('norma_task_create', () => {
  it('makes a child elsewhere that copies, shares and lacks what it is to [3.4]', () => {
    const { c, parent, does } = family(2);
    fine(does(parent, vm('norma_task_create', { node: 1, name: 'child' })));
    const child = c.actor(taskNamed(c, 'child'));
    assert.equal(child.task.node, 1);
    assert.deepEqual(
      child.task.regions.map((id) => at(c.w.regions, id).name),
      ['copied', 'shared'],
    );
    fine(does(parent, write('copied', 0), write('shared', 1)));
    fine(does(child, read('copied', 0), read('shared', 0), read('shared', 1), write('shared', 0), write('copied', 1)));
    fine(does(parent, read('shared', 0), read('copied', 1)));
    assert.deepEqual([found(c, child, 'copied', 0), found(c, parent, 'copied', 0)], [1, 4]);
  });

  it('of memory that is shared between nodes is copied by its home', () => {
    const { c, parent, does } = family(3);
    fine(does(parent, vm('norma_task_create', { node: 1, name: 'child' })));
    const child = c.actor(taskNamed(c, 'child'));
    fine(does(child, vm('vm_inherit', { name: 'shared', inheritance: 'copy' }), write('shared', 0)));
    fine(does(child, vm('norma_task_create', { node: 2, name: 'grandchild' })));
    const grandchild = c.actor(taskNamed(c, 'grandchild'));
    fine(does(parent, write('shared', 0), write('shared', 1)));
    fine(does(grandchild, read('shared', 0), read('shared', 1), write('shared', 0), read('copied', 0)));
    fine(does(child, read('shared', 0), write('shared', 0)));
    assert.notEqual(found(c, grandchild, 'shared', 0), found(c, child, 'shared', 0));
  });
});

describe('the message that makes the task [3.4]', () => {
  it('takes its bootstrap, registered and exception ports along', () => {
    const { c, parent, does } = family(3);
    const keeper = c.task('n2', 'keeper');
    const [bootstrap, registered, exceptions] = ['bootstrap', 'registered', 'exceptions'].map((label) => {
      return { name: c.right(keeper, keeper.port(label), parent), disposition: COPY_SEND };
    });
    const actions = { exceptionMask: EXC_MASK_ALL, behavior: EXCEPTION_DEFAULT, flavor: THREAD_STATE };
    fine(
      does(
        parent,
        vm('task_set_special_port', { whichPort: TASK_BOOTSTRAP_PORT }, [bootstrap!]),
        vm('mach_ports_register', {}, [registered!]),
        vm('task_set_exception_ports', actions, [exceptions!]),
        vm('norma_task_clone', { node: 1, name: 'clone' }),
      ),
    );
    const clone = taskNamed(c, 'clone');
    const labels = specialOf(clone).map((port) => (port < 0 ? '' : at(c.w.ports, port).label));
    assert.deepEqual(labels, ['bootstrap', 'registered', '', '']);
    const made = actionsIn(clone, EXC_MASK_ALL);
    assert.deepEqual(
      made.map(({ mask, behavior, flavor, port }) => [mask, behavior, flavor, at(c.w.ports, port).label]),
      [[EXC_MASK_ALL, EXCEPTION_DEFAULT, THREAD_STATE, 'exceptions']],
    );
  });

  it('and then one with 32 bytes for every region', () => {
    const { c, parent, does } = family(2);
    const sent = (): number => c.w.ledger.rows.reduce((sum, { counts }) => sum + counts[REMOTE_BYTES]!, 0);
    const before = sent();
    fine(does(parent, vm('norma_task_clone', { node: 1, name: 'clone' })));
    assert.equal(sent() - before, parent.task.regions.length * 32);
  });
});

describe('norma_task_clone', () => {
  it('shares every region, with the same inheritance', () => {
    const { c, parent, does } = family(3);
    fine(does(parent, vm('norma_task_clone', { node: 1, name: 'clone' })));
    const clone = c.actor(taskNamed(c, 'clone'));
    assert.equal(clone.task.regions.length, 3);
    fine(does(parent, write('copied', 0), write('kept', 1)));
    fine(does(clone, read('copied', 0), write('kept', 0), vm('norma_task_clone', { node: 2, name: 'third' })));
    const third = c.actor(taskNamed(c, 'third'));
    fine(does(third, write('copied', 1), read('kept', 0), read('kept', 1), write('shared', 0)));
    fine(does(parent, read('copied', 1), read('kept', 0), read('shared', 0)));
    assert.equal(at(c.w.regions, clone.task.regions[2]!).inheritance, 'none');
    // What the clone had nothing of its own in was imported from its home at once.
    assert.ok(objectOf(c, parent, 'shared').control >= 0);
  });
});

describe('norma_task_teleport', () => {
  it('takes the memory along and ends the source; no page moves before it is touched', () => {
    const { c, parent, does } = family(2);
    const operator = c.task('n0', 'operator');
    const name = bootRight(c.w, taskPort(c.w, parent.task), operator.task);
    const before = at(c.w.nodes, 1).residentPages;
    const body = { node: 1, name: 'gone there' };
    const thread = operator.thread((w, t) => kernelCall(w, t, name, 'norma_task_teleport', { body }));
    c.run();
    fine(codes(thread));
    assert.equal(parent.task.live, false);
    assert.equal(at(c.w.nodes, 1).residentPages, before);
    const there = c.actor(taskNamed(c, 'gone there'));
    fine(does(there, read('copied', 0), write('copied', 0), read('kept', 0), write('shared', 1), read('kept', 1)));
    does(there, vm('task_terminate', {}));
    assert.ok(c.w.nodes.rows.every((each) => each.residentPages === 0));
  });

  it('of its own is refused, and so is a node that there is not', () => {
    const { parent, does } = family(1);
    const refused = does(parent, vm('norma_task_teleport', { node: 0 }), vm('norma_task_clone', { node: 7 }));
    assert.deepEqual(refused, ['KERN_INVALID_ARGUMENT', 'KERN_INVALID_ARGUMENT']);
  });
});

describe('all or nothing', () => {
  it('a destination that fails leaves the source as it was', () => {
    const { c, parent, does } = family(2);
    const thread = parent.thread(vm('norma_task_clone', { node: 1, name: 'clone' }));
    c.run(c.w.time + 60_000_000);
    crash(c.w, 1);
    c.run();
    assert.notEqual(codes(thread)[0], 'KERN_SUCCESS');
    fine(does(parent, write('copied', 0), read('shared', 0), write('kept', 0)));
  });
});
