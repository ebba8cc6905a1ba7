/**
 * Stories about images that a PMA keeps, where there is a PM Master on each node [paper section 4: "a local PM Master on each
 * node with caching"; docs/decisions/0063-images-are-kept.md]: the next exec asks nobody, and never executes what was changed.
 */
import assert from 'node:assert/strict';
import { select } from '../../simulator/base/table.ts';
import type { Simulation } from '../../simulator/engine/simulation.ts';
import { DISTRIBUTED, LOCAL_MASTERS, NULL_IMAGE, printed, run, runUntilPrinted, start, type Run } from './lab.ts';

const programs = `
  file "/bin/null" owner 100 mode "755"
  file "/bin/other" owner 100 mode "755"
  program null() { ${NULL_IMAGE} exit(7) }
  program other() { ${NULL_IMAGE} exit(8) }`;

const twoExecs = (between: string): string => `
  program shell() {
    ${NULL_IMAGE}
    print(wait(fork { exec null() exit(127) }))
    ${between}
    print(wait(fork { exec null() exit(127) }))
  }`;

/** A shell executes an image twice, and something happens in between. */
function between(what: string, cluster = LOCAL_MASTERS, scenario = ''): Run {
  return run(
    `${programs} ${twoExecs(what)}
     scenario "twice" on lab { let shell = spawn shell() on source ${scenario} wait shell }`,
    cluster,
  );
}

const recalls = ({ notices }: Run): number =>
  notices.filter(({ notice }) => notice.kind === 'protocol' && notice.event === 'image recall').length;

const keptAt = ({ world }: Simulation): number[] => select(world.pmas, () => true).map(({ images }) => images.length);

describe('an image that a PMA keeps', () => {
  it('is executed again without a message to the file server', () => {
    const sim = start(
      `${programs} ${twoExecs('print("again")')}
      scenario "twice" on lab { let shell = spawn shell() on source wait shell }`,
      LOCAL_MASTERS,
    );
    runUntilPrinted(sim, 'again');
    assert.deepEqual(keptAt(sim), [0, 2, 0]);
    const opened = sim.world.fileHandles.rows.length;
    runUntilPrinted(sim, '7');
    assert.equal(sim.world.fileHandles.rows.length, opened);
  });

  it('is kept in this configuration alone: elsewhere every exec asks the file server, as the paper measured', () => {
    const sim = start(
      `${programs} ${twoExecs('print("again")')}
      scenario "twice" on lab { let shell = spawn shell() on source wait shell }`,
      DISTRIBUTED,
    );
    runUntilPrinted(sim, 'again');
    assert.deepEqual(keptAt(sim), [0, 0, 0]);
  });
});

describe('a file that changes is called back from whoever keeps it', () => {
  it('removed: it cannot be executed any more', () => {
    const result = between('print(unlink("/bin/null"))');
    assert.deepEqual(printed(result), ['7', '0', '127']);
    assert.equal(recalls(result), 1);
  });

  it('renamed, by itself or with its directory', () => {
    assert.deepEqual(printed(between('print(rename("/bin/null", "/bin/was"))')), ['7', '0', '127']);
    const moved = between('mkdir("/old") print(rename("/bin", "/old/bin"))');
    assert.deepEqual(printed(moved), ['7', '0', '127']);
    assert.equal(recalls(moved), 2);
  });

  it('replaced by another name: its permissions are those of the other file', () => {
    const result = between('chmod("/bin/other", "0") print(rename("/bin/other", "/bin/null"))');
    assert.deepEqual(printed(result), ['7', '0', '127']);
  });

  it('not executable any more', () => {
    assert.deepEqual(printed(between('print(chmod("/bin/null", "0"))')), ['7', '0', '127']);
  });

  it('written: it is asked for again, and kept again', () => {
    const writes = 'let f = open("/bin/null", write) write(f, "#!") close(f) print("written")';
    const result = between(writes);
    assert.deepEqual(printed(result), ['7', 'written', '7']);
    assert.equal(recalls(result), 1);
    for (const other of ['truncate("/bin/null", 1 KB)', 'ftruncate(open("/bin/null", write), 1 KB)']) {
      assert.equal(recalls(between(other)), 1);
    }
  });

  it('but not if it is only looked at, read, or gets one more name', () => {
    const looks = 'stat("/bin/null") read(open("/bin/null", read), 100 B) link("/bin/null", "/bin/same")';
    assert.equal(recalls(between(looks)), 0);
  });

  it('whoever executes it while that is going on', () => {
    for (const time of [45, 70]) {
      const { sim, notices } = run(
        `${programs}
        program loop() {
          ${NULL_IMAGE}
          let gone = false
          while not gone {
            gone = access("/tmp/gone") == 0
            let status = wait(fork { exec null() exit(127) })
            if gone { print(status) }
          }
        }
        program remover() { ${NULL_IMAGE} compute ${time} ms unlink("/bin/null") close(creat("/tmp/gone")) }
        scenario "removed" on lab {
          let a = spawn loop() on source
          let b = spawn loop() on dest
          sleep 200 ms
          let r = spawn remover() on source
          wait a wait b wait r
        }`,
        LOCAL_MASTERS,
      );
      assert.deepEqual(printed({ sim, notices }), ['127', '127'], `${time} ms`);
    }
  });

  it('a process that moves finds what the PMA there keeps, and neither is forgotten', () => {
    const moves = 'migrate(getpid(), "dest") print(wait(fork { exec null() exit(127) })) print(unlink("/bin/null"))';
    const result = between(moves);
    assert.deepEqual(printed(result), ['7', '7', '0', '127']);
    assert.equal(recalls(result), 2);
  });

  it('a PMA that has failed is not waited for, and one that has come back keeps nothing', () => {
    const { sim } = run(
      `${programs} ${twoExecs('compute 9 s')}
       program remover() { ${NULL_IMAGE} print(unlink("/bin/null")) }
       scenario "failed" on lab {
         let shell = spawn shell() on source
         sleep 1 s crash source sleep 1 s
         let r = spawn remover() on dest wait r
         reboot source sleep 1 s
         let again = spawn null() on source wait again print(again.status)
       }`,
      LOCAL_MASTERS,
    );
    assert.deepEqual(
      sim.world.output.map(({ text }) => text),
      ['7', '0', '127'],
    );
  });

  it('if the file server fails, what it had can be executed no more', () => {
    const cluster = LOCAL_MASTERS.replace('node dest {', 'node dest { file_server "/bin"');
    assert.deepEqual(printed(between('print("lost") compute 8 s', cluster, 'sleep 800 ms crash dest')), [
      '7',
      'lost',
      '127',
    ]);
  });

  it('a PMA keeps sixteen; the one that was executed longest ago goes first', () => {
    const many = Array.from({ length: 18 }, (_, index) => `program p${index}() { ${NULL_IMAGE} exit(0) }`).join('\n');
    const all = Array.from({ length: 18 }, (_, index) => `wait(fork { exec p${index}() })`).join('\n');
    const sim = start(
      `${many} program shell() { ${NULL_IMAGE} ${all} print("all") }
       scenario "many" on lab { let shell = spawn shell() on source wait shell }`,
      LOCAL_MASTERS,
    );
    runUntilPrinted(sim, 'all');
    const { images } = sim.world.pmas.rows[1]!;
    assert.equal(images.length, 16);
    assert.equal(images[0]!.path, '/bin/p2');
    assert.ok(images.every(({ uses, state }) => uses === 0 && state === 'kept'));
  });
});
