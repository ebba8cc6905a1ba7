/**
 * Stories about wait and waitpid: how a child ended is a status, a signal, or that it was lost [mechanisms 5.3, 5.6], and who
 * waits for whom.
 */
import assert from 'node:assert/strict';
import { NULL_IMAGE, printed, run, underEach } from './lab.ts';

function program(body: string, scenario = ''): string[] {
  return printed(
    run(`
      program p() { ${NULL_IMAGE} ${body} }
      scenario "s" on lab { let p = spawn p() on source ${scenario} wait p expect p.status == 0 }
    `),
  );
}

underEach(['distributed', 'local_masters'], () => {
  describe('how a child ended', () => {
    it('is a status from 0 to 255, never a signal [decision 0046]', () => {
      const lines = program(`
      for status in 126 .. 129 { print(wait(fork { exit(status) })) }
      let c = fork { exit(255) }
      let e = waitpid(c)
      print(e.status, " ", e.signal, " ", e.lost)
      print(wait(fork { exit(-1) }), " ", wait(fork { exit(256) }))
    `);
      assert.deepEqual(lines, ['126', '127', '128', '129', '255 0 false', '255 0']);
    });

    it('is a signal, which wait() says as 256 and its number', () => {
      const lines = program(`
      let a = fork { compute 20 s }
      let b = fork { compute 20 s }
      kill(a, SIGTERM)
      kill(b, SIGKILL)
      let e = waitpid(a)
      print(e.status, " ", e.signal, " ", e.lost, " ", wait(b))
    `);
      assert.deepEqual(lines, ['-1 15 false 265']);
    });

    it('is neither when its node was lost, wherever the parent is [mechanisms 5.6]', () => {
      const lines = program(
        `
      let a = fork { migrate(getpid(), "dest") compute 20 s }
      let b = fork { migrate(getpid(), "dest") compute 20 s }
      let e = waitpid(a)
      print(e.pid == a, " ", e.status, " ", e.signal, " ", e.lost, " ", wait(b), " ", wait(), " ", errno())
    `,
        'at 8 s crash dest',
      );
      assert.deepEqual(lines, ['true -1 0 true 256 -1 ECHILD']);
    });

    it('is known to a scenario by the same three', () => {
      run(`
      program p(status: int) { ${NULL_IMAGE} compute 1 s exit(status) }
      scenario "s" on lab {
        let a = spawn p(255) on source
        let b = spawn p(0) on source
        let c = spawn p(0) on dest
        expect a.status == -1 and a.signal == 0 and not a.lost
        at 700 ms kill(b, SIGKILL) crash dest
        wait a wait b wait c
        expect a.status == 255 and a.signal == 0 and not a.lost
        expect b.status == -1 and b.signal == 9 and not b.lost
        expect c.status == -1 and c.signal == 0 and c.lost
      }
    `);
    });
  });
});

underEach(['distributed', 'local_masters'], () => {
  describe('waitpid', () => {
    it('does not wait with WNOHANG, and says 0 while no child has anything to report', () => {
      const lines = program(`
      let a = fork { compute 1 s exit(3) }
      let e = waitpid(a, WNOHANG)
      print(e.pid, " ", now < 500 ms, " ", waitpid(-1, WNOHANG).pid, " ", waitpid(0, WNOHANG).pid)
      compute 2 s
      let f = waitpid(-1, WNOHANG)
      print(f.pid == a, " ", f.status)
      print(waitpid(-1, WNOHANG).pid, " ", errno())
    `);
      assert.deepEqual(lines, ['0 true 0 0', 'true 3', '-1 ECHILD']);
    });

    it('tells of a child that a signal has stopped, once, if it is asked with WUNTRACED', () => {
      const lines = program(`
      let a = fork { compute 1 s exit(3) }
      kill(a, SIGSTOP)
      compute 200 ms
      print(waitpid(a, WNOHANG).pid)
      let e = waitpid(a, WUNTRACED)
      print(e.pid == a, " ", e.status, " ", e.signal, " ", e.stopped, " ", e.continued)
      print(waitpid(a, WUNTRACED | WNOHANG).pid)
      kill(a, SIGCONT)
      print(waitpid(a).status)
    `);
      assert.deepEqual(lines, ['0', 'true -1 0 19 false', '0', '3']);
    });

    it('tells of a child that goes on, if it is asked with WCONTINUED; a stop that nobody asked for is forgotten then', () => {
      const lines = program(`
      let a = fork { compute 1 s exit(3) }
      kill(a, SIGTSTP)
      kill(a, SIGCONT)
      compute 200 ms
      print(waitpid(a, WUNTRACED | WNOHANG).pid)
      let e = waitpid(-1, WCONTINUED)
      print(e.pid == a, " ", e.stopped, " ", e.continued)
      print(waitpid().status)
    `);
      assert.deepEqual(lines, ['0', 'true 0 true', '3']);
    });

    it('waits until a child is stopped', () => {
      const lines = program(`
      let a = fork { compute 20 s }
      let killer = fork { compute 2 s kill(a, SIGSTOP) compute 2 s }
      let e = waitpid(-1, WUNTRACED)
      print(e.pid == a, " ", e.stopped, " ", now > 2 s)
      kill(a, SIGKILL)
      print(waitpid(a).signal, " ", wait(killer))
    `);
      assert.deepEqual(lines, ['true 19 true', '9 0']);
    });

    it('waits for a child of the own group, of another, or for any', () => {
      const lines = program(`
      let a = fork { compute 1 s exit(1) }
      let b = fork { compute 2 s exit(2) }
      let c = fork { compute 3 s exit(3) }
      setpgid(b)
      setpgid(c, b)
      print(waitpid(-b).status, " ", waitpid(0).status, " ", waitpid(-b).status)
      print(waitpid(0).pid, " ", errno())
    `);
      assert.deepEqual(lines, ['2 1 3', '-1 ECHILD']);
      assert.deepEqual(program(`let a = fork { compute 1 s } print(waitpid(-a).pid, " ", errno(), " ", wait(a))`), [
        '-1 ECHILD 0',
      ]);
    });

    for (const who of ['p', 'child']) {
      it(`tells of a stop to a parent wherever it is, when the ${who === 'p' ? 'parent' : who} has moved meanwhile`, () => {
        const lines = program(
          `
        let a = fork { ${who === 'child' ? 'migrate(getpid(), "dest")' : ''} compute 4 s exit(3) }
        let killer = fork { compute 2500 ms kill(a, SIGSTOP) compute 1 s kill(a, SIGCONT) }
        compute 1 s
        let e = waitpid(a, WUNTRACED)
        print(e.pid == a, " ", e.stopped)
        print(waitpid(a, WCONTINUED).continued, " ", waitpid(a).status)
        wait killer
      `,
          who === 'p' ? 'at 700 ms let m = migrate p to dest wait m expect p.migrations == 1' : '',
        );
        assert.deepEqual(lines, ['true 19', 'true 3']);
      });
    }

    it('that waits for a group goes on waiting when the process is moved, by abort and restart [mechanisms 5.5, option B]', () => {
      const lines = program(
        `
      let a = fork { setpgid(getpid()) compute 4 s exit(4) }
      compute 500 ms
      let e = waitpid(-a)
      print(e.pid == a, " ", e.status)
    `,
        'at 2 s let m = migrate p to dest wait m expect m.outcome == "done" expect p.migrations == 1',
      );
      assert.deepEqual(lines, ['true 4']);
    });
  });
});
