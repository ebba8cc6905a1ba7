/**
 * Stories about what a migration leaves behind: nothing that matters at the source PMA, and nothing at all once the
 * process has ended [mechanisms P6, P10; paper 3: "it leaves no residual dependencies"].
 */
import assert from 'node:assert/strict';
import { NONE, at, select } from '../../simulator/base/table.ts';
import { step } from '../../simulator/engine/simulation.ts';
import type { World } from '../../simulator/engine/world.ts';
import { lookup, names } from '../../simulator/mach/ipc/space.ts';
import { pmaAt } from '../../simulator/osf1/pma/pma.ts';
import { procOf } from '../../simulator/osf1/proc.ts';
import { vprocOf } from '../../simulator/osf1/vproc.ts';
import { NULL_IMAGE, printed, run, start } from '../osf1/lab.ts';
import { DEST, PID, SOURCE, heldByServers, migrationOf, moving, startUntil } from './story.ts';

// One file server is on the source itself.
const CLUSTER = `
cluster lab {
  node master { pma pm_master credentials file_server "/" }
  node source { pma file_server "/local" }
  node dest { pma }
}
`;
const FILES = 'file "/a" on master size 64 KB file "/local/b" on source size 64 KB';
const READER = `
  let a = open("/a", read) let b = open("/local/b", read)
  read(a, 4 KB) read(b, 4 KB)
  compute 3 s
  print(read(a, 100 KB), " ", read(b, 100 KB))
  close(a) close(b)
`;

/** UIDs (or row numbers) of the ports that a task of the node receives on. */
function receivedBy(w: World, task: number): Set<number> {
  const found = w.ports.rows.filter(({ live, receiver }) => live && receiver === task);
  return new Set(found.map(({ id, dipc }) => (dipc === NONE ? -id : at(w.distributed, dipc).uid)));
}

/** Ports, by UID, that a task has send rights to. */
function named(w: World, task: number): number[] {
  const { space } = at(w.tasks, task);
  return names(space).flatMap((name) => {
    const { port } = lookup(space, name)!;
    const { dipc } = port === NONE ? { dipc: NONE } : at(w.ports, port);
    return dipc === NONE ? [] : [at(w.distributed, dipc).uid];
  });
}

describe('after a process migration', () => {
  it('no right of the task names the source PMA; before attach one did (P6)', () => {
    const sim = startUntil(moving('wait p'), 'attach');
    const w = sim.world;
    const source = receivedBy(w, pmaAt(w, SOURCE)!.task);
    const namesSource = (): number => {
      const [task] = select(w.tasks, ({ pid }) => pid === PID);
      return named(w, task!.id).filter((uid) => source.has(uid)).length;
    };
    assert.equal(namesSource(), 1);
    while (migrationOf(sim).outcome === '') step(sim);
    assert.equal(namesSource(), 0);
  });

  it('the source PMA holds no proc, no vproc, no call and no capability of it (P6)', () => {
    const sim = start(moving('wait p', { body: READER, files: FILES }), CLUSTER);
    const before = heldByServers(sim.world);
    while (sim.world.time < 3e9) assert.ok(step(sim));
    assert.equal(migrationOf(sim).outcome, 'done');
    assert.equal(procOf(sim.world, SOURCE, PID), null);
    assert.equal(vprocOf(sim.world, SOURCE, PID), null);
    assert.equal(heldByServers(sim.world)['pma@source'], before['pma@source']);
  });

  it('open files go on where they were, wherever their servers are (P10)', () => {
    assert.deepEqual(printed(run(moving('wait p', { body: READER, files: FILES }), CLUSTER)), ['61440 61440']);
  });

  it('parent and child still share a position when one of them has moved (P10, paper 3.1)', () => {
    const body = `
      let a = open("/a", read)
      let c = fork { compute 4 s print("child ", read(a, 4 KB)) exit(0) }
      compute 2 s
      read(a, 56 KB)
      wait(c)
      print("parent ", read(a, 100 KB))
    `;
    const result = run(
      `
      ${FILES}
      program family() { ${NULL_IMAGE} ${body} }
      scenario "family" on lab {
        let p = spawn family() on source
        at 1.2 s
        let m = migrate p to dest
        wait p
        expect m.outcome == "done" and p.node == dest and p.status == 0
      }
    `,
      CLUSTER,
    );
    assert.deepEqual(printed(result), ['child 4096', 'parent 4096']);
  });

  it('the file servers ask the new PMA about its files: the token and its client have moved (7.5)', () => {
    const sim = start(moving('wait p', { body: READER, files: FILES }), CLUSTER);
    const clients = (node: number): number => {
      const w = sim.world;
      const mine = receivedBy(w, pmaAt(w, node)!.task);
      return select(w.fileHandles, ({ client }) => client !== NONE).filter(({ server, client }) => {
        const { task } = at(w.fileServers, server);
        const port = at(w.ports, lookup(at(w.tasks, task).space, client)!.port);
        return mine.has(port.dipc === NONE ? -port.id : at(w.distributed, port.dipc).uid);
      }).length;
    };
    while (sim.world.migrations.rows[0]?.phase !== 'freeze') assert.ok(step(sim));
    assert.deepEqual([clients(SOURCE), clients(DEST)], [2, 0]);
    while (sim.world.migrations.rows[0].outcome !== 'done') assert.ok(step(sim));
    assert.deepEqual([clients(SOURCE), clients(DEST)], [0, 2]);
    assert.deepEqual(
      select(sim.world.fileHandles, () => true).map(({ holder }) => holder),
      [DEST, DEST],
    );
  });

  for (const by of ['process', 'task']) {
    it(`and after the end of the process, the servers hold what they hold without it (by ${by})`, () => {
      const script = moving('wait m wait p sleep 2 s', { body: READER, files: FILES, by });
      const stayed = run(script.replace(/let m = .*/, '').replace('wait m', ''), CLUSTER).sim.world;
      const moved = run(script, CLUSTER).sim.world;
      assert.deepEqual(heldByServers(moved), heldByServers(stayed));
      assert.equal(moved.fileHandles.rows.filter(({ live }) => live).length, 0);
      assert.equal(moved.messages.rows.filter(({ live }) => live).length, 0);
      assert.deepEqual(
        moved.procs.rows.filter(({ live }) => live).map(({ pid }) => pid),
        [1],
      );
      assert.deepEqual(
        moved.vprocs.rows.filter(({ live }) => live).map(({ pid }) => pid),
        [1],
      );
    });
  }
});
