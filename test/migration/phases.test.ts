/**
 * Stories from section 3.2 of the paper: the five phases, in order, and what is true in each.
 */
import assert from 'node:assert/strict';
import { NONE, at, select } from '../../simulator/base/table.ts';
import { step } from '../../simulator/engine/simulation.ts';
import { setupFor } from '../../simulator/engine/setup.ts';
import { protocol } from '../../simulator/migration/process/steps.ts';
import { procOf } from '../../simulator/osf1/proc.ts';
import { masterEntryOf } from '../../simulator/osf1/pm-master/entry.ts';
import { vprocOf } from '../../simulator/osf1/vproc.ts';
import { NULL_IMAGE, run, start } from '../osf1/lab.ts';
import { DEST, PID, SOURCE, migrationOf, moving, phases, startUntil, untilPhase } from './story.ts';

const done = 'wait p expect m.outcome == "done" and p.node == dest and p.status == 0 and p.migrations == 1';

describe('a process that is migrated', () => {
  it('passes through the phases of the paper, in their order', () => {
    const result = run(moving(done));
    assert.deepEqual(phases(result), ['freeze', 'detach', 'install', 'attach', 'restart', 'cleanup']);
    const { stamps } = migrationOf(result.sim);
    const { decision, suspended, frozen, detached, installed, moved, resumed, ended } = stamps;
    const times = [decision, suspended, frozen, detached, installed, moved, resumed, ended];
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
    assert.ok(!times.includes(NONE));
  });

  it('performs the seventeen steps of the protocol: sixteen if all goes well', () => {
    assert.deepEqual(
      protocol.map(({ number }) => number),
      Array.from({ length: 17 }, (_, i) => i + 1),
    );
    const sim = start(moving(done));
    const known = setupFor(sim.image, 0, false).routines.map(({ name }) => name);
    for (const { routine } of protocol) assert.ok(known.includes(routine), routine);
    const seen: number[] = [];
    while (step(sim)) {
      const at = sim.world.migrations.rows[0]?.step ?? 0;
      if (at !== (seen[seen.length - 1] ?? 0)) seen.push(at);
    }
    assert.deepEqual(
      seen,
      [...seen].sort((a, b) => a - b),
    );
    assert.equal(seen[seen.length - 1], 16);
  });

  it('is frozen: no system call in progress, incoming requests are enqueued (3.2 a, P5)', () => {
    const sim = startUntil(moving(`on phase detach of p { kill(p, SIGCHLD) } ${done}`), 'detach');
    const w = sim.world;
    assert.equal(vprocOf(w, SOURCE, PID)?.state, 'frozen');
    const [task] = select(w.tasks, ({ pid }) => pid === PID);
    assert.equal(task?.suspendCount, 1);
    untilPhase(sim, 'install');
    assert.deepEqual(procOf(w, SOURCE, PID)?.callsInProgress, []);
    assert.deepEqual(
      vprocOf(w, SOURCE, PID)?.pending.map(({ operation }) => operation),
      ['vproc.signal'],
    );
  });

  it('is on the active list of one node at most, and of none while it moves (3.2 b, P1)', () => {
    const sim = start(moving(done));
    const lists: string[] = [];
    while (step(sim)) {
      const procs = select(sim.world.procs, ({ pid }) => pid === PID);
      const active = procs.filter(({ list }) => list === 'active').length;
      assert.ok(active <= 1, `${active} active`);
      const now = procs.map(({ node, list }) => `${list} at ${node}`).join(', ');
      if (now !== lists[lists.length - 1]) lists.push(now);
    }
    assert.deepEqual(lists, [
      '',
      'active at 1',
      'migrating at 1',
      'migrating at 1, migrating at 2',
      'migrating at 1, active at 2',
      'active at 2',
      '',
    ]);
  });

  it('is pulled by the destination, which cannot be flooded: the next one waits its turn (3.2 c)', () => {
    const { sim } = run(`
      program mover() { ${NULL_IMAGE} compute 6 s }
      scenario "two" on lab {
        let a = spawn mover() on source
        let b = spawn mover() on master
        at 1 s
        let first = migrate a to dest
        let second = migrate b to dest
        wait first
        wait second
        expect first.outcome == "done" and second.outcome == "done"
      }
    `);
    const [first, second] = sim.world.migrations.rows
      .map(({ stamps }) => stamps)
      .sort((a, b) => a.installed - b.installed);
    assert.ok(second!.installed >= first!.resumed);
  });

  it('runs when the PM Master knows its new node (3.2 d, P3), with the same pid and relations (P2)', () => {
    const sim = start(moving(done));
    while (migrationOf0(sim) === NONE) assert.ok(step(sim));
    const entry = masterEntryOf(sim.world, PID)!;
    assert.equal(entry.node, DEST);
    assert.equal(entry.parent, 1);
    assert.equal(procOf(sim.world, DEST, PID)?.list, 'active');
  });

  it('that was stopped stays stopped (3.2 d)', () => {
    run(
      moving(`
        wait m
        expect m.outcome == "done" and p.node == dest
        sleep 6 s
        expect p.alive
        kill(p, SIGCONT)
        wait p
        expect p.status == 0
      `).replace('at 1 s', 'at 900 ms\nkill(p, SIGSTOP)\nat 1 s'),
    );
  });

  it('can move on, and back, any number of times', () => {
    run(
      moving(
        `wait m let n = migrate p to master wait n let o = migrate p to source wait o let q = migrate p to dest wait q
         expect q.outcome == "done"
         expect residual(p, source).pma == 0 and residual(p, master).pma == 0
         wait p
         expect p.node == dest and p.migrations == 4 and p.status == 0`,
        { body: 'compute 9 s' },
      ),
    );
  });

  it('has used what it has used: accumulated and current usage go on without a step (P7)', () => {
    const sim = start(moving(done));
    let last = 0;
    while (step(sim)) {
      const proc = sim.world.procs.rows.find(({ live, pid, list }) => live && pid === PID && list === 'active');
      if (proc === undefined) continue;
      const used = proc.usage.accumulated + at(sim.world.ledger, proc.activity).spent[7]! - proc.usage.base;
      assert.ok(used >= last, `${used} < ${last}`);
      last = used;
    }
    assert.ok(last >= 3e9);
  });
});

function migrationOf0(sim: ReturnType<typeof start>): number {
  return sim.world.migrations.rows[0]?.stamps.resumed ?? NONE;
}
