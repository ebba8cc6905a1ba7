/**
 * Stories about migration groups: "adding a process to a migration process group, to force the migration of the whole group of
 * processes when one member is migrated (convenient for processes that share data or communicate often with one another)"
 * [paper section 4; mechanisms 5.5 start, 5.7].
 */
import assert from 'node:assert/strict';
import { at } from '../../simulator/base/table.ts';
import { pmaAt } from '../../simulator/osf1/pma/pma.ts';
import { NULL_IMAGE, printed, run } from '../osf1/lab.ts';
import { DEST, SOURCE } from './story.ts';

const cluster = (dest: string): string => `
cluster lab {
  node master { pma pm_master credentials file_server "/" }
  node source { pma }
  node dest { pma ${dest} }
}
`;

const members = `
  program member(length: time) { ${NULL_IMAGE} let j = join_migration_group(7) compute length }
  program keeper(length: time) { ${NULL_IMAGE} let j = join_migration_group(7) let d = disallow_migration() compute length }
`;

const three = (steps: string): string => `
  ${members}
  scenario "group" on lab {
    let a = spawn member(12 s) on source
    let b = spawn member(12 s) on master
    let c = spawn member(12 s) on source
    at 1 s
    let m = migrate c to dest
    ${steps}
  }
`;

describe('a migration group', () => {
  it('moves with any of its members, in the order of the pids, wherever they are', () => {
    const { sim } = run(
      three(`
        wait m
        expect m.outcome == "done"
        sleep 1 s
        expect a.node == dest and b.node == dest and c.node == dest
        expect a.migrations == 1 and b.migrations == 1 and c.migrations == 1
      `),
    );
    const moved = [...sim.world.migrations.rows].sort((one, other) => one.stamps.resumed - other.stamps.resumed);
    assert.deepEqual(
      moved.map(({ pid, group }) => [pid, group]),
      [
        [2, 7],
        [3, 7],
        [4, 7],
      ],
    );
    for (const node of [0, SOURCE, DEST]) {
      const { incoming, outgoing } = pmaAt(sim.world, node)!;
      assert.deepEqual([incoming, outgoing], [[], []]);
    }
  });

  it('stays where it is as a whole if one member must stay: nobody was frozen', () => {
    const { sim } = run(`
      ${members}
      scenario "stay" on lab {
        let a = spawn member(5 s) on source
        let b = spawn keeper(5 s) on master
        at 1 s
        let m = migrate a to dest
        wait m
        expect m.outcome == "refused" and m.reason == "3 of its group: EPERM"
        wait a
        wait b
        expect a.migrations == 0 and b.migrations == 0 and a.status == 0 and b.status == 0
      }
    `);
    assert.equal(at(sim.world.migrations, 0).stamps.suspended, -1);
    assert.equal(sim.world.migrations.rows.length, 1);
    for (const node of [0, SOURCE, DEST]) assert.deepEqual(pmaAt(sim.world, node)!.outgoing, []);
  });

  it('stays where it is if the destination takes nothing in, or is busy', () => {
    for (const [dest, reason] of [
      ['refuse always', 'the destination takes no process in'],
      ['memory 1 MB refuse when memory.free < 4 MB', 'the destination is short of memory'],
    ] as const) {
      const { sim } = run(three('wait m expect m.outcome == "refused" and a.node == source'), cluster(dest));
      assert.equal(at(sim.world.migrations, 0).reason, reason);
      assert.equal(at(sim.world.migrations, 0).stamps.suspended, -1);
    }
  });

  it('stays where it is if one member is being moved already', () => {
    run(
      `
      ${members}
      scenario "busy" on lab {
        let a = spawn member(9 s) on source
        let b = spawn member(9 s) on master
        let c = spawn member(9 s) on source
        at 1 s
        let one = migrate a to dest
        sleep 200 ms
        let other = migrate c to master
        wait other
        expect other.outcome == "refused"
        wait one
        sleep 5 s
        expect one.outcome == "done" and a.node == dest and b.node == dest and c.node == dest
      }
    `.replace('', ''),
    );
  });

  it('goes on without a member that ends meanwhile', () => {
    run(
      three(
        'sleep 500 ms kill(b, SIGKILL) wait m expect m.outcome == "done" sleep 1 s expect a.node == dest and c.node == dest',
      ),
    );
  });

  it('that loses its destination half way stays where it is as far as it has not moved', () => {
    run(
      three(`
        sleep 2 s
        expect a.node == dest
        crash dest
        wait m
        expect m.outcome == "failed"
        sleep 5 s
        expect not a.alive and c.alive and c.node == source
      `),
    );
  });

  it('is left by leave_migration_group, and joined by anybody whom one may signal', () => {
    const result = run(`
      program idle() { ${NULL_IMAGE} compute 5 s }
      program boss(a: process, b: process) {
        ${NULL_IMAGE}
        print(join_migration_group(3, a), join_migration_group(3, b), join_migration_group(3, getppid()), " ", errno())
        print(process_info(a).group, leave_migration_group(b))
        print(migrate(a, "dest"))
      }
      scenario "leave" on lab {
        let a = spawn idle() on source
        let b = spawn idle() on source
        let c = spawn boss(a, b) on master
        wait c
        expect a.node == dest and b.node == source
      }
    `);
    assert.deepEqual(printed(result), ['00-1 EPERM', '30', '0']);
  });

  it('has the children of its members, also those that are born while it moves', () => {
    const { sim } = run(`
      program job() { ${NULL_IMAGE} compute 6 s }
      program make() {
        ${NULL_IMAGE}
        let j = join_migration_group(1)
        for i in 1 .. 4 { let c = fork { exec job() } compute 600 ms }
        for i in 1 .. 4 { let w = wait() }
      }
      scenario "make" on lab {
        let p = spawn make() on source
        at 1 s
        let m = migrate p to dest restarting calls
        wait p
        expect m.outcome == "done" and p.status == 0
      }
    `);
    for (const entry of sim.world.masterEntries.rows.slice(1)) assert.equal(entry.node, DEST, `${entry.pid}`);
  });
});
