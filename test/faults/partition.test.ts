/**
 * Stories about a network that breaks in two, and heals [docs/decisions/0052-a-partition-that-heals.md].
 *
 * If it heals before anybody has noticed nothing was lost and nothing is done twice. If it lasts longer the side without the
 * PM Master has stopped when the other one takes it to be down, so no process is ever in two places (P1).
 */
import assert from 'node:assert/strict';
import { inspect, step } from '../../simulator/engine/simulation.ts';
import { DEST, PID, SOURCE, migrationOf, phases } from '../migration/story.ts';
import { NULL_IMAGE, printed, run, start } from '../osf1/lab.ts';
import { unexplained } from '../swarm/rest.ts';

const LINES = 12;

/** A process that writes lines to a file elsewhere while it is moved; the network breaks at a time, and heals after a while. */
function broken(from: string, at: string, lasts: string, steps = ''): string {
  return `
    file "/log" on master size 0 KB
    program writer() {
      ${NULL_IMAGE}
      dirty data[0 .. 0]
      let log = open("/log", write)
      for i in 1 .. ${LINES} { compute 200 ms write(log, "line;") }
      touch data[0 .. 0]
      let again = open("/log", read)
      print("wrote ", read(again, 1 KB))
    }
    scenario "broken" on lab {
      let p = spawn writer() on source
      at 500 ms
      let m = migrate p to dest
      at ${at}
      partition ${from}
      sleep ${lasts}
      heal
      ${steps}
      wait m
      wait p
      print(m.outcome, " ", p.status)
    }
  `;
}

function comesToRest(script: string): ReturnType<typeof run> {
  const result = run(script);
  assert.deepEqual(unexplained(result.sim.world), []);
  const { world } = result.sim;
  assert.deepEqual([world.cuts.length, world.held.length], [0, 0]);
  return result;
}

describe('a network that breaks and heals before anybody has noticed', () => {
  for (const from of [
    'source from dest',
    'dest from master, source',
    'source from master',
    'source, dest from master',
  ]) {
    for (const at of ['510 ms', '1700 ms', '1985 ms']) {
      it(`loses nothing and does nothing twice: ${from} at ${at}`, () => {
        const result = comesToRest(broken(from, at, '3 s'));
        assert.deepEqual(printed(result), [`wrote ${LINES * 5}`, 'done 0']);
        assert.deepEqual(phases(result), ['freeze', 'detach', 'install', 'attach', 'restart', 'cleanup']);
      });
    }
  }

  it('delays what is sent across until it heals, in order', () => {
    const script = broken('source from dest', '900 ms', '3 s');
    const result = comesToRest(script);
    const moved = migrationOf(result.sim).stamps.moved / 1e6;
    assert.ok(moved > 3900, `moved at ${moved} ms`);
  });
});

describe('a network that is broken for so long that nodes are taken to be down', () => {
  for (const at of ['510 ms', '900 ms', '1400 ms']) {
    it(`the destination is cut off before commit, at ${at}: the process goes on at the source`, () => {
      const result = comesToRest(broken('dest from master, source', at, '30 s'));
      assert.deepEqual(printed(result), [`wrote ${LINES * 5}`, 'failed 0']);
    });
  }

  it('the destination is cut off after commit: the process dies, and the source does not resume it', () => {
    const result = comesToRest(broken('dest from master, source', '1700 ms', '30 s'));
    assert.deepEqual(printed(result), ['failed -1']);
  });

  it('the source is cut off before commit: the process dies with it, once the others take it to be down', () => {
    const result = comesToRest(broken('source from master, dest', '900 ms', '30 s'));
    assert.deepEqual(printed(result), ['failed -1']);
  });

  it('only the two are cut off from each other: the later one stops, and the process goes on', () => {
    const result = comesToRest(broken('source from dest', '900 ms', '30 s'));
    assert.deepEqual(printed(result), [`wrote ${LINES * 5}`, 'failed 0']);
    assert.equal(result.sim.world.nodes.rows[DEST]!.incarnation, 2);
    assert.equal(result.sim.world.nodes.rows[SOURCE]!.incarnation, 1);
  });

  it('and never heals: the run comes to rest all the same', () => {
    const script = broken('dest from master, source', '900 ms', '30 s').replace('\n      heal', '');
    const result = run(script);
    assert.deepEqual(printed(result), [`wrote ${LINES * 5}`, 'failed 0']);
    assert.deepEqual(unexplained(result.sim.world), []);
  });

  it('at heal nodes that have stopped boot again, and take in who moves', () => {
    const more = `
      sleep 1 s
      expect up(dest)
      let q = spawn writer() on source
      sleep 500 ms
      let n = migrate q to dest
      wait q
      expect n.outcome == "done" and q.node == dest and q.status == 0
    `;
    comesToRest(broken('dest from master, source', '900 ms', '30 s', more));
  });

  it('has its process in no two places at any moment (P1)', () => {
    for (const from of ['dest from master, source', 'source from master, dest', 'source, dest from master']) {
      for (const at of ['900 ms', '1700 ms', '1990 ms']) {
        const sim = start(broken(from, at, '30 s'));
        while (step(sim)) {
          const running = sim.world.tasks.rows.filter(
            ({ live, pid, suspendCount, node }) =>
              live && pid === PID && suspendCount === 0 && sim.world.nodes.rows[node]!.up,
          );
          assert.ok(running.length <= 1, `${from} at ${at}: it runs on ${running.length} nodes`);
        }
      }
    }
  });

  it('shows which nodes are out of reach', () => {
    const sim = start(broken('dest from master, source', '900 ms', '30 s'));
    while (sim.world.cuts.length < 2) assert.ok(step(sim));
    const unreachable = inspect(sim).nodes.map((node) => node.unreachable);
    assert.deepEqual(unreachable.slice(0, 3), [['dest'], ['dest'], ['master', 'source']]);
  });
});

describe('where there is a PM Master on each node', () => {
  const CLUSTER = (broker: string): string => `
    cluster lab {
      process_management local_masters
      price failure_detection 100 ms
      node master { pma credentials file_server "/" console ${broker === 'master' ? 'pm_master' : ''} }
      node source { pma ${broker === 'source' ? 'pm_master' : ''} }
      node dest { pma ${broker === 'dest' ? 'pm_master' : ''} }
      node other { pma }
    }
  `;

  function story(broker: string, body: string, scenario: string): ReturnType<typeof run> {
    const script = `
      program p() { ${NULL_IMAGE} ${body} }
      scenario "cut off" on lab { let p = spawn p() on source ${scenario} }
    `;
    const result = run(script, CLUSTER(broker));
    assert.deepEqual(unexplained(result.sim.world), []);
    return result;
  }

  const CUT = 'partition source from master, dest, other';

  it('who was created on the side that stops, and lives on the other one, goes on, and is waited for [5.6]', () => {
    const body = 'migrate(getpid(), "dest") compute 1 s let c = fork { exit(4) } print(wait(c)) exit(5)';
    for (const heals of ['sleep 30 ms heal', 'sleep 1 s heal']) {
      const result = story('master', body, `at 2 s ${CUT} ${heals} wait p print(p.status)`);
      assert.deepEqual(printed(result), ['4', '5'], heals);
    }
  });

  it('whoever waits for a process of the side that stops is told that it is lost', () => {
    const body = 'let c = fork on "dest" { compute 2 s exit(3) } compute 6 s print(wait(c))';
    const stopped = story('master', body, `at 3 s ${CUT} sleep 1 s heal wait p print(p.status, " ", p.lost)`);
    assert.deepEqual(printed(stopped), ['-1 true']);
    const healed = story('master', body, `at 3 s ${CUT} sleep 50 ms heal wait p print(p.status, " ", p.lost)`);
    assert.deepEqual(printed(healed), ['3', '0 false']);
  });

  it('the side of the broker goes on, wherever that is', () => {
    const { sim } = story('source', 'compute 6 s exit(6)', `at 2 s ${CUT.replace(', other', '')} sleep 1 s`);
    const up = sim.world.nodes.rows.filter((node) => node.up).map(({ name }) => name);
    assert.deepEqual(up, ['source', 'other']);
    const next = story('dest', 'compute 6 s exit(6)', `at 1 s crash dest at 2 s ${CUT} sleep 1 s print(p.lost)`);
    assert.deepEqual(printed(next), ['true']);
  });

  it('who is being installed when its source stops, with its PM Master, ends: nobody waits for it for ever', () => {
    for (const time of [800, 1100, 1400]) {
      const body = 'dirty data[0 .. 0] compute 500 ms migrate(getpid(), "dest") compute 1 s exit(5)';
      const result = story('master', body, `at ${time} ms ${CUT} sleep 1 s heal wait p print(p.status == 5 or p.lost)`);
      assert.deepEqual(printed(result), ['true']);
    }
  });
});
