/**
 * Stories about the placement policy of a cluster: where the process of a fork or an exec goes that says no node: the
 * mechanisms are below, and any policy may be on top of them [mechanisms 5.3, 5.7]; and about what a policy cannot know
 * [mechanisms 5.6; docs/decisions/0060-where-a-process-is-placed.md].
 */
import assert from 'node:assert/strict';
import { askedOf, runListening, type Listened } from '../paper/heard.ts';
import { CENTRALISED, NULL_IMAGE, DISTRIBUTED, LOCAL_MASTERS, printed, run, type Run } from './lab.ts';

const under = (policy: string, cluster: string): string =>
  cluster.replace('cluster lab {', `cluster lab {\n  placement ${policy}`);

const placed = (policy: string, body: string): string[] =>
  printed(
    run(
      `
      program null() { ${NULL_IMAGE} compute 100 ms print("null") }
      program p() { ${NULL_IMAGE} ${body} }
      scenario "s" on lab { let p = spawn p() on source wait p expect p.status == 0 }
      `,
      under(policy, DISTRIBUTED),
    ),
  );

const nodesOfThree = (policy: string, cluster = DISTRIBUTED): number[] => {
  const { sim } = run(
    `
    program p() { ${NULL_IMAGE} for i in 1 .. 3 { fork { compute 20 s } } for i in 1 .. 3 { wait() } }
    scenario "s" on lab { let p = spawn p() on source wait p }
    `,
    under(policy, cluster),
  );
  return sim.world.masterEntries.rows.slice(2, 5).map(({ node }) => node);
};

describe('the placement policy of a cluster', () => {
  it('is local if it does not say', () => {
    assert.deepEqual(nodesOfThree('local'), [1, 1, 1]);
  });

  it('least_loaded: fork goes to the node with the fewest processes, and stays if no other has fewer', () => {
    assert.deepEqual(nodesOfThree('least_loaded'), [2, 1, 0]);
  });

  it('round_robin: one node after the other', () => {
    assert.deepEqual(nodesOfThree('round_robin'), [0, 1, 2]);
  });

  it('exec: moves the process first, but not one that has just been placed, and not where it is not taken', () => {
    assert.deepEqual(
      placed('round_robin', 'let c = fork { print(process_info(getpid()).migrations) exec null() } wait(c)'),
      ['0', 'null'],
    );
    assert.deepEqual(placed('round_robin', 'disallow_migration() exec null()'), ['null']);
  });

  it('`on` says more than the policy', () => {
    assert.deepEqual(placed('round_robin', 'wait(fork on "source" { print(process_info(getpid()).migrations) })'), [
      '0',
    ]);
  });

  it('is asked of the PM Master beside the PMA where each node has one', () => {
    assert.deepEqual(nodesOfThree('round_robin', LOCAL_MASTERS), [0, 1, 2]);
  });
});

/** How many requests of that name PM Masters have begun to serve. */
const received = (listened: Listened, operation: string): number =>
  askedOf(listened, 'pm_master').filter((each) => each === operation).length;

/** The node of the operator, the files and the PM Master is not the one that fails. */
const family = (policy: string, body: string, scenario: string, cluster = DISTRIBUTED): Listened =>
  runListening(
    `program p() { ${NULL_IMAGE} ${body} }
     scenario "s" on lab { let p = spawn p() on source ${scenario} wait p expect p.status == 0 }`,
    under(policy, cluster.replace('{', '{ price failure_detection 200 ms')),
  );

/** Nobody is left who is known to anybody but init, which waits for ever. */
function nobodyIsLeft({ sim: { world } }: Run): void {
  const known = world.masterEntries.rows.filter(({ owner }) => world.pmMasters.rows[owner]!.live);
  assert.deepEqual(
    known.filter(({ pid, state }) => pid !== 1 && state !== 'reaped'),
    [],
  );
  assert.deepEqual(
    world.procs.rows.filter(({ live, pid }) => live && pid !== 1),
    [],
  );
}

describe('what a placement policy knows', () => {
  const three = 'for i in 1 .. 3 { fork { compute 20 s } } for i in 1 .. 3 { wait() }';

  it('is the table of the only PM Master, which asks nobody', () => {
    const result = family('least_loaded', three, '');
    assert.deepEqual([received(result, 'pmm.place'), received(result, 'pmm.loads')], [3, 0]);
  });

  it('is what the other PM Masters say, where each node has one: 1 RPC each', () => {
    const result = family('least_loaded', three, '', LOCAL_MASTERS);
    assert.deepEqual([received(result, 'pmm.place'), received(result, 'pmm.loads')], [3, 6]);
    const { masterEntries } = result.sim.world;
    assert.deepEqual(
      masterEntries.rows.slice(2).map(({ node }) => node),
      [2, 1, 0],
    );
  });

  it('is counted where processes are, not where they were created', () => {
    const moved = 'migrate(getpid(), "dest") print(least_loaded()) let c = fork { compute 1 s } wait(c)';
    const result = family('least_loaded', moved, '', LOCAL_MASTERS);
    assert.deepEqual(printed(result), ['source']);
    assert.equal(result.sim.world.masterEntries.rows[2]!.node, 1);
  });

  it('is nothing that is not said in a message: with `placement local` nobody is asked', () => {
    const result = family('local', three, '', LOCAL_MASTERS);
    assert.deepEqual([received(result, 'pmm.place'), received(result, 'pmm.loads')], [0, 0]);
  });
});

describe('a node that has failed, and nobody knows it yet', () => {
  const body = 'compute 1 s let c = fork { compute 1 s exit(7) } print(wait(c), " ", wait(), " ", errno())';

  for (const policy of ['least_loaded', 'round_robin']) {
    for (const cluster of [DISTRIBUTED, LOCAL_MASTERS]) {
      const masters = cluster === DISTRIBUTED ? 'one PM Master' : 'a PM Master on each node';
      it(`is not where the child is made: the next one is chosen (${policy}, ${masters})`, () => {
        // p begins to compute at about 250 ms; dest fails while the child is asked for, made, or has just begun.
        for (const time of [1000, 1300, 1600, 1700, 1735, 1800]) {
          const result = family(policy, body, `at ${time} ms crash dest`, cluster);
          const [line] = printed(result);
          assert.ok(line === '7 -1 ECHILD' || line === '256 -1 ECHILD', `${time}: ${line}`);
          nobodyIsLeft(result);
        }
      });
    }
  }

  it('and if all have failed but its own the child is made there', () => {
    const cluster = DISTRIBUTED.replace('bare { }', 'bare { pma }').replace('{ pma pm_master', '{ pm_master');
    const result = family('least_loaded', body, 'at 1100 ms crash dest crash bare', cluster);
    assert.deepEqual(printed(result), ['7 -1 ECHILD']);
    assert.equal(result.sim.world.masterEntries.rows.findLast(({ status }) => status === 7)!.node, 1);
  });

  it('is no place for an exec either: the program is executed where the process is', () => {
    const result = run(
      `program null() { ${NULL_IMAGE} print("null") }
       program p() { ${NULL_IMAGE} compute 1 s exec null() }
       scenario "s" on lab { let p = spawn p() on source at 1100 ms crash dest wait p expect p.node == source }`,
      under('least_loaded', DISTRIBUTED.replace('{ pma pm_master', '{ pm_master')),
    );
    assert.deepEqual(printed(result), ['null']);
  });

  it('`on` says more than the policy here, too: the fork fails, and there is no child that nobody knows', () => {
    for (const time of [1250, 1650, 1720, 1735, 1850]) {
      const result = family(
        'local',
        'compute 1 s print(fork on "dest" { compute 9 s }, " ", errno(), " ", wait(), " ", errno())',
        `at ${time} ms crash dest`,
      );
      const [line] = printed(result);
      const made = line!.startsWith('3 ');
      assert.equal(line, made ? '3  256 ' : '-1 EHOSTDOWN -1 ECHILD');
      nobodyIsLeft(result);
    }
  });

  it('a PM Master that cannot be asked any more is not counted, and not chosen', () => {
    const result = family(
      'least_loaded',
      `compute 1 s print(least_loaded()) ${body}`,
      'at 1050 ms crash master',
      LOCAL_MASTERS.replace('{ pma pm_master credentials file_server "/" }', '{ pma pm_master }').replace(
        'bare { }',
        'bare { pma credentials file_server "/" console }',
      ),
    );
    assert.deepEqual(printed(result), ['dest', '7 -1 ECHILD']);
  });

  it('is chosen again when it has booted and its kernel has said so', () => {
    const result = family(
      'least_loaded',
      'compute 3 s let c = fork { compute 1 s } wait(c) print("waited")',
      'at 500 ms crash dest at 2 s reboot dest',
    );
    assert.equal(result.sim.world.masterEntries.rows.at(-1)!.node, 2);
  });
});

describe('a child that is being placed', () => {
  it('is made when its parent is asked to move in the middle of it, and the parent moves afterwards [P5]', () => {
    for (const time of [1250, 1400, 1550]) {
      const result = family(
        'least_loaded',
        'compute 1 s let c = fork { compute 1 s exit(7) } print(wait(c), " ", getppid())',
        `at ${time} ms let m = migrate p to dest wait m expect m.outcome == "done"`,
      );
      assert.deepEqual(printed(result), ['7 1']);
      nobodyIsLeft(result);
    }
  });
});

describe('spawn without `on`', () => {
  const places = (policy: string, scenario: string, cluster = DISTRIBUTED): number[] => {
    const { sim } = run(
      `program p() { ${NULL_IMAGE} compute 10 s }
       scenario "s" on lab { ${scenario} }`,
      under(policy, cluster.replace('{', '{ price failure_detection 200 ms')),
    );
    const { rows } = sim.world.masterEntries;
    return rows.filter(({ pid }) => pid !== 1).map(({ node }) => node);
  };
  const four = 'spawn p() spawn p() spawn p() spawn p() sleep 15 s';
  const apart = DISTRIBUTED.replace('{ pma pm_master', '{ pma').replace('bare { }', 'bare { pm_master console }');

  it('is beside init if the cluster has no policy', () => {
    assert.deepEqual(places('local', four), [0, 0, 0, 0]);
    assert.deepEqual(places('local', four, apart), [0, 0, 0, 0]);
  });

  it('goes where the policy says, which counts it from then on', () => {
    assert.deepEqual(places('least_loaded', four), [1, 2, 0, 1]);
    assert.deepEqual(places('round_robin', four), [0, 1, 2, 0]);
    assert.deepEqual(places('round_robin', four, LOCAL_MASTERS), [0, 1, 2, 0]);
    assert.deepEqual(places('least_loaded', four, CENTRALISED), [0, 0, 0, 0]);
  });

  it('goes to the next node if the one that was chosen has failed', () => {
    assert.deepEqual(places('least_loaded', 'crash source spawn p() spawn p() sleep 15 s'), [2, 0]);
  });

  it('asks another PMA if that of init has failed', () => {
    const cluster = apart
      .replace('credentials file_server "/"', '')
      .replace('console', 'credentials file_server "/" console');
    for (const scenario of ['crash master spawn p() sleep 15 s', 'crash master sleep 1 s spawn p() sleep 15 s']) {
      assert.deepEqual(places('round_robin', scenario, cluster).at(-1), 1);
    }
  });

  it('cannot be made if there is no policy and the node of init is down: the scenario says so', () => {
    const cluster = apart
      .replace('credentials file_server "/"', '')
      .replace('console', 'credentials file_server "/" console');
    assert.throws(
      () => places('local', 'crash master sleep 1 s spawn p() sleep 15 s', cluster),
      /could not be made: MACH_SEND_INVALID_DEST/,
    );
  });

  it('says more with `on` than the policy', () => {
    assert.deepEqual(places('round_robin', 'spawn p() on dest spawn p() sleep 15 s'), [2, 0]);
  });
});
