/**
 * One PM Master of several fails [mechanisms 5.6; docs/decisions/0064-a-pm-master-of-several-fails.md]: the broker takes over whom
 * it had, nobody waits for ever, no pid is given twice; and if it was the broker, the next one is.
 */
import assert from 'node:assert/strict';
import { inspect } from '../../simulator/engine/simulation.ts';
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

  it('with another one: what is left goes on', () => {
    const result = story(
      moved,
      'let p = spawn p() on source at 3 s crash chief crash source sleep 200 ms wait p print(p.status)',
    );
    assert.deepEqual(printed(result), ['4', '5']);
  });
});
