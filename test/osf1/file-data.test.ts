/**
 * Stories about what is in files: what is read is what was written, by whomever and from wherever, and one name space leads
 * to it [mechanisms 5.1, 5.3; P10].
 */
import assert from 'node:assert/strict';
import { NULL_IMAGE, printed, run, timeOf } from './lab.ts';

const servers = `
cluster lab {
  machine i386_25
  network ethernet_10
  node master { pma pm_master credentials file_server "/" }
  node source { pma }
  node dest { pma file_server "/disk" }
}
`;

/** What a process on the source prints. */
function program(body: string, cluster?: string, files = ''): string[] {
  return printed(
    run(
      `${files} program p() { ${NULL_IMAGE} ${body} }
      scenario "s" on lab { let p = spawn p() on source wait p expect p.status == 0 }`,
      cluster,
    ),
  );
}

describe('the bytes of a file', () => {
  it('are those that were written, wherever the position was', () => {
    const lines = program(`
      let f = open("/tmp/a", create | read | write)
      print(write(f, "hello, "), " ", write(f, "wörld"))
      print(lseek(f, 0 B), " ", read(f, 80 B), " ", buffer())
      print(lseek(f, 7 B), " ", write(f, "W"), " ", lseek(f, 0 B), " ", read(f, 80 B), " ", buffer())
      print(lseek(f, -2 B, SEEK_END), " ", read(f, 80 B), " ", buffer())
      print(lseek(f, -1 B), " ", errno())
    `);
    assert.deepEqual(lines, ['7 6', '0 13 hello, wörld', '7 1 0 13 hello, Wörld', '11 2 ld', '-1 EINVAL']);
  });

  it('are copied block by block through the buffer of a process', () => {
    const lines = program(`
      let text = "0123456789abcdef"
      let a = open("/tmp/a", create | write)
      for i in 1 .. 600 { write(a, text) }
      let from = open("/tmp/a", read)
      let out = creat("/tmp/b")
      let n = read(from, 5 KB)
      while n > 0 { write(out, n)  n = read(from, 5 KB) }
      let b = open("/tmp/b", read)
      print(fstat(b).size, " ", lseek(b, 9592 B), " ", read(b, 80 B), " ", buffer())
    `);
    assert.deepEqual(lines, ['9.375 KB 9592 8 89abcdef']);
  });

  it('are zeros where nobody has written, and behind a new end', () => {
    const lines = program(`
      let f = open("/tmp/a", create | read | write)
      lseek(f, 10000 B)
      write(f, "x")
      print(fstat(f).size, " ", lseek(f, 9999 B), " ", read(f, 2 B), " <", buffer(), ">")
      ftruncate(f, 5 B)
      print(fstat(f).size, " ", lseek(f, 0 B), " ", read(f, 80 B), " <", buffer(), ">")
      ftruncate(f, 10001 B)
      print(lseek(f, 10000 B), " ", read(f, 1 B), " <", buffer(), ">")
    `);
    assert.deepEqual(lines, ['9.7666 KB 9999 2 <>', '5 bytes 0 5 <>', '10000 1 <>']);
  });

  it('are added at the end by whoever appends, and go when a file is opened to be written anew', () => {
    const lines = program(`
      let a = open("/tmp/log", create | write | append)
      let b = open("/tmp/log", write | append)
      write(a, "one ")
      write(b, "two ")
      write(a, "three")
      let r = open("/tmp/log", read)
      read(r, 80 B)
      print(buffer())
      let c = open("/tmp/log", write | truncate)
      print(fstat(c).size, " ", open("/tmp/log", create | exclusive | write), " ", errno())
    `);
    assert.deepEqual(lines, ['one two three', '0 bytes -1 EEXIST']);
  });

  it('are seen by a child with the shared position, and by its parent after it, while one of them moves [P10]', () => {
    const result = run(`
      program p() {
        ${NULL_IMAGE}
        let f = open("/tmp/a", create | read | write)
        write(f, "abcdefghij")
        lseek(f, 0 B)
        let c = fork {
          read(f, 3 B)
          print("child ", buffer())
          migrate(getpid(), "dest")
          read(f, 3 B)
          print("moved ", buffer())
        }
        wait c
        read(f, 3 B)
        print("parent ", buffer())
      }
      scenario "s" on lab { let p = spawn p() on source wait p }
    `);
    assert.deepEqual(printed(result), ['child abc', 'moved def', 'parent ghi']);
    assert.ok(timeOf(result, 'moved def') > timeOf(result, 'child abc'));
  });
});

describe('a descriptor', () => {
  it('that was duplicated shares the position, and lives as long as one of the two', () => {
    const lines = program(`
      let f = open("/tmp/a", create | read | write)
      write(f, "abcdef")
      lseek(f, 0 B)
      let g = dup(f)
      let h = dup2(f, 5)
      read(f, 2 B)
      read(g, 2 B)
      print(buffer(), " ", g == 1, " ", h == 5, " ", close(f), " ", close(g))
      print(dup(f), " ", errno(), " ", read(dup(h), 2 B), " ", buffer())
    `);
    assert.deepEqual(lines, ['cd true true 0 0', '-1 EBADF 2 ef']);
  });

  it('is closed by exec if it was opened so, and kept otherwise', () => {
    const lines = printed(
      run(`
        program second(kept: descriptor, closed: descriptor) {
          ${NULL_IMAGE}
          print(read(kept, 1 B), " ", read(closed, 1 B), " ", errno())
        }
        program first() {
          ${NULL_IMAGE}
          write(creat("/tmp/a"), "x")
          exec second(open("/tmp/a", read), open("/tmp/a", read | close_on_exec))
        }
        scenario "s" on lab { let p = spawn first() on source wait p }
      `),
    );
    assert.deepEqual(lines, ['1 -1 EBADF']);
  });

  it('is one of 64 at most', () => {
    const lines = program(`
      let f = creat("/tmp/a")
      for i in 1 .. 63 { f = dup(f) }
      print(f == 63, " ", dup(f), " ", errno(), " ", creat("/tmp/b"), " ", errno())
    `);
    assert.deepEqual(lines, ['true -1 EMFILE -1 EMFILE']);
  });
});

describe('the name space of files', () => {
  it('is a tree of directories that are made, listed, renamed and removed', () => {
    const lines = program(`
      print(mkdir("/tmp/d"), " ", mkdir("/tmp/d"), " ", errno(), " ", mkdir("/none/d"), " ", errno())
      write(creat("/tmp/d/b"), "text")
      mkdir("/tmp/d/a")
      print(readdir("/tmp/d", 0), " ", readdir("/tmp/d", 1), " <", readdir("/tmp/d", 2), ">")
      print(rmdir("/tmp/d"), " ", errno(), " ", rename("/tmp/d", "/tmp/e"), " ", stat("/tmp/e/b").size)
      print(stat("/tmp/d").size, " ", errno(), " ", stat("/tmp/e").directory)
      print(unlink("/tmp/e/b"), " ", rmdir("/tmp/e/a"), " ", rmdir("/tmp/e"), " ", rmdir("/tmp/e"), " ", errno())
    `);
    assert.deepEqual(lines, [
      '0 -1 EEXIST -1 ENOENT',
      'a b <>',
      '-1 ENOTEMPTY 0 4 bytes',
      '-1 bytes ENOENT true',
      '0 0 0 -1 ENOENT',
    ]);
  });

  it('lets a file have several names, and keeps it while it is open without any', () => {
    const lines = program(`
      let f = open("/tmp/a", create | read | write)
      write(f, "still here")
      print(link("/tmp/a", "/tmp/b"), " ", stat("/tmp/b").links, " ", unlink("/tmp/a"), " ", stat("/tmp/b").links)
      print(unlink("/tmp/b"), " ", open("/tmp/b", read), " ", errno())
      lseek(f, 0 B)
      print(read(f, 80 B), " ", buffer(), " ", fstat(f).links)
    `);
    assert.deepEqual(lines, ['0 2 0 1', '0 -1 ENOENT', '10 still here 0']);
  });

  it('has relative paths, from the current directory, which a child inherits', () => {
    const lines = program(`
      mkdir("/tmp/d")
      print(chdir("/tmp/d"), " ", getcwd(), " ", chdir("none"), " ", errno())
      write(creat("a"), "x")
      wait(fork { print(getcwd(), " ", stat("../d/./a").size, " ", chdir(".."), " ", getcwd()) })
      print(getcwd(), " ", chdir("a"), " ", errno())
    `);
    assert.deepEqual(lines, ['0 /tmp/d -1 ENOENT', '/tmp/d 1 bytes 0 /tmp', '/tmp/d -1 ENOTDIR']);
  });

  it('is one over several file servers: each operation is done by the server that has the file', () => {
    const lines = program(
      `
      write(creat("/disk/a"), "on dest")
      let f = open("/disk/a", read)
      print(read(f, 80 B), " ", buffer(), " ", stat("/disk/a").links, " ", mkdir("/disk/d"), " ", readdir("/disk", 1))
      print(rename("/disk/a", "/tmp/a"), " ", errno(), " ", link("/tmp", "/disk/t"), " ", errno())
      print(rename("/disk/a", "/disk/d/b"), " ", stat("/disk/d/b").size, " ", read(open("/tmp/put", read), 9 B))
    `,
      servers,
      'file "/tmp/put" on dest size 5 bytes',
    );
    assert.deepEqual(lines, ['7 on dest 1 0 d', '-1 EXDEV -1 EXDEV', '0 7 bytes 5']);
  });
});
