/**
 * One PM Master of several fails [mechanisms 5.6; docs/decisions/0064-a-pm-master-of-several-fails.md]: the broker takes over whom
 * it had, nobody waits for ever, no pid is given twice; and if it was the broker, the next one is.
 */
import assert from 'node:assert/strict';
import { inspect, step, type Simulation } from '../../simulator/engine/simulation.ts';
import type { World } from '../../simulator/engine/world.ts';
import { crash } from '../../simulator/faults/crash.ts';
import { framesOf } from '../../simulator/mach/routine.ts';
import { masterEntryOf } from '../../simulator/osf1/pm-master/entry.ts';
import { NULL_IMAGE, made, printed, run, runUntilPrinted, start, type Run } from './lab.ts';

/** The files and the operator have a node of their own, so that the broker can fail alone. */
const CLUSTER = `
cluster lab {
  process_management local_masters
  price failure_detection 100 ms
  node home { pma credentials file_server "/" console }
  node source { pma }
  node dest { pma }
  node chief { pma pm_master }
}
`;

function story(programs: string, scenario: string): Run {
  return run(`${programs} scenario "a PM Master fails" on lab { ${scenario} }`, CLUSTER);
}

const program = (name: string, body: string): string => `program ${name}() { ${NULL_IMAGE} ${body} }`;

describe('a PM Master of several that fails', () => {
  it('is taken over by the broker: who was created there and lives elsewhere goes on, and is waited for', () => {
    const result = story(
      program(
        'p',
        `migrate(getpid(), "dest") compute 2 s
         print(getppid(), " ", getpgid() == getpid(), " ", kill(getpid(), SIGCONT))
         let c = fork { exit(4) } print(wait(c)) exit(5)`,
      ),
      'let p = spawn p() on source at 2 s crash source wait p print(p.status)',
    );
    assert.deepEqual(printed(result), ['1 true 0', '4', '5']);
    const { owner } = masterEntryOf(result.sim.world, made(result.sim.world, 1))!;
    assert.equal(result.sim.world.pmMasters.rows[owner]!.node, 3);
  });

  it('and boots again: it begins with a new block, and those of before stay with the broker', () => {
    const sim = start(
      `${program('p', 'migrate(getpid(), "dest") compute 6 s exit(5)')} ${program('q', 'compute 2 s')}
       scenario "back" on lab {
         let p = spawn p() on source at 2 s crash source sleep 1 s reboot source sleep 1 s
         let q = spawn q() on source sleep 500 ms
         print("back") wait p wait q expect p.status == 5 expect q.status == 0
       }`,
      CLUSTER,
    );
    runUntilPrinted(sim, 'back');
    const [p, q] = [made(sim.world, 1), made(sim.world, 2)];
    assert.equal(p < 100 * 10 && q > p, true);
    const masters = inspect(sim).pmMasters;
    assert.deepEqual(
      masters.filter(({ processes }) => processes.includes(p)).map(({ node }) => node),
      ['chief'],
    );
    assert.deepEqual(
      masters.filter(({ processes }) => processes.includes(q)).map(({ node }) => node),
      ['source'],
    );
    runUntilPrinted(sim, 'back');
  });

  it('leaves no parent waiting: a child that died with it is lost', () => {
    const result = story(
      program(
        'p',
        `let a = fork on "source" { compute 9 s }
         compute 3 s
         let e = waitpid(a) print(e.lost, " ", e.pid == a)`,
      ),
      'let p = spawn p() on dest at 3 s crash source wait p',
    );
    assert.deepEqual(printed(result), ['true true']);
  });

  it('leaves no child with a parent that is gone: it is init that waits for it', () => {
    const { sim } = story(
      program('p', 'let a = fork on "dest" { compute 4 s exit(6) } compute 9 s wait(a)'),
      'spawn p() on source at 2 s crash source sleep 5 s',
    );
    const child = masterEntryOf(sim.world, made(sim.world, 2))!;
    assert.deepEqual([child.parent, child.state, child.status], [1, 'reaped', 6]);
  });

  it('while processes are made, end and are waited for everywhere', () => {
    const family = (node: string): string =>
      program(
        `on_${node}`,
        `for i in 1 .. 2 { let c = fork on "${node}" { wait(fork { compute 30 ms }) exit(1) } wait(c) } exit(3)`,
      );
    for (const time of [900]) {
      for (const failing of ['source', 'chief']) {
        const { sim } = story(
          `${family('source')} ${family('dest')} ${family('home')}`,
          `let a = spawn on_source() on dest let b = spawn on_dest() on home let c = spawn on_home() on dest
           at ${time} ms crash ${failing} sleep 400 ms reboot ${failing} wait a wait b wait c`,
        );
        const pids = sim.world.masterEntries.rows.map(({ pid }) => pid);
        assert.equal(new Set(pids).size, pids.length);
        assert.deepEqual(
          sim.world.procs.rows.filter(({ live, pid }) => live && pid !== 1).map(({ pid }) => pid),
          [],
        );
      }
    }
  });
});

/** The source is asked to end the husk, the last thing that is needed of it. */
const isLast = ({ routines }: World['setup'], routine: number, current: number): boolean =>
  routines[routine]!.name === 'sms' && routines[routine]!.steps[current]?.name === 'end the husk';

describe('a process that moves while a PM Master fails', () => {
  /** It does not need the node that it comes from any more, once it has left. `first` is moved before it. */
  const moved = (when: string, first = ''): Run =>
    story(
      `${program('p', 'compute 6 s print("finished") exit(5)')} ${program('q', 'migrate(getpid(), "dest")')}`,
      `${first}
       let p = spawn p() on source
       on phase ${when}
       sleep 300 ms
       let m = migrate p to dest by process using oms with eager
       wait m
       wait p
       print(m.outcome, " ", p.status, " ", p.lost)`,
    );

  it('has its new place noted when the next broker knows who has its entry [P3]', () => {
    const result = moved('attach of p { crash chief }');
    assert.deepEqual(printed(result), ['finished', 'done 5 false']);
    const { node, migrations } = masterEntryOf(result.sim.world, made(result.sim.world, 1))!;
    assert.deepEqual([node, migrations], [2, 1]);
  });

  /** Then the PM Master of the destination knows the one that fails, and waits for its answer. */
  const known = 'let q = spawn q() on source wait q';

  it('goes on at the destination, if it was its own, with its node: the migration is done, not refused [5.6]', () => {
    assert.deepEqual(printed(moved('attach of p { crash source }', known)), ['finished', 'done 5 false']);
  });

  it('does not live on if its own is lost before the destination has everything: its migration has failed [5.6]', () => {
    const sim = start(
      `${program('p', 'compute 6 s')}
       scenario "s" on lab {
         let p = spawn p() on source
         sleep 300 ms
         let m = migrate p to dest by process using oms with eager
         wait m
         wait p
         print(m.outcome, " ", p.status, " ", p.lost)
       }`,
      CLUSTER,
    );
    const isEnding = ({ world: { threads, setup } }: Simulation): boolean =>
      threads.rows.some((t) => t.live && framesOf(t).some(({ routine, current }) => isLast(setup, routine, current)));
    while (!isEnding(sim)) assert.ok(step(sim));
    crash(sim.world, 1);
    runUntilPrinted(sim, 'failed -1 true');
  });

  it('is lost with both nodes, and its migration has failed', () => {
    const result = moved('attach of p { crash source sleep 20 ms crash dest }', known);
    assert.deepEqual(printed(result), ['failed -1 true']);
  });
});

describe('a broker that fails', () => {
  const moved = program('p', 'migrate(getpid(), "dest") compute 3 s let c = fork { exit(4) } print(wait(c)) exit(5)');

  it('has another one in its place, which gives out blocks and finds owners', () => {
    const result = story(
      `${moved} ${program('many', 'for i in 1 .. 104 { wait(fork { exit(0) }) }')}`,
      'let p = spawn p() on chief at 3 s crash chief let m = spawn many() on dest wait p wait m print(p.status, " ", m.status)',
    );
    assert.deepEqual(printed(result), ['4', '5 0']);
    const pids = result.sim.world.masterEntries.rows.map(({ pid }) => pid);
    assert.equal(new Set(pids).size, pids.length);
    assert.ok(Math.max(...pids) >= 100_000_000);
    const brokers = inspect(result.sim).pmMasters.filter(({ broker }) => broker);
    assert.deepEqual(
      brokers.map(({ node }) => node),
      ['home'],
    );
  });

  it('is the broker again when it is back, and knows whose every block is', () => {
    const result = story(
      moved,
      `let p = spawn p() on chief at 3 s crash chief sleep 500 ms reboot chief sleep 300 ms
       let q = spawn p() on chief wait p wait q print(p.status, " ", q.status)`,
    );
    assert.deepEqual(printed(result), ['4', '4', '5 5']);
    const brokers = inspect(result.sim).pmMasters.filter(({ broker }) => broker);
    assert.deepEqual(
      brokers.map(({ node }) => node),
      ['chief'],
    );
  });

  it('is waited for by who has to tell where a process has moved, and does not know whose it is [step 13, P3]', () => {
    const body = program('p', 'migrate(getpid(), "dest") compute 1 s exit(5)');
    const { notices } = story(body, 'let p = spawn p() on source wait p');
    const restart = notices.find(({ notice }) => notice.kind === 'phase' && notice.phase === 'restart')!.time;
    const result = story(
      body,
      `let p = spawn p() on source at ${restart - 3e6} ns crash chief sleep 400 ms
       expect p.node == dest expect p.alive wait p print(p.status)`,
    );
    assert.deepEqual(printed(result), ['5']);
  });

  it('with another one: what is left goes on', () => {
    const result = story(
      moved,
      'let p = spawn p() on source at 3 s crash chief crash source sleep 200 ms wait p print(p.status)',
    );
    assert.deepEqual(printed(result), ['4', '5']);
  });
});
