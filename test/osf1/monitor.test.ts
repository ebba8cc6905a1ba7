/**
 * The statistics monitor: "a centralized monitor collects statistics from processes and migrations: total migration time or
 * freeze time, task migration time, freezing time, execution times" [paper section 4].
 */
import assert from 'node:assert/strict';
import { inspect } from '../../simulator/engine/simulation.ts';
import { between } from '../../simulator/migration/record.ts';
import { DISTRIBUTED, NULL_IMAGE, run } from './lab.ts';

const MONITORED = DISTRIBUTED.replace('node bare { }', 'node bare { monitor }');

const story = `
  program worker(time: time) { ${NULL_IMAGE} compute time wait(fork { compute 100 ms }) }
  scenario "statistics" on lab {
    let p = spawn worker(4 s) on source
    let q = spawn worker(3 s) on source
    at 500 ms
    let first = migrate p to dest
    let second = migrate q to bare by task
    wait first wait second
    let third = migrate p to source
    wait p wait q
  }
`;

describe('the statistics monitor', () => {
  it('knows of each migration what its record says', () => {
    const { sim } = run(story, MONITORED);
    const { monitor } = inspect(sim);
    assert.ok(monitor !== null);
    const records = sim.world.migrations.rows.map((m) => {
      const times = [
        between(m, 'decision', 'frozen'),
        between(m, 'suspended', 'resumed'),
        between(m, 'installed', 'moved'),
        between(m, 'decision', 'ended'),
      ];
      return [m.pid, m.by, m.outcome, ...times.map((time) => (time < 0 ? null : time))];
    });
    const told = [...monitor.migrations].sort((a, b) => a.migration - b.migration);
    assert.deepEqual(
      told.map((m) => [m.pid, m.by, m.outcome, m.freezingTime, m.freezeTime, m.taskTime, m.totalTime]),
      records,
    );
    assert.equal(told.length, 3);
  });

  it('knows of each process how long it lived and what it has used', () => {
    const { sim } = run(story, MONITORED);
    const { monitor, processes } = inspect(sim);
    assert.deepEqual(
      monitor!.processes.map(({ pid }) => pid).sort((a, b) => a - b),
      processes.map(({ pid }) => pid).filter((pid) => pid !== 1),
    );
    for (const { execution, usage } of monitor!.processes) assert.ok(usage >= 100e6 && execution >= usage);
  });

  it('costs nothing where there is none, and nothing waits for it when its node has failed', () => {
    const without = run(story).sim.world.migrations.rows.map((m) => between(m, 'suspended', 'resumed'));
    const after = run(story, MONITORED).sim.world.migrations.rows.map((m) => between(m, 'suspended', 'resumed'));
    assert.deepEqual(without[0], after[0]);
    const lost = run(
      story.replace('at 500 ms', 'at 400 ms crash bare').replace('to bare by', 'to master by'),
      MONITORED,
    );
    assert.ok(lost.sim.world.migrations.rows.every(({ outcome }) => outcome === 'done'));
  });
});
