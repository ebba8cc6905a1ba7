/**
 * Table 5.6, row by row: what becomes of a process when something fails while it moves. "Up until the task migration, the
 * source node PMA can abandon migration and restart the process. If the destination node crashes after the task migrates, the
 * process dies like any other local process" [paper 3.2]. What is struck here at one moment is struck at every event in
 * test/osf1/crash.
 */
import assert from 'node:assert/strict';
import { select } from '../../simulator/base/table.ts';
import { DEST, PID, SOURCE, migrationOf, phases } from '../migration/story.ts';
import { unexplained } from '../swarm/rest.ts';
import type { Notice } from '../../simulator/engine/api.ts';
import { NULL_IMAGE, printed, run, type Run } from './lab.ts';

/** The operator sits apart, so that the node of the PM Master can fail. */
const CLUSTER = `
cluster lab {
  node master { pma pm_master }
  node source { pma }
  node dest { pma }
  node store { pma credentials file_server "/" console }
  node closed { pma refuse always }
}
`;

interface Story {
  readonly how?: string;
  readonly to?: string;
  /** Done as soon as the migration enters the phase. */
  readonly when?: string;
  readonly then?: string;
  readonly after?: string;
  /** Other processes. */
  readonly others?: string;
  readonly cluster?: string;
}

/** A process that moves, signalled by another one while it is frozen. */
function story({
  how = '',
  to = 'dest',
  when = '',
  then = '',
  after = '',
  others = '',
  cluster = CLUSTER,
}: Story): Run {
  const result = run(
    `
    program worker() {
      ${NULL_IMAGE}
      dirty data[0 .. 0]
      dirty stack[0 .. 0]
      compute 4 s
      touch data[0 .. 0]
      touch stack[0 .. 0]
      print("finished")
    }
    program sender(to: process) {
      ${NULL_IMAGE}
      compute 900 ms
      let answer = kill(to, SIGCHLD)
      if answer == 0 { print("accepted") } else { print("refused") }
    }
    scenario "failing" on lab {
      let p = spawn worker() on source
      let s = spawn sender(p) on store
      ${when === '' ? '' : `on phase ${when} of p { ${then} }`}
      ${others}
      at 900 ms
      let m = migrate p to ${to} ${how}
      wait m
      ${after}
      wait p
      wait s
      print(m.outcome, " ", p.status, " ", p.lost)
    }
  `,
    cluster,
  );
  const { world } = result.sim;
  assert.deepEqual(unexplained(world), []);
  assert.deepEqual(
    select(world.procs, ({ pid }) => pid === PID),
    [],
  );
  return result;
}

/** The last line: outcome of the migration, status, whether it was lost. */
const end = (result: Run): string => printed(result).at(-1)!;

describe('before step 7', () => {
  it('a check fails, D is down: an error to the caller, and the state is as before', () => {
    const result = story({ others: 'crash dest sleep 6 s' });
    assert.match(end(result), /^(failed|refused) 0 false$/);
    assert.deepEqual(phases(result), []);
  });

  it('its task, moved alone before, is lost with another node: it is taken back and ends, and D takes the next one', () => {
    const result = run(
      `
      program worker() { ${NULL_IMAGE} compute 9 s print("finished") }
      scenario "lost in the freeze" on lab {
        let p = spawn worker() on source
        let q = spawn worker() on source
        let alone = migrate p to dest by task
        wait alone
        on phase freeze of p { crash dest }
        let m = migrate p to store
        wait m
        let n = migrate q to store
        wait n
        wait p
        wait q
        print(m.outcome, " ", p.lost, " ", n.outcome, " ", q.status)
      }
    `,
      CLUSTER.replace('node store { pma', 'node store { pma refuse when busy'),
    );
    assert.equal(end(result), 'failed true done 0');
    assert.equal(result.sim.world.migrations.rows[1]?.reason, 'its task is lost');
    assert.deepEqual(unexplained(result.sim.world), []);
  });
});

describe('steps 7 to 9', () => {
  it('Pd refuses: step 17, nothing is lost', () => {
    const result = story({ to: 'closed' });
    assert.deepEqual(printed(result), ['accepted', 'finished', 'refused 0 false']);
    assert.equal(migrationOf(result.sim).step, 17);
  });

  it('D crashes: "the source node PMA can abandon migration and restart the process" (3.2)', () => {
    const result = story({ when: 'detach', then: 'crash dest' });
    assert.deepEqual(printed(result), ['accepted', 'finished', 'failed 0 false']);
    assert.equal(migrationOf(result.sim).step, 17);
  });

  it('D is out of reach: step 17 when that is known', () => {
    const result = story({ when: 'detach', then: 'partition dest from master, source, store' });
    assert.deepEqual(printed(result), ['accepted', 'finished', 'failed 0 false']);
  });
});

describe('steps 9 and 10, before commit', () => {
  it('D crashes: the process goes on at S', () => {
    const result = story({ when: 'install', then: 'crash dest' });
    assert.deepEqual(printed(result), ['accepted', 'finished', 'failed 0 false']);
  });

  it('S crashes: it dies as a normal local process, and nothing of it is left at D', () => {
    const result = story({ when: 'install', then: 'crash source' });
    assert.equal(end(result), 'failed -1 true');
    const { world } = result.sim;
    assert.deepEqual(
      select(world.tasks, ({ pid, node }) => pid === PID && node === DEST),
      [],
    );
  });
});

describe('after commit', () => {
  it('D crashes before step 14: it dies, S does not resume it, and Q is answered ESRCH', () => {
    const result = story({ when: 'attach', then: 'crash dest' });
    assert.deepEqual(printed(result), ['refused', 'failed -1 true']);
  });

  it('D crashes after step 14: it "dies like any other local process" (3.2), and so do the others there', () => {
    const others = 'let q = spawn worker() on dest';
    const result = story({ others, after: 'crash dest wait q expect q.lost' });
    assert.equal(end(result), 'done -1 true');
  });

  it('S crashes: "due to the lazy transfer of virtual memory, the process [...] consequently dies" (3.2), at a fault', () => {
    const result = story({ after: 'crash source' });
    assert.equal(end(result), 'done -1 true');
    assert.ok(!printed(result).includes('finished'));
  });

  describe('when the cluster does not wait for the fault', () => {
    /** From the moment at which the source's failure is noticed to the end of the process, in seconds. */
    function livesOn(setting: string, how = '', at = 'after'): { readonly time_s: number; readonly printed: string[] } {
      const crash = 'crash source';
      const { notices, sim } = run(
        `program worker() { ${NULL_IMAGE} dirty data[0 .. 0] compute 9 s touch data[0 .. 0] print("finished") }
        scenario "lost pages" on lab {
          let p = spawn worker() on source
          ${at === 'after' ? '' : `on phase ${at} of p { ${crash} }`}
          at 900 ms
          let m = migrate p to dest ${how}
          wait m
          ${at === 'after' ? crash : ''}
          wait p
          print(p.status, " ", p.lost)
        }`,
        CLUSTER.replace('{', `{ ${setting}`),
      );
      const when = (is: (n: Notice) => boolean): number => notices.find(({ notice }) => is(notice))!.time;
      const isNoticed = (n: Notice): boolean => n.kind === 'protocol' && n.event === 'node down';
      assert.deepEqual(unexplained(sim.world), []);
      const ended = when((n) => n.kind === 'exited' && n.pid === PID);
      return { time_s: (ended - when(isNoticed)) / 1e9, printed: printed({ notices, sim }) };
    }

    it('S crashes: it dies as soon as that is noticed (5.6, "at once")', () => {
      const { time_s, printed: lines } = livesOn('lost_pages at_once');
      assert.deepEqual(lines, ['-1 true']);
      assert.ok(time_s < 0.1, `${time_s} s`);
      assert.ok(livesOn('lost_pages at_fault').time_s > 1);
    });

    it('S crashes while it is on its way: it dies at the latest when it would run', () => {
      for (const phase of ['attach', 'restart'])
        assert.deepEqual(livesOn('lost_pages at_once', '', phase).printed, ['-1 true']);
    });

    it('S crashes when everything was fetched before: it survives', () => {
      const { printed: lines } = livesOn('lost_pages at_once', 'by process using oms with eager');
      assert.deepEqual(lines, ['finished', '0 false']);
    });
  });

  it('S crashes when everything was fetched before: it survives', () => {
    const result = story({ how: 'by process using oms with eager', after: 'crash source' });
    assert.equal(end(result), 'done 0 false');
  });

  describe('S crashes with requests in Q', () => {
    const how = 'by process using oms with eager';
    const crashed = (cluster = CLUSTER): Run => story({ how, when: 'attach', then: 'crash source', cluster });
    const told = ({ notices }: Run, event: string): string[] =>
      notices.flatMap(({ notice: n }) => (n.kind === 'protocol' && n.event === event ? [`${n.node}: ${n.text}`] : []));

    it('Q is lost: the requester gets a send-once notice instead of an answer, and nobody has executed it', () => {
      const result = crashed();
      assert.deepEqual(told(result, 'request kept'), ['source: vproc.signal for 2']);
      assert.deepEqual(told(result, 'request forwarded'), []);
      const notice = 'store: a send-once right to pma@store.reply was given up';
      assert.equal(told(result, 'send-once').filter((each) => each === notice).length, 1);
      assert.deepEqual(told(result, 'signal'), []);
      // The process has finished before the failure is noticed.
      assert.deepEqual(printed(result), ['finished', 'refused', 'done 0 false']);
    });

    it('who hears of it while the process lives makes the request again, and it is executed once', () => {
      const result = crashed(CLUSTER.replace('{', '{ price failure_detection 400 ms'));
      assert.equal(told(result, 'request kept').length, 1);
      assert.deepEqual(told(result, 'signal'), ['dest: 17 for 2']);
      assert.deepEqual(printed(result), ['accepted', 'finished', 'done 0 false']);
    });
  });
});

describe('step 13', () => {
  it('M is out of reach for a while: Pd waits until it has acknowledged (P3)', () => {
    const result = story({ when: 'restart', then: 'partition master from dest sleep 2 s heal' });
    assert.deepEqual(printed(result), ['accepted', 'finished', 'done 0 false']);
    assert.ok(migrationOf(result.sim).stamps.resumed - migrationOf(result.sim).stamps.moved > 2e9);
  });

  it('M has failed: the process is resumed, though nobody can be told', () => {
    const script = `
      program worker() { ${NULL_IMAGE} compute 4 s print("finished") }
      scenario "alone" on lab {
        let p = spawn worker() on source
        on phase restart of p { crash master }
        at 900 ms
        let m = migrate p to dest
        wait m
        expect m.outcome == "done"
        sleep 10 s
      }
    `;
    const result = run(script, CLUSTER);
    assert.deepEqual(printed(result), ['finished']);
    assert.deepEqual(unexplained(result.sim.world), []);
  });
});

describe('later', () => {
  const late = `
    program late(to: process) {
      ${NULL_IMAGE}
      kill(to, SIGCHLD)
      compute 2500 ms
      if kill(to, SIGCHLD) == 0 { print("late") }
    }
  `;

  function afterwards(then: string): Run {
    return run(
      `${late}
      program worker() { ${NULL_IMAGE} dirty data[0 .. 0] compute 12 s touch data[0 .. 0] print("finished") }
      scenario "later" on lab {
        let p = spawn worker() on source
        let l = spawn late(p) on store
        at 900 ms
        let m = migrate p to dest by process using oms with eager
        wait m
        ${then}
        wait l
        expect p.node == dest
        wait p
        print(p.delivered)
      }`,
      CLUSTER,
    );
  }

  it('a vproc elsewhere is stale: "absent process", the PM Master is asked, and it is tried again', () => {
    const result = afterwards('');
    assert.deepEqual(printed(result), ['late', 'finished', '2']);
  });

  it('the PMA at the source is down: a transport error is treated like "absent process"', () => {
    const result = afterwards('crash source');
    assert.equal(result.sim.world.nodes.rows[SOURCE]!.up, false);
    assert.deepEqual(printed(result), ['late', 'finished', '2']);
  });
});
