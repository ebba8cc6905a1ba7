/**
 * Stories about early task migration: "process migration could benefit here from an aggressive early task migration" [paper
 * section 4; mechanisms 7.7]: the task is copied while a call that only waits is awaited.
 */
import assert from 'node:assert/strict';
import { select } from '../../simulator/base/table.ts';
import { step, type Simulation } from '../../simulator/engine/simulation.ts';
import { NULL_IMAGE, printed, run, start } from '../osf1/lab.ts';
import { DEST, heldByServers, migrationOf, milliseconds } from './story.ts';

/** gcc waits for its child, which has some 4 s to go at 1 s. */
function gcc(how: string, steps = '', dest = 'dest'): string {
  return `
    program cc1() { ${NULL_IMAGE} compute 5 s exit(3) }
    program gcc() { ${NULL_IMAGE} dirty data[0] let s = wait(fork { exec cc1() }) dirty data[0] compute 1 s print(s) exit(s) }
    scenario "gcc" on lab {
      let p = spawn gcc() on source
      at 1 s
      let m = migrate p to ${dest} ${how}
      ${steps}
      wait p
    }
  `;
}

const done = 'wait m expect m.outcome == "done" and p.node == dest wait p expect p.status == 3';

const untilSettled = (sim: Simulation): void => {
  while (step(sim));
  assert.ok(sim.world.expectations.every(({ held }) => held));
};

describe('a process whose task is migrated early', () => {
  it('computes again long before one that is moved when its call has ended', () => {
    const [late, early] = ['awaiting calls', 'early'].map((how) => run(gcc(how, done)));
    const after = [late!, early!].map(({ sim }) => milliseconds(migrationOf(sim), 'frozen', 'resumed'));
    assert.ok(after[0]! > 1300 && after[1]! < 700, `${after.join(' ms and ')} ms after the end of the call`);
    assert.deepEqual(printed(early!), ['3']);
  });

  it('leaves nothing of the preparation behind', () => {
    const held = (how: string): Record<string, string> => heldByServers(run(gcc(how, done)).sim.world);
    assert.deepEqual(held('early'), held('awaiting calls'));
  });

  it('moves as always if no call is in progress', () => {
    run(`
      program mover() { ${NULL_IMAGE} compute 3 s }
      scenario "plain" on lab {
        let p = spawn mover() on source
        at 1 s
        let m = migrate p to dest early
        wait p
        expect m.outcome == "done" and p.node == dest
      }
    `);
  });

  it('takes the signals that it gets meanwhile, also those that stop it', () => {
    run(
      gcc(
        'early',
        `at 3 s
         kill(p, SIGCHLD)
         kill(p, SIGSTOP)
         wait m
         expect m.outcome == "done" and p.alive and p.delivered == 2
         sleep 3 s
         expect p.alive
         kill(p, SIGCONT)
         wait p
         expect p.status == 3`,
      ),
    );
  });

  for (const [what, stop, cont] of [
    ['stopped when its task has been copied, and stays so', 'at 4500 ms', 'wait m sleep 3 s'],
    ['stopped when its task has been copied, and continued before it moves', 'at 4500 ms', 'at 4800 ms'],
    ['stopped before its task is copied, and continued before it moves', 'on phase freeze of p', 'at 4800 ms'],
  ] as const) {
    it(`is ${what}: it is suspended as often as it should be when it has arrived`, () => {
      const stopping = stop.startsWith('on') ? `${stop} { kill(p, SIGSTOP) }` : `${stop} kill(p, SIGSTOP)`;
      run(
        gcc(
          'early',
          `${stopping}
           ${cont}
           expect p.alive
           kill(p, SIGCONT)
           wait m
           sleep 4 s
           expect m.outcome == "done" and p.node == dest and p.status == 3`,
        ),
      );
    });
  }
});

describe('a preparation in vain', () => {
  it('is given up if the process is killed', () => {
    const sim = start(
      gcc('early', 'at 3 s kill(p, SIGKILL) wait p wait m expect p.signal == 9 and m.outcome == "failed"'),
    );
    untilSettled(sim);
    assert.equal(select(sim.world.prepared, () => true).length, 0);
    assert.equal(select(sim.world.tasks, ({ name, node }) => name === 'gcc' && node === DEST).length, 0);
  });

  it('is given up if the process is refused in the end: it goes on where it was (P9)', () => {
    const sim = start(
      gcc('early', 'wait m expect m.outcome == "refused" and p.node == source wait p expect p.status == 3'),
      `cluster lab {
        node master { pma pm_master credentials file_server "/" }
        node source { pma }
        node dest { pma refuse always }
      }`,
    );
    untilSettled(sim);
    assert.equal(select(sim.world.prepared, () => true).length, 0);
  });

  it('ends with the destination: the process goes on at the source', () => {
    untilSettled(start(gcc('early', 'at 3 s crash dest wait p expect p.status == 3 and p.node == source')));
  });

  it('ends with the source: nothing is left of it at the destination', () => {
    const sim = start(gcc('early', 'at 3 s crash source sleep 5 s expect not p.alive'));
    untilSettled(sim);
    assert.equal(select(sim.world.prepared, () => true).length, 0);
    assert.equal(select(sim.world.tasks, ({ name, node }) => name === 'gcc' && node === DEST).length, 0);
  });
});
