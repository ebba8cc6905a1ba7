/**
 * Stories about pipes: bytes come out as they went in, whoever writes, reads, waits or moves meanwhile. Open file structures are
 * shared "by means of capabilities" [paper 3.1]; calls at other servers than the PMA are not waited for by a migration, and
 * their answers are found on the reply ports of the task [mechanisms 5.3, 5.5].
 */
import assert from 'node:assert/strict';
import { unexplained } from '../swarm/rest.ts';
import { NULL_IMAGE, printed, run, timeOf } from './lab.ts';
import { everywhere, nothingLeft, play, program } from './streams.ts';

describe('the bytes of a pipe', () => {
  it('come out in the order in which they went in, as many as there are', () => {
    const result = play(`
      let q = pipe()
      print(q.read == 0, " ", q.write == 1, " ", write(q.write, "one "), " ", write(q.write, "two"))
      print(read(q.read, 2 B), " ", buffer(), " ", read(q.read, 80 B), " ", buffer())
      print(write(q.write, "three"), " ", fstat(q.read).size, " ", read(q.read, 80 B), " ", buffer())
    `);
    assert.deepEqual(printed(result), ['true true 4 3', '2 on 5 e two', '5 5 bytes 5 three']);
    nothingLeft(result.sim.world);
  });

  it('are waited for: a read of an empty pipe comes back when somebody has written', () => {
    const result = play(`
      let q = pipe()
      let c = fork { read(q.read, 80 B) print("read ", buffer()) }
      compute 3 s
      print("writes")
      write(q.write, "late")
      wait c
    `);
    assert.deepEqual(printed(result), ['writes', 'read late']);
    nothingLeft(result.sim.world);
  });

  it('wait for room: 4 KB fit, and a write goes on when somebody has read', () => {
    const result = play(`
      let q = pipe()
      let c = fork {
        close(q.write)
        compute 3 s
        print("reads")
        let n = read(q.read, 3 KB)
        let all = n
        while n > 0 { n = read(q.read, 3 KB) all = all + n }
        print("all ", all)
      }
      close(q.read)
      print(write(q.write, 4 KB))
      print(write(q.write, 9 KB))
      close(q.write)
      wait c
    `);
    assert.deepEqual(printed(result), ['4096', 'reads', '9216', 'all 13 KB']);
    nothingLeft(result.sim.world);
  });

  it('of one write are together, whoever else writes (PIPE_BUF)', () => {
    const result = play(`
      let q = pipe()
      write(q.write, 4090 B)
      let a = fork { write(q.write, "aaaaaaaa") }
      let b = fork { write(q.write, "bbbbbbbb") }
      compute 2 s
      read(q.read, 4090 B)
      wait a
      wait b
      read(q.read, 80 B)
      print(buffer() == "aaaaaaaabbbbbbbb" or buffer() == "bbbbbbbbaaaaaaaa")
    `);
    assert.deepEqual(printed(result), ['true']);
  });

  it('do not hold up the server: files are read while somebody waits in a pipe', () => {
    const lines = program(`
      let q = pipe()
      let c = fork { read(q.read, 80 B) print(buffer()) }
      compute 2 s
      let f = open("/tmp/a", create | read | write)
      print(write(f, "file"), " ", lseek(f, 0 B), " ", read(f, 80 B), " ", buffer())
      write(q.write, "pipe")
      wait c
    `);
    assert.deepEqual(lines, ['4 0 4 file', 'pipe']);
  });
});

describe('an end of a pipe', () => {
  it('that all have closed is the end of the file, or nobody to write to', () => {
    const lines = program(`
      let q = pipe()
      let c = fork { write(q.write, "last words") }
      close(q.write)
      print(read(q.read, 80 B), " ", buffer(), " ", read(q.read, 80 B), " ", read(q.read, 80 B))
      wait c
      let r = pipe()
      close(r.read)
      signal(SIGPIPE, SIG_IGN)
      print(write(r.write, "x"), " ", errno())
    `);
    assert.deepEqual(lines, ['10 last words 0 0', '-1 EPIPE']);
  });

  it('that is closed wakes whoever waits at the other one', () => {
    const lines = program(`
      let q = pipe()
      let r = fork { close(q.write) print("end ", read(q.read, 80 B)) }
      compute 2 s
      close(q.read)
      close(q.write)
      wait r
      let s = pipe()
      let w = fork { signal(SIGPIPE, SIG_IGN) close(s.read) write(s.write, 4 KB) print(write(s.write, 4 KB), " ", errno()) }
      compute 2 s
      close(s.read)
      wait w
    `);
    assert.deepEqual(lines, ['end 0', '-1 EPIPE']);
  });

  it('that somebody has open is waited for, for ever if it is the reader itself', () => {
    const { sim } = run(`
      program p() { ${NULL_IMAGE} let q = pipe() print("reads") read(q.read, 80 B) print("never") }
      scenario "s" on lab { let p = spawn p() on source }
    `);
    assert.deepEqual(
      sim.world.output.map(({ text }) => text),
      ['reads'],
    );
    assert.deepEqual(unexplained(sim.world), []);
  });

  it('has no position, no size to be set, and one direction', () => {
    const lines = program(`
      let q = pipe()
      print(lseek(q.read, 0 B), " ", errno(), " ", ftruncate(q.write, 0 B), " ", errno())
      print(write(q.read, "x"), " ", errno(), " ", read(q.write, 1 B), " ", errno())
      print(fstat(q.write).links, " ", fstat(q.write).directory)
    `);
    assert.deepEqual(lines, ['-1 ESPIPE -1 EINVAL', '-1 EBADF -1 EBADF', '0 false']);
  });

  it('is one of 64 descriptors at most', () => {
    const lines = program(`
      let f = creat("/tmp/a")
      for i in 1 .. 62 { f = dup(f) }
      let q = pipe()
      print(q.read, " ", q.write, " ", errno(), " ", dup(f) == 63)
    `);
    assert.deepEqual(lines, ['-1 -1 EMFILE true']);
  });

  it('is kept by dup2 and exec, under the number that the next program expects', () => {
    const lines = printed(
      run(`
        program upper(input: descriptor) {
          ${NULL_IMAGE}
          print(input == 7, " ", read(input, 80 B), " ", buffer(), " ", read(input, 80 B))
        }
        program p() {
          ${NULL_IMAGE}
          let q = pipe()
          let c = fork {
            let input = dup2(q.read, 7)
            close(q.read)
            close(q.write)
            exec upper(input)
          }
          close(q.read)
          write(q.write, "by number")
          close(q.write)
          wait c
        }
        scenario "s" on lab { let p = spawn p() on source wait p }
      `),
    );
    assert.deepEqual(lines, ['true 9 by number 0']);
  });
});

const ODD = '0123456789abcdef0123456789abcdef';
const EVEN = 'ABCDEFGHIJKLMNOPABCDEFGHIJKLMNOP';

/** Three processes: one writes 6.25 KB, one copies them, one looks at them; the later two move where they are told to. */
const pipeline = (copier: string, reader: string): string => `
  let a = pipe()
  let b = pipe()
  let copies = fork {
    ${copier === '' ? '' : `migrate(getpid(), "${copier}")`}
    close(a.write)
    close(b.read)
    let n = read(a.read, 1 KB)
    while n > 0 { write(b.write, n) n = read(a.read, 1 KB) }
  }
  let reads = fork {
    ${reader === '' ? '' : `migrate(getpid(), "${reader}")`}
    close(a.read)
    close(a.write)
    close(b.write)
    let lines = 0
    let n = read(b.read, 32 B)
    while n > 0 {
      if lines % 2 == 0 and buffer() == "${ODD}" or lines % 2 == 1 and buffer() == "${EVEN}" { lines = lines + 1 }
      n = read(b.read, 32 B)
    }
    print(lines, " lines in their order")
  }
  close(a.read)
  close(b.read)
  close(b.write)
  for i in 1 .. 100 { write(a.write, "${ODD}") write(a.write, "${EVEN}") }
  close(a.write)
  wait copies
  wait reads
`;

describe('a pipeline of three processes', () => {
  for (const [where, copier, reader, cluster] of [
    ['on one node', '', '', undefined],
    ['on three nodes', 'dest', 'master', undefined],
    ['on three nodes, the pipes on the node where they were made', 'dest', 'master', everywhere],
  ] as const) {
    it(`carries what was written, in its order (${where})`, () => {
      const result = play(pipeline(copier, reader), '', cluster);
      assert.deepEqual(printed(result), ['200 lines in their order']);
      nothingLeft(result.sim.world);
    });
  }
});

describe('a process that waits in a pipe', () => {
  for (const how of ['process', 'task']) {
    for (const [where, cluster] of [
      ['at the root server', undefined],
      ['on its node', everywhere],
    ] as const) {
      it(`moves by ${how}, and gets its bytes once (pipe ${where})`, () => {
        const result = play(
          `let q = pipe()
          let c = fork { compute 8 s write(q.write, "first ") compute 1 s write(q.write, "second") }
          close(q.write)
          print("reads")
          read(q.read, 6 B)
          print("got ", buffer())
          read(q.read, 80 B)
          print("and ", buffer(), " then ", read(q.read, 80 B))
          wait c`,
          `sleep 2 s let m = migrate p to dest by ${how} wait m expect m.outcome == "done" print("moved")`,
          cluster,
        );
        assert.deepEqual(printed(result), ['reads', 'moved', 'got first ', 'and second then 0']);
        assert.ok(timeOf(result, 'moved') < timeOf(result, 'got first '));
        nothingLeft(result.sim.world);
      });

      it(`moves by ${how}, and what it writes is there once (pipe ${where})`, () => {
        const result = play(
          `let q = pipe()
          let c = fork {
            close(q.write)
            compute 8 s
            let n = read(q.read, 4 KB)
            let all = n
            while n > 0 { n = read(q.read, 4 KB) if n > 0 { all = all + n } }
            print("all ", all)
          }
          close(q.read)
          write(q.write, 4 KB)
          print("writes")
          print("wrote ", write(q.write, 6 KB))
          close(q.write)
          wait c`,
          `sleep 2 s let m = migrate p to dest by ${how} wait m expect m.outcome == "done" print("moved")`,
          cluster,
        );
        assert.deepEqual(printed(result), ['writes', 'moved', 'wrote 6144', 'all 10 KB']);
        nothingLeft(result.sim.world);
      });
    }
  }

  for (const [where, move] of [
    ['on the node of the server', 'migrate(getpid(), "master")'],
    ['on another node', ''],
    ['after it has moved', 'migrate(getpid(), "dest")'],
  ]) {
    it(`can be killed: the next reader gets the bytes (${where})`, () => {
      const result = play(`
        let q = pipe()
        let c = fork { ${move} print("reads") read(q.read, 80 B) print("never") }
        compute 4 s
        kill(c, SIGKILL)
        print(waitpid(c).signal)
        compute 1 s
        write(q.write, "for the next")
        print(read(q.read, 80 B), " ", buffer())
      `);
      assert.deepEqual(printed(result), ['reads', '9', '12 for the next']);
      nothingLeft(result.sim.world);
    });

    it(`can be killed: what it could not write is not there (${where})`, () => {
      const result = play(`
        let q = pipe()
        let c = fork { ${move} write(q.write, 4 KB) print("writes") write(q.write, "never") }
        compute 4 s
        kill(c, SIGKILL)
        print(waitpid(c).signal)
        compute 1 s
        close(q.write)
        print(read(q.read, 4 KB), " ", read(q.read, 80 B))
      `);
      assert.deepEqual(printed(result), ['writes', '9', '4096 0']);
      nothingLeft(result.sim.world);
    });
  }

  it('finds the end of the file when the node of the last writer fails', () => {
    const result = play(
      `let q = pipe()
      let c = fork { migrate(getpid(), "dest") write(q.write, "last") compute 100 s }
      close(q.write)
      read(q.read, 80 B)
      print(buffer(), " ", read(q.read, 80 B))`,
      'sleep 5 s crash dest',
    );
    assert.deepEqual(printed(result), ['last 0']);
  });

  it('gets an error when the server fails', () => {
    const result = run(
      `program p() { ${NULL_IMAGE} let q = pipe() migrate(getpid(), "dest") print(read(q.read, 80 B), " ", errno()) }
      scenario "s" on lab { let p = spawn p() on source sleep 5 s crash source }`,
      everywhere,
    );
    assert.deepEqual(printed(result), ['-1 EIO']);
  });
});
