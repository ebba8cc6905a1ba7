/**
 * Stories about times: what a process has computed and what servers have done for it, accumulated over the nodes that it was
 * on [mechanisms 5.4, 5.7, P7].
 */
import assert from 'node:assert/strict';
import { NULL_IMAGE, printed, run, underEach } from './lab.ts';

const program = (body: string, scenario = 'wait p expect p.status == 0'): string[] =>
  printed(run(`program p() { ${NULL_IMAGE} ${body} } scenario "s" on lab { let p = spawn p() on source ${scenario} }`));

underEach(['centralised', 'distributed', 'local_masters'], () => {
  describe('times', () => {
    it('tells computation from the work of servers; together they are what getrusage says', () => {
      const lines = program(`
        let before = times()
        compute 2 s
        wait(fork { })
        let after = times()
        print(after.user - before.user, " ", after.system > before.system, " ", after.user + after.system == getrusage().time)
      `);
      assert.deepEqual(lines, ['2 s true true']);
    });

    it('has the times of the children that were waited for, and of theirs, in the same two parts', () => {
      const lines = program(`
        let c = fork { compute 1 s wait(fork { compute 500 ms }) }
        fork { compute 100 ms }
        wait(c)
        let t = times()
        print(t.user, " ", t.children_user, " ", t.children_user + t.children_system == getrusage().children)
      `);
      assert.deepEqual(lines, ['0 ns 1.5 s true']);
    });
  });
});

describe('times, of a process that moves', () => {
  const moved = (by: string): string[] =>
    program(
      `
      let c = fork { compute 400 ms }
      wait(c)
      compute 3 s
      let t = times()
      print(t.user, " ", t.children_user, " ", t.user + t.system == getrusage().time)
      wait(fork { compute 200 ms })
      print(times().children_user)
    `,
      `at 1.5 s let m = migrate p to dest by ${by} wait p expect m.outcome == "done"`,
    );

  it('goes on without a step, by process and by task, in the middle of a computation [P7]', () => {
    for (const by of ['process', 'task']) assert.deepEqual(moved(by), ['3 s 400 ms true', '600 ms']);
  });

  it('is the same after a refusal [P9]', () => {
    const lines = program(
      'compute 2 s print(migrate(getpid(), "bare") == -1, " ", times().user)',
      'wait p expect p.status == 0',
    );
    assert.deepEqual(lines, ['true 2 s']);
  });

  it('comes back to a parent on another node with the status', () => {
    const lines = program(`
      let c = fork { compute 2 s }
      migrate(c, "dest")
      wait(c)
      print(times().children_user)
    `);
    assert.deepEqual(lines, ['2 s']);
  });
});
