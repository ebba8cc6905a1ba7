/**
 * The PM Master fails and comes back [mechanisms 5.6; docs/decisions/0050-the-pm-master-comes-back.md]: what goes on without it,
 * what it knows again, and what is lost.
 */
import assert from 'node:assert/strict';
import { inspect } from '../../simulator/engine/simulation.ts';
import { masterEntryOf } from '../../simulator/osf1/pm-master/entry.ts';
import { procOf } from '../../simulator/osf1/proc.ts';
import { NULL_IMAGE, made, printed, run, runUntilPrinted, start, type Run } from './lab.ts';

/** The PM Master has a node of its own, so that nothing else fails with it. */
const CLUSTER = `
cluster lab {
  node home { pma credentials file_server "/" console }
  node source { pma }
  node dest { pma }
  node chief { pm_master }
}
`;

function story(body: string, scenario: string, more = ''): Run {
  return run(
    `${more}
     program p() { ${NULL_IMAGE} ${body} }
     scenario "the PM Master fails" on lab { let p = spawn p() on source ${scenario} wait p expect p.status == 0 }`,
    CLUSTER,
  );
}

const crashed = 'at 1 s crash chief at 4 s reboot chief';

describe('while the PM Master is down', () => {
  it('processes compute, signal those whom their PMA knows, and use files', () => {
    const result = story(
      'let c = fork { compute 6 s } kill(c, SIGCONT) compute 2 s print(kill(c, SIGCONT), " ", getpid() > 0) compute 5 s print(wait(c))',
      crashed,
    );
    assert.deepEqual(printed(result), ['0 true', '0']);
  });

  it('what needs it fails, and says why: wait, fork, getpgid, killpg; nobody hangs', () => {
    const result = story(
      `let c = fork { compute 40 s }
       print(wait(c), " ", errno())
       print(fork { exit(0) } == -1, " ", errno())
       print(getpgid(c) == -1, " ", errno())
       print(killpg(c, SIGUSR1), " ", errno())
       compute 20 s
       print(getppid(), " ", kill(c, SIGKILL), " ", waitpid(c).signal)`,
      'at 1 s crash chief at 15 s reboot chief',
    );
    const lines = ['-1 EHOSTDOWN', 'true EAGAIN', 'true EHOSTDOWN', '-1 EHOSTDOWN', '1 0 9'];
    assert.deepEqual(printed(result), lines);
  });

  it('and stays down, everything that is left ends', () => {
    const result = story('let c = fork { compute 4 s } print(wait(c), " ", errno()) compute 5 s', 'at 1 s crash chief');
    assert.deepEqual(printed(result), ['-1 EHOSTDOWN']);
  });
});

describe('a PM Master that has come back', () => {
  it('knows every process, its place, its parent, its group and its session', () => {
    const sim = start(
      `program p() { ${NULL_IMAGE}
         let c = fork { setpgid(getpid()) migrate(getpid(), "dest") compute 8 s }
         compute 8 s wait c }
       scenario "back" on lab { let p = spawn p() on source at 3 s crash chief at 5 s reboot chief sleep 1 s print("back") wait p }`,
      CLUSTER,
    );
    runUntilPrinted(sim, 'back');
    const [parent, child] = [made(sim.world, 1), made(sim.world, 2)];
    const entry = masterEntryOf(sim.world, child)!;
    assert.deepEqual(
      [entry.node, entry.parent, entry.group, entry.session, entry.state, entry.lost],
      [2, parent, child, parent, 'alive', false],
    );
    assert.equal(inspect(sim).pmMasters[0]!.processes.includes(1), true);
  });

  it('gives no pid a second time', () => {
    const { sim } = story('wait(fork { exit(0) }) compute 6 s wait(fork { exit(0) })', crashed);
    const pids = sim.world.masterEntries.rows.map(({ pid }) => pid);
    assert.equal(new Set(pids).size, pids.length);
    assert.equal(Math.max(...pids), 100_000);
  });

  it('is told of those who ended meanwhile: their parents get their statuses', () => {
    const result = story('let c = fork { compute 2 s exit(7) } compute 6 s print(wait(c))', crashed);
    assert.deepEqual(printed(result), ['7']);
  });

  it('has lost how those ended who had told the former one: their parents learn that it is lost', () => {
    const result = story(
      'let c = fork { compute 100 ms exit(7) } compute 6 s let e = waitpid(c) print(e.pid == c, " ", e.lost) print(wait(c), " ", errno())',
      crashed,
    );
    assert.deepEqual(printed(result), ['true true', '-1 ECHILD']);
  });

  it('makes orphans of those whose parent ended meanwhile, and init waits for them', () => {
    const { sim } = story('let c = fork { compute 6 s } compute 2 s exit(0)', `${crashed} sleep 6 s`);
    const orphan = masterEntryOf(sim.world, made(sim.world, 2))!;
    assert.deepEqual([orphan.parent, orphan.state, orphan.status], [1, 'reaped', 0]);
  });

  it('finds a process that moved while it was down, and one that was on its way when it asked', () => {
    for (const time of [1200, 2700, 3200, 3900]) {
      const { sim } = story(
        'compute 9 s',
        `at 1 s crash chief at ${time} ms let m = migrate p to dest at 4 s reboot chief wait m sleep 1 s expect m.outcome == "done" and p.node == dest`,
      );
      assert.equal(procOf(sim.world, 2, made(sim.world, 1)), null);
    }
  });

  for (const time of [600, 640, 700, 760, 820, 880, 940, 1000, 1040]) {
    it(`whatever was going on at ${time} ms: everybody ends, and nobody is known twice`, () => {
      const { sim } = story(
        `for i in 1 .. 6 { wait(fork { let g = fork { compute 20 ms exit(2) } wait(g) exit(1) }) compute 30 ms }
         compute 6 s
         wait(fork { exit(0) })`,
        `at ${time} ms reboot chief sleep 12 s`,
      );
      const left = sim.world.masterEntries.rows.filter(({ pid, state }) => pid !== 1 && state !== 'reaped');
      assert.deepEqual(
        left.filter(({ lost }) => !lost),
        [],
      );
      assert.equal(sim.world.procs.rows.filter(({ live, pid }) => live && pid !== 1).length, 0);
    });
  }
});
