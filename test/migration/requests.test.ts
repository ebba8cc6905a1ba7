/**
 * Stories about requests that meet a process on its way: none is lost, none is executed twice [mechanisms P4, P8; paper
 * 3.2 (a), (e)].
 */
import assert from 'node:assert/strict';
import { select } from '../../simulator/base/table.ts';
import { step } from '../../simulator/engine/simulation.ts';
import { vprocOf } from '../../simulator/osf1/vproc.ts';
import { NULL_IMAGE, printed, run } from '../osf1/lab.ts';
import { PID, SOURCE, migrationOf, milliseconds, moving, startUntil, untilPhase } from './story.ts';
import { framesOf } from '../../simulator/mach/routine.ts';

describe('a request for a process that moves', () => {
  for (const phase of ['freeze', 'detach', 'install', 'attach', 'restart', 'cleanup']) {
    it(`reaches it once when it is sent at ${phase} (P4)`, () => {
      run(
        moving(`
          on phase ${phase} of p { kill(p, SIGCHLD) kill(p, SIGCHLD) }
          wait m
          expect m.outcome == "done"
          wait p
          expect p.delivered == 2
        `),
      );
    });
  }

  it('is forwarded in order, with its reply right: the answer comes straight from the destination (e)', () => {
    const script = moving('on phase detach of p { kill(p, SIGCHLD) } on phase detach of p { kill(p, SIGKILL) } wait p');
    const sim = startUntil(script, 'cleanup');
    const kept = vprocOf(sim.world, SOURCE, PID)!.pending;
    assert.deepEqual(
      kept.map(({ operation }) => operation),
      ['vproc.signal', 'vproc.signal'],
    );
    run(script);
  });

  it('that the process itself was making when it was frozen is answered where it has gone', () => {
    const result = run(
      moving('wait p expect p.status == 0 and p.node == dest', {
        body: 'for i in 1 .. 600 { let me = getpid() if me != getpid() { exit(1) } } print("all the same")',
      }),
    );
    assert.deepEqual(printed(result), ['all the same']);
  });

  it('is answered "absent process" by a PMA that it has left; the caller asks the PM Master (5.2)', () => {
    const result = run(`
      program target() { ${NULL_IMAGE} compute 6 s }
      program sender(to: process) {
        ${NULL_IMAGE}
        print(kill(to, SIGCHLD))
        compute 3 s
        print(kill(to, SIGCHLD))
      }
      scenario "stale" on lab {
        let p = spawn target() on source
        let s = spawn sender(p) on master
        at 1 s
        let m = migrate p to dest
        wait m
        wait s
        wait p
        expect p.delivered == 2 and p.node == dest and s.status == 0
      }
    `);
    assert.deepEqual(printed(result), ['0', '0']);
    const left = select(result.sim.world.vprocs, ({ pid }) => pid === PID);
    assert.deepEqual(left, []);
  });
});

describe('a wait in progress at the freeze', () => {
  const parent = {
    body: `let c = fork { compute 4 s exit(3) } print(wait(c))`,
  };

  it('is awaited: the freezing time is what is left of the child (5.5 step 4)', () => {
    const { sim } = run(moving('wait p expect p.node == dest and p.status == 0', parent));
    assert.ok(milliseconds(migrationOf(sim), 'decision', 'frozen') > 2500);
  });

  it('ends with the status of the child, wherever parent and child are then (P8)', () => {
    assert.deepEqual(printed(run(moving('wait p', parent))), ['3']);
  });
});

describe('a wait in progress that is cancelled', () => {
  it('does not hold up the freeze; it is made again at the destination (5.5 step 4, option B)', () => {
    const body = 'let c = fork { compute 4 s exit(3) } print(wait(c))';
    const sim = startUntil(moving('wait p expect p.node == dest and p.status == 0', { body }), 'freeze');
    const frames = sim.world.threads.rows.flatMap((t) => (t.live ? framesOf(t) : []));
    const freezing = frames.map(({ data }) => data as { cancel?: boolean }).find(({ cancel }) => cancel !== undefined);
    freezing!.cancel = true;
    untilPhase(sim, 'install');
    assert.ok(milliseconds(migrationOf(sim), 'decision', 'frozen') < 10);
    assert.deepEqual(
      vprocOf(sim.world, SOURCE, PID)!.pending.map(({ operation }) => operation),
      ['pma.wait'],
    );
    while (step(sim));
    assert.deepEqual(
      sim.world.output.map(({ text }) => text),
      ['3'],
    );
    assert.ok(sim.world.expectations.every(({ held }) => held));
  });
});

describe('an exit in progress at the freeze', () => {
  it('leaves nothing to migrate: the request fails, and kept requests are answered ESRCH (5.5 step 4)', () => {
    const { world } = run(`
      program short() { ${NULL_IMAGE} compute 100 ms exit(4) }
      scenario "exit" on lab {
        let p = spawn short() on source
        sleep 225 ms
        let m = migrate p to dest
        on phase freeze of p { kill(p, SIGCHLD) }
        wait m
        wait p
        expect m.outcome != "done" and p.status == 4 and p.node == source
      }
    `).sim;
    assert.deepEqual(
      select(world.procs, ({ pid }) => pid === PID),
      [],
    );
    assert.deepEqual(
      select(world.messages, () => true),
      [],
    );
  });
});
