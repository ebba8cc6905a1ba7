/**
 * Section 3.2 of the paper, the process migration mechanism: one story for each claim, which it quotes. What the section says of
 * refusals, abandoned migrations and nodes that fail is in section-3-2-recovery.test.ts.
 */
import assert from 'node:assert/strict';
import { select } from '../../simulator/base/table.ts';
import { step, type Simulation } from '../../simulator/engine/simulation.ts';
import { scheduleAt } from '../../simulator/mach/schedule.ts';
import { masterEntryOf } from '../../simulator/osf1/pm-master/entry.ts';
import { procOf } from '../../simulator/osf1/proc.ts';
import { vprocOf } from '../../simulator/osf1/vproc.ts';
import { DEST, PID, SOURCE, untilPhase } from '../migration/story.ts';
import { NULL_IMAGE, printed, run, start } from '../osf1/lab.ts';
import { runListening } from './heard.ts';

function moving(body = 'compute 3 s', meanwhile = ''): string {
  return `
    program p() { ${NULL_IMAGE}\n${body} }
    scenario "s" on lab {
      let a = spawn p() on source
      at 1.2 s
      let m = migrate a to dest
      ${meanwhile}
      wait a
      expect m.outcome == "done"
    }
  `;
}

const taskOf = (sim: Simulation, node: number) =>
  select(sim.world.tasks, (task) => task.pid === PID && task.node === node)[0];

describe('the process migration mechanism [paper 3.2]', () => {
  it('(a) "incoming requests to operate on the process are enqueued, the process\'s execution is suspended and completion of every system call currently being executed by the PMA is awaited"', () => {
    const sim = start(moving('compute 3 s', 'on phase detach of a { kill(a, SIGUSR1) }'));
    untilPhase(sim, 'freeze');
    const vproc = vprocOf(sim.world, SOURCE, PID);
    assert.equal(vproc?.state, 'frozen');
    untilPhase(sim, 'detach');
    assert.deepEqual(procOf(sim.world, SOURCE, PID)?.callsInProgress, []);
    assert.equal(taskOf(sim, SOURCE)?.suspendCount, 1);
    const delivered = procOf(sim.world, SOURCE, PID)?.signals.delivered;
    untilPhase(sim, 'install');
    assert.equal(vproc.pending.length, 1, '"enqueued after being received by the PMA but before being handled"');
    assert.equal(procOf(sim.world, SOURCE, PID)?.signals.delivered, delivered);
  });

  it('(a) "Waiting for the completion of every system call increases migration latency": the freezing time is the rest of the life of the child that is waited for', () => {
    const { sim } = run(moving('let c = fork { compute 3 s } wait(c) compute 2 s'));
    const { decision, frozen } = sim.world.migrations.rows[0]!.stamps;
    assert.ok(frozen - decision > 1.5e9, `${frozen - decision} ns`);
  });

  it('(b) "the process is removed from the active processes list and placed onto a migrating processes list for recovery purposes"', () => {
    const sim = start(moving());
    untilPhase(sim, 'freeze');
    assert.equal(procOf(sim.world, SOURCE, PID)?.list, 'active');
    untilPhase(sim, 'install');
    assert.equal(procOf(sim.world, SOURCE, PID)?.list, 'migrating');
  });

  it('(b) "The process\'s data structure, the extracted resource usages and credentials entry are copied and marshalled for transmission (the capabilities are copied as well)": the source still has all of it while the destination installs it', () => {
    const sim = start(moving());
    untilPhase(sim, 'attach');
    const [source, dest] = [procOf(sim.world, SOURCE, PID), procOf(sim.world, DEST, PID)];
    assert.ok(source !== null && dest !== null);
    assert.deepEqual([source.name, source.uid, source.children], [dest.name, dest.uid, dest.children]);
    assert.notEqual(source.names.credentials, -1);
    assert.notEqual(dest.names.credentials, -1);
  });

  it('(c) "No provision is made to recreate the scheduling priority of the migrating process": how far its priority has sunk is forgotten, how nice it is is not; the migration of a task alone, which is Mach\'s, keeps both [docs/decisions/0058-how-nice-a-process-is.md]', () => {
    const priorities = (by: string) => {
      const sim = start(moving('nice(3) compute 3 s').replace('to dest', `to dest by ${by}`));
      const main = () => sim.world.threads.rows.find((t) => t.live && t.task === taskOf(sim, SOURCE)?.id)!;
      while (sim.world.migrations.rows.length === 0) assert.ok(step(sim));
      const sunk = scheduleAt(main().schedule, sim.world.time, 500_000_000).current;
      while (!(taskOf(sim, SOURCE) === undefined && taskOf(sim, DEST)?.suspendCount === 0)) assert.ok(step(sim));
      const there = sim.world.threads.rows.find((t) => t.live && t.task === taskOf(sim, DEST)?.id)!;
      return { base: there.schedule.base, sunk, current: scheduleAt(there.schedule, sim.world.time).current };
    };
    const byProcess = priorities('process');
    assert.deepEqual([byProcess.base, byProcess.current], [15, 15]);
    assert.ok(byProcess.sunk > 15);
    const byTask = priorities('task');
    assert.equal(byTask.base, 15);
    assert.ok(byTask.current > 15, `${byTask.current}`);
  });

  it('(c) "the PMA on the destination node allocates a new process data structure and a virtual process with the same process identifier"', () => {
    const sim = start(moving());
    untilPhase(sim, 'attach');
    assert.equal(procOf(sim.world, DEST, PID)?.pid, PID);
    assert.deepEqual([vprocOf(sim.world, DEST, PID)?.pid, vprocOf(sim.world, DEST, PID)?.state], [PID, 'attaching']);
  });

  it('(c) "the process is reattached to the destination node PMA by replacing the capabilities pointing to the source node PMA ... The other capabilities (e.g. open files) remain unchanged"', () => {
    const { asked } = runListening(
      moving('let f = creat("/tmp/f") compute 3 s write(f, "x") let c = fork { } wait(c) print(stat("/tmp/f").size)'),
    );
    const after = asked.filter(({ by, time }) => by === 'p' && time > 3e9);
    assert.deepEqual([...new Set(after.filter(({ server }) => server === 'pma').map(({ node }) => node))], ['dest']);
    assert.ok(after.some(({ server, operation }) => server === 'file_server' && operation === 'file.write'));
  });

  it('(d) "The PM Master is informed of the new execution node of the process and the process is then placed on the active processes list and restarted in whatever state it was in before migration"', () => {
    const sim = start(moving('compute 3 s', ''));
    untilPhase(sim, 'restart');
    while (procOf(sim.world, DEST, PID)?.list !== 'active') assert.ok(step(sim));
    assert.equal(masterEntryOf(sim.world, PID)?.node, DEST);
    const stopped = run(`
      program p() { ${NULL_IMAGE} compute 2 s print("on") }
      scenario "s" on lab {
        let a = spawn p() on source
        at 1 s
        kill(a, SIGSTOP)
        at 1.2 s
        let m = migrate a to dest
        wait m
        at 8 s
        kill(a, SIGCONT)
        wait a
        expect m.outcome == "done" and now > 8 s
      }
    `);
    assert.deepEqual(printed(stopped), ['on']);
  });

  it('(d) "if there are no pending system call requests (as is often the case in our experience), it starts executing immediately"', () => {
    const { sim } = run(moving());
    const { resumed, ended } = sim.world.migrations.rows[0]!.stamps;
    assert.ok(resumed < ended, 'before the clean-up on the source has ended');
  });

  it('(e) "the source node PMA forwards to the destination node the pending system-call requests", whose answers go straight to whoever asked', () => {
    const { asked } = runListening(moving('compute 4 s', 'on phase detach of a { kill(a, SIGCHLD) }'));
    const way = asked.filter(({ operation }) => operation === 'vproc.signal' || operation === 'pma.forwarded');
    assert.deepEqual(
      way.map(({ operation, node }) => `${operation} on ${node}`),
      ['vproc.signal on source', 'pma.forwarded on dest'],
    );
  });

  it('(e) "The process data structure is taken off the migrating processes list and returned to the free processes list. The vproc is freed if not used anymore on this node"', () => {
    const sim = start(moving());
    while (sim.world.migrations.rows[0]?.outcome !== 'done') assert.ok(step(sim));
    assert.equal(procOf(sim.world, SOURCE, PID), null);
    assert.equal(vprocOf(sim.world, SOURCE, PID), null);
  });

  it('(e) "This PMA reports an absent process error to the calling PMA which will, in turn, contact the PM Master for a new capability": the source PMA asks nobody on its behalf', () => {
    const { asked } = runListening(`
      program target() { ${NULL_IMAGE} compute 20 s }
      program killer(pid: process) { ${NULL_IMAGE} kill(pid, SIGCHLD) compute 4 s print("again") kill(pid, SIGCHLD) }
      scenario "s" on lab {
        let a = spawn target() on source
        at 1 s
        let b = spawn killer(a) on master
        at 3 s
        let m = migrate a to dest
        wait b
        expect m.outcome == "done"
      }
    `);
    const last = asked.findLastIndex(({ operation }) => operation === 'pma.kill');
    const way = asked.slice(last).filter(({ operation }) => /^(pma\.kill|vproc\.signal|pmm\.locate)$/.test(operation));
    assert.deepEqual(
      way.map(({ operation, node, by }) => `${operation} on ${node} by ${by}`),
      [
        'pma.kill on master by killer',
        'vproc.signal on source by pma@master',
        'pmm.locate on master by pma@master',
        'vproc.signal on dest by pma@master',
      ],
    );
  });
});
