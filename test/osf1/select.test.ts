/**
 * Stories about select: one wait for several descriptors, at whichever servers they are. The answers come to a port of the task
 * and move with it, so a process may be moved in the middle like in any call at a server that is not its PMA [mechanisms 5.3,
 * 5.5; paper 3: "using pipes, signals, etc. does not prevent a process from being migrated"].
 */
import assert from 'node:assert/strict';
import { unexplained } from '../swarm/rest.ts';
import { NULL_IMAGE, printed, run, timeOf } from './lab.ts';
import { everywhere, nothingLeft, play, program } from './streams.ts';

describe('a set of descriptors', () => {
  it('is a value: put in, taken out, looked for, compared', () => {
    const lines = program(`
      let f = creat("/tmp/a")
      let g = dup(f)
      let s = fd_set(g, f)
      print(s, " ", FD_ISSET(f, s), " ", FD_ISSET(g, FD_CLR(g, s)), " ", FD_FIRST(FD_CLR(f, s)), " ", FD_FIRST(fd_set()))
      print(s == FD_SET(g, fd_set(f)), " ", fd_set(f, f) == s)
    `);
    assert.deepEqual(lines, ['0 1 true false 1 -1', 'true false']);
  });
});

describe('select', () => {
  it('comes back at once with what can be read and written', () => {
    const result = play(`
      let f = creat("/tmp/a")
      let q = pipe()
      let s = socketpair()
      write(q.write, "x")
      let r = select(fd_set(f, q.read, s.first), fd_set(f, q.write, s.first))
      print(r.count, " read ", r.read == fd_set(f, q.read), " write ", r.write == fd_set(f, s.first))
      read(q.read, 80 B)
      let n = select(fd_set(q.read, s.second), fd_set(), 0 s)
      print(n.count, " ", n.read == fd_set(), " ", errno() == "")
      close(s.first)
      close(q.write)
      let e = select(fd_set(q.read, s.second))
      print(e.count)
    `);
    assert.deepEqual(printed(result), ['4 read true write true', '0 true true', '2']);
    nothingLeft(result.sim.world);
  });

  it('waits for the first of several, at several servers', () => {
    const result = play(
      `let near = pipe()
      let door = socket()
      bind(door, "/dest/door")
      listen(door)
      let c = fork {
        compute 2 s
        write(near.write, "near")
        compute 2 s
        connect(socket(), "/dest/door")
      }
      close(near.write)
      for i in 1 .. 2 {
        let r = select(fd_set(near.read, door))
        print(r.count, " ", FD_ISSET(near.read, r.read), " ", FD_ISSET(door, r.read))
        if FD_ISSET(near.read, r.read) { read(near.read, 80 B) }
      }
      wait c
      unlink("/dest/door")`,
      '',
      everywhere,
    );
    // At the second time the writer of the pipe may have gone already: then its end can be read, too.
    assert.deepEqual(printed(result), ['1 true false', '1 false true']);
    nothingLeft(result.sim.world);
  });

  it('ends with its time, and waits for nothing but time if that is all it is given', () => {
    const result = play(`
      let q = pipe()
      let before = now
      let r = select(fd_set(q.read), fd_set(), 3 s)
      print(r.count, " ", now - before >= 3 s, " ", now - before < 4 s)
      let s = select(fd_set(), fd_set(), 2 s)
      print(s.count, " ", now - before >= 5 s)
    `);
    assert.deepEqual(printed(result), ['0 true true', '0 true']);
    nothingLeft(result.sim.world);
  });

  it('says EBADF of a descriptor that is none', () => {
    const lines = program(`
      let q = pipe()
      close(q.read)
      let r = select(fd_set(q.read))
      print(r.count, " ", errno(), " ", r.read == fd_set())
    `);
    assert.deepEqual(lines, ['-1 EBADF true']);
  });

  it('asks once about an open file that has several descriptors, and names them all', () => {
    const lines = program(`
      let q = socketpair()
      let d = dup(q.first)
      write(q.second, "x")
      let r = select(fd_set(q.first, d), fd_set(d))
      print(r.count, " ", r.read == fd_set(q.first, d), " ", r.write == fd_set(d))
    `);
    assert.deepEqual(lines, ['3 true true']);
  });

  it('finds room when somebody has read, in a pipe for PIPE_BUF bytes', () => {
    const result = play(`
      let q = pipe()
      let s = socketpair()
      write(q.write, 4 KB)
      write(s.first, 4 KB)
      let c = fork { compute 2 s read(s.second, 1 KB) read(q.read, 4000 B) compute 2 s print("all") read(s.second, 4 KB) read(q.read, 96 B) }
      let a = select(fd_set(), fd_set(s.first))
      print("socket ", a.count)
      let b = select(fd_set(), fd_set(q.write))
      print("pipe ", b.count)
      wait c
    `);
    assert.deepEqual(printed(result), ['all', 'socket 1', 'pipe 1']);
    nothingLeft(result.sim.world);
  });

  it('serves many clients in one process', () => {
    const result = play(`
      let door = socket()
      bind(door, "/tmp/door")
      listen(door)
      for i in 1 .. 3 {
        let c = fork {
          let s = socket()
          connect(s, "/tmp/door")
          for j in 1 .. 2 { compute 300 ms write(s, "ask") read(s, 80 B) }
        }
      }
      let open = fd_set(door)
      let served = 0
      let gone = 0
      while gone < 3 {
        let r = select(open)
        let left = r.read
        while left != fd_set() {
          let f = FD_FIRST(left)
          left = FD_CLR(f, left)
          if f == door { let a = accept(door) open = FD_SET(a, open) }
          else if read(f, 80 B) == 0 B { open = FD_CLR(f, open) close(f) gone = gone + 1 }
          else { served = served + 1 write(f, "answer") }
        }
      }
      for k in 1 .. 3 { wait() }
      unlink("/tmp/door")
      print(served)
    `);
    assert.deepEqual(printed(result), ['6']);
    nothingLeft(result.sim.world);
  });
});

describe('a process that waits in select', () => {
  const two = (path: string): string => `
    let q = pipe()
    let door = socket()
    bind(door, "${path}")
    listen(door)
    let c = fork { compute 9 s connect(socket(), "${path}") compute 1 s }
    let r = select(fd_set(q.read, door), fd_set(), 60 s)
    print("ready ", r.count, " ", r.read == fd_set(door))
    wait c
    unlink("${path}")`;

  for (const how of ['process', 'task']) {
    it(`moves by ${how}, and hears of the first one`, () => {
      const scenario = `sleep 4 s let m = migrate p to dest by ${how} wait m expect m.outcome == "done" print("moved")`;
      const result = play(two('/dest/door'), scenario, everywhere);
      assert.deepEqual(printed(result), ['moved', 'ready 1 true']);
      assert.ok(timeOf(result, 'moved') < timeOf(result, 'ready 1 true'));
      nothingLeft(result.sim.world);
    });

    it(`moves by ${how}, and its time ends when it would have ended`, () => {
      const result = play(
        'let q = pipe() let before = now let r = select(fd_set(q.read), fd_set(), 9 s) print(r.count, " ", now - before >= 9 s, " ", now - before < 10 s)',
        `sleep 4 s let m = migrate p to dest by ${how} wait m expect m.outcome == "done" print("moved")`,
        everywhere,
      );
      assert.deepEqual(printed(result), ['moved', '0 true true']);
      nothingLeft(result.sim.world);
    });
  }

  for (const [where, move] of [
    ['on the node of the server', 'migrate(getpid(), "master")'],
    ['on another node', ''],
    ['after it has moved', 'migrate(getpid(), "dest")'],
  ]) {
    it(`can be killed: its requests are withdrawn (${where})`, () => {
      const result = play(`
        let q = pipe()
        let s = socketpair()
        let c = fork { ${move} print("waits") select(fd_set(q.read, s.first)) print("never") }
        compute 6 s
        kill(c, SIGKILL)
        wait c
        compute 1 s
        write(q.write, "for the next")
        print(read(q.read, 80 B))
      `);
      assert.deepEqual(printed(result), ['waits', '12']);
      nothingLeft(result.sim.world);
    });
  }

  it('waits for ever if nobody ever writes, and nobody is surprised', () => {
    const { sim } = run(`
      program p() { ${NULL_IMAGE} let q = pipe() let s = socketpair() print("waits") select(fd_set(q.read, s.first)) print("never") }
      scenario "s" on lab { let p = spawn p() on source }
    `);
    assert.deepEqual(
      sim.world.output.map(({ text }) => text),
      ['waits'],
    );
    assert.deepEqual(unexplained(sim.world), []);
  });

  it('finds what is at a server that fails ready: the next call says what is wrong', () => {
    const lines = program(
      `let q = pipe()
      let door = socket()
      bind(door, "/dest/door")
      listen(door)
      let r = select(fd_set(q.read, door))
      print(r.count, " ", r.read == fd_set(door), " ", accept(door), " ", errno())
      let again = select(fd_set(door))
      print(again.count)`,
      'sleep 5 s crash dest',
      everywhere,
    );
    assert.deepEqual(lines, ['1 true -1 EIO', '1']);
  });

  it('finds the end of the file when the node of a writer fails', () => {
    const lines = program(
      `let q = pipe()
      let s = socketpair()
      let c = fork { migrate(getpid(), "dest") compute 100 s }
      close(q.write)
      close(s.second)
      let r = select(fd_set(q.read, s.first))
      print(r.count)`,
      'sleep 8 s crash dest',
    );
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /^[12]$/);
  });
});

describe('an open file that does not block', () => {
  it('says EAGAIN where a call would wait, for all who share it', () => {
    const result = play(`
      let q = pipe()
      let s = socketpair()
      let door = socket()
      bind(door, "/tmp/door")
      listen(door, 1)
      print(fcntl(q.read, F_SETFL, non_block), " ", fcntl(q.write, F_SETFL, non_block), " ", fcntl(s.first, F_SETFL, non_block), " ", fcntl(door, F_SETFL, non_block))
      let c = fork { print(read(q.read, 80 B), " ", errno()) }
      wait c
      print(write(q.write, 4000 B), " ", write(q.write, 100 B), " ", errno(), " ", write(q.write, 5 KB))
      print(read(s.first, 80 B), " ", write(s.first, 5 KB), " ", write(s.first, 1 B), " ", accept(door))
      let k = socket()
      connect(k, "/tmp/door")
      let l = socket()
      fcntl(l, F_SETFL, non_block)
      print(connect(l, "/tmp/door"), " ", errno(), " ", accept(door) > 0)
      print(connect(l, "/tmp/door"), " ", read(l, 1 B), " ", errno())
      unlink("/tmp/door")
    `);
    assert.deepEqual(printed(result), [
      '0 0 0 0',
      '-1 EAGAIN',
      '4000 -1 EAGAIN 96',
      '-1 4096 -1 -1',
      '-1 EAGAIN true',
      '0 -1 EAGAIN',
    ]);
    nothingLeft(result.sim.world);
  });

  it('is waited for by select all the same, and blocks again when that is taken away', () => {
    const lines = program(`
      let q = pipe()
      fcntl(q.read, F_SETFL, non_block)
      let c = fork { compute 2 s write(q.write, "one") compute 2 s write(q.write, "two") }
      close(q.write)
      let r = select(fd_set(q.read))
      print(r.count, " ", read(q.read, 80 B), " ", read(q.read, 80 B))
      fcntl(q.read, F_SETFL)
      print(fcntl(q.read, F_GETFL) == read, " ", read(q.read, 80 B), " ", buffer())
      wait c
    `);
    assert.deepEqual(lines, ['1 3 -1', 'true 3 two']);
  });

  it('is one thing, and a descriptor that exec closes another', () => {
    const lines = program(`
      let f = open("/tmp/a", create | write | non_block)
      fcntl(f, F_SETFD, close_on_exec)
      let g = dup(f)
      print(fcntl(f, F_GETFD) == close_on_exec, " ", fcntl(g, F_GETFD) == close_on_exec, " ", fcntl(g, F_GETFL) == write | non_block)
      fcntl(g, F_SETFL, append)
      print(fcntl(f, F_GETFL) == write | append)
    `);
    assert.deepEqual(lines, ['true false true', 'true']);
  });
});
