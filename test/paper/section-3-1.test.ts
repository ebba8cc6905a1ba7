/**
 * Section 3.1 of the paper, the issues: what the state of a process is, and whose. One story for each claim, which it quotes.
 */
import assert from 'node:assert/strict';
import { at, select } from '../../simulator/base/table.ts';
import { inspect, step, type Simulation } from '../../simulator/engine/simulation.ts';
import { NULL_IMAGE, printed, run, runUntilPrinted, start } from '../osf1/lab.ts';
import { listener, runListening, type Asked } from './heard.ts';

const MASTER = 0;
const PID = 2;

/** A process on `source` with open files, moved to `dest` at 1 s. */
function moving(body: string, files = 0): string {
  const opens = Array.from({ length: files }, () => 'open("/a", read)').join('\n');
  return `
    file "/a" on master size 64 KB
    program p() { ${NULL_IMAGE}\n${opens}\n${body} }
    scenario "s" on lab { let a = spawn p() on source at 1.2 s let m = migrate a to dest wait a expect m.outcome == "done" }
  `;
}

function untilPhase(
  sim: Simulation,
  phase: string,
  heard?: { into: Asked[]; listen: (sim: Simulation) => Asked[] },
): void {
  do {
    assert.ok(step(sim), `${phase} is never entered`);
    heard?.into.push(...heard.listen(sim));
  } while (!sim.notices.some((notice) => notice.kind === 'phase' && notice.phase === phase));
}

describe('the issues of process migration [paper 3.1]', () => {
  it('"each time a file is opened, a file structure containing its state (file reference, file position, etc.) is created and associated with a capability in the file server"', () => {
    const sim = start(`
      file "/a" on master size 64 KB
      program p() { ${NULL_IMAGE} let f = open("/a", read) let g = open("/a", read) read(f, 4 KB) print("open") compute 1 s }
      scenario "s" on lab { let a = spawn p() on source wait a }
    `);
    runUntilPrinted(sim, 'open');
    const { world: w } = sim;
    const open = select(w.fileHandles, () => true);
    assert.deepEqual(
      open.map(({ position }) => position),
      [4096, 0],
    );
    assert.equal(new Set(open.map(({ port }) => port)).size, 2, 'a capability each');
    assert.equal(new Set(open.map(({ file }) => file)).size, 1, 'of one file');
  });

  it('"a child process receives a copy of its parent\'s capabilities": one file structure, held by both', () => {
    const sim = start(`
      file "/a" on master size 64 KB
      program p() {
        ${NULL_IMAGE}
        let f = open("/a", read)
        let c = fork { read(f, 4 KB) compute 1 s }
        compute 300 ms
        print("child at ", lseek(f, 0 B, SEEK_CUR))
        wait(c)
      }
      scenario "s" on lab { let a = spawn p() on source wait a }
    `);
    runUntilPrinted(sim, 'child at 4096');
    assert.equal(select(sim.world.fileHandles, () => true).length, 1);
  });

  it('"The files themselves are not migrated but rather remain on the file server where they physically reside"', () => {
    const { sim } = run(moving('compute 3 s', 2));
    const file = sim.world.fileNames.rows.find(({ live, path }) => live && path === '/a');
    assert.ok(file !== undefined);
    assert.equal(at(sim.world.fileServers, file.server).node, MASTER);
  });

  it('"Open file descriptors do not pertain to the local process state": what one PMA sends to the other has the same size with no file and with five', () => {
    const bytesSent = (files: number): number => {
      const sim = start(moving('compute 3 s', files));
      untilPhase(sim, 'install');
      const [proc] = select(sim.world.procs, ({ pid, list }) => pid === PID && list === 'migrating');
      assert.ok(proc !== undefined);
      return JSON.stringify({ ...proc, usage: 0, created: 0, lastMigrated: 0, names: Object.keys(proc.names) }).length;
    };
    assert.equal(bytesSent(5), bytesSent(0));
  });

  it('"freezing the state does not require any other servers to be involved in the migration mechanism"', () => {
    const sim = start(moving('compute 3 s', 2));
    const heard = { into: [] as Asked[], listen: listener() };
    untilPhase(sim, 'freeze', heard);
    heard.into.length = 0;
    untilPhase(sim, 'detach', heard);
    assert.deepEqual(heard.into, []);
  });

  it('"The process can receive messages during migration, since the system calls to subsystems other than the PMA are not part of the local process state": the file server serves it while it is frozen, and the answer finds it at the destination', () => {
    const { asked, sim } = runListening(`
      file "/a" on master size 64 KB
      program p() {
        ${NULL_IMAGE}
        let f = open("/a", read)
        let n = 0 B
        for i in 1 .. 400 { lseek(f, 0 B) n = n + read(f, 1 KB) }
        print(n)
      }
      scenario "s" on lab { let a = spawn p() on source at 1.2 s let m = migrate a to dest wait a expect m.outcome == "done" }
    `);
    assert.deepEqual(printed({ sim, notices: [] }), ['400 KB']);
    const { stamps } = sim.world.migrations.rows[0]!;
    const served = asked.filter(({ server, by }) => server === 'file_server' && by === 'p');
    assert.ok(
      served.some(({ time }) => time > stamps.suspended && time < stamps.resumed),
      'while it was frozen',
    );
  });

  it('"The process-relationship state is managed by the PM Master ... only has to be contacted to update the process\'s current execution node after process migration": one request', () => {
    const { asked, sim } = runListening(moving('compute 3 s'));
    const { stamps } = sim.world.migrations.rows[0]!;
    const during = asked.filter(({ time }) => time >= stamps.decision && time <= stamps.ended);
    assert.deepEqual(
      during.filter(({ server }) => server === 'pm_master').map(({ operation, by }) => `${operation} by ${by}`),
      ['pmm.set_node by pma@dest'],
    );
  });

  it('"the process state is divided into three semantically different states ... Each state is managed by a different migration module"', () => {
    const { asked, sim } = runListening(moving('compute 3 s', 1));
    const { stamps } = sim.world.migrations.rows[0]!;
    const during = asked.filter(({ time }) => time >= stamps.decision && time <= stamps.ended);
    const asks = (of: string): string[] =>
      during.filter(({ server, by }) => server === of && by.startsWith('pma@')).map(({ operation }) => operation);
    assert.deepEqual(
      asks('pma'),
      ['migration.reserve', 'migration.request'],
      'the local process state, by the two PMAs',
    );
    assert.deepEqual(asks('pm_master'), ['pmm.set_node'], 'the relations, by the PM Master');
    // The Mach task state, by task migration alone: meanwhile no server of UNIX is asked for anything.
    const task = during.filter(({ time }) => time > stamps.installed && time < stamps.moved);
    assert.ok(stamps.moved - stamps.installed > 1e9);
    assert.deepEqual(task, []);
  });

  it('"The Mach task state encompasses an execution state ..., an address-space state ..., a communication state (capabilities and ports ...) ... and additional kernel state (task/thread kernel ports, bootstrap ports and exception ports)": all of it is the same after the move', () => {
    const sim = start(moving('let q = pipe() let c = fork { compute 6 s } dirty data[0] compute 3 s', 2));
    const state = (node: string) => {
      const task = inspect(sim).tasks.find((each) => each.pid === PID && each.node === node);
      assert.ok(task !== undefined);
      const { threads, capabilities, specialPorts, regions, files } = task;
      return {
        threads: threads.map(({ schedule, specialPorts: ports, frames, remaining }) => ({
          schedule: [schedule.policy, schedule.base],
          ports: ports.length,
          frames: frames.length,
          remaining,
        })),
        capabilities: capabilities.map(({ name, type, userReferences }) => [name, type, userReferences]),
        specialPorts: specialPorts.map(({ what }) => what),
        regions: regions.map(({ name, start: first, pages, protection, inheritance }) => [
          name,
          first,
          pages,
          protection,
          inheritance,
        ]),
        files,
      };
    };
    untilPhase(sim, 'detach');
    const before = state('source');
    untilPhase(sim, 'restart');
    assert.deepEqual(state('dest'), before);
  });
});
