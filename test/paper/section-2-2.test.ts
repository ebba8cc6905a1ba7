/**
 * Section 2.2 of the paper, distributed process management: one story for each claim, which it quotes.
 */
import assert from 'node:assert/strict';
import { at, select } from '../../simulator/base/table.ts';
import { stack, step } from '../../simulator/engine/simulation.ts';
import { masterEntryOf } from '../../simulator/osf1/pm-master/entry.ts';
import { vprocOf } from '../../simulator/osf1/vproc.ts';
import { NULL_IMAGE, run, runUntilPrinted, start } from '../osf1/lab.ts';
import { askedOf, runListening } from './heard.ts';

const MASTER = 0;
const SOURCE = 1;
const DEST = 2;

describe('distributed process management [paper 2.2]', () => {
  it('"A PMA, distributed on each node, maintains physical data structures for the processes co-resident on the same node"', () => {
    const sim = start(`
      program p() { ${NULL_IMAGE} let c = fork { compute 5 s } compute 2 s print("there") wait(c) }
      scenario "s" on lab { let a = spawn p() on source let b = spawn p() on dest wait a wait b }
    `);
    runUntilPrinted(sim, 'there');
    const { world: w } = sim;
    const procs = select(w.procs, ({ list }) => list === 'active');
    assert.equal(procs.filter(({ node }) => node === SOURCE).length, 2);
    for (const { pid, node } of procs) {
      const task = w.tasks.rows.find((each) => each.live && each.pid === pid);
      assert.equal(task?.node, node, `pid ${pid}`);
    }
  });

  it('"Any operation on behalf of a process on any other process (be it a local process or not) is performed by invoking the vproc framework"', () => {
    for (const node of ['source', 'dest']) {
      const sim = start(`
        program target() { ${NULL_IMAGE} compute 5 s }
        program killer(pid: process) { ${NULL_IMAGE} kill(pid, SIGCHLD) }
        scenario "s" on lab { let a = spawn target() on source at 1 s let b = spawn killer(a) on ${node} wait b }
      `);
      let through = false;
      while (step(sim)) {
        const { world: w } = sim;
        const killer = w.threads.rows.find((t) => t.live && t.name === 'main' && at(w.tasks, t.task).name === 'killer');
        const names = killer === undefined ? [] : stack(sim, killer.identity).map(({ name }) => name);
        const operation = names.indexOf('vproc.signal');
        if (operation < 0) continue;
        assert.ok(names.indexOf('vproc.call') > operation, names.join());
        through = true;
      }
      assert.ok(through, `the signal from ${node} was never taken in`);
    }
  });

  it('"The operation table is set to local PMA operations or to client stubs according to the location of the process"', () => {
    const sim = start(`
      program target() { ${NULL_IMAGE} compute 20 s }
      program killer(pid: process) { ${NULL_IMAGE} for i in 1 .. 9 { kill(pid, SIGCHLD) compute 1 s } print("done") }
      scenario "s" on lab {
        let a = spawn target() on source
        at 1 s
        let b = spawn killer(a) on master
        at 3 s
        let m = migrate a to dest
        wait b
      }
    `);
    const table = (node: number): string => vprocOf(sim.world, node, 2)?.operations ?? 'none';
    while (vprocOf(sim.world, MASTER, 2) === null) assert.ok(step(sim));
    assert.deepEqual([table(MASTER), table(SOURCE), table(DEST)], ['stub', 'local', 'none']);
    runUntilPrinted(sim, 'done');
    assert.deepEqual([table(MASTER), table(SOURCE), table(DEST)], ['stub', 'none', 'local']);
  });

  it('"The server stubs receive remote requests to be executed locally"', () => {
    const { asked } = runListening(`
      program target() { ${NULL_IMAGE} compute 3 s }
      program killer(pid: process) { ${NULL_IMAGE} kill(pid, SIGCHLD) }
      scenario "s" on lab { let a = spawn target() on source at 1 s let b = spawn killer(a) on dest wait b wait a }
    `);
    const signals = asked.filter(({ operation }) => operation === 'vproc.signal');
    assert.deepEqual(
      signals.map(({ server, node, by }) => [server, node, by]),
      [['pma', 'source', 'pma@dest']],
    );
  });

  it('"A PM Master handles inter-process, process-session and process group relationships as well as process identifier resolution and initial pid brokerage"', () => {
    const { sim } = run(`
      program leader() {
        ${NULL_IMAGE}
        setsid()
        let c = fork { compute 1 s }
        setpgid(c, c)
        compute 500 ms
      }
      scenario "s" on lab { let a = spawn leader() on source let b = spawn leader() on dest wait a wait b }
    `);
    const entries = [2, 3, 4, 5].map((pid) => masterEntryOf(sim.world, pid));
    assert.equal(new Set(entries.map((entry) => entry?.pid)).size, 4);
    for (const child of entries.filter((entry) => entry !== null && entry.group === entry.pid && entry.pid > 3)) {
      assert.ok(child?.session === 2 || child?.session === 3, `session ${child?.session}`);
    }
  });

  it('"The PM Master is contacted only by the vproc framework": never by a program, an emulator or another server', () => {
    const listened = runListening(`
      program p() {
        ${NULL_IMAGE}
        let f = creat("/tmp/f")
        write(f, "x")
        let c = fork { exit(0) }
        wait(c)
        kill(getppid(), SIGCHLD)
      }
      scenario "s" on lab { let a = spawn p() on source wait a }
    `);
    const callers = listened.asked.filter(({ server }) => server === 'pm_master').map(({ by }) => by.split('@')[0]);
    assert.deepEqual([...new Set(callers)], ['pma']);
  });

  it('"... whenever the aforementioned relationships or the process location are involved (e.g. during fork(), exit(), wait() and killpg())": nothing else asks it', () => {
    const listened = runListening(`
      program p() {
        ${NULL_IMAGE}
        print("begins")
        let f = open("/tmp/f", read | write | create)
        write(f, "some bytes")
        lseek(f, 0 B)
        read(f, 4 KB)
        dup(f)
        close(f)
        chdir("/tmp")
        stat("f")
        let q = pipe()
        write(q.write, "y")
        compute 300 ms
        dirty bss[0]
        getpid()
        getrusage()
        print("ends")
      }
      scenario "s" on lab { let a = spawn p() on source wait a }
    `);
    const [begins, ends] = listened.sim.world.output.map(({ time }) => time);
    assert.deepEqual(askedOf(listened, 'pm_master', begins, ends), []);
    const around = askedOf(listened, 'pm_master');
    assert.deepEqual(around.slice(0, 2), ['pmm.alloc_pid', 'pmm.register']);
    assert.ok(around.includes('pmm.exit') && around.includes('pmm.reap'), around.join());
  });

  it('"there must be some means ... to share per-process information (e.g. user limits, resource usage) without accessing the corresponding physical data structure ... the credentials server plays this role"', () => {
    const listened = runListening(`
      program p() { ${NULL_IMAGE} let c = fork { compute 100 ms } wait(c) }
      scenario "s" on lab { let a = spawn p() on source wait a }
    `);
    const asked = askedOf(listened, 'credentials');
    assert.deepEqual(asked, ['credentials.dup', 'credentials.dup', 'credentials.release', 'credentials.release']);
    const [entry] = select(listened.sim.world.credentials, ({ uid }) => uid !== 0);
    assert.ok(entry !== undefined && entry.usage >= 100e6, 'the usage of who has gone stands in its entry');
  });
});
