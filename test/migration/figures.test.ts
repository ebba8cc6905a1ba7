/**
 * Figure 7 of the paper: migrating the null process takes 1450 ms, its task alone 1240 ms; every open file adds 81 ms and
 * 36 ms. None of these is in the simulator: they come out of messages, kernel calls and a few processor prices.
 */
import assert from 'node:assert/strict';
import { REMOTE_MESSAGES } from '../../simulator/base/ledger.ts';
import { at } from '../../simulator/base/table.ts';
import { run } from '../osf1/lab.ts';
import { migrationOf, milliseconds, moving } from './story.ts';

interface Measured {
  readonly freeze: number;
  readonly messages: number;
}

function measure(by: string, files: number): Measured {
  const numbers = Array.from({ length: files }, (_, i) => i);
  const { sim } = run(
    moving('wait m expect m.outcome == "done"', {
      by,
      files: numbers.map((i) => `file "/f${i}" on master size 4 KB`).join('\n'),
      body: `${numbers.map((i) => `let f${i} = open("/f${i}", read)`).join('\n')} compute 4 s`,
    }),
  );
  const m = migrationOf(sim);
  return {
    freeze: milliseconds(m, 'suspended', 'resumed'),
    messages: at(sim.world.ledger, m.activity).counts[REMOTE_MESSAGES]!,
  };
}

function near(actual: number, paper: number, tolerance: number): void {
  assert.ok(Math.abs(actual - paper) <= paper * tolerance, `${actual} ms, and the paper has ${paper} ms`);
}

describe('the time that a process is frozen', () => {
  it('when the null process is migrated (1450 ms)', () => near(measure('process', 0).freeze, 1450, 0.03));
  it('when only its task is (1240 ms)', () => near(measure('task', 0).freeze, 1240, 0.03));
  it('for every open file (81 ms)', () =>
    near((measure('process', 2).freeze - measure('process', 0).freeze) / 2, 81, 0.03));
  it('for every open file, by task (36 ms)', () =>
    near((measure('task', 2).freeze - measure('task', 0).freeze) / 2, 36, 0.05));

  it('is the same whatever the process has computed: only messages and kernel calls count', () => {
    assert.deepEqual(measure('process', 0), measure('process', 0));
  });
});
