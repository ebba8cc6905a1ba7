/**
 * Stories about migrations that want to the same node at once: "The receiver-pull approach (as opposed to sender-push), by
 * controlling the incoming task migrations, prevents the destination node from being flooded." [paper 3.2 (c)]
 */
import assert from 'node:assert/strict';
import { at } from '../../simulator/base/table.ts';
import { step } from '../../simulator/engine/simulation.ts';
import { procOf } from '../../simulator/osf1/proc.ts';
import { pmaAt } from '../../simulator/osf1/pma/pma.ts';
import { NULL_IMAGE, run, start } from '../osf1/lab.ts';
import { DEST, SOURCE } from './story.ts';

const cluster = (dest: string): string => `
cluster lab {
  node master { pma pm_master credentials file_server "/" }
  node source { pma }
  node dest { pma ${dest} }
}
`;

const three = (steps: string): string => `
  program mover() { ${NULL_IMAGE} compute 8 s }
  scenario "three" on lab {
    let a = spawn mover() on source
    let b = spawn mover() on source
    let c = spawn mover() on master
    at 1 s
    let ma = migrate a to dest
    sleep 10 ms
    let mb = migrate b to dest
    sleep 10 ms
    let mc = migrate c to dest
    ${steps}
  }
`;

describe('a destination', () => {
  it('takes in one process at a time, in the order in which they came', () => {
    const { sim } = run(three('wait mc expect ma.outcome == "done" and mb.outcome == "done" and mc.outcome == "done"'));
    const stamps = sim.world.migrations.rows.map((m) => m.stamps);
    for (const [before, after] of [
      [stamps[0]!, stamps[1]!],
      [stamps[1]!, stamps[2]!],
    ] as const) {
      assert.ok(after.suspended >= before.resumed, 'who waits for its turn is not frozen');
    }
    assert.deepEqual(pmaAt(sim.world, DEST)!.incoming, []);
  });

  it('refuses while one comes in, if it says so; who is refused was never frozen', () => {
    const { sim } = run(
      three('wait ma wait mc expect ma.outcome == "done" and mb.outcome == "refused" and mc.outcome == "refused"'),
      cluster('refuse when busy'),
    );
    const [, second] = sim.world.migrations.rows;
    assert.deepEqual([second!.reason, second!.stamps.suspended], ['the destination is busy', -1]);
  });
});

describe('a process that stands in line', () => {
  it('may end: its turn goes to the next', () => {
    run(
      three(`
        at 1500 ms
        kill(b, SIGKILL)
        wait mc
        expect ma.outcome == "done" and mb.outcome == "failed" and mb.reason == "the process has exited"
        expect mc.outcome == "done" and c.node == dest
      `),
    );
  });

  it('goes on if the destination fails, and hears why', () => {
    run(
      three(`
        at 1500 ms
        crash dest
        wait mb
        wait mc
        expect mb.outcome == "failed" and mb.reason == "destination is down" and b.alive and b.node == source
        expect c.alive and c.node == master
        wait b
        expect b.status == 0
      `),
    );
  });

  it('is forgotten if its node fails: the next one comes in', () => {
    const sim = start(
      three(`
        at 1500 ms
        crash source
        wait mc
        expect mc.outcome == "done" and c.node == dest
        wait c
      `),
    );
    while (step(sim));
    assert.ok(sim.world.expectations.every(({ held }) => held));
    assert.deepEqual(pmaAt(sim.world, DEST)!.incoming, []);
  });

  it('is not asked for by anybody else meanwhile', () => {
    run(
      three('let again = migrate b to master wait again expect again.reason == "EBUSY" wait mb expect b.node == dest'),
    );
  });

  it('does not hold up others while it waits for a call in progress: it comes when that has ended', () => {
    const { sim } = run(`
      program parent() { ${NULL_IMAGE} let s = wait(fork { compute 6 s }) }
      program mover() { ${NULL_IMAGE} compute 8 s }
      scenario "long" on lab {
        let a = spawn parent() on source
        let b = spawn mover() on source
        at 1 s
        let ma = migrate a to dest
        sleep 10 ms
        let mb = migrate b to dest
        wait mb
        expect mb.outcome == "done" and ma.outcome == "" and now < 4 s
        wait ma
        expect ma.outcome == "done" and a.node == dest
      }
    `);
    const [first, second] = sim.world.migrations.rows;
    assert.ok(second!.stamps.ended < first!.stamps.installed);
    assert.equal(procOf(sim.world, SOURCE, 2), null);
    assert.equal(at(sim.world.migrations, 0).outcome, 'done');
  });
});
