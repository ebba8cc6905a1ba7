/**
 * Stories about nodes that come back: what is started there again, and who finds it [mechanisms 2.13;
 * docs/decisions/0040-a-node-boots-again.md].
 */
import assert from 'node:assert/strict';
import { masterEntryOf } from '../../simulator/osf1/pm-master/entry.ts';
import { NULL_IMAGE, printed, run } from '../osf1/lab.ts';
import { DEST, PID, SOURCE, migrationOf } from '../migration/story.ts';

const worker = `program worker(time: time) { ${NULL_IMAGE} dirty data[0 .. 0] compute time getpid() print("finished") }`;

/** `wait` passes between the crash of the node and its return. */
const passing = ['20 ms', '2 s', '20 s'];

describe('a node that boots again', () => {
  for (const wait of passing) {
    it(`after ${wait} has a PMA that makes processes, and takes in those that move`, () => {
      const result = run(`
        ${worker}
        scenario "back" on lab {
          let lost = spawn worker(30 s) on dest
          crash dest
          expect not up(dest)
          sleep ${wait}
          reboot dest
          expect up(dest)
          sleep 100 ms
          let p = spawn worker(1 s) on dest
          expect p.node == dest
          let q = spawn worker(3 s) on source
          let m = migrate q to dest
          wait m
          expect m.outcome == "done"
          expect q.node == dest
          wait p
          wait q
          wait lost
          expect lost.lost and lost.status == -1
          expect p.status == 0
          expect q.status == 0
        }
      `);
      assert.deepEqual(printed(result), ['finished', 'finished']);
    });

    it(`after ${wait} takes in Mach tasks`, () => {
      const result = run(`
        task counter() { count ticks for i in 1 .. 20 { compute 50 ms ticks = ticks + 1 } }
        scenario "back" on lab {
          let lost = start counter() on dest
          sleep 100 ms
          crash dest
          sleep ${wait}
          reboot dest
          sleep 100 ms
          let made = start counter() on dest
          let moved = start counter() on source
          let m = migrate moved to dest by task
          wait m
          expect m.outcome == "done"
          wait made
          wait moved
          wait lost
          expect made.ticks == 20
          expect moved.ticks == 20
          expect lost.ticks < 20
        }
      `);
      assert.equal(result.sim.world.nodes.rows[DEST]!.incarnation, 2);
    });
  }

  it('is told from the one that a process was on: the process is lost, and its parent hears of it', () => {
    const result = run(`
      program child() { ${NULL_IMAGE} compute 20 s }
      program parent() { ${NULL_IMAGE} let c = fork { exec child() } compute 1 s print(wait(c)) }
      scenario "child" on lab {
        let p = spawn parent() on source
        at 1 s
        reboot source
        wait p
        expect p.lost
      }
    `);
    assert.equal(masterEntryOf(result.sim.world, PID)!.state, 'reaped');
    assert.equal(result.sim.world.nodes.rows[SOURCE]!.incarnation, 2);
  });

  for (const time of [502, 560, 620, 800, 1100, 1400, 1600, 1700, 1900, 1985, 2300]) {
    for (const node of ['source', 'dest']) {
      it(`in the middle of a migration, at ${time} ms, ${node}: the process is in one place, or lost`, () => {
        const result = run(`
          program mover() { ${NULL_IMAGE} dirty data[0 .. 0] for i in 1 .. 25 { compute 100 ms getpid() } touch data[0 .. 0] print("finished") }
          scenario "in the middle" on lab {
            let p = spawn mover() on source
            at 500 ms
            let m = migrate p to dest
            at ${time} ms
            reboot ${node}
            wait m
            wait p
          }
        `);
        const { status, state } = masterEntryOf(result.sim.world, PID)!;
        assert.equal(state, 'reaped');
        assert.equal(status === 0, printed(result).includes('finished'));
        assert.equal(status === 0, node === 'dest' && time < 1500);
        assert.ok(['done', 'failed', 'refused'].includes(migrationOf(result.sim).outcome));
      });
    }
  }

  it('where the PM Master was has its PM Master again, and no file server: the scenario has ended with the operator', () => {
    const result = run(`
      ${worker}
      scenario "master" on lab { let p = spawn worker(2 s) on source at 1 s reboot master wait p }
    `);
    const { world } = result.sim;
    assert.equal(
      world.nodes.rows.every(({ up }) => up),
      true,
    );
    assert.deepEqual(
      [world.pmMasters, world.fileServers].map(({ rows }) => rows.filter(({ live }) => live).length),
      [1, 0],
    );
  });
});
