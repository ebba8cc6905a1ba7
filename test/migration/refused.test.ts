/**
 * Stories about migrations that are refused: the process goes on at the source as if nobody had asked [mechanisms P9,
 * 5.5 step 17; paper 3.2 (c), (e)].
 */
import assert from 'node:assert/strict';
import { select } from '../../simulator/base/table.ts';
import { step } from '../../simulator/engine/simulation.ts';
import { procOf } from '../../simulator/osf1/proc.ts';
import { vprocOf } from '../../simulator/osf1/vproc.ts';
import { NULL_IMAGE, printed, run, start } from '../osf1/lab.ts';
import { PID, SOURCE, heldByServers, migrationOf, phases, untilPhase } from './story.ts';

const CLUSTER = `
cluster lab {
  node master { pma pm_master credentials file_server "/" }
  node source { pma }
  node small { pma memory 2 MB refuse when memory.free < 4 MB }
  node closed { pma refuse always }
}
file "/a" on master size 64 KB
`;

function asked(to: string, steps = ''): string {
  return `
    program worker() { ${NULL_IMAGE} let a = open("/a", read) read(a, 4 KB) compute 2 s print(read(a, 100 KB)) }
    scenario "asked" on lab {
      let p = spawn worker() on source
      at 500 ms
      let m = migrate p to ${to}
      ${steps}
      wait p
      expect m.outcome != "done" and p.node == source and p.status == 0 and p.migrations == 0
    }
  `;
}

describe('a migration that is refused', () => {
  for (const [to, reason] of [
    ['small', 'the destination is short of memory'],
    ['closed', 'the destination takes no process in'],
  ] as const) {
    it(`because ${reason}: the process is reinstated, and the reason is known`, () => {
      const result = run(asked(to), CLUSTER);
      assert.deepEqual(phases(result), ['freeze', 'detach', 'refused']);
      assert.deepEqual(printed(result), ['61440']);
      const { outcome, reason: why, step: at } = migrationOf(result.sim);
      assert.deepEqual([outcome, why, at], ['refused', reason, 17]);
    });
  }

  it('leaves everything as it was, on both sides (P9)', () => {
    const sim = start(asked('closed'), CLUSTER);
    untilPhase(sim, 'freeze');
    const held = heldByServers(sim.world);
    const proc = JSON.stringify(procOf(sim.world, SOURCE, PID));
    const vproc = JSON.stringify({
      ...vprocOf(sim.world, SOURCE, PID),
      state: 'active',
      awaitsCalls: false,
      references: 0,
    });
    while (migrationOf(sim).outcome === '') assert.ok(step(sim));
    assert.deepEqual(heldByServers(sim.world), held);
    assert.equal(JSON.stringify(procOf(sim.world, SOURCE, PID)), proc);
    assert.equal(JSON.stringify({ ...vprocOf(sim.world, SOURCE, PID), references: 0 }), vproc);
    assert.equal(select(sim.world.procs, ({ pid }) => pid === PID).length, 1);
  });

  it('handles the kept requests here, after the process has been resumed, in order (step 17)', () => {
    const steps = `
      on phase detach of p { kill(p, SIGCHLD) kill(p, SIGCONT) }
      wait m
      expect p.delivered == 0
      sleep 1 s
      expect p.delivered == 2
    `;
    run(asked('closed', steps), CLUSTER);
  });
});
