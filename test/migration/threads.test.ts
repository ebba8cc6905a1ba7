/**
 * Stories about processes with several threads that move [issue 4: "multi-threaded processes"]: all of them freeze, every call in
 * progress is awaited or restarted, and they go on "in whatever state it was in before migration" [paper 3.2 (d)]. What is printed is
 * what is printed on one node [docs/decisions/0055-transparency-is-compared.md].
 */
import assert from 'node:assert/strict';
import { at } from '../../simulator/base/table.ts';
import { NULL_IMAGE, printed, run, type Run } from '../osf1/lab.ts';
import { unexplained } from '../swarm/rest.ts';
import { milliseconds, migrationOf } from './story.ts';

function play(body: string, scenario: string, more = ''): Run {
  const result = run(`${more} program p() { ${NULL_IMAGE} ${body} }
    scenario "s" on lab { let p = spawn p() on source ${scenario} wait p expect p.status == 0 sleep 1 s }`);
  assert.deepEqual(unexplained(result.sim.world), []);
  return result;
}

/** Every thread is in something else when the process is asked to move, at 1.5 s. */
const busy = `count n
  let q = pipe() let child = fork { sleep 12 s exit(7) } let f = open("/f", write)
  on SIGUSR1 restart { print("signal in ", pthread_self()) }
  thread reader { print("read ", read(q.read, 4 B)) }
  thread waiter { print("child ", wait(child)) }
  thread sleeper { sleep 14 s print("slept") }
  thread computer { for i in 1 .. 40 { compute 100 ms n = n + 1 } print("computed ", n) }
  thread pauser { sigprocmask(SIG_UNBLOCK, SIGUSR1) pause() print("paused ", errno()) }
  thread joiner { wait sleeper print("joined") exit(0) }
  sigprocmask(SIG_BLOCK, SIGUSR1)
  sleep 10 s write(q.write, "four") write(f, "text") sleep 10 s`;

const file = 'file "/f" on master size 4 KB mode "666"';

describe('a process with several threads', () => {
  let alone: string[];
  // Main blocks SIGUSR1 from the start: the pauser takes it.
  const body = busy.replace('count n', 'count n sigprocmask(SIG_BLOCK, SIGUSR1)');
  before(() => (alone = printed(play(body, 'at 9 s kill(p, SIGUSR1)', file))));

  for (const how of ['by process awaiting calls', 'by process restarting calls', 'by process early', 'by task']) {
    it(`moves ${how}, whatever each of them is in`, () => {
      const result = play(
        body,
        `at 1500 ms let m = migrate p to dest ${how} at 9 s kill(p, SIGUSR1) wait m expect m.outcome == "done"`,
        file,
      );
      assert.deepEqual([...printed(result)].sort(), [...alone].sort());
    });
  }

  it('moves again, and back home, between any two of their doings', () => {
    const result = play(
      body,
      `at 1500 ms let m = migrate p to dest by process restarting calls wait m expect m.outcome == "done"
       let b = migrate p to source by process restarting calls wait b expect b.outcome == "done" expect p.node == source
       kill(p, SIGUSR1)`,
      file,
    );
    assert.deepEqual([...printed(result)].sort(), [...alone].sort());
  });

  it('is thawed as it was when it is refused: every call goes on [P9]', () => {
    const cluster = `cluster lab { machine i386_25 network ethernet_10
      node master { pma pm_master credentials file_server "/" } node source { pma } node dest { pma refuse always } }`;
    for (const how of ['restarting calls', 'early']) {
      const result = run(
        `${file} program p() { ${NULL_IMAGE} ${body} }
        scenario "s" on lab { let p = spawn p() on source at 1500 ms let m = migrate p to dest by process ${how} wait m
          expect m.outcome == "refused" at 9 s kill(p, SIGUSR1) wait p expect p.status == 0 sleep 1 s }`,
        cluster,
      );
      assert.deepEqual(unexplained(result.sim.world), []);
      assert.deepEqual([...printed(result)].sort(), [...alone].sort());
    }
  });

  it('dies with its node, all of its threads, and leaves nothing behind', () => {
    const result = run(`${file} program p() { ${NULL_IMAGE} ${body} }
      scenario "s" on lab { let p = spawn p() on source at 1500 ms let m = migrate p to dest by process restarting calls wait m
        crash dest sleep 20 s expect p.lost and not p.alive }`);
    assert.deepEqual(unexplained(result.sim.world), []);
  });

  it('dies if the node fails at any moment of the migration, or goes on, whole', () => {
    for (const ms of [1510, 1700, 2000, 2300, 2600, 2900, 3200]) {
      for (const node of ['source', 'dest']) {
        const result = run(`${file} program p() { ${NULL_IMAGE} ${body} }
          scenario "s" on lab { let p = spawn p() on source
            at 1500 ms let m = migrate p to dest by process restarting calls at ${ms} ms crash ${node} at 9 s kill(p, SIGUSR1) wait p sleep 9 s }`);
        assert.deepEqual(unexplained(result.sim.world), [], `${node} at ${ms} ms`);
      }
    }
  });

  it('takes longer to move with each thread, and only that: the price of a thread is that of its messages', () => {
    const freeze = (threads: number): number => {
      const more = Array.from({ length: threads }, () => 'thread { sleep 9 s }').join(' ');
      const { sim } = play(`${more} sleep 9 s`, 'at 2 s let m = migrate p to dest wait m expect m.outcome == "done"');
      return milliseconds(migrationOf(sim), 'suspended', 'resumed');
    };
    const [none, one, two, four] = [0, 1, 2, 4].map(freeze) as [number, number, number, number];
    assert.ok(one > none && two > one && four > two);
    assert.ok(Math.abs(two - one - (one - none)) < 0.1 * (one - none), `${none} ${one} ${two} ${four}`);
    assert.ok(Math.abs(four - two - 2 * (one - none)) < 0.2 * (one - none), `${none} ${one} ${two} ${four}`);
  });

  it('may be moved by one of its own threads', () => {
    const result = play(
      `thread a { sleep 4 s print("a") } thread b { print(migrate(getpid(), "dest")) } pthread_join() print("end")`,
      '',
    );
    assert.deepEqual(printed(result), ['0', 'a', 'end']);
    assert.ok(at(result.sim.world.migrations, 0).outcome === 'done');
  });

  it('forks, executes and starts threads after it has moved', () => {
    const result = play(
      `thread a { sleep 5 s let c = fork { print("child ", pthread_self()) } print(wait(c)) thread b { print("b ", pthread_self()) } wait b exec other() }
      pause()`,
      'at 2 s let m = migrate p to dest wait m expect m.outcome == "done"',
      `program other() { ${NULL_IMAGE} print("other ", pthread_self()) }`,
    );
    assert.deepEqual(printed(result), ['child 1', '0', 'b 3', 'other 1']);
  });
});
