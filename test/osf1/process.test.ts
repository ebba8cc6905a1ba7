/**
 * Stories about processes: what a new one has, how it ends, and who learns of it [mechanisms 5.3, 5.4].
 */
import assert from 'node:assert/strict';
import { at, select } from '../../simulator/base/table.ts';
import { RECEIVE, SEND, SEND_RECEIVE, names, lookup } from '../../simulator/mach/ipc/space.ts';
import type { Task } from '../../simulator/mach/task.ts';
import { threadsOf } from '../../simulator/mach/task-threads.ts';
import { masterEntryOf } from '../../simulator/osf1/pm-master/entry.ts';
import { pmaAt } from '../../simulator/osf1/pma/pma.ts';
import { procNames, procOf } from '../../simulator/osf1/proc.ts';
import type { World } from '../../simulator/engine/world.ts';
import { NULL_IMAGE, made, printed, run, runUntilPrinted, start, underEach } from './lab.ts';

const MASTER = 0;
const SOURCE = 1;

/** The task of the process with this pid. */
function taskOf(w: World, pid: number): Task {
  return select(w.tasks, (task) => task.pid === pid && task.kind === 'process')[0]!;
}

function count(task: Task, type: number): number {
  return names(task.space).filter((name) => (lookup(task.space, name)!.type & type) === type).length;
}

/** Objects behind a region's first one. */
function shadowsOf(w: World, region: number): number {
  let depth = 0;
  for (let object = at(w.objects, at(w.regions, region).object); object.shadow >= 0; depth++) {
    object = at(w.objects, object.shadow);
  }
  return depth;
}

const nullProcess = `
program null() { ${NULL_IMAGE} print("here") compute 50 ms exit(0) }
scenario "a null process" on lab { let p = spawn null() on source wait p }
`;

underEach(['distributed', 'local_masters'], () => {
  describe('a new process', () => {
    it('has 2 threads, 8 send rights, 4 receive rights and 13 regions [paper section 4]', () => {
      const { world: w, ...sim } = startedNull();
      const task = taskOf(w, made(w, 1));
      assert.equal(threadsOf(w, task).length, 2);
      assert.equal(count(task, SEND), 8);
      assert.equal(count(task, RECEIVE), 4);
      assert.equal(count(task, SEND_RECEIVE), 0);
      assert.equal(task.regions.length, 13);
      assert.equal(task.regions.filter((id) => shadowsOf(w, id) === 1).length, 8);
      assert.equal(task.regions.filter((id) => shadowsOf(w, id) > 1).length, 0);
      assert.ok(sim.checked);
    });

    it('is known to its PMA by nine capabilities and to the PM Master by its node [5.4]', () => {
      const { world: w } = startedNull();
      const proc = procOf(w, SOURCE, made(w, 1))!;
      const { space } = at(w.tasks, pmaAt(w, SOURCE)!.task);
      for (const name of procNames) {
        const entry = lookup(space, proc.names[name]);
        assert.ok(entry !== null && (entry.type & SEND) !== 0, name);
      }
      assert.equal(new Set(procNames.map((name) => proc.names[name])).size, 9);
      assert.equal(proc.list, 'active');
      assert.equal(masterEntryOf(w, made(w, 1))!.node, SOURCE);
    });

    it('gives everything back when it exits', () => {
      const { sim } = run(nullProcess);
      const { world: w } = sim;
      const before = start(nullProcess).world;
      for (const node of [MASTER, SOURCE]) {
        const pma = pmaAt(w, node)!;
        const left = names(at(w.tasks, pma.task).space).length;
        const threads = threadsOf(w, at(w.tasks, pma.task)).length;
        const replies = names(at(before.tasks, pmaAt(before, node)!.task).space).length;
        // Only reply ports of the pool's threads have been added, and images that are kept.
        assert.ok(
          left - replies <= threads + pma.images.length,
          `${left - replies} names and ${threads} threads on node ${node}`,
        );
      }
      assert.equal(procOf(w, SOURCE, made(w, 1)), null);
      assert.equal(masterEntryOf(w, made(w, 1))!.state, 'reaped');
      assert.equal(select(w.tasks, (task) => task.pid === made(w, 1)).length, 0);
      assert.deepEqual(
        w.credentials.rows.flatMap(({ holders }) => holders.map(({ pid }) => pid)),
        [1],
      );
    });

    function startedNull(): ReturnType<typeof start> {
      const sim = start(nullProcess);
      runUntilPrinted(sim, 'here');
      return sim;
    }
  });
});

underEach(['centralised', 'distributed', 'local_masters'], () => {
  describe('fork, exec, exit and wait', () => {
    it('hand the status of the child that was waited for to the parent', () => {
      const result = run(`
      program child(status: int) { ${NULL_IMAGE} exit(status) }
      program parent() {
        ${NULL_IMAGE}
        let first = fork { exec child(3) }
        let second = fork { exec child(4) }
        print(wait(second), " ", wait(first), " ", wait())
      }
      scenario "parent" on lab { let p = spawn parent() on source wait p expect p.status == 0 }
    `);
      assert.deepEqual(printed(result), ['4 3 -1']);
    });

    it('wait for a process that is not a child fails at once', () => {
      const result = run(`
      program other() { ${NULL_IMAGE} compute 2 s }
      program waiter(pid: process) { ${NULL_IMAGE} let c = fork { compute 1 s } print(wait(pid)) }
      scenario "stranger" on lab { let o = spawn other() on source let p = spawn waiter(o) on source wait p expect now < 2 s }
    `);
      assert.deepEqual(printed(result), ['-1']);
    });

    it('exec of a program changes the memory and keeps the process', () => {
      const result = run(`
      program second() { image text 12 KB data 8 KB bss 4 KB stack 4 KB dirty data[0 .. 1] print(getpid(), " ", getppid()) }
      program first() { ${NULL_IMAGE} let me = getpid() print(me, " ", getppid()) exec second() }
      scenario "exec" on lab { let p = spawn first() on source wait p expect p.status == 0 }
    `);
      const { world: w } = result.sim;
      const pid = made(w, 1);
      assert.deepEqual(printed(result), [`${pid} 1`, `${pid} 1`]);
      const accounts = select(w.ledger, (account) => account.pid === pid).map(({ name }) => name);
      assert.deepEqual(accounts, [`second (pid ${pid})`], 'one account, named after what it executes');
    });

    it('leave orphans to init, which waits for them', () => {
      const { sim } = run(`
      program parent() { ${NULL_IMAGE} let c = fork { compute 1 s } exit(0) }
      scenario "orphan" on lab { let p = spawn parent() on source wait p }
    `);
      const orphan = masterEntryOf(sim.world, made(sim.world, 2))!;
      assert.equal(orphan.parent, 1);
      assert.equal(orphan.state, 'reaped');
    });

    it('give every process a pid of its own', () => {
      const { sim } = run(`
      program parent() { ${NULL_IMAGE} for i in 1 .. 4 { let s = wait(fork { exit(i) }) } }
      scenario "pids" on lab { let p = spawn parent() on source let q = spawn parent() on dest wait p wait q }
    `);
      const pids = sim.world.masterEntries.rows.map(({ pid }) => pid).sort((a, b) => a - b);
      assert.deepEqual(
        pids,
        [...new Set(pids)].sort((a, b) => a - b),
      );
      assert.equal(pids.length, 1 + 2 + 8);
    });
  });
});
