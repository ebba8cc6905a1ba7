/**
 * Stories about process groups that nobody is left to continue [POSIX 3.242, exit()], where there is a PM Master on each node: the
 * members and their parents are several masters', who ask one another [mechanisms 5.1, 5.3; paper section 4;
 * docs/decisions/0053-groups-at-several-pm-masters.md]. And if a PM Master fails together with a parent [mechanisms 5.6].
 */
import assert from 'node:assert/strict';
import { masterEntryOf } from '../../simulator/osf1/pm-master/entry.ts';
import { unexplained } from '../swarm/rest.ts';
import { NULL_IMAGE, made, printed, run, type Run } from './lab.ts';

/** The operator and the files have a node of their own. */
const MACHINES = `
  price failure_detection 100 ms
  node home { pma credentials file_server "/" console }
  node source { pma }
  node dest { pma }
  node chief { pma pm_master }
`;
const LOCAL = `cluster lab { process_management local_masters ${MACHINES} }`;
const ONE = `cluster lab { ${MACHINES} }`;

const scripted = (body: string, scenario: string): string => `
  program p() { ${NULL_IMAGE} ${body} }
  scenario "s" on lab { let p = spawn p() on source ${scenario} }
`;

function story(body: string, scenario: string, cluster = LOCAL): Run {
  return run(scripted(body, scenario), cluster);
}

const lines = (body: string, scenario = 'wait p sleep 3 s', cluster = LOCAL): string[] =>
  printed(story(body, scenario, cluster)).sort();

/** What a process says when it is hung up, as often as it is. */
const SAYS = (name: string): string => `on SIGHUP { print("${name} hung up") } on SIGCONT { print("${name} goes on") }`;

describe('a group with members at several PM Masters', () => {
  const twoJobs = (end: string): string => `
    let one = fork { ${SAYS('one')} compute 9 s exit(0) }
    setpgid(one)
    let two = fork on "dest" { ${SAYS('two')} compute 9 s exit(0) }
    setpgid(two, one)
    compute 300 ms
    ${end}
  `;

  it('is hung up as a whole when the only one ends who could continue it: one member is stopped', () => {
    for (const stopped of ['one', 'two']) {
      const said = lines(twoJobs(`kill(${stopped}, SIGSTOP) compute 200 ms exit(0)`));
      assert.deepEqual(said, ['one goes on', 'one hung up', 'two goes on', 'two hung up'], stopped);
    }
  });

  it('is what it is with one PM Master', () => {
    const body = twoJobs('kill(two, SIGSTOP) compute 200 ms exit(0)');
    assert.deepEqual(lines(body), lines(body, 'wait p sleep 3 s', ONE));
  });

  it('is left alone if nobody is stopped', () => {
    assert.deepEqual(lines(twoJobs('exit(0)'), 'wait p sleep 3 s'), []);
  });

  /** Another shell of the session, on another node, has a job in the same group. */
  const twoShells = (rest: string, end: string): string => `
    let one = fork { ${SAYS('one')} compute 9 s exit(0) }
    setpgid(one)
    let shell = fork on "dest" {
      setpgid(getpid())
      fork { setpgid(getpid(), one) ${SAYS('two')} compute 9 s exit(0) }
      ${rest}
    }
    compute 600 ms
    kill(one, SIGSTOP)
    compute 300 ms
    ${end}
  `;

  it('is not orphaned while a member at another PM Master has a parent who can continue it', () => {
    const said = lines(
      twoShells('compute 3 s print("the other shell ends") exit(0)', 'print("a shell ends") exit(0)'),
      'wait p sleep 1 s print("nobody yet") sleep 4 s',
    );
    const hungUp = ['one goes on', 'one hung up', 'two goes on', 'two hung up'];
    assert.deepEqual(said, [
      'a shell ends',
      'nobody yet',
      ...hungUp.slice(0, 2),
      'the other shell ends',
      ...hungUp.slice(2),
    ]);
  });

  it('is hung up once if both shells end at the same moment, or fail with a node', () => {
    const hungUp = ['one goes on', 'one hung up', 'two goes on', 'two hung up'];
    assert.deepEqual(lines(twoShells('pause()', 'kill(shell, SIGKILL) kill(getpid(), SIGKILL)')), hungUp);
    const moved = twoShells('pause()', 'migrate(shell, "chief") migrate(getpid(), "chief") compute 9 s');
    assert.deepEqual(lines(moved, 'at 6 s crash chief sleep 4 s'), hungUp);
  });

  it('is tied by a parent elsewhere that has left the group of its child: its PM Master says so', () => {
    const body = `
      ${SAYS('leader')}
      let shell = fork {
        let c = fork on "dest" { ${SAYS('child')} compute 9 s exit(0) }
        compute 300 ms
        print(setpgid(getpid()))
        kill(c, SIGSTOP)
        compute 300 ms
        exit(0)
      }
      wait shell
      compute 3 s
    `;
    const expected = ['0', 'child goes on', 'child hung up', 'leader goes on', 'leader hung up'];
    assert.deepEqual(lines(body), expected);
    assert.deepEqual(lines(body, 'wait p sleep 3 s', ONE), expected);
  });

  it('reads nothing in the background if it is orphaned, and is stopped if a member elsewhere has a parent who can continue it', () => {
    const reader = (shell: string): string => `
      let tty = open("/dev/tty", read)
      let first = fork {
        setpgid(getpid())
        let job = fork { setpgid(getpid()) compute 2 s print("read ", read(tty, 1 B), " ", errno()) exit(0) }
        setpgid(job)
        fork on "dest" { ${shell} }
        compute 900 ms
      }
      wait first
      compute 4 s
      print("over")
    `;
    assert.deepEqual(lines(reader('setpgid(getpid(), job) compute 9 s')), ['over', 'read -1 EIO']);
    const stopped = story(
      reader('setpgid(getpid()) fork { setpgid(getpid(), job) compute 9 s } compute 9 s'),
      'wait p',
    );
    assert.deepEqual(printed(stopped), ['over']);
    const { rows } = stopped.sim.world.masterEntries;
    // Both were stopped until the other shell has ended.
    assert.equal(rows.filter(({ signal }) => signal === 1).length, 2);
  });
});

describe('a stopped job whose shell is lost together with its node and its PM Master', () => {
  const shell = (job: string, more = ''): string => `
    let job = ${job} { ${more} ${SAYS('job')} compute 9 s exit(0) }
    compute 400 ms
    kill(job, SIGSTOP)
    compute 9 s
  `;
  const lost = 'at 3 s crash source sleep 3 s';

  it('is hung up, as with one PM Master: by its own', () => {
    const body = shell('fork on "dest"', 'setpgid(getpid())');
    for (const cluster of [ONE, LOCAL]) assert.deepEqual(lines(body, lost, cluster), ['job goes on', 'job hung up']);
  });

  it('is hung up by the broker, if its own was that one', () => {
    const body = `
      let job = fork { setpgid(getpid()) ${SAYS('job')} migrate(getpid(), "dest") compute 9 s exit(0) }
      compute 2 s
      kill(job, SIGSTOP)
      compute 9 s
    `;
    const later = 'at 6 s crash source sleep 3 s';
    for (const cluster of [ONE, LOCAL]) assert.deepEqual(lines(body, later, cluster), ['job goes on', 'job hung up']);
  });

  it('is hung up by the next broker, if it was the broker', () => {
    const body = shell('fork on "dest"', 'setpgid(getpid())').replace('let job', 'migrate(getpid(), "chief") let job');
    assert.deepEqual(lines(body, 'at 6 s crash source crash chief sleep 3 s'), ['job goes on', 'job hung up']);
  });

  it('is left as it is if it was in the group of its parent: nobody could continue it before either', () => {
    for (const cluster of [ONE, LOCAL]) {
      const result = story(shell('fork on "dest"'), lost, cluster);
      assert.deepEqual(printed(result), []);
      const { state, parent, stopped } = masterEntryOf(result.sim.world, made(result.sim.world, 2))!;
      assert.deepEqual([state, parent, stopped], ['alive', 1, 19]);
    }
  });

  it('is so also in the group of somebody before its parent', () => {
    const body = `
      let middle = fork on "chief" {
        let c = fork on "dest" { ${SAYS('job')} compute 9 s exit(0) }
        compute 300 ms
        kill(c, SIGSTOP)
        compute 9 s
      }
      compute 9 s
    `;
    for (const cluster of [ONE.replace('chief { pma pm_master }', 'chief { pma } node boss { pm_master }'), LOCAL])
      assert.deepEqual(lines(body, 'at 3 s crash chief sleep 3 s', cluster), []);
  });

  it('with the job that leads it: the rest of the group is hung up if a shell elsewhere is left, which has lost it', () => {
    const body = `
      let job = fork on "dest" {
        setpgid(getpid())
        let c = fork on "home" { ${SAYS('rest')} compute 9 s exit(0) }
        compute 300 ms
        kill(c, SIGSTOP)
        compute 9 s
      }
      let e = waitpid(job)
      print("lost ", e.lost)
      compute 3 s
    `;
    for (const cluster of [ONE, LOCAL]) {
      const said = lines(body, 'at 3 s crash dest wait p', cluster);
      assert.deepEqual(said, ['lost true', 'rest goes on', 'rest hung up']);
    }
  });
});

describe('whichever node fails while a group is looked at', () => {
  const body = `
    let one = fork { compute 3 s exit(0) }
    setpgid(one)
    let two = fork on "dest" { compute 3 s exit(0) }
    setpgid(two, one)
    compute 300 ms
    kill(two, SIGSTOP)
    compute 100 ms
    exit(0)
  `;
  it('everybody who waits has a reason to, and nobody is left stopped who could be told', () => {
    const { notices, sim: plain } = story(body, 'wait p sleep 2 s');
    const end = notices.find(({ notice }) => notice.kind === 'exited' && notice.pid === made(plain.world, 1))!.time;
    for (const node of ['source', 'dest', 'chief']) {
      for (let time = end; time < end + 80e6; time += 20e6) {
        const { sim } = story(body, `at ${time} ns crash ${node} wait p sleep 4 s`);
        assert.deepEqual(unexplained(sim.world), [], `${node} at ${time}`);
      }
    }
  });
});
