/**
 * Stories about processes that are made on another node than their parent's: Table 1's third row, fork and exec `on` a node,
 * and the policy that chooses one [mechanisms 5.3, 7.3].
 */
import assert from 'node:assert/strict';
import { procOf } from '../../simulator/osf1/proc.ts';
import { masterEntryOf } from '../../simulator/osf1/pm-master/entry.ts';
import { NULL_IMAGE, printed, run, runUntilPrinted, start, timeOf } from './lab.ts';

const [SOURCE, DEST] = [1, 2];

const remote = (from: string, to: string): string => `
program null() { ${NULL_IMAGE} exit(0) }
program shell() {
  ${NULL_IMAGE}
  let first = wait(fork on "${to}" { exec null() })
  print("begin")
  let status = wait(fork on "${to}" { exec null() })
  print("end")
}
scenario "null process creation" on lab { let shell = spawn shell() on ${from} wait shell }
`;

describe('null process creation on another node (Table 1)', () => {
  it('takes 750 ms, within 5 %', () => {
    const result = run(remote('source', 'dest'));
    const took = (timeOf(result, 'end') - timeOf(result, 'begin')) / 1e6;
    assert.ok(Math.abs(took - 750) <= 750 * 0.05, `${took} ms`);
  });
});

const program = (body: string, scenario = ''): string[] =>
  printed(
    run(`
      program null(n: int) { ${NULL_IMAGE} print("null ", n) exit(n) }
      program p() { ${NULL_IMAGE} ${body} }
      scenario "s" on lab { let p = spawn p() on source ${scenario} wait p expect p.status == 0 }
    `),
  );

describe('fork on a node', () => {
  it('makes a child of the caller there, with its variables, its open files and their positions', () => {
    const { sim } = run(`
      program p() {
        ${NULL_IMAGE}
        let f = creat("/tmp/f")
        let x = 5
        write(f, "parent ")
        let child = fork on "dest" { x = 6 print(x, " ", getppid() != 1) write(f, "child ") compute 1 s exit(3) }
        print(x, " ", getpid() != child)
        compute 500 ms
        write(f, "parent")
        print(stat("/tmp/f").size, " ", waitpid(child).status)
      }
      scenario "s" on lab { let p = spawn p() on source wait p expect p.status == 0 }
    `);
    assert.deepEqual(printed({ sim, notices: [] }), ['6 true', '5 true', '19 bytes 3']);
    assert.equal(masterEntryOf(sim.world, 3)!.migrations, 0);
  });

  it('leaves nothing of the child with the PMA of its parent [P6]', () => {
    const sim = start(`
      program p() { ${NULL_IMAGE} let c = fork on "dest" { compute 5 s } print("made") compute 5 s }
      scenario "s" on lab { let p = spawn p() on source wait p }
    `);
    runUntilPrinted(sim, 'made');
    assert.equal(procOf(sim.world, SOURCE, 3), null);
    assert.notEqual(procOf(sim.world, DEST, 3), null);
  });

  it('is in the family: group, signals, wait, also when the parent or the child moves afterwards', () => {
    const lines = program(`
      let a = fork on "dest" { compute 20 s }
      print(getpgid(a) == getpgid(), " ", kill(a, SIGSTOP), " ", waitpid(a, WUNTRACED).stopped)
      kill(a, SIGCONT)
      print(migrate(getpid(), "dest"), " ", migrate(a, "source"))
      print(kill(a, SIGTERM), " ", waitpid(a).signal)
    `);
    assert.deepEqual(lines, ['true 0 19', '0 0', '0 15']);
  });

  it('fails where there is no PMA, and on a node that is down', () => {
    const lines = program(
      `
      print(fork on "bare" { print("never") }, " ", errno())
      compute 2 s
      print(fork on "dest" { print("never") }, " ", errno(), " ", wait(), " ", errno())
    `,
      'at 500 ms crash dest',
    );
    assert.deepEqual(lines, ['-1 EHOSTDOWN', '-1 EHOSTDOWN -1 ECHILD']);
  });
});

describe('exec on a node', () => {
  it('moves the process there first', () => {
    const { sim } = run(`
      program null() { ${NULL_IMAGE} compute 100 ms exit(4) }
      program p() { ${NULL_IMAGE} print(wait(fork { exec null() on "dest" })) }
      scenario "s" on lab { let p = spawn p() on source wait p }
    `);
    assert.deepEqual(printed({ sim, notices: [] }), ['4']);
    assert.deepEqual([masterEntryOf(sim.world, 3)!.migrations, masterEntryOf(sim.world, 3)!.node], [1, DEST]);
  });

  it('comes back if it may not go', () => {
    assert.deepEqual(program('wait(fork { disallow_migration() exec null(1) on "dest" print(errno()) })'), ['EPERM']);
  });
});

describe('the placement policy', () => {
  it('chooses the node with the fewest processes', () => {
    const lines = program(`
      let where = least_loaded()
      print(where)
      let a = fork on where { compute 20 s }
      print(least_loaded())
      kill(a, SIGKILL)
    `);
    assert.deepEqual(lines, ['dest', 'master']);
  });
});
