/**
 * Stories about local stream sockets: a connection is two ends at a file server, "shared by means of capabilities" [paper 3.1]
 * like every open file, so that "using pipes, signals, etc. does not prevent a process from being migrated" [paper 3]. Calls
 * at other servers than the PMA are not waited for by a migration, and their answers are found on the reply ports of the
 * task [mechanisms 5.3, 5.5].
 */
import assert from 'node:assert/strict';
import { NULL_IMAGE, printed, run, timeOf } from './lab.ts';
import { everywhere, nothingLeft, play, program } from './streams.ts';

/** The parent listens under a name, the child connects; each goes on with what it is given. */
const talk = (server: string, client: string, path = '/tmp/door'): string => `
  let door = socket()
  bind(door, "${path}")
  listen(door, 2)
  let c = fork {
    close(door)
    let s = socket()
    connect(s, "${path}")
    ${client}
  }
  let a = accept(door)
  close(door)
  unlink("${path}")
  ${server}
`;

describe('two sockets that are connected', () => {
  it('carry bytes both ways, in the order in which they were written', () => {
    const result = play(`
      let q = socketpair()
      print(write(q.first, "one "), " ", write(q.first, "two"), " ", write(q.second, "back"))
      print(read(q.second, 2 B), " ", buffer(), " ", read(q.second, 80 B), " ", buffer())
      print(fstat(q.first).size, " ", read(q.first, 80 B), " ", buffer())
    `);
    assert.deepEqual(printed(result), ['4 3 4', '2 on 5 e two', '4 bytes 4 back']);
    nothingLeft(result.sim.world);
  });

  it('are waited at for bytes and for room: 4 KB each way', () => {
    const result = play(`
      let q = socketpair()
      let c = fork {
        close(q.first)
        read(q.second, 80 B)
        print("asked ", buffer())
        compute 2 s
        let all = 0 B
        let n = read(q.second, 3 KB)
        while n > 0 { all = all + n n = read(q.second, 3 KB) }
        print("all ", all)
      }
      close(q.second)
      compute 2 s
      write(q.first, "when ready")
      print("wrote ", write(q.first, 13 KB))
      close(q.first)
      wait c
    `);
    assert.deepEqual(printed(result), ['asked when ready', 'wrote 13312', 'all 13 KB']);
    nothingLeft(result.sim.world);
  });

  it('end when one of them is closed: what has come is read, then the end of the file; EPIPE for a writer', () => {
    const lines = program(`
      let q = socketpair()
      write(q.second, "last words")
      close(q.second)
      print(read(q.first, 80 B), " ", buffer(), " ", read(q.first, 80 B))
      signal(SIGPIPE, SIG_IGN)
      print(write(q.first, "x"), " ", errno())
      let r = socketpair()
      let c = fork { close(r.second) print(read(r.first, 80 B), " ", read(r.first, 80 B)) }
      close(r.first)
      compute 1 s
      close(r.second)
      wait c
    `);
    assert.deepEqual(lines, ['10 last words 0', '-1 EPIPE', '0 0']);
  });

  it('have directions that can be shut down, for all who share the socket', () => {
    const lines = program(`
      let q = socketpair()
      signal(SIGPIPE, SIG_IGN)
      let c = fork { print(shutdown(q.first, SHUT_WR)) }
      wait c
      print(read(q.second, 80 B), " ", write(q.first, "x"), " ", errno())
      write(q.second, "answer")
      print(read(q.first, 80 B), " ", buffer(), " ", shutdown(q.first, SHUT_RDWR), " ", read(q.first, 80 B))
      print(write(q.second, "y"), " ", errno())
    `);
    assert.deepEqual(lines, ['0', '0 -1 EPIPE', '6 answer 0 0', '-1 EPIPE']);
  });
});

describe('a socket with a name', () => {
  for (const [where, path, cluster] of [
    ['at the root server', '/tmp/door', undefined],
    ['at the server of the node', '/source/door', everywhere],
    ['at the server of another node', '/dest/door', everywhere],
  ] as const) {
    it(`is connected to by whoever knows the name (${where})`, () => {
      const result = play(
        talk(
          'read(a, 80 B) print("server ", buffer()) write(a, "pong") print(read(a, 80 B)) wait c',
          'write(s, "ping") read(s, 80 B) print("client ", buffer())',
          path,
        ),
        '',
        cluster,
      );
      assert.deepEqual(printed(result), ['server ping', 'client pong', '0']);
      nothingLeft(result.sim.world);
    });
  }

  it('is a file of the name space: stat finds it, readdir lists it, it can be renamed, open cannot open it', () => {
    const lines = program(`
      mkdir("/run")
      let door = socket()
      print(bind(door, "/run/door"), " ", listen(door))
      print(readdir("/run", 0), " ", stat("/run/door").links, " ", open("/run/door", read), " ", errno())
      rename("/run/door", "/run/gate")
      let s = socket()
      print(connect(s, "/run/door"), " ", errno(), " ", connect(s, "/run/gate"))
      write(s, "in")
      let a = accept(door)
      print(read(a, 80 B), " ", buffer(), " ", lseek(a, 0 B), " ", errno(), " ", ftruncate(a, 0 B), " ", errno())
      close(door)
      print(stat("/run/gate").links, " ", connect(socket(), "/run/gate"), " ", errno(), " ", unlink("/run/gate"))
      print(connect(socket(), "/run/gate"), " ", errno())
    `);
    assert.deepEqual(lines, [
      '0 0',
      'door 1 -1 EOPNOTSUPP',
      '-1 ENOENT 0',
      '2 in -1 ESPIPE -1 EINVAL',
      '1 -1 ECONNREFUSED 0',
      '-1 ENOENT',
    ]);
  });

  it('is bound, listened at and connected to only when that means something', () => {
    const lines = program(
      `
      let f = creat("/tmp/file")
      let s = socket()
      print(read(s, 1 B), " ", errno(), " ", write(s, "x"), " ", errno(), " ", shutdown(s, SHUT_RD), " ", errno())
      print(listen(s), " ", errno(), " ", accept(s), " ", errno(), " ", bind(s, "/tmp/file"), " ", errno())
      print(bind(s, "/nowhere/door"), " ", errno(), " ", connect(s, "/tmp/file"), " ", errno())
      print(bind(s, "/tmp/door"), " ", bind(s, "/tmp/again"), " ", errno())
      print(connect(socket(), "/tmp/door"), " ", errno(), " ", listen(s), " ", connect(s, "/tmp/door"), " ", errno())
      let c = socket()
      print(connect(c, "/tmp/door"), " ", connect(c, "/tmp/door"), " ", errno(), " ", listen(c), " ", errno())
      print(listen(f), " ", errno(), " ", accept(f), " ", errno(), " ", connect(f, "/tmp/door"), " ", errno())
      print(bind(99, "/tmp/x"), " ", errno())
    `.replace('bind(99', 'bind(dup2(f, 20)'),
    );
    assert.deepEqual(lines, [
      '-1 ENOTCONN -1 ENOTCONN -1 ENOTCONN',
      '-1 EDESTADDRREQ -1 EINVAL -1 EADDRINUSE',
      '-1 ENOENT -1 ENOTSOCK',
      '0 -1 EINVAL',
      '-1 ECONNREFUSED 0 -1 EOPNOTSUPP',
      '0 -1 EISCONN -1 EINVAL',
      '-1 ENOTSOCK -1 ENOTSOCK -1 ENOTSOCK',
      '-1 ENOTSOCK',
    ]);
  });

  it('lets so many connections wait as it said: the next one waits for room', () => {
    const result = play(`
      let door = socket()
      bind(door, "/tmp/door")
      listen(door, 1)
      let c = fork {
        let s = socket()
        connect(s, "/tmp/door")
        print("first")
        let r = socket()
        connect(r, "/tmp/door")
        print("second")
        write(r, "from the second")
      }
      compute 3 s
      print("accepts")
      close(accept(door))
      let a = accept(door)
      print(read(a, 80 B), " ", buffer())
      wait c
      unlink("/tmp/door")
    `);
    assert.deepEqual(printed(result).slice(0, 2), ['first', 'accepts']);
    assert.deepEqual(printed(result).slice(2).sort(), ['15 from the second', 'second']);
    nothingLeft(result.sim.world);
  });

  it('that is closed resets whom it has not accepted, and refuses who waits for room', () => {
    const result = play(`
      let door = socket()
      bind(door, "/tmp/door")
      listen(door, 1)
      let c = fork {
        close(door)
        let s = socket()
        connect(s, "/tmp/door")
        let d = fork { print("waits ", connect(socket(), "/tmp/door"), " ", errno()) }
        print("reads ", read(s, 80 B), " ", errno(), " ", read(s, 80 B))
        wait d
      }
      compute 3 s
      close(door)
      wait c
      unlink("/tmp/door")
    `);
    assert.deepEqual(printed(result).sort(), ['reads -1 ECONNRESET 0', 'waits -1 ECONNREFUSED']);
    nothingLeft(result.sim.world);
  });

  it('serves from several processes that share it, each connection once', () => {
    const result = play(`
      let door = socket()
      bind(door, "/tmp/door")
      listen(door)
      for i in 1 .. 2 {
        let worker = fork {
          for j in 1 .. 2 {
            let a = accept(door)
            let n = read(a, 80 B)
            write(a, n)
            close(a)
          }
        }
      }
      close(door)
      let all = 0 B
      for k in 1 .. 4 {
        let s = socket()
        connect(s, "/tmp/door")
        write(s, "hello")
        all = all + read(s, 80 B)
        close(s)
      }
      wait()
      wait()
      unlink("/tmp/door")
      print(all)
    `);
    assert.deepEqual(printed(result), ['20 bytes']);
    nothingLeft(result.sim.world);
  });

  it('is the same socket under all descriptors of a process, also those that it had before (dup)', () => {
    const result = play(`
      let s = socket()
      let d = dup(s)
      bind(s, "/tmp/door")
      print(listen(d), " ", connect(socket(), "/tmp/door"))
      close(s)
      let a = accept(d)
      print(a == s)
      close(d)
      unlink("/tmp/door")
    `);
    assert.deepEqual(printed(result), ['0 0', 'true']);
    nothingLeft(result.sim.world);
  });

  it('is kept by exec, wherever the process was made', () => {
    const result = run(`
      program worker(s: descriptor) { ${NULL_IMAGE} read(s, 80 B) print(buffer()) }
      program p() {
        ${NULL_IMAGE}
        let q = socketpair()
        let c = fork { migrate(getpid(), "dest") exec worker(q.second) }
        write(q.first, "to another node")
        wait c
      }
      scenario "s" on lab { let p = spawn p() on source wait p sleep 1 s }
    `);
    assert.deepEqual(printed(result), ['to another node']);
    nothingLeft(result.sim.world);
  });
});

describe('a process that waits at a socket', () => {
  for (const how of ['process', 'task']) {
    for (const [where, path, cluster] of [
      ['at the root server', '/tmp/door', undefined],
      ['at its own node', '/source/door', everywhere],
    ] as const) {
      const move = `sleep 4 s let m = migrate p to dest by ${how} wait m expect m.outcome == "done" print("moved")`;

      it(`moves by ${how} in accept, and then in read (${where})`, () => {
        const result = play(
          `let door = socket()
          bind(door, "${path}")
          listen(door)
          let c = fork {
            compute 9 s
            let s = socket()
            connect(s, "${path}")
            compute 1 s
            write(s, "hello")
            print(read(s, 80 B), " ", buffer())
          }
          let a = accept(door)
          print("accepted")
          print(read(a, 80 B), " ", buffer())
          write(a, "back")
          wait c
          unlink("${path}")`,
          move,
          cluster,
        );
        assert.deepEqual(printed(result), ['moved', 'accepted', '5 hello', '4 back']);
        assert.ok(timeOf(result, 'moved') < timeOf(result, 'accepted'));
        nothingLeft(result.sim.world);
      });

      it(`moves by ${how} in connect, and is connected once (${where})`, () => {
        const result = play(
          `let door = socket()
          bind(door, "${path}")
          listen(door, 1)
          let c = fork {
            compute 9 s
            print("accepts")
            close(accept(door))
            let a = accept(door)
            print(read(a, 80 B), " ", buffer())
          }
          close(door)
          connect(socket(), "${path}")
          let s = socket()
          connect(s, "${path}")
          print("connected")
          write(s, "hello")
          wait c
          unlink("${path}")`,
          move,
          cluster,
        );
        assert.deepEqual(printed(result), ['moved', 'accepts', 'connected', '5 hello']);
        nothingLeft(result.sim.world);
      });

      it(`moves by ${how} in write, and what it writes is there once (${where})`, () => {
        const result = play(
          `let q = socketpair()
          let c = fork {
            close(q.first)
            compute 9 s
            let all = 0 B
            let n = read(q.second, 4 KB)
            while n > 0 { all = all + n n = read(q.second, 4 KB) }
            print("all ", all)
          }
          close(q.second)
          print("wrote ", write(q.first, 10 KB))
          close(q.first)
          wait c`,
          move,
          cluster,
        );
        assert.deepEqual(printed(result), ['moved', 'wrote 10240', 'all 10 KB']);
        nothingLeft(result.sim.world);
      });
    }
  }

  for (const [where, move] of [
    ['on the node of the server', 'migrate(getpid(), "master")'],
    ['on another node', ''],
    ['after it has moved', 'migrate(getpid(), "dest")'],
  ]) {
    it(`can be killed in accept: the next one gets the connection (${where})`, () => {
      const result = play(`
        let door = socket()
        bind(door, "/tmp/door")
        listen(door)
        let c = fork { ${move} print("accepts") accept(door) print("never") }
        compute 6 s
        kill(c, SIGKILL)
        wait c
        compute 1 s
        let s = socket()
        connect(s, "/tmp/door")
        write(s, "for the next")
        let a = accept(door)
        print(read(a, 80 B), " ", buffer())
        unlink("/tmp/door")
      `);
      assert.deepEqual(printed(result), ['accepts', '12 for the next']);
      nothingLeft(result.sim.world);
    });

    it(`can be killed in connect: nobody is connected (${where})`, () => {
      const result = play(`
        let door = socket()
        bind(door, "/tmp/door")
        listen(door, 1)
        connect(socket(), "/tmp/door")
        let c = fork { ${move} print("connects") connect(socket(), "/tmp/door") print("never") }
        compute 6 s
        kill(c, SIGKILL)
        wait c
        compute 1 s
        accept(door)
        connect(socket(), "/tmp/door")
        print("room")
        unlink("/tmp/door")
      `);
      assert.deepEqual(printed(result), ['connects', 'room']);
      nothingLeft(result.sim.world);
    });

    it(`finds the end of the file when whoever is at the other end is killed (${where})`, () => {
      const result = play(
        talk(
          `print(read(a, 80 B), " ", buffer())
          kill(c, SIGKILL)
          print(read(a, 80 B))
          compute 1 s
          signal(SIGPIPE, SIG_IGN)
          print(write(a, "x"), " ", errno())
          wait c`,
          `${move} write(s, "last") compute 100 s`,
        ),
      );
      assert.deepEqual(printed(result), ['4 last', '0', '-1 EPIPE']);
      nothingLeft(result.sim.world);
    });
  }

  it('finds the end of the file when the node of the other end fails', () => {
    const lines = program(
      talk(
        'print(read(a, 80 B), " ", buffer(), " ", read(a, 80 B))',
        'migrate(getpid(), "dest") write(s, "last") compute 100 s',
      ),
      'sleep 8 s crash dest',
    );
    assert.deepEqual(lines, ['4 last 0']);
  });

  for (const [call, what] of [
    ['accept', 'print(accept(door), " ", errno())'],
    ['connect', 'connect(socket(), "/dest/door") print(connect(socket(), "/dest/door"), " ", errno())'],
    ['read', 'let s = socket() connect(s, "/dest/door") print(read(s, 80 B), " ", errno())'],
    ['write', 'let s = socket() connect(s, "/dest/door") print(write(s, 5 KB), " ", errno())'],
  ] as const) {
    it(`gets an error when the server fails (in ${call})`, () => {
      const lines = program(
        `let door = socket() bind(door, "/dest/door") listen(door, 1) ${what}`,
        'sleep 5 s crash dest',
        everywhere,
      );
      assert.deepEqual(lines, [call === 'write' ? '4096 ' : '-1 EIO']);
    });
  }
});
