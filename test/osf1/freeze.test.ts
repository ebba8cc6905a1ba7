/**
 * Stories about requests that meet a process which is being made, moved or ended: none is lost, none is executed twice,
 * and nobody waits for ever [mechanisms 5.5, 5.6, P4, P5].
 */
import assert from 'node:assert/strict';
import { select } from '../../simulator/base/table.ts';
import { NULL_IMAGE, printed, run, underEach } from './lab.ts';

underEach(['distributed', 'local_masters'], () => {
  describe('a request', () => {
    it('for a process that has just been made waits until its emulator is ready', () => {
      run(`
      program worker() { ${NULL_IMAGE} compute 1 s }
      scenario "early" on lab {
        let p = spawn worker() on source
        kill(p, SIGCHLD)
        let m = migrate p to dest
        wait p
        expect m.outcome == "done" and p.delivered == 1 and p.node == dest and p.status == 0
      }
    `);
    });

    it('to move itself is answered where the process has gone', () => {
      const result = run(`
      program traveller() { ${NULL_IMAGE} print(migrate(getpid(), "dest")) print(migrate(getpid(), "source")) }
      scenario "self" on lab { let p = spawn traveller() on source wait p expect p.migrations == 2 and p.node == source }
    `);
      assert.deepEqual(printed(result), ['0', '0']);
    });

    it('to move a process that must stay is refused', () => {
      const result = run(`
      program stayer() {
        ${NULL_IMAGE}
        let a = disallow_migration()
        print(migrate(getpid(), "dest"))
        let b = allow_migration()
        print(migrate(getpid(), "dest"), " ", migrate(getpid(), "dest"))
      }
      scenario "stay" on lab { let p = spawn stayer() on source wait p expect p.migrations == 1 and p.node == dest }
    `);
      assert.deepEqual(printed(result), ['-1', '0 0']);
    });

    it('to move a process that is being moved is refused, and the first one goes on', () => {
      run(`
      program worker() { ${NULL_IMAGE} compute 3 s }
      scenario "twice" on lab {
        let p = spawn worker() on source
        at 500 ms
        let first = migrate p to dest
        at 1 s
        let second = migrate p to master
        wait first
        expect first.outcome == "done" and second.outcome == "refused" and second.reason == "EBUSY"
        wait p
        expect p.node == dest
      }
    `);
    });

    it('of two frozen processes to one another does not stop either', () => {
      run(`
      program fighter(other: process) {
        ${NULL_IMAGE}
        compute 200 ms
        for i in 1 .. 40 { let k = kill(other, SIGCHLD) compute 20 ms }
      }
      program sitter() { ${NULL_IMAGE} for i in 1 .. 40 { let k = kill(getppid(), SIGCHLD) compute 30 ms } }
      scenario "cross" on lab {
        let a = spawn sitter() on source
        let b = spawn fighter(a) on dest
        at 400 ms
        let ma = migrate a to dest
        let mb = migrate b to source
        wait a
        wait b
        expect ma.outcome == "done" and mb.outcome == "done" and a.status == 0 and b.status == 0
      }
    `);
    });

    it('that a wait() depends on passes while the freeze waits for that wait()', () => {
      run(`
      program child() { ${NULL_IMAGE} compute 500 ms let k = kill(getppid(), SIGCHLD) exit(k) }
      program parent() { ${NULL_IMAGE} let s = wait(fork { exec child() }) exit(s) }
      scenario "wait" on lab {
        let p = spawn parent() on source
        at 400 ms
        let m = migrate p to dest
        wait p
        expect m.outcome == "done" and p.status == 0 and p.delivered == 1
      }
    `);
    });

    it('that waits in the queue of a process that ends is answered', () => {
      const result = run(`
      program parent() { ${NULL_IMAGE} let s = wait(fork { compute 2 s }) }
      program caller(pid: process) { ${NULL_IMAGE} compute 400 ms print("called ", migrate(pid, "master")) }
      scenario "ended" on lab {
        let p = spawn parent() on source
        let c = spawn caller(p) on master
        at 300 ms
        let m = migrate p to dest
        at 1 s
        kill(p, SIGKILL)
        wait m
        expect m.outcome == "failed"
        wait p
        expect p.signal == 9
        wait c
      }
    `);
      assert.deepEqual(printed(result), ['called -1']);
      assert.equal(select(result.sim.world.procs, () => true).length, 1);
    });

    describe('of a child to move its parent, which waits for it', () => {
      for (const calls of ['', ', AWAIT_CALLS', ', RESTART_CALLS', ', MIGRATE_EARLY']) {
        it(`is answered, and the wait goes on at the destination: migrate(getppid(), "dest"${calls})`, () => {
          const result = run(`
            program parent() {
              ${NULL_IMAGE}
              let c = fork { sleep 500 ms print(migrate(getppid(), "dest"${calls})) compute 100 ms exit(3) }
              print(wait(c))
            }
            scenario "by its child" on lab {
              let p = spawn parent() on source
              wait p
              expect p.node == dest and p.migrations == 1 and p.status == 0
            }
          `);
          assert.deepEqual(printed(result), ['0', '3']);
        });
      }

      it('is answered when the destination refuses, and the wait goes on where it was [P9]', () => {
        const result = run(`
          program parent() {
            ${NULL_IMAGE}
            let c = fork { sleep 500 ms print(migrate(getppid(), "bare"), " ", errno()) exit(3) }
            print(wait(c))
          }
          scenario "refused" on lab { let p = spawn parent() on source wait p expect p.node == source and p.status == 0 }
        `);
        assert.deepEqual(printed(result), ['-1 ENOSYS', '3']);
      });

      it('a wait is awaited, as the paper does, if somebody else has asked [3.2 (a)]', () => {
        const result = run(`
          program parent() { ${NULL_IMAGE} print(wait(fork { compute 2 s exit(3) })) compute 10 ms }
          program caller(pid: process) { ${NULL_IMAGE} sleep 500 ms print(migrate(pid, "dest")) }
          scenario "by another" on lab {
            let p = spawn parent() on source
            let c = spawn caller(p) on source
            wait p
            wait c
            expect p.node == dest
          }
        `);
        assert.deepEqual(printed(result), ['3', '0']);
      });
    });
  });
});
