/**
 * Section 3.2 of the paper, where a migration does not go its usual way: the alternative to awaiting, refusals, nodes that fail. One
 * story for each claim, which it quotes.
 */
import assert from 'node:assert/strict';
import { select } from '../../simulator/base/table.ts';
import { step, type Simulation } from '../../simulator/engine/simulation.ts';
import { procOf } from '../../simulator/osf1/proc.ts';
import { vprocOf } from '../../simulator/osf1/vproc.ts';
import { DEST, PID, SOURCE, heldByServers, migrationOf, milliseconds, phases, untilPhase } from '../migration/story.ts';
import { NULL_IMAGE, printed, run, runUntilPrinted, start, timeOf } from '../osf1/lab.ts';
import { runListening } from './heard.ts';

/** The operator and the files sit apart, so that every other node can fail. */
const CLUSTER = `
cluster lab {
  node master { pma pm_master credentials file_server "/" }
  node source { pma }
  node dest { pma }
  node small { pma memory 2 MB refuse when memory.free < 4 MB }
}
`;

const moved = (body: string, steps: string, to = 'dest', how = ''): string => `
  program p() { ${NULL_IMAGE} dirty data[0] dirty stack[0] ${body} touch data[0] touch stack[0] print("finished") }
  scenario "s" on lab {
    let p = spawn p() on source
    at 1 s
    let m = migrate p to ${to} ${how}
    ${steps}
    wait p
    print(m.outcome, " ", p.status, " ", p.node)
  }
`;

const tasksOf = (sim: Simulation): number[] =>
  select(sim.world.tasks, ({ pid }) => pid === PID).map(({ node }) => node);

describe('a migration that does not go its usual way [paper 3.2]', () => {
  for (const call of ['wait(fork { compute 4 s })', 'sigsuspend(no_signals)'])
    it(`(a) "The alternative is to abort the system calls that do not modify the process's state (e.g. wait(), sigsuspend()), and restart their execution on the destination node PMA": ${call}`, () => {
      const name = call.startsWith('wait') ? 'pma.wait' : 'pma.sigsuspend';
      const { asked, sim } = runListening(`
        program p() { ${NULL_IMAGE} on SIGUSR1 { } ${call} }
        scenario "s" on lab {
          let p = spawn p() on source
          at 1 s
          let m = migrate p to dest restarting calls
          wait m
          kill(p, SIGUSR1)
          wait p
          expect m.outcome == "done"
        }
      `);
      assert.ok(milliseconds(migrationOf(sim), 'decision', 'frozen') < 20);
      const served = asked.filter(
        ({ operation, node }) => node !== 'master' && (operation === name || operation === 'pma.forwarded'),
      );
      assert.deepEqual(
        served.slice(0, 2).map(({ operation, node }) => `${operation} on ${node}`),
        [`${name} on source`, 'pma.forwarded on dest'],
      );
    });

  it('(b) "it is guaranteed ... that the process is not exiting due to a previous system call": it moves before it exits, or not at all', () => {
    const body = 'compute 800 ms print("at its end") exit(7)';
    const program = `program p() { ${NULL_IMAGE} ${body} }`;
    const end = timeOf(run(`${program} scenario "s" on lab { let p = spawn p() on source wait p }`), 'at its end');
    const outcomes = [-9, -3, 1, 2, 3, 4, 6, 30].map((ms) => {
      const scenario = `let p = spawn p() on source at ${Math.round(end / 1e6) + ms} ms let m = migrate p to dest wait p expect p.status == 7`;
      const { outcome, reason } = migrationOf(run(`${program} scenario "s" on lab { ${scenario} }`).sim);
      return `${outcome} ${reason}`.trim();
    });
    assert.deepEqual([...new Set(outcomes)], ['done', 'failed the process has exited', 'refused ESRCH']);
  });

  it('(b) "At this stage, a migration refusal is a possible reply to this attempt"; (c) "The refusal may emanate from ... a exhaustion of a resource (most likely memory)"', () => {
    const result = run(moved('compute 2 s', 'wait m', 'small'), CLUSTER);
    assert.deepEqual(phases(result), ['freeze', 'detach', 'refused']);
    assert.equal(migrationOf(result.sim).reason, 'the destination is short of memory');
    assert.deepEqual(printed(result), ['finished', 'refused 0 source']);
  });

  it('(c) "Upon migration refusal, the PMA cleans up the received state and capabilities"; (e) "the process is reinstated, moved to the active processes list"', () => {
    const sim = start(moved('compute 2 s', 'wait m', 'small'), CLUSTER);
    untilPhase(sim, 'freeze');
    const held = heldByServers(sim.world);
    untilPhase(sim, 'refused');
    assert.equal(procOf(sim.world, SOURCE, PID)?.list, 'migrating');
    while (migrationOf(sim).outcome === '') assert.ok(step(sim));
    assert.deepEqual(heldByServers(sim.world), held);
    assert.equal(procOf(sim.world, SOURCE, PID)?.list, 'active');
    assert.deepEqual(tasksOf(sim), [SOURCE]);
  });

  it('(e) "the refusal is propagated to the calling process"', () => {
    const result = run(
      `program p() { ${NULL_IMAGE} compute 3 s }
      program mover(p: process) { ${NULL_IMAGE} print(migrate(p, "small"), " ", errno()) }
      scenario "s" on lab { let p = spawn p() on source at 1 s let q = spawn mover(p) on master wait q wait p }`,
      CLUSTER,
    );
    assert.deepEqual(printed(result), ['-1 EAGAIN']);
  });

  it('(c) "The receiver-pull approach (as opposed to sender-push), by controlling the incoming task migrations, prevents the destination node from being flooded": one after the other', () => {
    const sim = start(
      `program p() { ${NULL_IMAGE} compute 8 s }
      scenario "s" on lab {
        let a = spawn p() on source
        let b = spawn p() on source
        let c = spawn p() on master
        at 1 s
        let m = migrate a to dest
        let n = migrate b to dest
        let o = migrate c to dest
        wait a wait b wait c
        expect m.outcome == "done" and n.outcome == "done" and o.outcome == "done"
      }`,
      CLUSTER,
    );
    let most = 0;
    do {
      const arriving = select(sim.world.procs, ({ node, list }) => node === DEST && list === 'migrating').length;
      most = Math.max(most, arriving);
    } while (step(sim));
    assert.equal(most, 1);
  });

  it('(c) "if the process were restarted immediately, subsequent system calls involving process management would be directed to the source node PMA": they are when its task alone has moved', () => {
    const asking = (how: string): (string | undefined)[] => {
      const { asked } = runListening(moved('compute 3 s getrusage()', '', 'dest', how));
      return asked
        .filter(({ operation }) => operation === 'pma.getrusage')
        .map(({ from, node }) => `${from} to ${node}`);
    };
    assert.deepEqual(asking('by task'), ['dest to source']);
    assert.deepEqual(asking('by process'), ['dest to dest']);
  });

  it('(c) "Up until the task migration, the source node PMA can abandon migration and restart the process"', () => {
    const result = run(moved('compute 3 s', 'on phase install of p { crash dest } wait m'), CLUSTER);
    assert.deepEqual(printed(result), ['finished', 'failed 0 source']);
  });

  it('(c) "If the destination node crashes after the task migrates, the process dies like any other local process"', () => {
    const result = run(moved('compute 3 s', 'on phase restart of p { crash dest } wait m'), CLUSTER);
    assert.deepEqual(printed(result), ['failed -1 source']);
    assert.deepEqual(tasksOf(result.sim), []);
  });

  it('(c) "due to the lazy transfer of virtual memory, the process is still dependent on the source node for its address space and consequently dies"; with all its memory at the destination it does not', () => {
    const ending = (how: string): string[] =>
      printed(run(moved('compute 5 s', 'wait m crash source', 'dest', how), CLUSTER));
    assert.deepEqual(ending(''), ['done -1 dest']);
    assert.deepEqual(ending('by process using oms with eager'), ['finished', 'done 0 dest']);
  });

  it('(d) "The destination node PMA has now completed and returns control to the source node, along with the new PMA capabilities": the source need not ask where the process is', () => {
    const { asked } = runListening(moved('compute 3 s', 'on phase detach of p { kill(p, SIGCHLD) } wait m'));
    assert.ok(asked.some(({ operation, node }) => operation === 'pma.forwarded' && node === 'dest'));
    const located = asked.filter(({ operation, by }) => operation === 'pmm.locate' && by === 'pma@source');
    assert.deepEqual(located, []);
  });

  it('(e) "there is no such concept as a home node in this design": where a process was made may fail', () => {
    const sim = start(
      `program p() { ${NULL_IMAGE} let c = fork { compute 9 s exit(4) } compute 4 s print("child ", wait(c)) }
      scenario "s" on lab {
        let p = spawn p() on source
        at 1 s
        let m = migrate p to dest by process using oms with eager
        let child = process(3)
        let n = migrate child to master by process using oms with eager
        wait m
        wait n
        crash source
        wait p
        expect m.outcome == "done" and n.outcome == "done" and p.status == 0
      }`,
      CLUSTER,
    );
    runUntilPrinted(sim, 'child 4');
    assert.equal(vprocOf(sim.world, SOURCE, PID), null);
  });
});
