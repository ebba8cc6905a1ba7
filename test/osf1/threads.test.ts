/**
 * Stories about processes with several threads [issue 4: "multi-threaded processes"; docs/decisions/0061-threads-of-a-process.md].
 * They share memory, descriptors and emulator; "a system call ... is handled by a separate thread" of the PMA [paper 2.2], so each
 * may be in a call of its own.
 */
import assert from 'node:assert/strict';
import { NULL_IMAGE, printed, run, type Run } from './lab.ts';
import { unexplained } from '../swarm/rest.ts';

function play(body: string, scenario = 'expect p.status == 0', more = ''): Run {
  const result = run(`${more} program p() { ${NULL_IMAGE} ${body} }
    scenario "s" on lab { let p = spawn p() on source wait p ${scenario} sleep 1 s }`);
  assert.deepEqual(unexplained(result.sim.world), []);
  return result;
}

const output = (body: string, scenario?: string, more?: string): string[] => printed(play(body, scenario, more));

describe('a thread of a process', () => {
  it('has a copy of the variables; what it counts on is common to all', () => {
    const lines = output(`count n let x = 1
      thread a { x = x + 1 n = n + 1 print("a ", x, " ", n, " ", pthread_self()) }
      wait a
      thread b { x = x + 10 n = n + 1 print("b ", x, " ", n, " ", pthread_self()) }
      pthread_join(b)
      print("main ", x, " ", n, " ", pthread_self())`);
    assert.deepEqual(lines, ['a 2 1 2', 'b 11 2 3', 'main 1 2 1']);
  });

  it('is in a call of its own: one waits for a child, one for a pipe, one sleeps', () => {
    const lines = output(`let q = pipe() let c = fork { sleep 3 s exit(7) }
      thread a { print("child ", wait(c)) }
      thread b { print("pipe ", read(q.read, 4 B)) }
      thread d { sleep 1 s print("slept") write(q.write, "four") }
      pthread_join() print("all")`);
    assert.deepEqual(lines, ['slept', 'pipe 4', 'child 7', 'all']);
  });

  it('has an errno of its own', () => {
    const lines = output(
      `kill(getppid(), SIGKILL) thread a { print("'", errno(), "'") chdir("/nowhere") print(errno()) } wait a print(errno())`,
    );
    assert.deepEqual(lines, ["''", 'ENOENT', 'EPERM']);
  });

  it('ends with its process: at the end of main, or when any of them calls exit', () => {
    assert.deepEqual(output(`thread a { compute 9 s print("late") } sleep 1 s print("main")`), ['main']);
    assert.deepEqual(output(`thread a { sleep 1 s exit(4) } compute 9 s print("late")`, 'expect p.status == 4'), []);
    assert.deepEqual(output(`thread a { sleep 1 s exit(4) } print(wait()) pause()`, 'expect p.status == 4'), ['-1']);
  });

  it('may be joined after it has ended, but not by itself, and not before it was made', () => {
    const lines = output(`thread a { } sleep 1 s print(pthread_join(a))
      let me = pthread_self() print(pthread_join(me), " ", errno())`);
    assert.deepEqual(lines, ['0', '-1 EDEADLK']);
  });

  it('races with the others for memory, the same way each time', () => {
    const body = `count n
      for i in 1 .. 3 { thread { for j in 1 .. 20 { n = n + 1 } } }
      pthread_join() print(n)`;
    const [first] = output(body);
    assert.deepEqual(output(body), [first]);
    assert.ok(Number(first) >= 20 && Number(first) <= 60);
  });

  it('is not copied by fork: the child has one thread, that which has called', () => {
    const lines = output(`count n
      thread a { while true { compute 50 ms n = n + 1 } }
      thread b { sleep 500 ms let c = fork { sleep 2 s print("child ", pthread_self(), " ", pthread_join()) exit(3) } print(wait(c)) exit(0) }
      pause()`);
    assert.deepEqual(lines, ['child 1 0', '3']);
  });

  it('shares the descriptors: reads of one file by several do not overlap', () => {
    const lines = output(
      `count total let f = open("/f", read)
      thread a { let n = read(f, 8 KB) while n > 0 B { total = total + 1 n = read(f, 8 KB) } }
      thread b { let n = read(f, 8 KB) while n > 0 B { total = total + 1 n = read(f, 8 KB) } }
      pthread_join() print(total, " ", lseek(f, 0 B, SEEK_CUR))`,
      undefined,
      'file "/f" on master size 80 KB',
    );
    assert.deepEqual(lines, ['10 81920']);
  });

  it('may close what another one reads, doubles or selects: EBADF, and nothing is left behind', () => {
    for (const call of [
      'read(q.read, 4 B)',
      'dup(q.read)',
      'select(fd_set(q.read), fd_set(), 2 s).count',
      'fstat(q.read).size',
    ]) {
      play(`let q = pipe()
        thread a { for i in 1 .. 5 { let r = ${call} } }
        thread b { for i in 1 .. 5 { compute 3 ms close(q.read) close(q.write) q = pipe() } close(q.read) close(q.write) }
        wait b exit(0)`);
    }
  });

  it('says where it stops: stop and continue are for all of them', () => {
    const lines = printed(
      run(`program p() { ${NULL_IMAGE}
        thread a { compute 2 s print("a") } thread b { sleep 2 s print("b") } compute 1 s print("main") pthread_join() }
        scenario "s" on lab { let p = spawn p() on source at 500 ms kill(p, SIGSTOP) at 8 s expect p.alive print("on") kill(p, SIGCONT) wait p }`),
    );
    assert.equal(lines[0], 'on');
    assert.deepEqual([...lines].sort(), ['a', 'b', 'main', 'on']);
  });
});

describe('exec in a process with several threads', () => {
  const other = `program other(x: int) { ${NULL_IMAGE} print("other ", x, " ", pthread_self(), " ", pthread_join()) }`;
  const threads = `let q = pipe() let c = fork { sleep 9 s exit(7) }
    thread { wait(c) print("late") } thread { read(q.read, 4 B) print("late") } thread { compute 9 s print("late") } thread { sleep 3 s print("late") }
    sleep 1 s`;

  it('ends the others, whatever they are in, when main calls it', () => {
    assert.deepEqual(output(`${threads} exec other(5)`, undefined, other), ['other 5 1 0']);
  });

  it('ends main and the others when another thread calls it: the new program has the main thread', () => {
    assert.deepEqual(output(`${threads} thread { exec other(6) } pause()`, undefined, other), ['other 6 1 0']);
    assert.deepEqual(output(`${threads} thread { exec other(7) } wait(c)`, undefined, other), ['other 7 1 0']);
    assert.deepEqual(output(`${threads} thread { exec other(8) } read(q.read, 4 B)`, undefined, other), [
      'other 8 1 0',
    ]);
  });

  it('leaves no wait of theirs behind: the new program waits for the child', () => {
    const waiter = `program other() { ${NULL_IMAGE} print(wait()) }`;
    const lines = output(
      `let c = fork { sleep 3 s exit(7) } thread { wait() } sleep 1 s exec other()`,
      undefined,
      waiter,
    );
    assert.deepEqual(lines, ['7']);
  });

  it('lets all of them go on if it fails', () => {
    const lines = output(
      `seteuid(0) let q = pipe()
      thread a { print("read ", read(q.read, 4 B)) }
      thread b { sleep 2 s print("slept") }
      sleep 1 s chmod("/bin/other", "000") exec other(1) print(errno()) write(q.write, "four") pthread_join()`,
      undefined,
      `file "/bin/other" on master size 16 KB owner 7 mode "000" program other(x: int) { ${NULL_IMAGE} }`,
    );
    assert.deepEqual(lines, ['EACCES', 'read 4', 'slept']);
  });

  it('of two threads: one program is executed', () => {
    const lines = output(`thread { exec other(1) } thread { exec other(2) } pause()`, undefined, other);
    assert.equal(lines.length, 1);
  });
});

describe('a signal for a process with several threads', () => {
  it("is the main thread's if it does not block it", () => {
    const lines = output(`on SIGUSR1 { print("in ", pthread_self()) }
      thread a { sleep 2 s print("a") } sleep 500 ms kill(getpid(), SIGUSR1) print("main") wait a`);
    assert.deepEqual(lines, ['in 1', 'main', 'a']);
  });

  it("is the oldest other one's if main blocks it, whatever that is in", () => {
    for (const call of [
      'compute 9 s',
      'sleep 9 s',
      'pause()',
      'wait(c)',
      'read(q.read, 4 B)',
      'select(fd_set(q.read), fd_set(), 9 s)',
    ]) {
      const lines = output(`let q = pipe() let c = fork { sleep 8 s }
        on SIGUSR1 { print("in ", pthread_self()) exit(0) }
        thread a { ${call} print("late") } thread b { sleep 3 s print("late") }
        sigprocmask(SIG_BLOCK, SIGUSR1) sleep 1 s kill(getpid(), SIGUSR1) pause()`);
      assert.deepEqual(lines, ['in 2'], call);
    }
  });

  it('stays pending while all of them block it, and is whose is the first to let it in', () => {
    const lines = output(`on SIGUSR1 { print("in ", pthread_self()) }
      sigprocmask(SIG_BLOCK, SIGUSR1)
      thread a { sleep 4 s print("a") }
      thread b { sleep 1 s print(sigismember(sigpending(), SIGUSR1)) sigprocmask(SIG_UNBLOCK, SIGUSR1) print("b") }
      kill(getpid(), SIGUSR1) pthread_join()`);
    assert.deepEqual(lines, ['true', 'in 3', 'b', 'a']);
  });

  it('goes to another thread while the first is in its handler', () => {
    const lines = output(`on SIGUSR1 { print("in ", pthread_self()) sleep 2 s }
      thread a { sleep 5 s print("a") }
      thread k { sleep 500 ms kill(getpid(), SIGUSR1) sleep 500 ms kill(getpid(), SIGUSR1) }
      pthread_join()`);
    assert.deepEqual(lines, ['in 1', 'in 2', 'a']);
  });

  it("is another one's if its thread ends before it has taken it", () => {
    const lines = output(`on SIGUSR1 { print("in ", pthread_self()) }
      sigprocmask(SIG_BLOCK, SIGUSR1)
      thread a { sigprocmask(SIG_UNBLOCK, SIGUSR1) sigprocmask(SIG_BLOCK, SIGUSR1) }
      thread b { sigprocmask(SIG_UNBLOCK, SIGUSR1) sleep 5 s }
      for i in 1 .. 8 { kill(getpid(), SIGUSR1) } pthread_join() print("end")`);
    assert.ok(lines.length >= 2 && lines.at(-1) === 'end', lines.join());
  });

  it('lets a thread wait on for another after the handler: pthread_join never fails with EINTR', () => {
    const lines = output(`on SIGUSR1 { print("in ", pthread_self()) }
      thread a { sleep 3 s } sleep 500 ms let c = fork { kill(getppid(), SIGUSR1) } print(pthread_join(a)) wait(c)`);
    assert.deepEqual(lines, ['in 1', '0']);
  });

  it('ends all of them if nobody catches it, and not if all block it', () => {
    output(`thread a { sleep 9 s } sleep 1 s kill(getpid(), SIGTERM) sleep 9 s`, 'expect p.signal == 15');
    const lines = output(
      `sigprocmask(SIG_BLOCK, SIGTERM) thread a { sleep 2 s print("a") } kill(getpid(), SIGTERM) wait a`,
    );
    assert.deepEqual(lines, ['a']);
  });

  it('ends the sigsuspend of the thread whose it is, and no other', () => {
    const lines = output(`on SIGUSR1 { print("in ", pthread_self()) } on SIGUSR2 { print("two in ", pthread_self()) }
      sigprocmask(SIG_BLOCK, SIGUSR1 | SIGUSR2)
      thread a { sigsuspend(SIGUSR2) print("a ", errno()) } thread b { sigsuspend(SIGUSR1) print("b ", errno()) }
      sleep 1 s kill(getpid(), SIGUSR2) sleep 1 s kill(getpid(), SIGUSR1) pthread_join()`);
    assert.deepEqual(lines, ['two in 3', 'b EINTR', 'in 2', 'a EINTR']);
  });
});

describe('a thread that sleeps', () => {
  it('is not woken by the end of a sleep of one that was before it, however often that has slept', () => {
    // The first thread sleeps 201 times, and a signal ends its last sleep, which would have gone on until the second one is in its 73rd.
    const lines = output(`on SIGUSR1 { } sigprocmask(SIG_BLOCK, SIGUSR1)
      thread a { for i in 1 .. 200 { sleep 1 ms } sigprocmask(SIG_UNBLOCK, SIGUSR1) print(sleep(50 s) > 0 s) }
      sleep 5 s kill(getpid(), SIGUSR1) wait a
      thread b { for i in 1 .. 72 { sleep 1 ms } sleep 100 s print("slept") }
      thread c { sleep 99 s print("not yet") }
      wait b wait c`);
    assert.deepEqual(lines, ['true', 'not yet', 'slept']);
  });
});
