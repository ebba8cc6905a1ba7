/**
 * Stories about the three lists of a PMA [mechanisms 5.1: "lists active, migrating, free"; P1].
 *
 * Each of its procs is on one of them; a row on the free list is the PMA's own, and is used again before another is made.
 */
import assert from 'node:assert/strict';
import { inspect, step, type Simulation } from '../../simulator/engine/simulation.ts';
import { DISTRIBUTED, NULL_IMAGE, run, start } from './lab.ts';

/** How many procs are on each list: `active/migrating/free`. */
function lists(sim: Simulation, node: string): string {
  const { procs, pmas } = inspect(sim);
  const on = (list: string): number => procs.filter((proc) => proc.node === node && proc.list === list).length;
  return `${on('active')}/${on('migrating')}/${pmas.find((pma) => pma.node === node)?.free ?? 'none'}`;
}

/** What the lists of the node go through until nothing happens any more. */
function course(sim: Simulation, node: string): string[] {
  const seen: string[] = [];
  let before = '';
  do {
    // To inspect the whole cluster after each event would take long: first look whether anything about its procs is new.
    const { procs, pmas } = sim.world;
    const now = JSON.stringify([
      procs.rows.map(({ live, node, list }) => [live, node, list]),
      pmas.rows.map(({ free }) => free),
    ]);
    if (now === before) continue;
    before = now;
    const all = lists(sim, node);
    if (all !== seen.at(-1)) seen.push(all);
  } while (step(sim));
  return seen;
}

const script = (body: string, scenario: string): string => `
  program p() { ${NULL_IMAGE} ${body} }
  scenario "s" on lab { ${scenario} sleep 1 s }`;

const onSource = 'let p = spawn p() on source';
const moves = `${onSource} sleep 200 ms let m = migrate p to dest wait m wait p`;

describe('the lists of a PMA', () => {
  it('a proc goes to the free list when its process has ended, and is used for the next one [5.3: "proc → free"]', () => {
    const sim = start(script('compute 10 ms', `for i in 1 .. 3 { ${onSource} wait p }`));
    assert.deepEqual(course(sim, 'source'), ['0/0/0', '1/0/0', '0/0/1', '1/0/0', '0/0/1', '1/0/0', '0/0/1']);
    // That of init, and the one that three processes have used.
    assert.equal(sim.world.procs.rows.length, 2);
  });

  it('have as many procs as there were processes at a time', () => {
    const { sim } = run(
      script('for i in 1 .. 4 { fork { compute 500 ms } } for i in 1 .. 4 { wait() }', `${onSource} wait p`),
    );
    assert.equal(lists(sim, 'source'), '0/0/5');
    assert.equal(lists(sim, 'dest'), '0/0/0');
  });

  it('a process that moves: A→G→F at the source [5.5 steps 5 and 16], F→G→A at the destination [steps 9 and 14]', () => {
    const story = script('compute 1 s', `let q = spawn p() on dest wait q ${moves}`);
    assert.deepEqual(course(start(story), 'source'), ['0/0/0', '1/0/0', '0/1/0', '0/0/1']);
    assert.deepEqual(course(start(story), 'dest'), ['0/0/0', '1/0/0', '0/0/1', '0/1/0', '1/0/0', '0/0/1']);
  });

  it('a process that is refused: A→G→A, and nothing is taken from the other free list [step 17]', () => {
    const refuses = DISTRIBUTED.replace('node dest { pma }', 'node dest { pma refuse always }');
    const story = script('compute 1 s', moves);
    assert.deepEqual(course(start(story, refuses), 'source'), ['0/0/0', '1/0/0', '0/1/0', '1/0/0', '0/0/1']);
    assert.deepEqual(course(start(story, refuses), 'dest'), ['0/0/0']);
  });

  it('go with their node; when it boots again they are empty, and no row is lost [P1]', () => {
    const again = 'sleep 3 s reboot source sleep 3 s let r = spawn p() on source wait r';
    const story = `${onSource} wait p let q = spawn p() on source sleep 100 ms crash source ${again} expect q.lost`;
    const { sim } = run(script('compute 1 s', story));
    assert.equal(lists(sim, 'source'), '0/0/1');
    assert.equal(sim.world.procs.rows.length, 2);
  });
});
