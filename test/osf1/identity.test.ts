/**
 * Stories about who a process is and what it may do: its users are local state of the process, their entries the credentials
 * server's [paper 2.2, mechanisms 5.1, 5.4]; files have an owner and a mode; an image may be set-uid.
 */
import assert from 'node:assert/strict';
import { select } from '../../simulator/base/table.ts';
import { NULL_IMAGE, printed, run, type Run } from './lab.ts';

function story(programs: string, scenario = 'wait p'): Run {
  return run(`
    file "/bin/su" owner 0 mode "4755"
    file "/secret" size 10 B owner 0 mode "600"
    file "/bin/locked" owner 0 mode "700"
    program locked() { ${NULL_IMAGE} print("executed") }
    ${programs}
    scenario "s" on lab { let p = spawn p() on source ${scenario} }
  `);
}

const program = (body: string, su = 'print("su")'): string[] =>
  printed(story(`program su(a: process) { ${NULL_IMAGE} ${su} } program p() { ${NULL_IMAGE} ${body} }`));

describe('a process', () => {
  it('has a real and an effective user, and may become nobody else', () => {
    const lines = program(`
      print(getuid(), " ", geteuid(), " ", setuid(100), " ", setuid(0), " ", errno(), " ", seteuid(7), " ", errno())
    `);
    assert.deepEqual(lines, ['100 100 0 -1 EPERM -1 EPERM']);
  });

  it('acts as the owner of a set-uid image, may stop doing so and come back, and for the superuser it is for good', () => {
    const lines = program(
      'exec su(getpid())',
      `
      print(getuid(), " ", geteuid())
      print(seteuid(100), " ", geteuid(), " ", seteuid(0), " ", geteuid())
      wait(fork { print(setuid(200), " ", getuid(), " ", geteuid(), " ", seteuid(0), " ", errno()) })
      print(geteuid())
    `,
    );
    assert.deepEqual(lines, ['100 0', '0 100 0 0', '0 200 200 -1 EPERM', '0']);
  });

  it('has an entry at the credentials server for its effective user, and keeps no right to another', () => {
    const { sim } = story(
      `program su() { ${NULL_IMAGE} setuid(200) compute 2 s } program p() { ${NULL_IMAGE} exec su() }`,
      'sleep 1 s expect p.alive let m = migrate p to dest wait m expect p.migrations == 1 expect residual(p, source).pma == 0 wait p',
    );
    assert.deepEqual(
      select(sim.world.credentials, () => true).map(({ uid, holders }) => [uid, ...holders.map(({ pid }) => pid)]),
      [[0, 1], [100], [200]],
    );
  });

  it('is the same users where it has moved', () => {
    const lines = program(
      'exec su(getpid())',
      `
      seteuid(100)
      migrate(getpid(), "dest")
      print(getuid(), " ", geteuid(), " ", seteuid(0), " ", geteuid(), " ", open("/secret", read) >= 0)
    `,
    );
    assert.deepEqual(lines, ['100 100 0 0 true']);
  });
});

describe('a signal', () => {
  it('may be sent by the superuser, and by who is the real or saved user of the other', () => {
    const lines = program(
      `
      let child = fork { compute 5 s }
      let other = fork { exec su(child) }
      compute 500 ms
      print("kill ", kill(other, SIGCONT), " ", errno(), " ", kill(child, SIGCONT))
      wait other
      print(waitpid(child).signal)
    `,
      'setuid(200) compute 1 s print(kill(a, SIGTERM), " ", errno())',
    );
    assert.deepEqual(lines, ['kill -1 EPERM 0', '-1 EPERM', '0']);
    const set = program(
      `
      let child = fork { compute 5 s }
      wait(fork { exec su(child) })
      print(waitpid(child).signal)
    `,
      'print(kill(a, SIGTERM))',
    );
    assert.deepEqual(set, ['0', '15']);
  });
});

describe('a file', () => {
  it('is opened, changed and executed as its mode lets', () => {
    const lines = program(`
      print(open("/secret", read), " ", errno(), " ", chmod("/secret", "666"), " ", errno())
      let f = creat("/tmp/f")
      print(stat("/tmp/f").owner, " ", stat("/tmp/f").mode)
      print(umask("077"), " ", stat("/tmp/f").mode, " ", creat("/tmp/g", "604") >= 0, " ", stat("/tmp/g").mode)
      print(chmod("/tmp/f", "400"), " ", open("/tmp/f", read) >= 0, " ", open("/tmp/f", write), " ", errno())
      print(chown("/tmp/f", 0), " ", errno())
      print(mkdir("/tmp/d", "500"), " ", creat("/tmp/d/x"), " ", errno(), " ", unlink("/tmp/d/x"), " ", errno())
      print(rename("/tmp/g", "/tmp/d/g"), " ", errno())
      wait(fork { exec locked() print(errno()) })
    `);
    assert.deepEqual(lines, [
      '-1 EACCES -1 EPERM',
      '100 644',
      '022 644 true 600',
      '0 true -1 EACCES',
      '-1 EPERM',
      '0 -1 EACCES -1 EACCES',
      '-1 EACCES',
      'EACCES',
    ]);
  });

  it('is open to the superuser, who may give it away', () => {
    const lines = program(
      'exec su(getpid())',
      `
      print(open("/secret", read) >= 0, " ", chown("/secret", 100), " ", stat("/secret").owner)
      seteuid(100)
      print(open("/secret", read | write) >= 0)
    `,
    );
    assert.deepEqual(lines, ['true 0 100', 'true']);
  });
});

describe('a child that has called exec', () => {
  it('is moved into a group by its parent no more: EACCES, wherever it is', () => {
    const lines = program(
      `
      let a = fork { exec su(getpid()) }
      let b = fork { migrate(getpid(), "dest") exec su(getpid()) }
      let c = fork { compute 3 s }
      compute 2 s
      print(setpgid(a), " ", errno(), " ", setpgid(b), " ", errno(), " ", setpgid(c))
    `,
      'compute 5 s',
    );
    assert.deepEqual(lines, ['-1 EACCES -1 EACCES 0']);
  });
});
