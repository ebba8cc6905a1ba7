/**
 * Stories about what a process may be doing when it is asked to move: "not to restrict which processes could be migrated ... As a
 * consequence, using pipes, signals, etc. does not prevent a process from being migrated" [paper section 3]; it is "restarted in
 * whatever state it was in before migration" [3.2 (d)]. Each by process and by task.
 */
import assert from 'node:assert/strict';
import { NULL_IMAGE, printed, run } from '../osf1/lab.ts';

for (const by of ['process', 'task'] as const) {
  const where = by === 'process' ? 'dest' : 'source';

  describe(`a process that is migrated by ${by}`, () => {
    it('while it is being created: it moves when its emulator is ready', () => {
      run(`
        program worker() { ${NULL_IMAGE} compute 2 s }
        scenario "creating" on lab {
          let p = spawn worker() on source
          let m = migrate p to dest by ${by}
          wait m
          expect m.outcome == "done" and p.node == ${where}
          wait p
          expect p.status == 0
        }
      `);
    });

    it('while it is stopped: it stays stopped', () => {
      run(`
        program worker() { ${NULL_IMAGE} compute 2 s }
        scenario "stopped" on lab {
          let p = spawn worker() on source
          at 500 ms
          kill(p, SIGSTOP)
          at 1 s
          let m = migrate p to dest by ${by}
          wait m
          expect m.outcome == "done"
          sleep 4 s
          expect p.alive
          kill(p, SIGCONT)
          wait p
          expect p.status == 0
        }
      `);
    });

    it('while it waits in a pipe, to read and to write', () => {
      const result = run(`
        program pair() {
          ${NULL_IMAGE}
          let p = pipe()
          let reader = fork { let w = close(p.write) read(p.read, 5 B) compute 2 s print(buffer()) while read(p.read, 4 KB) > 0 B { } }
          compute 3 s
          let r = close(p.read)
          let a = write(p.write, "hello")
          for i in 1 .. 3 { let b = write(p.write, 4 KB) }
          let c = close(p.write)
          wait reader
        }
        scenario "pipe" on lab {
          let p = spawn pair() on source
          at 1 s
          let m = migrate p to dest by ${by}
          wait m
          expect m.outcome == "done"
          wait p
          expect p.status == 0
        }
      `);
      assert.deepEqual(printed(result), ['hello']);
    });

    it('while it waits for a child, which sends it signals', () => {
      const result = run(`
        program parent() {
          ${NULL_IMAGE}
          let c = fork { for i in 1 .. 8 { kill(getppid(), SIGCHLD) compute 300 ms } exit(6) }
          print(wait(c))
        }
        scenario "wait" on lab {
          let p = spawn parent() on source
          at 1 s
          let m = migrate p to dest by ${by}
          wait p
          expect m.outcome == "done" and p.status == 0 and p.delivered >= 8
        }
      `);
      assert.deepEqual(printed(result), ['6']);
    });

    it('while it is killed: it is gone, and so is the migration', () => {
      for (const at of [1000, 1020, 1200, 1600, 2200]) {
        run(`
          program worker() { ${NULL_IMAGE} compute 9 s }
          scenario "killed" on lab {
            let p = spawn worker() on source
            at 1 s
            let m = migrate p to dest by ${by}
            at ${at} ms
            kill(p, SIGKILL)
            wait m
            wait p
            expect p.signal == 9 and m.outcome != ""
          }
        `);
      }
    });

    it('while it exits: nothing is left to move', () => {
      run(`
        program short() { ${NULL_IMAGE} compute 100 ms exit(4) }
        scenario "exiting" on lab {
          let p = spawn short() on source
          at 236 ms
          let m = migrate p to dest by ${by}
          wait m
          wait p
          expect p.status == 4
        }
      `);
    });

    it('while it is moved already: EBUSY, and the first one goes on', () => {
      run(`
        program worker() { ${NULL_IMAGE} compute 4 s }
        scenario "twice" on lab {
          let p = spawn worker() on source
          at 1 s
          let m = migrate p to dest by ${by}
          sleep 300 ms
          let n = migrate p to master by ${by}
          wait n
          expect n.reason == "EBUSY"
          wait m
          expect m.outcome == "done"
          wait p
          expect p.status == 0
        }
      `);
    });
  });
}
