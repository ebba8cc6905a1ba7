/**
 * A process can be killed at any moment of its life, also in the middle of fork, open or exec: whatever it had or was
 * about to get is given back by whoever has it [mechanisms 1.5, 5.3, I4].
 */
import assert from 'node:assert/strict';
import { select, at } from '../../simulator/base/table.ts';
import { lookup, names } from '../../simulator/mach/ipc/space.ts';
import type { World } from '../../simulator/engine/world.ts';
import { NULL_IMAGE, run, runUntilPrinted, start } from './lab.ts';
import { threadsOf } from '../../simulator/mach/task-threads.ts';

const FIRST_MS = 20;
const STEP_MS = 23;
const KILLS = 16;

/** Sixteen processes in turn, each killed a little later in its life than the one before. */
function killings(node: string): string {
  const lives = Array.from({ length: KILLS }, (_, i) => {
    const after = FIRST_MS + i * STEP_MS;
    return `let p${i} = spawn busy() on ${node} sleep ${after} ms kill(p${i}, SIGKILL) wait p${i} expect p${i}.signal == 9`;
  });
  return `
    file "/data" on master size 8 KB
    program child() { ${NULL_IMAGE} exit(0) }
    program busy() {
      ${NULL_IMAGE}
      let f = open("/data", read)
      let r = read(f, 4 KB)
      let c = fork { exec child() }
      let w = open("/log", create | write)
      compute 1 s
    }
    scenario "killings" on lab {
      // A first life, so that the files are mapped and init waits.
      let first = spawn busy() on ${node}
      wait first
      sleep 1 s
      print("begin")
      ${lives.join('\n')}
      sleep 2 s
    }
  `;
}

/** Names in a server's space, without the reply ports of its threads, and the user references that they have. */
function held(w: World, task: number): { names: number; references: number } {
  const { space } = at(w.tasks, task);
  const replies = new Set(threadsOf(w, at(w.tasks, task)).map(({ replyName }) => replyName));
  const kept = names(space).filter((name) => !replies.has(name));
  return { names: kept.length, references: kept.reduce((sum, name) => sum + lookup(space, name)!.urefs, 0) };
}

function servers(w: World): Record<string, { names: number; references: number }> {
  const found = select(w.tasks, (task) => task.kind === 'server').map((task) => [task.name, held(w, task.id)] as const);
  return Object.fromEntries(found);
}

describe('whenever a process is killed', () => {
  for (const node of ['master', 'source']) {
    it(`nothing of it is left behind (on ${node})`, function () {
      this.timeout(60_000);
      const script = killings(node);
      const begun = start(script);
      runUntilPrinted(begun, 'begin');
      const before = servers(begun.world);
      const { sim } = run(script);
      assert.deepEqual(servers(sim.world), before);
      assert.deepEqual(
        select(sim.world.fileHandles, () => true),
        [],
      );
      assert.equal(select(sim.world.procs, () => true).length, 1);
      assert.equal(select(sim.world.vprocs, () => true).length, 1);
      assert.equal(select(sim.world.messages, () => true).length, 0);
      assert.deepEqual(
        sim.world.masterEntries.rows.filter(({ pid, state }) => pid !== 1 && state !== 'reaped'),
        [],
      );
    });
  }
});
