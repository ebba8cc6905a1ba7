/**
 * Stories about processes that move, or are lost, with files mapped: a mapping is one memory wherever its users are, and what
 * was stored is lost only with the one node that had it [mechanisms 3.4, 5.6; T5, X3].
 */
import assert from 'node:assert/strict';
import { NULL_IMAGE, printed, run, type Run } from './lab.ts';

const mover = `program p() { ${NULL_IMAGE}
  let f = open("/tmp/a", create | read | write)
  write(f, "0123456789")
  ftruncate(f, 12 KB)
  let m = mmap(f, 12 KB, PROT_READ | PROT_WRITE, MAP_SHARED)
  let own = mmap(f, 12 KB, PROT_READ | PROT_WRITE, MAP_PRIVATE)
  store(m, 4 KB, "stored")
  store(own, 8 KB, "private")
  print("ready")
  for i in 1 .. 80 {
    store(m, 0 B, "moving")
    load(m, 4 KB, 8 B)
    compute 50 ms
  }
  print(load(m, 0 B, 80 B), " ", load(m, 4 KB, 80 B), " ", load(m, 8 KB, 80 B), "|")
  print(load(own, 0 B, 80 B), " ", load(own, 4 KB, 80 B), " ", load(own, 8 KB, 80 B))
  store(own, 0 B, "again")
  store(m, 8 KB, "there")
  print(load(own, 0 B, 80 B), " ", pread(f, 80 B, 8 KB), " ", buffer(), " ", msync(m))
}
program reader() { ${NULL_IMAGE}
  let f = open("/tmp/a", read | write)
  pwrite(f, "STO", 4 KB)
  pread(f, 80 B, 0 B)
  let a = buffer()
  pread(f, 80 B, 4 KB)
  print("reads ", a, " ", buffer())
}`;

const after = ['moving6789 STOred |', '0123456789  private', 'again56789 80 there 0'];

function moved(how: string): Run {
  return run(
    `${mover}
    scenario "s" on lab {
      let p = spawn p() on source
      at 500 ms
      let m = migrate p to dest ${how}
      wait m
      expect m.outcome == "done"
      let r = spawn reader() on source
      wait r
      wait p
      expect p.status == 0 and r.status == 0
    }`,
  );
}

describe('a process that has mapped a file', () => {
  for (const how of [
    '',
    'by task',
    'by task using in_kernel',
    'by task using user_level',
    // A migration server that copies all memory cannot take a file over.
    'by task using oms',
    'by task using oms with eager',
    'by task using oms with flush',
    'by task using oms with pre_copy',
    'by process using oms with eager',
  ]) {
    it(`keeps its mappings when it moves ${how}, and shares the one with all who read and write the file`, () => {
      assert.deepEqual(printed(moved(how)), ['ready', 'reads moving6789 STOred', ...after]);
    });
  }

  it('goes on where it was when it is refused [P9]', () => {
    const result = run(
      `${mover}
      scenario "s" on full {
        let p = spawn p() on source
        at 500 ms
        let m = migrate p to dest
        wait m
        expect m.outcome == "refused"
        let r = spawn reader() on source
        wait r
        wait p
        expect p.status == 0
      }`,
      `cluster full {
        node master { pma pm_master credentials file_server "/" }
        node source { pma }
        node dest { pma refuse always }
      }`,
    );
    assert.deepEqual(printed(result), ['ready', 'reads moving6789 STOred', ...after]);
  });

  it('moves while it waits for a page, and finds it at the destination', () => {
    const result = run(
      `program p() { ${NULL_IMAGE}
        let f = open("/tmp/a", create | read | write)
        ftruncate(f, 256 KB)
        let m = mmap(f, 256 KB, PROT_READ | PROT_WRITE, MAP_SHARED)
        let n = 0
        for i in 0 .. 63 { store(m, i * 4 KB, "page") }
        for i in 0 .. 63 { if load(m, i * 4 KB, 8 B) == "page" { n = n + 1 } }
        print(n)
      }
      scenario "s" on lab {
        let p = spawn p() on source
        at 300 ms
        let m = migrate p to dest
        wait m
        let back = migrate p to source
        wait p
        expect p.status == 0 and p.migrations == 2
      }`,
    );
    assert.deepEqual(printed(result), ['64']);
  });

  it('is inherited by a child on another node', () => {
    const result = run(
      `program p() { ${NULL_IMAGE}
        let f = open("/tmp/a", create | read | write)
        write(f, "0123456789")
        let m = mmap(f, 4 KB, PROT_READ | PROT_WRITE, MAP_SHARED)
        let own = mmap(f, 4 KB, PROT_READ | PROT_WRITE, MAP_PRIVATE)
        store(own, 0 B, "own")
        let c = fork on "dest" {
          store(m, 0 B, "child")
          store(own, 3 B, "child")
          print(load(own, 0 B, 80 B), " ", msync(m))
        }
        wait c
        print(load(own, 0 B, 80 B), " ", load(m, 0 B, 80 B))
      }
      scenario "s" on lab { let p = spawn p() on source wait p expect p.status == 0 }`,
    );
    assert.deepEqual(printed(result), ['ownchild89 0', 'own3456789 child56789']);
  });
});

/** A process on the destination stores into a file that one on the source maps, too; then the destination fails. */
function failing(stored: string, body: string, node = 'dest'): string[] {
  return printed(
    run(
      `program p() { ${NULL_IMAGE}
        let f = open("/tmp/a", create | read | write)
        write(f, "0123456789")
        let m = mmap(f, 8 KB, PROT_READ | PROT_WRITE, MAP_SHARED)
        let c = fork { migrate(getpid(), "dest") store(m, 0 B, "stored") ${stored} print("stored") compute 60 s }
        compute 6 s
        ${body}
      }
      scenario "s" on lab { let p = spawn p() on source at 5 s crash ${node} wait p }`,
      `cluster lab {
        node master { pma pm_master credentials }
        node disk { file_server "/" }
        node source { pma }
        node dest { pma }
      }`,
    ),
  );
}

describe('when the node fails that has stored into a mapped file', () => {
  it('the page is lost: read and write say EIO, and the file is as before when nobody maps it any more [5.6]', () => {
    const lines = failing(
      '',
      `print(pread(f, 80 B, 0 B), " ", errno(), " ", pwrite(f, "x", 0 B), " ", errno(), " ", msync(m), " ", errno())
       munmap(m)
       compute 1 s
       print(pread(f, 80 B, 0 B), " ", buffer(), " ", wait(c))`,
    );
    assert.deepEqual(lines, ['stored', '-1 EIO -1 EIO -1 EIO', '10 0123456789 256']);
  });

  it('whoever touches the page is lost with it', () => {
    assert.deepEqual(failing('', `print(wait(fork { print(load(m, 0 B, 8 B)) }))`), ['stored', '256']);
  });

  it('nothing is lost that msync has asked for, or that somebody has read', () => {
    for (const stored of ['msync(m)', 'pread(f, 8 B, 0 B)']) {
      const lines = failing(stored, `print(load(m, 0 B, 80 B), " ", pread(f, 80 B, 0 B), " ", buffer())`);
      assert.deepEqual(lines, ['stored', 'stored6789 10 stored6789'], stored);
    }
  });
});

describe('when the file server of a mapped file fails', () => {
  it('the pages that are here can be read, msync says EIO, nothing new can be mapped, and all others are lost', () => {
    const lines = failing(
      `compute 6 s
       print(load(m, 0 B, 8 B), " ", msync(m), " ", errno(), " ", mmap(f, 4 KB, PROT_READ, MAP_SHARED), " ", errno())
       print(wait(fork { print(load(m, 0 B, 8 B), " ", munmap(m)) }), " ", munmap(m))
       exit(7)`,
      `print(wait(c))
       print(wait(fork { load(m, 0 B, 8 B) print("never") }))`,
      'disk',
    );
    assert.deepEqual(lines, ['stored67 -1 EIO -1 EIO', 'stored67 0', '0 0', '7', '256']);
  });
});
