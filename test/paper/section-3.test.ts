/**
 * Section 3 of the paper, what process migration was designed to be: one story for each claim, which it quotes.
 */
import assert from 'node:assert/strict';
import { select } from '../../simulator/base/table.ts';
import { NULL_IMAGE, printed, run } from '../osf1/lab.ts';
import { runListening } from './heard.ts';

/** What a scenario prints if the process `p` is moved at 1 s, and if it is not. */
function movedAndNot(programs: string): { moved: string[]; unmoved: string[] } {
  const scenario = (migration: string): string =>
    `${programs} scenario "s" on lab { let a = spawn p() on source at 1 s ${migration} wait a }`;
  const moved = run(scenario('let m = migrate a to dest wait m expect m.outcome == "done"'));
  return { moved: printed(moved), unmoved: printed(run(scenario(''))) };
}

describe('process migration [paper 3]', () => {
  it('"We decided to preserve the full UNIX model (such as the UNIX permissions)": who may not signal a process may not migrate it', () => {
    const { sim } = run(`
      program p() { ${NULL_IMAGE} print(migrate(getppid(), "dest"), " ", errno()) }
      scenario "s" on lab { let a = spawn p() on source wait a }
    `);
    assert.deepEqual(
      sim.world.output.map(({ text }) => text),
      ['-1 EPERM'],
    );
  });

  it('"using pipes, signals, etc. does not prevent a process from being migrated"', () => {
    const { moved, unmoved } = movedAndNot(`
      program p() {
        ${NULL_IMAGE}
        let q = pipe()
        let child = fork {
          close(q.read)
          for i in 1 .. 6 { write(q.write, "abc") compute 400 ms }
        }
        close(q.write)
        let got = 0 B
        let n = read(q.read, 80 B)
        while n > 0 B { print(buffer()) got = got + n n = read(q.read, 80 B) }
        kill(getpid(), SIGCHLD)
        print("got ", got, ", child ", wait(child))
      }
    `);
    assert.equal(moved.at(-1), unmoved.at(-1));
    assert.equal(moved.slice(0, -1).join(''), unmoved.slice(0, -1).join(''));
  });

  it('"process resource usage (e.g. user and system times) are returned as accumulated values from previous usages and migration(s), although the usage since the process has existed on its current node can also be obtained"', () => {
    const { sim } = run(`
      program p() {
        ${NULL_IMAGE}
        compute 1500 ms
        let there = getrusage()
        compute 200 ms
        let then = getrusage()
        print(there.time >= 1500 ms, " ", there.here < there.time, " ", then.time - there.time >= 200 ms, " ", then.here - there.here >= 200 ms)
      }
      scenario "s" on lab { let a = spawn p() on source at 1 s let m = migrate a to dest wait a expect m.outcome == "done" }
    `);
    assert.deepEqual(
      sim.world.output.map(({ text }) => text),
      ['true true true true'],
    );
  });

  it('"Process migration can be initiated at an arbitrary time; neither the running process nor any other process interacting with it (not even their emulator) is aware of the migration"', () => {
    const programs = `
      program p() {
        ${NULL_IMAGE}
        let f = open("/tmp/log", read | write | create)
        let child = fork { for i in 1 .. 4 { write(f, "c") compute 90 ms } exit(4) }
        for i in 1 .. 4 { write(f, "p") compute 60 ms }
        let status = wait(child)
        print(status, " ", stat("/tmp/log").size, " ", getpid(), " ", getppid(), " ", getpgid(), " ", getsid())
      }
    `;
    const unmoved = printed(run(`${programs} scenario "s" on lab { let a = spawn p() on source wait a }`));
    for (let at_ms = 130; at_ms < 900; at_ms += 110) {
      const scenario = `scenario "s" on lab { let a = spawn p() on source at ${at_ms} ms let m = migrate a to dest wait a }`;
      assert.deepEqual(printed(run(`${programs} ${scenario}`)), unmoved, `decided at ${at_ms} ms`);
    }
  });

  it('"retaining the process identifier after migration (its uniqueness is ensured by the pid allocation mechanism), its process relationships and all UNIX states as if it had never migrated"', () => {
    const { sim } = run(`
      program p() { ${NULL_IMAGE} let c = fork { compute 4 s print(getppid(), " ", getpgid(), " ", getsid()) } wait(c) }
      scenario "s" on lab {
        let a = spawn p() on source
        at 1 s
        let m = migrate a to dest
        at 1500 ms
        let b = spawn p() on source
        let c = spawn p() on master
        wait a wait b wait c
        expect a.pid == 2 and m.outcome == "done"
      }
    `);
    const pids = select(sim.world.masterEntries, () => true).map(({ pid }) => pid);
    assert.equal(new Set(pids).size, pids.length);
    assert.ok(
      sim.world.output.some(({ text }) => text === '2 2 2'),
      'parent, group and session of the child',
    );
  });

  it('"leaves no forwarding stub processes or chains ... no residual dependencies on previous process management subsystems": after three moves a call takes the same way as after one', () => {
    const wayOf = (moves: string): string[] => {
      const { asked, sim } = runListening(`
        program target() { ${NULL_IMAGE} compute 30 s }
        program killer(pid: process) { ${NULL_IMAGE} kill(pid, SIGCHLD) print("first") kill(pid, SIGCHLD) print("second") }
        scenario "s" on lab {
          let a = spawn target() on source
          at 1 s
          ${moves}
          let b = spawn killer(a) on source
          wait b
        }
      `);
      const [first, second] = sim.world.output.map(({ time }) => time);
      assert.ok(first !== undefined && second !== undefined);
      return asked
        .filter(({ time }) => time > first && time < second)
        .map(({ node, server, operation }) => `${operation} of ${server} on ${node}`);
    };
    const once = wayOf('let m = migrate a to dest wait m');
    assert.deepEqual(once, ['pma.kill of pma on source', 'vproc.signal of pma on dest']);
    const thrice = wayOf(
      'let m = migrate a to dest wait m let n = migrate a to master wait n let o = migrate a to dest wait o',
    );
    assert.deepEqual(thrice, once);
  });
});
