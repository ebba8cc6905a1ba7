/**
 * init and the only credentials server fail, and come back with their node [mechanisms 5.1, 5.6; paper 2.2;
 * docs/decisions/0050-the-pm-master-comes-back.md]: what goes on without them, what is known again, and what is lost.
 */
import assert from 'node:assert/strict';
import { masterEntryOf } from '../../simulator/osf1/pm-master/entry.ts';
import { procOf } from '../../simulator/osf1/proc.ts';
import { NULL_IMAGE, made, printed, run, runUntilPrinted, start, type Run } from './lab.ts';

/** init is on `home`, the credentials server on `keeper`; the operator and the files fail with neither. */
const CLUSTER = `
cluster lab {
  price failure_detection 200 ms
  node home { pma }
  node source { pma }
  node dest { pma }
  node chief { pm_master file_server "/" console }
  node keeper { credentials }
}
`;

const story = (body: string, scenario: string, cluster = CLUSTER): Run =>
  run(
    `program p() { ${NULL_IMAGE} ${body} }
     scenario "a server fails" on lab { let p = spawn p() on source ${scenario} wait p expect p.status == 0 }`,
    cluster,
  );

const alive = ({ sim: { world } }: Run): number[] =>
  world.masterEntries.rows.filter(({ state }) => state === 'alive').map(({ pid }) => pid);

describe('init', () => {
  const orphan = 'fork { compute 3 s exit(6) } compute 1 s';

  it('comes back with its node, and waits for those who became its children and ended meanwhile', () => {
    const result = story(orphan, 'at 1 s crash home at 6 s reboot home wait p sleep 8 s');
    const child = masterEntryOf(result.sim.world, made(result.sim.world, 2))!;
    assert.deepEqual([child.parent, child.state, child.status], [1, 'reaped', 6]);
    assert.deepEqual(alive(result), [1]);
    assert.equal(masterEntryOf(result.sim.world, 1)!.lost, false);
  });

  it('comes back before they end', () => {
    const result = story(orphan, 'at 1 s crash home at 1500 ms reboot home wait p sleep 8 s');
    assert.equal(masterEntryOf(result.sim.world, made(result.sim.world, 2))!.state, 'reaped');
  });

  it('while its node is down nobody hangs: getppid says 1, a kill of it fails, who ends stays a zombie', () => {
    const result = story(
      'let c = fork { compute 1 s print(getppid()) } compute 3 s print(kill(1, SIGUSR1), " ", errno()) print(wait(c))',
      'at 500 ms crash home wait p sleep 3 s',
    );
    assert.equal(printed(result).length, 3);
    assert.equal(printed(result).at(-1), '0');
    assert.equal(masterEntryOf(result.sim.world, made(result.sim.world, 1))!.state, 'zombie');
  });

  it('comes back with the PM Master, the credentials server and its PMA, if they were on one node', () => {
    const cluster = CLUSTER.replace('home { pma }', 'home { pma pm_master credentials }')
      .replace('chief { pm_master', 'chief {')
      .replace('node keeper { credentials }', '');
    const result = story(`${orphan} compute 9 s`, 'at 2 s crash home at 3 s reboot home wait p sleep 8 s', cluster);
    assert.deepEqual(alive(result), [1]);
    assert.notEqual(procOf(result.sim.world, 0, 1), null);
  });

  it('where there is a PM Master on each node the others tell it of their orphans', () => {
    const cluster = CLUSTER.replace('{', '{ process_management local_masters')
      .replace('home { pma }', 'home { pma pm_master }')
      .replace('chief { pm_master', 'chief { pma')
      .replace('node keeper { credentials }', 'node keeper { credentials }');
    const result = story(orphan, 'at 1 s crash home at 6 s reboot home wait p sleep 8 s', cluster);
    const child = masterEntryOf(result.sim.world, made(result.sim.world, 2))!;
    assert.deepEqual([child.parent, child.state, child.status], [1, 'reaped', 6]);
  });
});

describe('the only credentials server', () => {
  const failing = 'at 1 s crash keeper at 5 s reboot keeper';

  it('while it is down processes are made and end, and a change of user fails with EAGAIN; then it is as before', () => {
    const result = run(
      `file "/bin/p" on chief owner 0 mode "4755"
       program p() { ${NULL_IMAGE}
         compute 2 s
         print(wait(fork { exit(5) }), " ", getuid(), " ", geteuid(), " ", seteuid(100), " ", errno(), " ", geteuid())
         compute 6 s
         print(wait(fork { exit(3) }), " ", seteuid(100), " ", geteuid(), " ", seteuid(0), " ", geteuid()) }
       scenario "s" on lab { let p = spawn p() on source ${failing} wait p expect p.status == 0 }`,
      CLUSTER,
    );
    assert.deepEqual(printed(result), ['5 100 0 -1 EAGAIN 0', '3 0 100 0 0']);
  });

  it('does not keep waiting who asks it when it fails: the call under way fails, too', () => {
    const result = run(
      `file "/bin/p" on chief owner 0 mode "4755"
       program p() { ${NULL_IMAGE} let a = 0
         while a == 0 { a = seteuid(100) if a == 0 { a = seteuid(0) } }
         print(a, " ", errno()) }
       scenario "s" on lab { let p = spawn p() on source at 1 s crash keeper wait p expect p.status == 0 }`,
      CLUSTER,
    );
    assert.deepEqual(printed(result), ['-1 EAGAIN']);
  });

  it('knows again who everybody is, also who was made while it was down: a limit of processes holds', () => {
    const result = story(
      `compute 2 s
       let c = fork { compute 20 s }
       compute 6 s
       setrlimit(RLIMIT_NPROC, 3, 3)
       let d = fork { compute 20 s }
       print(d != -1)
       print(fork { exit(0) } == -1, " ", errno())
       kill(c, SIGKILL) wait(c) wait(fork { exit(0) }) kill(d, SIGKILL) wait(d)`,
      failing,
    );
    assert.deepEqual(printed(result), ['true', 'true EAGAIN']);
  });

  it('is told of everybody, wherever they are, and of nobody twice', () => {
    const sim = start(
      `program p() { ${NULL_IMAGE} compute 9 s }
       scenario "s" on lab {
         let p = spawn p() on source let q = spawn p() on dest
         ${failing} let m = migrate p to home sleep 3 s print("back") wait p wait q }`,
      CLUSTER,
    );
    runUntilPrinted(sim, 'back');
    const { world } = sim;
    const holders = world.credentials.rows.filter(({ live }) => live).flatMap((each) => each.holders);
    const pids = holders.map(({ pid }) => pid).sort((a, b) => a - b);
    assert.deepEqual(pids, [1, made(world, 1), made(world, 2)]);
    assert.equal(holders.find(({ pid }) => pid === made(world, 1))!.node, 0);
  });

  it('whatever was going on when it failed or came back: everybody ends, and nobody is left in an entry', () => {
    for (const time of [300, 420, 540, 660]) {
      const result = story(
        'for i in 1 .. 6 { wait(fork { wait(fork { exit(2) }) exit(1) }) } compute 1 s',
        `at ${time} ms crash keeper sleep ${time} ms reboot keeper wait p sleep 2 s`,
      );
      const left = result.sim.world.credentials.rows.filter(({ live }) => live).flatMap((each) => each.holders);
      assert.deepEqual(
        left.map(({ pid }) => pid),
        [1],
        `${time} ms`,
      );
    }
  });
});
