/**
 * Stories about moving the task of a process and not the process: the comparison case of the paper's section 4
 * [mechanisms 5.9].
 */
import assert from 'node:assert/strict';
import { REMOTE_MESSAGES } from '../../simulator/base/ledger.ts';
import { at, select } from '../../simulator/base/table.ts';
import { procOf } from '../../simulator/osf1/proc.ts';
import { NULL_IMAGE, printed, run, type Run } from '../osf1/lab.ts';
import { PID, SOURCE, migrationOf, milliseconds, moving, phases } from './story.ts';

const TALKER = { body: 'for i in 1 .. 300 { let me = getpid() compute 5 ms }' };

/** Inter-node messages of the process itself, over its whole life. */
function remoteMessages({ sim }: Run): number {
  return at(
    sim.world.ledger,
    sim.world.ledger.rows.findIndex(({ pid }) => pid === PID),
  ).counts[REMOTE_MESSAGES]!;
}

describe('a task that is moved without its process', () => {
  it('takes its memory, names and threads along; proc and vproc stay with the source PMA', () => {
    const result = run(
      moving('wait m expect p.node == source and residual(p, source).pma > 0 wait p expect p.status == 0', {
        by: 'task',
      }),
    );
    assert.deepEqual(phases(result), ['freeze', 'install', 'restart']);
    const { sim } = run(moving('wait m', { by: 'task', body: 'compute 30 s' }).replace('compute 30 s', 'compute 3 s'));
    assert.equal(select(sim.world.procs, ({ pid }) => pid === PID).length, 0);
  });

  it('makes every one of its system calls across the network from then on', () => {
    const byProcess = remoteMessages(run(moving('wait p', TALKER)));
    const byTask = remoteMessages(run(moving('wait p', { ...TALKER, by: 'task' })));
    assert.ok(byTask - byProcess > 2 * 150, `${byTask} and ${byProcess} messages`);
  });

  it('may move to a pure compute node, whose migration server takes it in', () => {
    const result = run(`
      file "/a" on master size 8 KB
      program worker() {
        ${NULL_IMAGE}
        let a = open("/a", create | write)
        compute 3 s
        let c = fork { exit(5) }
        print(wait(c), " ", write(a, 1 KB), " ", getpid())
      }
      scenario "compute node" on lab {
        let p = spawn worker() on source
        at 1 s
        let m = migrate p to bare by task
        wait p
        expect m.outcome == "done" and p.status == 0 and p.node == source
      }
    `);
    assert.deepEqual(printed(result), [`5 1024 ${PID}`]);
  });

  it('does not wait for a child that its process waits for: the freeze is short (7.7)', () => {
    const { sim } = run(
      moving('wait p expect p.status == 0', {
        by: 'task',
        body: 'let c = fork { compute 4 s exit(3) } print(wait(c))',
      }),
    );
    assert.ok(milliseconds(migrationOf(sim), 'decision', 'frozen') < 10);
  });

  it('has its requests kept while it moves, and handled by the source PMA afterwards (P4)', () => {
    run(
      moving(
        'on phase install of p { kill(p, SIGCHLD) } wait m sleep 100 ms expect p.delivered == 1 kill(p, SIGCHLD) wait p expect p.delivered == 2',
        { by: 'task' },
      ),
    );
  });

  it('is ended by its PMA, from afar', () => {
    const { sim } = run(moving('wait m kill(p, SIGKILL) wait p expect p.signal == 9', { by: 'task' }));
    assert.equal(procOf(sim.world, SOURCE, PID), null);
    assert.equal(select(sim.world.tasks, ({ pid }) => pid === PID).length, 0);
  });
});
