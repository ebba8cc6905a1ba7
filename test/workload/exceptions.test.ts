/** Stories about Mach tasks of a script that go wrong: what the machine finds is an exception [mechanisms 1.12]. */
import assert from 'node:assert/strict';
import { NONE } from '../../simulator/base/table.ts';
import { step } from '../../simulator/engine/simulation.ts';
import { EXCEPTION_DEFAULT, EXC_MASK_ALL, setAction } from '../../simulator/mach/exception-ports.ts';
import { destroyName } from '../../simulator/mach/ipc/release.ts';
import { portAllocate } from '../../simulator/mach/ipc/right.ts';
import { lookup } from '../../simulator/mach/ipc/space.ts';
import type { Task } from '../../simulator/mach/task.ts';
import { run, start } from '../osf1/lab.ts';

/** The exceptions that a task with this body raises, and how the scenario that waits for its end judges. */
function task(body: string): { exceptions: string[]; faults: number; held: boolean[] } {
  const { notices, sim } = run(`
    task t() { ${body} }
    scenario "s" on lab { let c = start t() on master wait c let after = 1 expect after == 1 }
  `);
  const exceptions = notices.flatMap(({ notice }) =>
    notice.kind === 'protocol' && notice.event === 'exception' ? [notice.text] : [],
  );
  const faults = notices.filter(({ notice }) => notice.kind === 'fault').length;
  return { exceptions, faults, held: sim.world.expectations.map(({ held }) => held) };
}

describe('a task that goes wrong', () => {
  it('and divides by zero raises EXC_ARITHMETIC, and ends, since nobody handles it', () => {
    const { exceptions, faults, held } = task('let z = 0 compute (1 / z) * 1 ms');
    assert.deepEqual(exceptions, ['EXC_ARITHMETIC (EXC_I386_DIV, 0) in main']);
    assert.deepEqual([faults, held], [1, [true]]);
  });

  it('and touches a page that it does not have raises EXC_BAD_ACCESS', () => {
    const { exceptions, held } = task('let m = vm_allocate("m", 4 KB) let n = 7 touch m[0 .. n]');
    assert.deepEqual(exceptions, ['EXC_BAD_ACCESS (KERN_INVALID_ADDRESS, 0) in main']);
    assert.deepEqual(held, [true]);
  });

  it('and whose handler does not settle it ends: who waits for its end goes on', () => {
    const sim = start(`
      task t() { sleep 10 ms let z = 0 compute (1 / z) * 1 ms }
      scenario "s" on lab { let c = start t() on master wait c print("over") }
    `);
    const { world } = sim;
    let task: Task | undefined;
    while (task === undefined) {
      assert.ok(step(sim));
      task = world.tasks.rows.find(({ live, name, lastThread }) => live && name === 't' && lastThread !== NONE);
    }
    // Somebody has its exception port, and is gone when it is needed.
    const name = portAllocate(world, task, 'handler');
    setAction(world, task, EXC_MASK_ALL, lookup(task.space, name)!.port, EXCEPTION_DEFAULT, 0);
    destroyName(world, task, name);
    while (step(sim));
    assert.deepEqual(
      world.output.map(({ text }) => text),
      ['over'],
    );
  });
});
