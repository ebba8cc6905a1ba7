/**
 * Stories about nice processes: an operation on the vproc of any process [mechanisms 5.2], and a smaller share of a processor
 * that others want [docs/decisions/0058-how-nice-a-process-is.md].
 */
import assert from 'node:assert/strict';
import { select } from '../../simulator/base/table.ts';
import { threadsOf } from '../../simulator/mach/task-threads.ts';
import { names } from '../../simulator/mach/ipc/space.ts';
import { at } from '../../simulator/base/table.ts';
import { pmaAt } from '../../simulator/osf1/pma/pma.ts';
import { NULL_IMAGE, made, printed, run, runUntilPrinted, start, timeOf, underEach, type Run } from './lab.ts';

const story = (body: string, scenario = 'wait p expect p.status == 0', su = ''): Run =>
  run(`
    file "/bin/su" owner 0 mode "4755"
    program su() { ${NULL_IMAGE} ${su} }
    program p() { ${NULL_IMAGE} ${body} }
    scenario "s" on lab { let p = spawn p() on source ${scenario} }
  `);

const program = (body: string, su?: string): string[] => printed(story(body, undefined, su));

const bases = (sim: ReturnType<typeof start>, number: number): number[] => {
  const pid = made(sim.world, number);
  const tasks = select(sim.world.tasks, (task) => task.pid === pid);
  return tasks.flatMap((task) => threadsOf(sim.world, task)).map(({ schedule }) => schedule.base);
};

describe('how nice a process is', () => {
  it('is 0; nice adds to it, up to 19, and only the superuser takes some of it back', () => {
    const lines = program(`
      print(getpriority(PRIO_PROCESS), " ", nice(5), " ", nice(3), " ", nice(-1), " ", errno(), " ", getpriority(PRIO_PROCESS))
      print(setpriority(PRIO_PROCESS, 0, 4), " ", errno(), " ", setpriority(PRIO_PROCESS, getpid(), 100), " ", nice(0))
    `);
    assert.deepEqual(lines, ['0 5 8 -1 EPERM 8', '-1 EACCES 0 19']);
  });

  it('is what its children are born with, here and on another node, and exec keeps it', () => {
    const lines = program(
      `
      nice(7)
      wait(fork { print(nice(0)) })
      wait(fork on "dest" { print("there ", nice(0)) })
      exec su()
    `,
      'print("executed ", nice(0), " ", nice(-27), " ", nice(100))',
    );
    assert.deepEqual(lines, ['7', 'there 7', 'executed 7 -20 19']);
  });

  it('is the base priority of its threads, which the kernel lets nobody but the superuser better', () => {
    const sim = start(`
      file "/bin/su" owner 0 mode "4755"
      program su() { ${NULL_IMAGE} nice(-5) let c = fork { compute 2 s } print("better") compute 1 s wait(c) }
      program p() { ${NULL_IMAGE} nice(4) let c = fork { compute 1 s } print("nicer") compute 1 s wait(c) exec su() }
      scenario "s" on lab { let p = spawn p() on source wait p }
    `);
    runUntilPrinted(sim, 'nicer');
    assert.deepEqual(
      [bases(sim, 1), bases(sim, 2)],
      [
        [16, 16],
        [16, 16],
      ],
    );
    runUntilPrinted(sim, 'better');
    assert.deepEqual(
      [bases(sim, 1), bases(sim, 3)],
      [
        [11, 11],
        [11, 11],
      ],
    );
  });

  it('leaves no right with the PMA that has changed it', () => {
    const sim = start(`
      file "/bin/su" owner 0 mode "4755"
      program su() { ${NULL_IMAGE} nice(-5) print("before") nice(-5) nice(12) nice(-9) print("after") }
      program p() { ${NULL_IMAGE} exec su() }
      scenario "s" on lab { let p = spawn p() on source wait p }
    `);
    const held = (): number => names(at(sim.world.tasks, pmaAt(sim.world, 1)!.task).space).length;
    runUntilPrinted(sim, 'before');
    const before = held();
    runUntilPrinted(sim, 'after');
    assert.equal(held(), before);
  });
});

describe('a nice process', () => {
  it('gets less of the processor than one that is not, and all of it when nobody wants it', () => {
    const result = story(`
      let a = fork { nice(19) compute 2 s print("nice") }
      let b = fork { compute 2 s print("normal") }
      wait(a)
      wait(b)
      let c = fork { nice(19) compute 2 s print("alone") }
      let t = now
      wait(c)
      print(now - t < 3 s)
    `);
    assert.deepEqual(printed(result), ['normal', 'nice', 'alone', 'true']);
    assert.ok(timeOf(result, 'nice') - timeOf(result, 'normal') > 0.8e9);
  });

  it('is so where it has moved, by process and by task, and stays so after a refusal [P9]', () => {
    for (const by of ['process', 'task']) {
      const result = run(`
        program nice() { ${NULL_IMAGE} nice(19) compute 5 s print("nice ", nice(0)) migrate(getpid(), "bare") print(nice(0)) }
        program normal() { ${NULL_IMAGE} compute 5 s print("normal") }
        scenario "s" on lab {
          let a = spawn nice() on source
          at 1 s
          let m = migrate a to dest by ${by}
          wait m
          let b = spawn normal() on dest
          wait a
          wait b
          expect m.outcome == "done"
        }
      `);
      assert.deepEqual(printed(result), ['normal', 'nice 19', '19']);
    }
  });
});

underEach(['distributed', 'local_masters'], () => {
  describe('setpriority', () => {
    it('reaches a process on another node, also when it has just moved', () => {
      const lines = program(`
        let a = fork on "dest" { compute 5 s }
        let b = fork { compute 5 s }
        print(setpriority(PRIO_PROCESS, a, 3), " ", getpriority(PRIO_PROCESS, a))
        print(migrate(b, "dest"), " ", setpriority(PRIO_PROCESS, b, 4), " ", migrate(a, "source"), " ", migrate(b, "master"))
        print(getpriority(PRIO_PROCESS, a), " ", getpriority(PRIO_PROCESS, b))
        kill(a, SIGKILL)
        kill(b, SIGKILL)
      `);
      assert.deepEqual(lines, ['0 3', '0 0 0 0', '3 4']);
    });

    it('reaches every member of a group, and every process of a user, wherever they are; getpriority says who is the least nice', () => {
      const lines = program(`
        let group = fork { setpgid(getpid()) wait(fork on "dest" { compute 9 s }) }
        let other = fork { compute 9 s }
        compute 1 s
        print(setpriority(PRIO_PGRP, group, 6), " ", getpriority(PRIO_PGRP, group), " ", getpriority(PRIO_PROCESS, other))
        print(setpriority(PRIO_PROCESS, other, 8), " ", getpriority(PRIO_USER))
        print(setpriority(PRIO_USER, 0, 9), " ", getpriority(PRIO_USER, 100), " ", getpriority(PRIO_PGRP))
        killpg(group, SIGKILL)
        kill(other, SIGKILL)
      `);
      assert.deepEqual(lines, ['0 6 0', '0 0', '0 9 9']);
    });

    it('fails for nobody, for the processes of others, and for who would be less nice', () => {
      const lines = program(
        `
        print(setpriority(PRIO_PROCESS, 999, 1), " ", errno(), " ", getpriority(PRIO_PGRP, 999), " ", errno())
        print(getpriority(PRIO_USER, 55), " ", errno(), " ", setpriority(PRIO_PROCESS, 1, 1), " ", errno())
        let c = fork { exec su() }
        compute 1 s
        print(getpriority(PRIO_PROCESS, c), " ", setpriority(PRIO_PROCESS, c, 1), " ", errno())
      `,
        'setuid(200) nice(2) compute 3 s',
      );
      assert.deepEqual(lines, ['-1 ESRCH -1 ESRCH', '-1 ESRCH -1 EPERM', '2 -1 EPERM']);
    });
  });
});
