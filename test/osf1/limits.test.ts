/**
 * Stories about resource limits: local state of a process that others must respect without asking its PMA [paper 2.2: "user
 * limits, resource usage"; mechanisms 5.1, 5.4; docs/decisions/0057-who-enforces-a-limit.md].
 */
import assert from 'node:assert/strict';
import { select } from '../../simulator/base/table.ts';
import { procOf } from '../../simulator/osf1/proc.ts';
import { SIGKILL, SIGXCPU } from '../../simulator/osf1/signal-numbers.ts';
import { NULL_IMAGE, made, printed, run, runUntilPrinted, start, underEach, type Run } from './lab.ts';

const DEST = 2;

const story = (body: string, scenario = 'wait p', su = 'print("su")'): Run =>
  run(`
    file "/bin/su" owner 0 mode "4755"
    file "/bin/other" owner 200 mode "4755"
    program su() { ${NULL_IMAGE} ${su} }
    program other() { ${NULL_IMAGE} print(getuid(), " ", geteuid(), " ", fork { print("never") }, " ", errno()) }
    program null() { ${NULL_IMAGE} print("null") exit(7) }
    program big() { image text 64 KB data 4 KB bss 4 KB stack 4 KB print("big") }
    program p() { ${NULL_IMAGE} ${body} }
    scenario "s" on lab { let p = spawn p() on source ${scenario} }
  `);

const program = (body: string, su?: string): string[] => printed(story(body, 'wait p', su));

const SHOW = 'fork { let l = getrlimit(RLIMIT_CPU) print(l.soft, " ", l.hard) } wait()';

describe('limits of a process', () => {
  it('are soft and hard: it moves the soft one up to the hard one, and lowers the hard one for good', () => {
    const lines = program(`
      let l = getrlimit(RLIMIT_NOFILE)
      print(l.soft, " ", l.hard, " ", getrlimit(RLIMIT_CPU).soft == RLIM_INFINITY)
      print(setrlimit(RLIMIT_NOFILE, 100, 200), " ", getrlimit(RLIMIT_NOFILE).soft, " ", setrlimit(RLIMIT_NOFILE, 200, 200))
      print(setrlimit(RLIMIT_NOFILE, 100, 201), " ", errno(), " ", setrlimit(RLIMIT_NOFILE, 201, 200), " ", errno())
      print(setrlimit(RLIMIT_NOFILE, -1, 200), " ", errno(), " ", getrlimit(RLIMIT_NOFILE).hard)
    `);
    assert.deepEqual(lines, ['64 4096 true', '0 100 0', '-1 EPERM -1 EINVAL', '-1 EINVAL 200']);
  });

  it('are raised by the superuser alone', () => {
    const su = 'print(geteuid(), " ", setrlimit(RLIMIT_CPU, 5, 50), " ", getrlimit(RLIMIT_CPU).hard)';
    assert.deepEqual(program('setrlimit(RLIMIT_CPU, 5, 10) exec su()', su), ['0 0 50']);
  });

  it('are inherited by fork, here and on another node, kept by exec, and a change is of the caller alone', () => {
    const lines = program(
      `
      setrlimit(RLIMIT_CPU, 20, 30)
      wait(fork { setrlimit(RLIMIT_CPU, 1, 1) })
      ${SHOW}
      wait(fork on "dest" { let l = getrlimit(RLIMIT_CPU) print("there ", l.soft, " ", l.hard) })
      exec su()
    `,
      'let l = getrlimit(RLIMIT_CPU) print("executed ", l.soft, " ", l.hard)',
    );
    assert.deepEqual(lines, ['20 30', 'there 20 30', 'executed 20 30']);
  });

  it('move with it, by process and by task, and what the emulator enforces goes on there', () => {
    for (const by of ['process', 'task']) {
      const result = story(
        'setrlimit(RLIMIT_CPU, 3, 4) setrlimit(RLIMIT_NOFILE, 1, 1) compute 2 s creat("/tmp/a") print(creat("/tmp/b"), " ", errno()) compute 9 s',
        `at 500 ms let m = migrate p to dest by ${by} wait p expect m.outcome == "done" expect p.signal == 24`,
      );
      assert.deepEqual(printed(result), ['-1 EMFILE']);
    }
  });
});

describe('RLIMIT_CPU', () => {
  it('sends SIGXCPU at the soft limit, which ends the process', () => {
    const { sim } = story('setrlimit(RLIMIT_CPU, 1, 3) compute 5 s', 'wait p expect p.signal == 24');
    const used = sim.world.masterEntries.rows[1]!.usage;
    assert.ok(used >= 1e9 && used < 1.1e9, `${used} ns`);
  });

  it('cuts a computation exactly there, sends SIGXCPU once a second to who catches it, and ends it at the hard limit', () => {
    const lines = printed(
      story(
        'on SIGXCPU { print("xcpu ", getrusage().time) } setrlimit(RLIMIT_CPU, 1, 3) compute 9 s print("never")',
        'wait p expect p.signal == 9',
      ),
    );
    assert.deepEqual(lines, ['xcpu 1 s', 'xcpu 2 s']);
  });

  const three = 'for i in 1 .. 2 { thread { compute 9 s } } compute 9 s';

  it('is of all threads together: they are cut short at the same moment, and one of them is told', () => {
    const lines = printed(
      story(
        `on SIGXCPU { print("xcpu ", getrusage().time) } setrlimit(RLIMIT_CPU, 1, 3) ${three}`,
        'wait p expect p.signal == 9',
      ),
    );
    assert.deepEqual(lines, ['xcpu 1 s', 'xcpu 2 s']);
  });

  it('is of all threads together where they are moved to, by process and by task [P7]', () => {
    for (const by of ['process', 'task']) {
      const result = story(
        `on SIGXCPU { print("xcpu ", getrusage().time >= 1 s, " ", getrusage().time < 1020 ms) } setrlimit(RLIMIT_CPU, 1, 2) ${three}`,
        `at 600 ms let m = migrate p to dest by ${by} wait p expect m.outcome == "done" expect p.signal == 9`,
      );
      assert.deepEqual(printed(result), ['xcpu true true']);
      const { usage } = result.sim.world.masterEntries.rows[1]!;
      assert.ok(usage >= 2e9 && usage < 2.05e9, `${usage} ns`);
    }
  });

  it('lets who has less to do than that go on where it was', () => {
    const lines = program(`
      on SIGXCPU { print("xcpu") }
      setrlimit(RLIMIT_CPU, 1, RLIM_INFINITY)
      let before = getrusage().time
      compute 1500 ms
      print(getrusage().time - before)
    `);
    assert.deepEqual(lines, ['xcpu', '1.5 s']);
  });

  it('ends it at once where both are the same, and may be ignored or blocked up to the hard one', () => {
    const ended = (body: string, signal: number): void =>
      void story(body, `wait p expect p.signal == ${String(signal)}`);
    ended('setrlimit(RLIMIT_CPU, 1, 1) on SIGXCPU { print("never") } compute 5 s', SIGKILL);
    ended('setrlimit(RLIMIT_CPU, 1, 2) signal(SIGXCPU, SIG_IGN) compute 5 s', SIGKILL);
    ended('setrlimit(RLIMIT_CPU, 1, 2) sigprocmask(SIG_BLOCK, all_signals) compute 5 s', SIGKILL);
    ended(
      'setrlimit(RLIMIT_CPU, 1, 9) sigprocmask(SIG_BLOCK, all_signals) compute 3 s sigprocmask(SIG_UNBLOCK, all_signals)',
      SIGXCPU,
    );
  });

  it('counts what servers do for it, and does not count children, which begin anew', () => {
    const { sim } = story(
      'setrlimit(RLIMIT_CPU, 1, 2) while true { wait(fork { compute 500 ms }) }',
      'wait p expect p.signal == 24',
    );
    const statuses = sim.world.masterEntries.rows.slice(2).map(({ signal }) => signal);
    assert.ok(statuses.length > 10 && statuses.every((signal) => signal === 0));
  });

  it('counts the processor time of all nodes: a process that is moved has what is left [P7]', () => {
    const lines = program(`
      on SIGXCPU { print("xcpu ", getrusage().time, " ", getrusage().here < 1 s) }
      setrlimit(RLIMIT_CPU, 2, RLIM_INFINITY)
      compute 1500 ms
      migrate(getpid(), "dest")
      compute 1 s
    `);
    assert.deepEqual(lines, ['xcpu 2 s true']);
  });

  it('is noticed by a process that is moved in the middle of the last computation before it', () => {
    const result = story(
      'on SIGXCPU { print("xcpu ", getrusage().time) } setrlimit(RLIMIT_CPU, 2, 9) compute 2500 ms print("end")',
      'at 1 s let m = migrate p to dest wait p expect m.outcome == "done" expect p.status == 0',
    );
    assert.deepEqual(printed(result), ['xcpu 2 s', 'end']);
  });

  it('has a destination refuse who is beyond it: "an exceeded resource usage limit" [3.2 (c)], and nothing has changed [P9]', () => {
    const result = story(
      'on SIGXCPU { print("xcpu") } setrlimit(RLIMIT_CPU, 1, 9) compute 1 s let f = creat("/tmp/f") sleep 2 s print(migrate(getpid(), "dest"), " ", errno()) compute 500 ms print(write(f, "here"))',
      'at 2 s let m = migrate p to dest wait m expect m.outcome == "refused" expect m.reason == "the process has exceeded its limit of processor time" expect p.node == source wait p expect p.status == 0 expect p.migrations == 0',
    );
    assert.deepEqual(printed(result), ['xcpu', '-1 EAGAIN', '4']);
  });

  it('keeps a whole migration group where it is, if a member is beyond it', () => {
    const lines = program(`
      join_migration_group(5)
      let over = fork { signal(SIGXCPU, SIG_IGN) setrlimit(RLIMIT_CPU, 1, 9) compute 1 s sleep 5 s }
      sleep 2 s
      print(migrate(getpid(), "dest"), " ", errno(), " ", process_info(getpid()).migrations)
      wait(over)
    `);
    assert.deepEqual(lines, ['-1 EAGAIN 0']);
  });
});

describe('RLIMIT_NOFILE', () => {
  it('is how many descriptors there are, whatever they are of; a lower one closes nothing', () => {
    const lines = program(`
      let a = creat("/tmp/a") let b = creat("/tmp/b") let c = creat("/tmp/c")
      print(setrlimit(RLIMIT_NOFILE, 2, 4), " ", write(c, "c"))
      print(open("/tmp/a", read), " ", errno(), " ", dup(a), " ", dup2(a, 2), " ", errno(), " ", socket(), " ", errno())
      close(a)
      print(pipe().read, " ", errno(), " ", open("/tmp/a", read))
      setrlimit(RLIMIT_NOFILE, 4, 4)
      print(pipe().read, " ", errno(), " ", dup(b))
    `);
    assert.deepEqual(lines, ['0 1', '-1 EMFILE -1 -1 EBADF -1 EMFILE', '-1 EMFILE 0', '-1 EMFILE 3']);
  });

  it('dup2 says EBADF of what can be no descriptor, and changes nothing; dup says EMFILE [POSIX, dup]', () => {
    const lines = program(`
      let a = creat("/tmp/a") let b = dup(a)
      setrlimit(RLIMIT_NOFILE, 3, 3)
      print(dup2(a, 3), " ", errno(), " ", dup2(a, -1), " ", errno(), " ", dup2(a, 4096), " ", errno())
      print(dup2(a, 2), " ", dup2(a, a), " ", dup(b), " ", errno(), " ", write(b, "b"))
    `);
    assert.deepEqual(lines, ['-1 EBADF -1 EBADF -1 EBADF', '2 0 -1 EMFILE 1']);
  });

  it('lets a process have more than 64', () => {
    const lines = program(`
      setrlimit(RLIMIT_NOFILE, 100, 4096)
      let f = creat("/tmp/f")
      for i in 1 .. 99 { dup(f) }
      print(dup(f), " ", errno(), " ", dup2(f, 99))
    `);
    assert.deepEqual(lines, ['-1 EMFILE 99']);
  });
});

describe('RLIMIT_AS', () => {
  it('has exec fail with ENOMEM before anything of the old program is gone', () => {
    const lines = program(`
      let x = 5
      setrlimit(RLIMIT_AS, 32768, 65536)
      wait(fork { exec big() print(errno(), " ", x) dirty bss[0] print(wait(fork { exec null() })) })
      setrlimit(RLIMIT_AS, RLIM_INFINITY, RLIM_INFINITY)
      print(errno())
    `);
    assert.deepEqual(lines, ['ENOMEM 5', 'null', '7', 'EPERM']);
  });
});

describe('RLIMIT_AS, of mappings', () => {
  it('counts them with the memory of the program: mmap fails with ENOMEM, munmap makes room', () => {
    const lines = program(`
      let f = open("/tmp/f", read | write | create)
      write(f, "mapped")
      setrlimit(RLIMIT_AS, 24576, 24576)
      let a = mmap(f, 8 KB, PROT_READ, MAP_SHARED)
      print(a, " ", mmap(f, 4 KB, PROT_READ, MAP_SHARED), " ", errno(), " ", munmap(a), " ", mmap(f, 4 KB, PROT_READ, MAP_SHARED))
    `);
    assert.match(lines[0]!, /^\d.* -1 ENOMEM 0 \d/);
  });
});

underEach(['distributed', 'local_masters'], () => {
  describe('RLIMIT_NPROC', () => {
    it('is how many processes the user has on all nodes, as the credentials servers know them: fork fails with EAGAIN', () => {
      const { sim } = story(`
        setrlimit(RLIMIT_NPROC, 3, 3)
        let a = fork { compute 5 s }
        let b = fork on "dest" { compute 5 s }
        print(fork { print("never") }, " ", errno())
        print(fork on "dest" { print("never") }, " ", errno())
        kill(a, SIGKILL)
        wait(a)
        print(fork { sleep 1 s exit(7) } > 0)
        kill(b, SIGKILL)
        wait(b)
        print(wait(), " ", wait())
      `);
      assert.deepEqual(printed({ sim, notices: [] }), ['-1 EAGAIN', '-1 EAGAIN', 'true', '7 -1']);
      assert.deepEqual(
        select(sim.world.credentials, ({ uid }) => uid === 100).flatMap(({ holders }) => holders),
        [],
      );
      const entries = sim.world.masterEntries.rows.slice(1);
      assert.ok(
        entries.every(({ state }) => state === 'reaped'),
        "a pid that was given out for nothing is nobody's",
      );
    });

    it('counts who has moved, and forgets who was lost with a node', () => {
      const lines = printed(
        story(
          `
          setrlimit(RLIMIT_NPROC, 2, 2)
          let a = fork { compute 20 s }
          print(migrate(a, "dest"), " ", fork { print("never") }, " ", errno())
          print(waitpid(a).lost)
          print(fork { exit(0) } > 0)
          wait()
        `,
          'sleep 4 s crash dest wait p',
        ),
      );
      assert.deepEqual(lines, ['0 -1 EAGAIN', 'true', 'true']);
    });

    it("counts by the real user: an image that acts as another one is still the caller's, and the superuser has no limit", () => {
      const lines = program(
        'setrlimit(RLIMIT_NPROC, 2, 2) wait(fork { exec other() }) exec su()',
        'print(fork { wait(fork { print("child") }) } > 0) wait()',
      );
      assert.deepEqual(lines, ['100 200 -1 EAGAIN', 'true', 'child']);
    });
  });
});

describe('limits in the state', () => {
  it('are in the proc at the destination, and nothing is left at the source [P6]', () => {
    const sim = start(`
      program p() { ${NULL_IMAGE} setrlimit(RLIMIT_CPU, 5, 6) migrate(getpid(), "dest") print("there") compute 1 s }
      scenario "s" on lab { let p = spawn p() on source wait p }
    `);
    runUntilPrinted(sim, 'there');
    assert.deepEqual(procOf(sim.world, DEST, made(sim.world, 1))?.limits.cpu, { soft: 5, hard: 6 });
    assert.equal(procOf(sim.world, 1, made(sim.world, 1)), null);
  });
});
