/**
 * Stories about pcntl: "We export comprehensive information on processes (e.g. elapsed time since creation, elapsed time since
 * last migration, migration count or avencreate for process creation rate) and we added a new system call, pcntl(), to give
 * control over the processes" [paper section 4; mechanisms 5.7].
 */
import assert from 'node:assert/strict';
import { creationRate, noCreations, noteCreation } from '../../simulator/osf1/creation-rate.ts';
import { NULL_IMAGE, printed, run } from '../osf1/lab.ts';

const SECOND = 1_000_000_000;

describe('what is known of a process', () => {
  it('is its age, its migrations, and what it has used here and in all', () => {
    run(`
      program mover() {
        ${NULL_IMAGE}
        compute 500 ms
        let before = process_info()
        let m = migrate(getpid(), "dest")
        compute 300 ms
        let after = process_info()
        if before.migrations == 0 and after.migrations == 1 and before.elapsed == before.since_migration
          and after.elapsed > 2 s and after.since_migration < 1 s and after.here >= 300 ms and after.here < 500 ms
          and after.time >= 800 ms { exit(0) }
        exit(1)
      }
      scenario "info" on lab { let p = spawn mover() on source wait p expect p.status == 0 }
    `);
  });

  it('is asked of any process, wherever it is, and of none that is not there', () => {
    const result = run(`
      program idle() { ${NULL_IMAGE} compute 5 s }
      program short() { }
      program monitor(a: process, gone: process) {
        ${NULL_IMAGE}
        let info = process_info(a)
        print(info.migrations, info.elapsed > 1 s, process_info(gone).migrations, " ", errno())
      }
      scenario "monitor" on lab {
        let a = spawn idle() on source
        let gone = spawn short() on source
        wait gone
        at 1 s
        let m = migrate a to dest
        wait m
        let p = spawn monitor(a, gone) on source
        wait p
      }
    `);
    assert.deepEqual(printed(result), ['1true-1 ESRCH']);
  });

  it('goes with it: what it has created is counted on, and the rate is smoothed', () => {
    const result = run(`
      program maker() {
        ${NULL_IMAGE}
        for i in 1 .. 6 { let c = wait(fork { exit(0) }) compute 1 s }
        let before = process_info()
        let m = migrate(getpid(), "dest")
        let c = wait(fork { exit(0) })
        let after = process_info()
        print(before.created, " ", after.created, " ", before.avencreate > 0)
      }
      scenario "maker" on lab { let p = spawn maker() on source wait p }
    `);
    assert.deepEqual(printed(result), ['6 7 true']);
  });

  it('counts children that are made on other nodes, too', () => {
    const result = run(`
      program maker() {
        ${NULL_IMAGE}
        let here = wait(fork { exit(0) })
        let there = wait(fork on "dest" { exit(0) })
        print(process_info().created)
      }
      scenario "maker" on lab { let p = spawn maker() on source wait p }
    `);
    assert.deepEqual(printed(result), ['2']);
  });
});

describe('avencreate', () => {
  it('comes to the rate in a few minutes, and forgets', () => {
    const creations = noCreations(0);
    for (let second = 0; second < 600; second++) noteCreation(creations, second * SECOND);
    assert.ok(creationRate(creations, 600 * SECOND) >= 57 && creationRate(creations, 600 * SECOND) <= 60);
    assert.ok(creationRate(creations, 660 * SECOND) < 30);
    assert.equal(creationRate(creations, 6000 * SECOND), 0);
    assert.equal(creations.total, 600);
  });
});

describe('who may be moved', () => {
  it('is for the process itself to say, or for whoever may signal it', () => {
    const result = run(`
      program idle() { ${NULL_IMAGE} compute 5 s }
      program boss(a: process) {
        ${NULL_IMAGE}
        print(disallow_migration(a), migrate(a, "dest"), " ", errno())
        print(disallow_migration(getppid()), " ", errno())
        print(allow_migration(a), migrate(a, "dest"))
      }
      scenario "boss" on lab {
        let a = spawn idle() on source
        let p = spawn boss(a) on master
        wait p
        expect a.node == dest
      }
    `);
    assert.deepEqual(printed(result), ['0-1 EPERM', '-1 EPERM', '00']);
  });

  it('is remembered where the process is then', () => {
    const result = run(`
      program stayer() {
        ${NULL_IMAGE}
        let m = migrate(getpid(), "dest")
        let d = disallow_migration()
        print(migrate(getpid(), "source"), " ", errno())
      }
      scenario "stay" on lab { let p = spawn stayer() on source wait p expect p.node == dest }
    `);
    assert.deepEqual(printed(result), ['-1 EPERM']);
  });
});
