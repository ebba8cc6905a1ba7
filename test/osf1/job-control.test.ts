/**
 * Stories about job control: the terminal of a session and who is in its foreground are relations, which the PM Master keeps
 * [mechanisms 5.1, 5.4]; what POSIX owes to the background, to orphaned groups and to those whom a session leader leaves.
 */
import assert from 'node:assert/strict';
import { masterEntryOf } from '../../simulator/osf1/pm-master/entry.ts';
import { LOCAL_MASTERS, NULL_IMAGE, printed, run } from './lab.ts';

function program(body: string, scenario = 'wait p expect p.status == 0'): string[] {
  return printed(
    run(`
      program p() { ${NULL_IMAGE} ${body} }
      scenario "s" on lab { let p = spawn p() on source ${scenario} }
    `),
  );
}

describe('the terminal of a session', () => {
  it('is had by its leader when it opens /dev/tty, and then by all of the session', () => {
    const lines = program(`
      wait(fork { print(open("/dev/tty", read), " ", errno()) })
      let tty = open("/dev/tty", read | write)
      print(tty >= 0, " ", tcgetpgrp(tty) == getpid())
      wait(fork { print(open("/dev/tty", read) >= 0) setsid() print(open("/dev/tty", read) >= 0, " ", tcgetpgrp(tty) == getpid()) })
      let file = creat("/tmp/f")
      print(tcgetpgrp(file), " ", errno())
    `);
    assert.deepEqual(lines, ['-1 ENXIO', 'true true', 'true', 'true true', '-1 ENOTTY']);
  });

  it('is given to a group of the session only', () => {
    const lines = program(`
      let tty = open("/dev/tty", read | write)
      let a = fork { compute 1 s }
      let b = fork { setsid() compute 1 s }
      compute 300 ms
      setpgid(a)
      print(tcsetpgrp(tty, a), " ", tcgetpgrp(tty) == a)
      wait a
      wait b
    `);
    assert.deepEqual(lines, ['0 true']);
    const refused = program(`
      let tty = open("/dev/tty", read | write)
      let b = fork { setsid() compute 1 s }
      compute 300 ms
      print(tcsetpgrp(tty, b), " ", errno())
      wait b
    `);
    assert.deepEqual(refused, ['-1 EPERM']);
  });
});

describe('a group in the background', () => {
  const shell = (before: string, where: string): string => `
    let tty = open("/dev/tty", read | write)
    let job = fork {
      setpgid(getpid())
      ${before}
      print("read ", read(tty, 10 B))
      exit(7)
    }
    setpgid(job)
    let e = waitpid(job, WUNTRACED)
    print(e.pid == job, " ", e.stopped)
    ${where}
    tcsetpgrp(tty, job)
    killpg(job, SIGCONT)
    print(waitpid(job).status)
  `;

  it('is stopped by SIGTTIN when it reads, and reads when it has been put into the foreground', () => {
    assert.deepEqual(program(shell('', '')), ['true 21', 'read 0', '7']);
  });

  it('is so also on another node, and when the shell moves meanwhile', () => {
    assert.deepEqual(program(shell('migrate(getpid(), "dest")', '')), ['true 21', 'read 0', '7']);
    assert.deepEqual(program(shell('', 'migrate(getpid(), "dest")')), ['true 21', 'read 0', '7']);
  });

  it('is so when it is moved while it is stopped: the state of a process is what it was [paper 3.2 (d)]', () => {
    assert.deepEqual(program(shell('', 'print(migrate(job, "dest"))')), ['true 21', '0', 'read 0', '7']);
  });

  it('is stopped by SIGTTOU when it would put itself into the foreground', () => {
    const lines = program(`
      let tty = open("/dev/tty", read | write)
      let job = fork { setpgid(getpid()) print(tcsetpgrp(tty, getpid())) }
      print(waitpid(job, WUNTRACED).stopped)
      tcsetpgrp(tty, job)
      killpg(job, SIGCONT)
      print(waitpid(job).status)
    `);
    assert.deepEqual(lines, ['22', '0', '0']);
  });

  it('that ignores SIGTTIN or SIGTTOU is not stopped: it reads nothing, and may take the terminal', () => {
    const lines = program(`
      let tty = open("/dev/tty", read | write)
      wait(fork {
        setpgid(getpid())
        signal(SIGTTIN, SIG_IGN)
        signal(SIGTTOU, SIG_IGN)
        print(read(tty, 1 B), " ", errno(), " ", tcsetpgrp(tty, getpid()), " ", read(tty, 1 B))
      })
    `);
    assert.deepEqual(lines, ['-1 EIO 0 0']);
  });

  it('may write: nobody has set TOSTOP', () => {
    const lines = program(`
      let tty = open("/dev/tty", read | write)
      wait(fork { setpgid(getpid()) print(write(tty, "from the background")) })
    `);
    assert.deepEqual(lines, ['19']);
  });
});

describe('who is left behind', () => {
  it('in an orphaned group with a stopped member gets SIGHUP and SIGCONT', () => {
    const { sim } = run(`
      program p() {
        ${NULL_IMAGE}
        wait(fork {
          let job = fork { setpgid(getpid()) compute 20 s }
          compute 300 ms
          kill(job, SIGSTOP)
          waitpid(job, WUNTRACED)
        })
      }
      scenario "s" on lab { let p = spawn p() on source wait p sleep 1 s }
    `);
    const { state, signal } = masterEntryOf(sim.world, 4)!;
    assert.deepEqual({ state, signal }, { state: 'reaped', signal: 1 });
  });

  it('in an orphaned group that runs is left alone', () => {
    const lines = program(
      `
      wait(fork { fork { setpgid(getpid()) compute 2 s print("finished") } compute 300 ms })
    `,
      'wait p sleep 5 s',
    );
    assert.deepEqual(lines, ['finished']);
  });

  it('in the foreground when the leader of the session ends gets SIGHUP, wherever it is', () => {
    const lines = program(
      `
      let tty = open("/dev/tty", read)
      fork { migrate(getpid(), "dest") compute 20 s print("never") }
      fork { setpgid(getpid()) compute 3 s print("in the background") }
      compute 2 s
    `,
      'wait p sleep 10 s',
    );
    assert.deepEqual(lines, ['in the background']);
  });

  it('reads nothing from a terminal that is not its group’s: EIO, for nobody could continue it', () => {
    const lines = program(
      `
      let tty = open("/dev/tty", read)
      wait(fork {
        fork { setpgid(getpid()) compute 1 s print(read(tty, 1 B), " ", errno()) }
        compute 300 ms
      })
      compute 3 s
    `,
    );
    assert.deepEqual(lines, ['-1 EIO']);
  });
});

describe('a session with members at several PM Masters', () => {
  const lines = (body: string, scenario = 'wait p expect p.status == 0'): string[] =>
    printed(
      run(
        `program p() { ${NULL_IMAGE} ${body} } scenario "s" on lab { let p = spawn p() on source ${scenario} }`,
        LOCAL_MASTERS,
      ),
    );

  it('has one terminal: who was created elsewhere finds it, and may be put into its foreground', () => {
    const found = lines(`
      let tty = open("/dev/tty", read | write)
      let leader = getpid()
      let c = fork on "dest" {
        print(open("/dev/tty", read) >= 0, " ", tcgetpgrp(tty) == leader)
        compute 1 s
        print(tcgetpgrp(tty) == getpid(), " ", read(tty, 10 B))
      }
      compute 400 ms
      print(setpgid(c), " ", tcsetpgrp(tty, c))
      wait c
    `);
    assert.deepEqual(found, ['true true', '0 0', 'true 0']);
  });

  it('is hung up with its leader, wherever they are', () => {
    const ended = lines(
      `open("/dev/tty", read | write)
       let c = fork on "dest" { on SIGHUP { print("hung up") exit(3) } compute 9 s print("not hung up") }
       compute 2 s print(c > 0) exit(0)`,
      'wait p sleep 2 s',
    );
    assert.deepEqual(ended, ['true', 'hung up']);
  });
});
