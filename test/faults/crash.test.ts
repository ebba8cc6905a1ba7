/**
 * Stories about nodes that fail, at every moment of a migration [mechanisms 2.13, 5.6; paper 3.2 (c)].
 *
 * Whenever it happens: the process lives on in one place or is dead, whoever waits for the migration or for the process
 * goes on, and every server of the other nodes answers.
 */
import assert from 'node:assert/strict';
import { select } from '../../simulator/base/table.ts';
import { step } from '../../simulator/engine/simulation.ts';
import { procOf } from '../../simulator/osf1/proc.ts';
import { masterEntryOf } from '../../simulator/osf1/pm-master/entry.ts';
import { NULL_IMAGE, printed, run, start, type Run } from '../osf1/lab.ts';
import { DEST, MASTER, PID, SOURCE, migrationOf } from '../migration/story.ts';

/** A process that moves at 500 ms while it reads a file and asks its PMA; `node` fails at the given time. */
function failing(node: string, time: number, by = 'process'): string {
  return `
    file "/f" on master size 64 KB
    program worker() {
      ${NULL_IMAGE}
      dirty data[0 .. 0]
      let f = open("/f", read)
      for i in 1 .. 25 { compute 100 ms getpid() read(f, 100 B) }
      touch data[0 .. 0]
      print("finished")
    }
    scenario "failing" on lab {
      let p = spawn worker() on source
      at 500 ms
      let m = migrate p to dest by ${by}
      at ${time} ms
      crash ${node}
      wait m
      wait p
      print(m.outcome)
    }
  `;
}

/** What became of the process: it has finished, or was lost; and of the migration. */
function fate(result: Run): string {
  const { world } = result.sim;
  const { status, lost, state } = masterEntryOf(world, PID)!;
  assert.equal(state, 'reaped');
  assert.deepEqual(
    select(world.tasks, ({ pid }) => pid === PID),
    [],
  );
  assert.deepEqual(
    select(world.procs, ({ pid }) => pid === PID),
    [],
  );
  assert.equal(status === 0, printed(result).includes('finished'));
  return `${migrationOf(result.sim).outcome}, ${lost ? 'lost' : status}`;
}

describe('the destination fails', () => {
  for (const time of [502, 560, 620, 800, 1100, 1400]) {
    it(`before commit, at ${time} ms: the process goes on at the source`, () => {
      assert.match(fate(run(failing('dest', time))), /^(failed|refused), 0$/);
    });
  }
  for (const time of [1650, 1700, 1900, 1985]) {
    it(`after commit, at ${time} ms: the process dies, and the source does not resume it`, () => {
      assert.equal(fate(run(failing('dest', time))), 'failed, lost');
    });
  }
  it('after the migration: the process dies like any other there', () => {
    assert.equal(fate(run(failing('dest', 2300))), 'done, lost');
  });
});

describe('the source fails', () => {
  for (const time of [502, 700, 1100, 1500, 1600, 1750, 1880]) {
    it(`in the middle, at ${time} ms: the process is lost, and nothing is left at the destination`, () => {
      assert.equal(fate(run(failing('source', time))), 'failed, lost');
    });
  }
  for (const time of [2000, 2300, 3000]) {
    it(`after restart, at ${time} ms: the process dies when it needs a page that only the source had`, () => {
      assert.equal(fate(run(failing('source', time))), 'done, lost');
    });
  }
});

describe('a task that is moved alone', () => {
  for (const [node, time, expected] of [
    ['dest', 900, 'failed, 0'],
    ['dest', 1650, 'failed, lost'],
    ['dest', 2000, 'done, lost'],
    ['source', 900, 'failed, lost'],
    ['source', 1650, 'failed, lost'],
    ['source', 2000, 'done, lost'],
  ] as const) {
    it(`and ${node} fails at ${time} ms: ${expected}`, () => {
      assert.equal(fate(run(failing(node, time, 'task'))), expected);
    });
  }
});

describe('a node that has failed', () => {
  it('is gone at once, and noticed later', () => {
    const sim = start(failing('dest', 560));
    while (!sim.notices.some(({ kind }) => kind === 'crashed')) assert.ok(step(sim));
    const w = sim.world;
    assert.equal(w.nodes.rows[DEST]!.up, false);
    for (const table of [w.tasks, w.threads, w.ports, w.regions]) {
      const left = table.rows.filter((each) => each.live && 'node' in each && each.node === DEST);
      assert.deepEqual(left, []);
    }
    assert.equal(procOf(w, SOURCE, PID)?.list, 'migrating');
    const { failedAt } = w.nodes.rows[DEST]!;
    while (procOf(w, SOURCE, PID)?.list === 'migrating') assert.ok(step(sim));
    assert.ok(w.time >= failedAt + w.setup.prices.failure_detection);
  });

  it('takes the operator with it if it is the one with the PM Master; processes elsewhere go on', () => {
    const { world } = run(failing('master', 1000)).sim;
    assert.equal(world.nodes.rows[MASTER]!.up, false);
    assert.equal(world.migrations.rows[0]!.outcome, 'done');
  });

  it('answers nobody: a signal to a process there fails, a child that was there is waited for', () => {
    const result = run(`
      program child() { ${NULL_IMAGE} compute 20 s }
      program parent() {
        ${NULL_IMAGE}
        let c = fork { exec child() }
        compute 2 s
        print(wait(c))
      }
      scenario "child" on lab {
        let p = spawn parent() on source
        at 1 s
        let c = p.pid + 1
        let m = migrate p to dest
        at 4 s
        crash source
        wait p
        expect p.node == dest
      }
    `);
    assert.equal(result.sim.world.nodes.rows[SOURCE]!.up, false);
  });
});
