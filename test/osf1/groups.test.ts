/**
 * Stories about process groups and sessions, which are relations and therefore the PM Master's [mechanisms 5.1, 5.3, P2, P8], and
 * about what a process has used [P7].
 */
import assert from 'node:assert/strict';
import { masterEntryOf } from '../../simulator/osf1/pm-master/entry.ts';
import { NULL_IMAGE, made, printed, run, underEach } from './lab.ts';

function program(body: string): string[] {
  return printed(
    run(`
      program p() { ${NULL_IMAGE} ${body} }
      scenario "s" on lab { let p = spawn p() on source wait p expect p.status == 0 }
    `),
  );
}

underEach(['distributed', 'local_masters'], () => {
  describe('a process group', () => {
    it('is led by who was spawned, and a child is born into it', () => {
      const lines = program(`
      let me = getpid()
      wait(fork { print(getpgid() == me, " ", getsid() == me, " ", getpgid() == getpid()) })
      print(getpgid() == me, " ", getsid(me) == me)
    `);
      assert.deepEqual(lines, ['true true false', 'true true']);
    });

    it('is left for one of its own, by itself or by its parent, and joined only within the session', () => {
      const lines = program(`
      let a = fork { compute 2 s }
      let b = fork { compute 2 s }
      print(setpgid(a), " ", getpgid(a) == a, " ", setpgid(b, a), " ", getpgid(b) == a)
      let c = fork { print(setsid() == getpid(), " ", setpgid(getpid(), a), " ", errno(), " ", setsid(), " ", errno()) }
      wait c
      print(setpgid(getpid()), " ", errno(), " ", setpgid(c), " ", errno())
      kill(a, SIGKILL)  kill(b, SIGKILL)
    `);
      assert.deepEqual(lines, ['0 true 0 true', 'true -1 EPERM -1 EPERM', '-1 EPERM -1 ESRCH']);
    });

    it('of the caller is 0: for setpgid, getpgid, getsid, kill, killpg, and -7 is the group 7 for kill', () => {
      const lines = program(`
      let a = fork {
        print(setpgid(0, 0), " ", getpgid(0) == getpid(), " ", getsid(0) == getppid())
        let b = fork { compute 20 s }
        let c = fork { migrate(getpid(), "dest") compute 20 s }
        on SIGUSR1 { print("all") }
        sleep(2 s)
        print(kill(0, SIGUSR1), " ", waitpid(b).signal, " ", waitpid(c).signal)
        let d = fork { signal(SIGUSR1, SIG_DFL) compute 20 s }
        sleep(500 ms)
        print(killpg(0, SIGUSR1), " ", waitpid(d).signal)
        sleep(20 s)
      }
      sleep(4 s)
      print(kill(-a, SIGTERM), " ", waitpid(a).signal, " ", kill(-a, SIGTERM), " ", errno(), " ", kill(-1, SIGTERM), " ", errno())
    `);
      assert.deepEqual(lines, ['0 true true', 'all', '0 10 10', 'all', '0 10', '0 15 -1 ESRCH -1 EINVAL']);
    });

    it('is signalled as a whole, each member once, wherever it is and while one of them moves [P8]', () => {
      const { sim, ...result } = run(`
      program p() {
        ${NULL_IMAGE}
        let a = fork { compute 20 s }
        setpgid(a)
        let b = fork { setpgid(getpid(), a) compute 20 s }
        let c = fork { setpgid(getpid(), a) migrate(getpid(), "dest") compute 20 s }
        compute 700 ms
        print(killpg(a, SIGCHLD), " ", killpg(a, SIGTERM))
        print(waitpid(a).signal, " ", waitpid(b).signal, " ", waitpid(c).signal, " ", killpg(a, SIGTERM), " ", errno())
      }
      scenario "s" on lab { let p = spawn p() on source wait p }
    `);
      assert.deepEqual(printed({ sim, ...result }), ['0 0', '15 15 15 -1 ESRCH']);
      for (const n of [2, 3, 4])
        assert.equal(masterEntryOf(sim.world, made(sim.world, n))!.delivered, 2, `process ${n}`);
      assert.equal(masterEntryOf(sim.world, made(sim.world, 4))!.migrations, 1);
    });

    for (const [when, body] of [
      ['that has moved', 'let c = fork { compute 1500 ms migrate(getpid(), "master") } migrate(c, "dest") setpgid(c)'],
      [
        'while it moves',
        'let c = fork { migrate(getpid(), "dest") } for i in 1 .. 8 { setpgid(c, getpid()) setpgid(c) }',
      ],
    ] as const) {
      it(`of a child ${when} is changed by its parent, and known where the child is [P2]`, () => {
        const { sim } = run(`
          program p() { ${NULL_IMAGE} ${body} }
          scenario "s" on lab { let p = spawn p() on source wait p }
        `);
        assert.ok(sim.world.migrations.rows.every(({ outcome }) => outcome === 'done'));
      });
    }

    it('stays what it was when a member moves [P2]', () => {
      const lines = program(`
      let child = fork { setpgid(getpid()) migrate(getpid(), "dest") print(getpgid() == getpid()) }
      wait child
    `);
      assert.deepEqual(lines, ['true']);
    });
  });
});

underEach(['distributed', 'local_masters'], () => {
  describe('what a process has used', () => {
    it('goes on over a migration, while what it has used here begins anew; children count when they are waited for [P7]', () => {
      const lines = program(`
      compute 300 ms
      let child = fork { compute 200 ms }
      let before = getrusage()
      migrate(getpid(), "dest")
      wait child
      let after = getrusage()
      print(before.time >= 300 ms, " ", before.here == before.time, " ", before.children == 0 ms)
      print(after.time >= before.time, " ", after.here < 300 ms, " ", after.children >= 200 ms)
    `);
      assert.deepEqual(lines, ['true true true', 'true true true']);
    });
  });
});
