/**
 * Stories about system calls that are in progress when a process is frozen: "Waiting for the completion of every system call
 * increases migration latency. The alternative is to abort the system calls that do not modify the process's state (e.g. wait(),
 * sigsuspend()), and restart their execution on the destination node PMA." [paper 3.2 (a); mechanisms 5.5 step 4]
 */
import assert from 'node:assert/strict';
import { NULL_IMAGE, printed, run, type Run } from '../osf1/lab.ts';
import { migrationOf, milliseconds } from './story.ts';

/** gcc is a small front-end that waits for what it has started: at 1 s its child has about 14 s to go. */
function gcc(how: string, steps = ''): string {
  return `
    program cc1() { ${NULL_IMAGE} compute 15 s exit(3) }
    program gcc() { ${NULL_IMAGE} let s = wait(fork { exec cc1() }) print(s) exit(s) }
    scenario "gcc" on lab {
      let p = spawn gcc() on source
      at 1 s
      let m = migrate p to dest ${how}
      ${steps}
      wait p
      expect m.outcome == "done" and p.node == dest and p.status == 3 and p.migrations == 1
    }
  `;
}

const freezing = ({ sim }: Run): number => milliseconds(migrationOf(sim), 'decision', 'frozen');

describe('gcc, which sits in wait() at the decision (7.7)', () => {
  it('awaited, is frozen when its child has ended: the freezing time is the rest of the life of the child', () => {
    const result = run(gcc('awaiting calls'));
    assert.ok(freezing(result) > 13_000, `${freezing(result)} ms`);
    assert.deepEqual(printed(result), ['3']);
  });

  it('is frozen so as well if nobody says how, as in the paper', () => {
    assert.ok(freezing(run(gcc(''))) > 13_000);
  });

  it('restarted, is frozen at once, and waits at the destination', () => {
    const result = run(gcc('restarting calls', 'wait m expect p.alive and now < 4 s'));
    assert.ok(freezing(result) < 20, `${freezing(result)} ms`);
    assert.deepEqual(printed(result), ['3']);
  });

  it('is moved so by pcntl too', () => {
    const result = run(`
      program cc1() { ${NULL_IMAGE} compute 5 s exit(3) }
      program gcc() { ${NULL_IMAGE} let s = wait(fork { exec cc1() }) exit(s) }
      program mover(p: process) { ${NULL_IMAGE} print(migrate(p, "dest", RESTART_CALLS)) }
      scenario "pcntl" on lab {
        let p = spawn gcc() on source
        at 1 s
        let q = spawn mover(p) on master
        wait q
        expect p.alive and p.node == dest
        wait p
        expect p.status == 3
      }
    `);
    assert.deepEqual(printed(result), ['0']);
    assert.ok(freezing(result) < 20, `${freezing(result)} ms`);
  });
});

describe('a call that is given up and begun again', () => {
  it('is begun again where the process is if it is refused: it stands at the head of the queue (step 17)', () => {
    const result = run(
      gcc(
        'restarting calls',
        'on phase freeze of p { kill(p, SIGCHLD) } wait m expect m.outcome == "refused" and p.alive',
      )
        .replace('expect m.outcome == "done" and p.node == dest', 'expect p.node == source')
        .replace('p.migrations == 1', 'p.migrations == 0 and p.delivered == 1'),
      `cluster lab {
        node master { pma pm_master credentials file_server "/" }
        node source { pma }
        node dest { pma refuse always }
      }`,
    );
    assert.deepEqual(printed(result), ['3']);
  });

  it('finds the exit of the child that was reported while it was on its way', () => {
    const result = run(`
      program parent() { ${NULL_IMAGE} let c = fork { compute 1500 ms exit(5) } print(wait(c)) }
      scenario "meanwhile" on lab {
        let p = spawn parent() on source
        at 1 s
        let m = migrate p to dest restarting calls
        wait p
        expect m.outcome == "done" and p.node == dest
      }
    `);
    assert.deepEqual(printed(result), ['5']);
  });

  it('ends with its process, if that is killed meanwhile', () => {
    run(
      gcc('restarting calls', 'on phase freeze of p { kill(p, SIGKILL) } wait p expect p.signal == 9').replace(
        'expect m.outcome == "done" and p.node == dest and p.status == 3 and p.migrations == 1',
        'expect p.signal == 9',
      ),
    );
  });
});
