/**
 * Stories about what a process says of its signals: caught, ignored, blocked, pending [mechanisms 5.3, POSIX].
 */
import assert from 'node:assert/strict';
import { NULL_IMAGE, printed, run } from './lab.ts';

const story = (program: string, scenario: string): string[] =>
  printed(
    run(
      `program p() { ${NULL_IMAGE} ${program} } scenario "s" on lab { let p = spawn p() on source ${scenario} wait p }`,
    ),
  );

describe('a signal that a process catches', () => {
  it('runs its handler in the middle of a computation, which goes on afterwards, with the same variables', () => {
    const lines = story(
      'let n = 0 on SIGUSR1 { n = n + 1 print("handler ", n) } compute 2 s print("done ", n)',
      'at 500 ms kill(p, SIGUSR1) at 1 s kill(p, SIGUSR1) wait p expect p.status == 0 and now in 2.2 s .. 2.6 s',
    );
    assert.deepEqual(lines, ['handler 1', 'handler 2', 'done 2']);
  });

  it('ends a call that waits with EINTR', () => {
    const lines = story(
      'on SIGUSR1 { print("handler") } let s = wait(fork { compute 2 s exit(3) }) print(s, " ", errno()) print(wait())',
      'at 1 s kill(p, SIGUSR1)',
    );
    assert.deepEqual(lines, ['handler', '-1 EINTR', '3']);
  });

  it('has the call made again if its action says so', () => {
    const lines = story(
      'on SIGUSR1 restart { print("handler") } let s = wait(fork { compute 2 s exit(3) }) print(s, " ", errno())',
      'at 1 s kill(p, SIGUSR1)',
    );
    assert.deepEqual(lines, ['handler', '3 ']);
  });
});

describe('the mask of a process', () => {
  it('keeps a signal pending, one of a kind, until it is let in', () => {
    const lines = story(
      `let n = 0
      on SIGUSR1 { n = n + 1 }
      sigprocmask(SIG_BLOCK, SIGUSR1 | SIGTERM)
      kill(getpid(), SIGUSR1) kill(getpid(), SIGUSR1)
      print(n, " ", sigismember(sigpending(), SIGUSR1), " ", sigismember(sigpending(), SIGUSR2))
      sigprocmask(SIG_UNBLOCK, SIGUSR1)
      print(n, " ", sigpending() == no_signals)`,
      '',
    );
    assert.deepEqual(lines, ['0 true false', '1 true']);
  });

  it('holds default actions off, too, but not SIGKILL', () => {
    story(
      'sigprocmask(SIG_SETMASK, all_signals) compute 2 s sigprocmask(SIG_SETMASK, no_signals) compute 9 s',
      'at 500 ms kill(p, SIGTERM) at 1 s expect p.alive wait p expect p.signal == 15 and now > 2 s',
    );
    story('sigprocmask(SIG_SETMASK, all_signals) compute 9 s', 'at 500 ms kill(p, SIGKILL) wait p expect now < 1 s');
  });

  it('has the signal of a handler, and what the handler asks for, while it runs', () => {
    const lines = story(
      `on SIGUSR2 { print("second") }
      on SIGUSR1 mask SIGUSR2 { kill(getpid(), SIGUSR1) kill(getpid(), SIGUSR2) print("first") if now > 1 s { signal(SIGUSR1, SIG_IGN) } compute 1 s }
      kill(getpid(), SIGUSR1)
      print("end")`,
      '',
    );
    assert.deepEqual(lines, ['first', 'first', 'second', 'end']);
  });

  it('is another one for the time of sigsuspend, which ends when a handler has run', () => {
    const lines = story(
      `on SIGUSR1 { print("handler") }
      sigprocmask(SIG_BLOCK, SIGUSR1)
      kill(getpid(), SIGUSR1)
      print(sigsuspend(no_signals), " ", errno())
      print(sigismember(sigprocmask(SIG_BLOCK, no_signals), SIGUSR1))
      sigprocmask(SIG_UNBLOCK, SIGUSR1)
      print(pause())`,
      'at 2 s kill(p, SIGUSR1)',
    );
    assert.deepEqual(lines, ['handler', '-1 EINTR', 'true', 'handler', '-1']);
  });

  it('is inherited by fork with the handlers, not the pending signals; exec keeps it, and forgets handlers', () => {
    const lines = printed(
      run(`
      program other() {
        ${NULL_IMAGE}
        print(sigismember(sigprocmask(SIG_BLOCK, no_signals), SIGUSR2))
        kill(getpid(), SIGUSR1)
      }
      program p() {
        ${NULL_IMAGE}
        on SIGUSR1 { print("handler") }
        sigprocmask(SIG_BLOCK, SIGUSR2)
        kill(getpid(), SIGUSR2)
        let c = fork { kill(getpid(), SIGUSR1) print(sigpending() == no_signals) exec other() }
        print(waitpid(c).signal)
      }
      scenario "s" on lab { let p = spawn p() on source wait p }`),
    );
    assert.deepEqual(lines, ['handler', 'true', 'true', '10']);
  });
});

describe('what a process does with signals by default', () => {
  it('is what POSIX says', () => {
    for (const [signal, number] of Object.entries({ SIGUSR1: 10, SIGPIPE: 13, SIGALRM: 14, SIGHUP: 1 })) {
      story('compute 9 s', `at 500 ms kill(p, ${signal}) wait p expect p.signal == ${number}`);
    }
    story('compute 1 s', 'at 500 ms kill(p, SIGCHLD) kill(p, SIGCONT) wait p expect p.status == 0');
    story('signal(SIGTERM, SIG_IGN) compute 1 s', 'at 500 ms kill(p, SIGTERM) wait p expect p.status == 0');
    assert.deepEqual(story('print(signal(SIGKILL, SIG_IGN), " ", errno())', ''), ['-1 EINVAL']);
  });

  it('waits while it is stopped, but for SIGKILL', () => {
    story(
      'on SIGUSR1 { print("handler") } compute 1 s',
      `at 500 ms kill(p, SIGSTOP) kill(p, SIGUSR1) kill(p, SIGTERM)
      at 2 s expect p.alive kill(p, SIGCONT) wait p expect p.signal == 15`,
    );
    story('compute 1 s', 'at 500 ms kill(p, SIGSTOP) at 1 s kill(p, SIGKILL) wait p expect p.signal == 9');
  });

  it('leaves SIGCHLD to who asks for it: at the exit of a child, when it stops, when it goes on', () => {
    const lines = story(
      `let n = 0
      on SIGCHLD { n = n + 1 }
      let c = fork { compute 1 s }
      sleep(500 ms)
      kill(c, SIGSTOP) sleep(500 ms) kill(c, SIGCONT) while n < 3 { pause() }
      print(n, " ", wait(c))`,
      '',
    );
    assert.deepEqual(lines, ['3 0']);
  });

  it('is SIGPIPE for a write that nobody reads, and EPIPE for who survives it', () => {
    story('let q = pipe() close(q.read) write(q.write, "x") print("never")', 'wait p expect p.signal == 13');
    const lines = story(
      'on SIGPIPE { print("handler") } let q = pipe() close(q.read) print(write(q.write, "x"), " ", errno())',
      '',
    );
    assert.deepEqual(lines, ['handler', '-1 EPIPE']);
  });
});

describe('the timer of a process', () => {
  it('raises SIGALRM once, or again and again, and says what was left', () => {
    const lines = story(
      `let n = 0
      on SIGALRM { n = n + 1 }
      print(alarm(10 s) == 0 s)
      print(alarm(1 s) > 9.9 s)
      compute 2 s
      setitimer(300 ms, 500 ms)
      compute 2 s
      print(setitimer(0 s, 0 s) <= 500 ms)
      compute 1 s
      print(n)`,
      '',
    );
    assert.deepEqual(lines, ['true', 'true', 'true', '5']);
  });

  it('ends a sleep, which says what is left; nothing is left of one that is over', () => {
    const lines = story(
      'on SIGALRM restart { print("handler") } alarm(1 s) let left = sleep(3 s) print(left in 1.9 s .. 2 s, " ", sleep(1 s) == 0 s)',
      'wait p expect now in 2 s .. 2.6 s',
    );
    assert.deepEqual(lines, ['handler', 'true true']);
  });

  it('is kept by exec, and is not inherited', () => {
    const lines = printed(
      run(`
      program other() { ${NULL_IMAGE} compute 5 s }
      program p() {
        ${NULL_IMAGE}
        alarm(2 s)
        let c = fork { print(alarm(0 s) == 0 s) }
        wait c
        exec other()
      }
      scenario "s" on lab { let p = spawn p() on source wait p expect p.signal == 14 and now < 3 s }`),
    );
    assert.deepEqual(lines, ['true']);
  });

  for (const [where, node, at] of [
    ['moved', 'dest', '1.2 s'],
    ['refused', 'full', '1.2 s'],
  ] as const) {
    it(`expires when it should although the process is ${where} meanwhile [P9]`, () => {
      const cluster = `cluster lab { machine i386_25 network ethernet_10
        node master { pma pm_master credentials file_server "/" } node source { pma } node dest { pma } node full { pma refuse always } }`;
      const result = run(
        `program p() { ${NULL_IMAGE} on SIGALRM { print("alarm") } alarm(4 s) pause() print(now < 4.5 s) }
        scenario "s" on lab { let p = spawn p() on source at ${at} let m = migrate p to ${node} restarting calls wait p }`,
        cluster,
      );
      assert.deepEqual(printed(result), ['alarm', 'true']);
    });
  }
});
