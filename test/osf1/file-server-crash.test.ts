/**
 * Stories about a file server that fails: what it had is gone, whoever asks it is told, and nobody waits for ever
 * [mechanisms 2.13, 5.1]. The other file servers go on.
 */
import assert from 'node:assert/strict';
import { NULL_IMAGE, printed, run } from './lab.ts';

const cluster = (caching: 'on' | 'off'): string => `
cluster lab {
  machine i386_25
  network ethernet_10
  file_caching ${caching}
  node master { pma pm_master credentials file_server "/" }
  node source { pma }
  node dest { pma }
  node disk { file_server "/disk" }
}
`;

/** What a process on the source prints, whose file server at /disk fails at 1 s. */
function program(body: string, caching: 'on' | 'off' = 'off'): string[] {
  return printed(
    run(
      `program p() { ${NULL_IMAGE} ${body} }
      scenario "s" on lab { let p = spawn p() on source at 1 s crash disk wait p expect p.status == 0 }`,
      cluster(caching),
    ),
  );
}

describe('when a file server fails', () => {
  it('every call on what is open there says EIO, and the descriptor can be closed', () => {
    const lines = program(`
      let f = open("/disk/a", create | read | write)
      write(f, "text")
      compute 3 s
      print(read(f, 4 B), " ", errno(), " ", write(f, "x"), " ", errno(), " ", lseek(f, 0 B), " ", errno())
      print(fstat(f).size, " ", errno(), " ", ftruncate(f, 0 B), " ", errno(), " ", close(f), " ", close(f), " ", errno())
    `);
    assert.deepEqual(lines, ['-1 EIO -1 EIO -1 EIO', '-1 bytes EIO -1 EIO 0 -1 EBADF']);
  });

  it('a call that it was executing ends with EIO', () => {
    const lines = program(`
      let f = open("/disk/a", create | read | write)
      let n = 0
      while write(f, "0123456789abcdef") == 16 B { n = n + 1 }
      print(n > 10, " ", errno())
    `);
    assert.deepEqual(lines, ['true EIO']);
  });

  it('what is below its directory cannot be opened or named, and all else can', () => {
    const lines = program(`
      write(creat("/tmp/a"), "here")
      compute 3 s
      print(open("/disk/a", create | write), " ", stat("/disk").size, " ", mkdir("/disk/d"), " ", unlink("/disk/a"))
      let f = open("/tmp/a", read)
      print(read(f, 80 B), " ", buffer(), " ", stat("/tmp/a").size)
    `);
    assert.equal(lines[0], '-1 -1 bytes -1 -1');
    assert.equal(lines[1], '4 here 4 bytes');
  });

  it('a process that has a file open there can be moved, forks, and ends', () => {
    const lines = program(`
      let f = open("/disk/a", create | read | write)
      write(f, "text")
      compute 3 s
      print(migrate(getpid(), "dest"))
      let g = dup(f)
      wait(fork { print(read(f, 4 B), " ", errno(), " ", close(g), " ", write(f, "x"), " ", errno(), " ", close(f)) })
      print(dup(f) == 2, " ", close(f))
    `);
    assert.deepEqual(lines, ['0', '-1 EIO 0 -1 EIO 0', 'true 0']);
  });

  it('what is kept can be read on; what was gathered is lost, and close and fsync say so', () => {
    const lines = program(
      `
      let f = open("/disk/a", create | read | write)
      write(f, "abcd")
      write(f, "efgh")
      lseek(f, 0 B)
      read(f, 4 B)
      compute 3 s
      print(read(f, 4 B), " ", buffer(), " ", write(f, "x"))
      print(fsync(f), " ", errno(), " ", read(f, 4 B), " ", errno(), " ", close(f))
      let g = open("/tmp/a", create | write)
      print(write(g, "y"), " ", close(g))
    `,
      'on',
    );
    assert.deepEqual(lines, ['4 efgh 1', '-1 EIO -1 EIO 0', '1 0']);
  });

  it('closing says that what was gathered is lost', () => {
    const lines = program(
      `
      let f = open("/disk/a", create | write)
      write(f, "abcd")
      write(f, "efgh")
      compute 3 s
      print(close(f), " ", errno(), " ", close(f), " ", errno())
    `,
      'on',
    );
    assert.deepEqual(lines, ['-1 EIO -1 EBADF']);
  });
});
