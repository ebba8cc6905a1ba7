/**
 * Stories about signals: each is accepted once and handled exactly once, wherever the process is [mechanisms 5.3, P4].
 */
import assert from 'node:assert/strict';
import { at, select } from '../../simulator/base/table.ts';
import { emulatorOf } from '../../simulator/osf1/emulator/state.ts';
import { vprocOf } from '../../simulator/osf1/vproc.ts';
import { NULL_IMAGE, made, printed, run, runUntilPrinted, start, underEach } from './lab.ts';

const victim = `program victim() { ${NULL_IMAGE} compute 3 s exit(0) }`;

underEach(['distributed', 'local_masters'], () => {
  describe('kill', () => {
    for (const node of ['master', 'source', 'dest']) {
      it(`ends a process on ${node} with 128 and the signal's number`, () => {
        const result = run(`
        ${victim}
        program killer(pid: process) { ${NULL_IMAGE} print(kill(pid, SIGTERM)) }
        scenario "kill" on lab {
          let v = spawn victim() on ${node}
          let k = spawn killer(v) on source
          wait v
          expect v.signal == 15 and v.delivered == 1
        }
      `);
        assert.deepEqual(printed(result), ['0']);
      });
    }

    it('of a process that there is not says so', () => {
      const result = run(`
      program killer() { ${NULL_IMAGE} let c = fork { exit(0) } let s = wait(c) print(kill(c, SIGTERM)) }
      scenario "nobody" on lab { let k = spawn killer() on source wait k }
    `);
      assert.deepEqual(printed(result), ['-1']);
    });

    it('cannot be resisted with SIGKILL, whatever the process waits for', () => {
      run(`
      program waiter() { ${NULL_IMAGE} let s = wait(fork { compute 2 s }) }
      scenario "killed in wait" on lab {
        let p = spawn waiter() on source
        at 1 s
        kill(p, SIGKILL)
        wait p
        expect p.signal == 9 and now < 1.5 s
      }
    `);
    });

    it('with a signal for the program runs its handler, each once', () => {
      const sim = start(`
      program counter() { ${NULL_IMAGE} on SIGUSR1 { } on SIGUSR2 { } compute 2 s print("done") compute 1 s }
      scenario "count" on lab {
        let p = spawn counter() on source
        at 500 ms
        kill(p, SIGUSR1) sleep 100 ms kill(p, SIGUSR1) kill(p, SIGUSR2)
        wait p
        expect p.status == 0 and p.delivered == 3
      }
    `);
      runUntilPrinted(sim, 'done');
      const task = select(sim.world.tasks, (each) => each.pid === made(sim.world, 1))[0]!;
      assert.deepEqual(emulatorOf(at(sim.world.tasks, task.id)).handled, { 10: 2, 12: 1 });
    });

    it('stops a process and lets it go on', () => {
      run(`
      program worker() { ${NULL_IMAGE} compute 1 s }
      scenario "stop" on lab {
        let p = spawn worker() on source
        at 500 ms
        kill(p, SIGSTOP)
        at 2500 ms
        expect p.alive
        kill(p, SIGCONT)
        wait p
        expect p.status == 0 and now > 2.9 s
      }
    `);
    });
  });
});

underEach(['distributed', 'local_masters'], () => {
  describe('a vproc', () => {
    it('is put right by the caller when the process has moved: absent, ask the PM Master, try again [5.2]', () => {
      const sim = start(`
      program target() { ${NULL_IMAGE} compute 6 s }
      program caller(pid: process) {
        ${NULL_IMAGE}
        print(kill(pid, SIGCHLD))
        compute 3500 ms
        print("moved ", kill(pid, SIGCHLD))
        compute 100 ms
      }
      scenario "stale" on lab {
        let p = spawn target() on source
        let c = spawn caller(p) on master
        at 1 s
        let m = migrate p to dest
        wait c
        expect m.outcome == "done" and p.delivered == 2
      }
    `);
      runUntilPrinted(sim, '0');
      assert.equal(vprocOf(sim.world, 0, made(sim.world, 1))!.at, 1);
      runUntilPrinted(sim, 'moved 0');
      assert.equal(vprocOf(sim.world, 0, made(sim.world, 1))!.at, 2);
      assert.equal(vprocOf(sim.world, 0, made(sim.world, 1))!.operations, 'stub');
    });

    it('is forgotten when nobody refers to it', () => {
      const { sim } = run(`
      ${victim}
      program killer(pid: process) { ${NULL_IMAGE} let s = kill(pid, SIGCHLD) }
      scenario "forget" on lab { let v = spawn victim() on dest let k = spawn killer(v) on source wait k wait v }
    `);
      assert.deepEqual(
        select(sim.world.vprocs, () => true).map(({ pid }) => pid),
        [1],
      );
    });
  });
});
