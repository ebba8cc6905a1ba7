/**
 * Centralised process management: one PMA, and UNIX processes also on nodes without one [paper 2.1, figure 3; mechanisms 5.9].
 */
import assert from 'node:assert/strict';
import { select } from '../../simulator/base/table.ts';
import { LOCAL_MESSAGES, REMOTE_MESSAGES } from '../../simulator/base/ledger.ts';
import type { World } from '../../simulator/engine/world.ts';
import { CENTRALISED, NULL_IMAGE, printed, run, runUntilPrinted, start } from './lab.ts';

const MASTER = 0;
const BARE = 3;

const story = (body: string, scenario = 'wait p'): ReturnType<typeof run> =>
  run(
    `program p() { ${NULL_IMAGE} ${body} }
     scenario "s" on lab { let p = spawn p() on bare ${scenario} }`,
    CENTRALISED,
  );

const nodesOfProcesses = (w: World): number[] =>
  select(w.tasks, ({ kind, pid }) => kind === 'process' && pid > 1).map(({ node }) => node);

describe('with centralised process management', () => {
  it('a process runs where there is no PMA, and its children beside it, all managed by the one PMA [5.9]', () => {
    const sim = start(
      `program p() { ${NULL_IMAGE} let c = fork { print("child") compute 1 s } wait c }
       scenario "s" on lab { let p = spawn p() on bare wait p }`,
      CENTRALISED,
    );
    runUntilPrinted(sim, 'child');
    assert.deepEqual(nodesOfProcesses(sim.world), [BARE, BARE]);
    assert.ok(select(sim.world.procs, () => true).every(({ node }) => node === MASTER));
  });

  it('every system call of it is a message between nodes and back', () => {
    const sim = start(
      `program p() { ${NULL_IMAGE} getpid() print("begin") for i in 1 .. 10 { getpid() } print("end") }
       scenario "s" on lab { let p = spawn p() on bare wait p }`,
      CENTRALISED,
    );
    const counts = (column: number): number =>
      sim.world.ledger.rows.reduce((sum, each) => sum + each.counts[column]!, 0);
    runUntilPrinted(sim, 'begin');
    const [local, remote] = [counts(LOCAL_MESSAGES), counts(REMOTE_MESSAGES)];
    runUntilPrinted(sim, 'end');
    assert.deepEqual([counts(LOCAL_MESSAGES) - local, counts(REMOTE_MESSAGES) - remote], [0, 20]);
  });

  it('a process cannot be migrated, whoever asks, but its task can: there and back', () => {
    const result = story(
      'print(migrate(getpid(), "dest"), " ", errno()) compute 2 s print(getpid())',
      `at 1 s
       let there = migrate p to dest by task  wait there
       let back = migrate p to master by task  wait back
       let process = migrate p to master  wait process
       expect there.outcome == "done" and back.outcome == "done"
       expect process.outcome == "refused" and process.reason == "ENOSYS"
       wait p`,
    );
    assert.deepEqual(printed(result), ['-1 ENOSYS', '2']);
  });

  it('kill, wait, groups and orphans are as they are elsewhere', () => {
    const result = story(`
      let a = fork { compute 20 s }
      let b = fork { let grandchild = fork { compute 50 ms exit(3) } exit(4) }
      print(kill(a, SIGTERM), " ", waitpid(a).signal, " ", wait(b), " ", getpgid(a) == getpid(), " ", getppid())
    `);
    assert.deepEqual(printed(result), ['0 15 4 false 1']);
    assert.deepEqual(
      result.sim.world.masterEntries.rows.map(({ state }) => state),
      ['alive', 'reaped', 'reaped', 'reaped', 'reaped'],
    );
  });

  it('a process dies with the node that its task is on, and processes are made there again when it has booted', () => {
    const result = run(
      `program p() { ${NULL_IMAGE} compute 3 s print("done") }
       scenario "s" on lab {
         let p = spawn p() on bare
         at 1 s
         reboot bare
         sleep 2 s
         let q = spawn p() on bare
         wait p wait q
         expect p.status != 0 and q.status == 0
       }`,
      CENTRALISED,
    );
    assert.deepEqual(printed(result), ['done']);
  });
});
