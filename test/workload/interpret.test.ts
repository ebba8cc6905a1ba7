/**
 * Stories about scripts: what they compute, what happens when they are wrong, and how a scenario waits and judges.
 */
import assert from 'node:assert/strict';
import { NULL_IMAGE, printed, run, start } from '../osf1/lab.ts';
import { step } from '../../simulator/engine/simulation.ts';

/** What a program with this body prints, and what else the run announces. */
function program(body: string): { lines: string[]; faults: string[]; status: number } {
  const result = run(`
    program p() { ${NULL_IMAGE} ${body} }
    scenario "s" on lab { let p = spawn p() on master wait p }
  `);
  const faults = result.notices.flatMap(({ notice }) => (notice.kind === 'fault' ? [notice.text] : []));
  return { lines: printed(result), faults, status: result.sim.world.masterEntries.rows[1]!.status };
}

describe('a program', () => {
  it('computes with whole numbers', () => {
    const { lines } = program('let a = 7 print(a / 2, " ", (0 - a) / 2, " ", a % 4, " ", a * a - 1)');
    assert.deepEqual(lines, ['3 -3 3 48']);
  });

  it('decides and repeats', () => {
    const { lines } = program(
      'let s = 0 for i in 1 .. 4 { if i != 3 { s = s + i } } while s > 5 { s = s - 2 } print(s)',
    );
    assert.deepEqual(lines, ['5']);
  });

  it('ends with 0 when it runs off its end', () => assert.equal(program('print("x")').status, 0));

  it('that divides by zero ends with 255, and the line is told', () => {
    const { faults, status } = program('let z = 0 print(1 / z) print("never")');
    assert.equal(status, 255);
    assert.equal(faults.length, 1);
    assert.match(faults[0]!, /^line \d+: division by zero$/);
  });

  it('that touches pages outside a region ends with 255', () => {
    const { faults, status } = program('let n = 9 touch data[0 .. n]');
    assert.equal(status, 255);
    assert.match(faults[0]!, /outside data, which has 1/);
  });

  it('that forks goes on twice, each with its own variables', () => {
    const { lines } = program('let x = 1 let s = wait(fork { x = 2 print("child ", x) }) print("parent ", x)');
    assert.deepEqual(lines, ['child 2', 'parent 1']);
  });

  it('learns of a child by its parts: which it was, its status, the signal that ended it', () => {
    const { lines } = program(`
      let exited = fork { exit(3) }
      let a = waitpid(exited)
      let killed = fork { compute 60 s }
      kill(killed, SIGTERM)
      let b = waitpid()
      let c = b
      print(a.pid == exited, " ", a.status, " ", a.signal)
      print(c.pid == killed, " ", c.status, " ", c.signal)
    `);
    assert.deepEqual(lines, ['true 3 0', 'true -1 15']);
  });

  it('is told why a call has failed, and a call that succeeds does not change that', () => {
    const { lines } = program(`
      print(errno() == "")
      print(waitpid().pid, " ", errno())
      print(open("/nowhere", read), " ", errno())
      print(getpid() == 2, " ", errno())
      let gone = fork { exit(0) }
      wait gone
      print(kill(gone, SIGTERM), " ", errno())
    `);
    assert.deepEqual(lines, ['true', '-1 ECHILD', '-1 ENOENT', 'true ENOENT', '-1 ESRCH']);
  });

  it('draws the same numbers for the same seed', () => {
    const body = 'for i in 1 .. 5 { print(random(1, 1000)) }';
    assert.deepEqual(program(body).lines, program(body).lines);
  });
});

describe('a scenario', () => {
  it('waits for the clock, and says what it compared', () => {
    const { sim } = run('scenario "clock" on lab { at 2 s sleep 500 ms expect now in 2.5 s .. 2.5 s }');
    assert.equal(sim.world.expectations[0]!.actual, '2.5 s');
  });

  it('records an expectation that does not hold, and goes on', () => {
    const sim = start('scenario "wrong" on lab { at 1 s expect now < 1 s print("after") }');
    while (step(sim));
    const [broken] = sim.world.expectations;
    assert.equal(broken?.held, false);
    assert.equal(broken.text, 'now < 1 s');
    assert.equal(broken.actual, '1 s < 1 s');
    assert.equal(sim.world.output[0]?.text, 'after');
  });

  it('on a phase goes on when the migration enters it, on a thread of its own', () => {
    const result = run(`
      program worker() { ${NULL_IMAGE} compute 3 s }
      scenario "phases" on lab {
        let p = spawn worker() on source
        on phase freeze of p { print("freeze") }
        on phase attach of p { print("attach") }
        at 500 ms
        let m = migrate p to dest
        wait p
        expect m.outcome == "done"
      }
    `);
    assert.deepEqual(printed(result), ['freeze', 'attach']);
  });

  it('that divides by zero has made a mistake, which counts against it', () => {
    const sim = start('scenario "wrong" on lab { let z = 0 print(1 / z) print("never") }');
    while (step(sim));
    assert.deepEqual(
      sim.world.expectations.map(({ held, actual }) => [held, actual]),
      [[false, 'fault']],
    );
    assert.deepEqual(sim.world.output, []);
  });
});
