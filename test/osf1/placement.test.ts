/**
 * Stories about the placement policy of a cluster: where the process of a fork or an exec goes that says no node: the
 * mechanisms are below, and any policy may be on top of them [mechanisms 5.3, 5.7].
 */
import assert from 'node:assert/strict';
import { NULL_IMAGE, DISTRIBUTED, LOCAL_MASTERS, printed, run } from './lab.ts';

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
