/**
 * Stories about files that are mapped: what a mapping reads is what was written, by write or through another mapping, on
 * whatever nodes they are [mechanisms 3.2, 5.1; P10, X1, X6].
 */
import assert from 'node:assert/strict';
import { select } from '../../simulator/base/table.ts';
import { NULL_IMAGE, printed, run, type Run } from './lab.ts';

const CACHING = `
cluster lab {
  machine i386_25
  network ethernet_10
  file_caching on
  node master { pma pm_master credentials file_server "/" }
  node source { pma }
  node dest { pma }
}
`;

const maps = `let f = open("/tmp/a", create | read | write)
  write(f, "0123456789")
  let m = mmap(f, 8 KB, PROT_READ | PROT_WRITE, MAP_SHARED)`;

function program(body: string, cluster?: string, events = ''): Run {
  return run(
    `program p() { ${NULL_IMAGE} ${body} }
    scenario "s" on lab { let p = spawn p() on source ${events} wait p expect p.status == 0 }`,
    cluster,
  );
}

/** Nothing of a mapping is left anywhere: no region, no object, no memory object, and the file has its bytes. */
function nothingMapped({ sim: { world } }: Run): void {
  assert.deepEqual(
    select(world.files, ({ mapped }) => mapped !== null).map(({ id }) => id),
    [],
  );
  const left = [...select(world.regions, () => true), ...select(world.objects, () => true)];
  const names = left.map((each) => ('label' in each ? each.label : each.name));
  assert.deepEqual(
    names.filter((name) => name.startsWith('file ') || name.startsWith('mapping ')),
    [],
  );
}

describe('a file that is mapped', () => {
  it('reads what write has written, and what is stored there read finds [P10]', () => {
    for (const node of ['source', 'master']) {
      const result = program(`
        migrate(getpid(), "${node}")
        ${maps}
        print(load(m, 0 B, 80 B), " ", m == MAP_FAILED)
        store(m, 3 B, "abc")
        print(pread(f, 80 B, 0 B), " ", buffer())
        pwrite(f, "XY", 5 B)
        print(load(m, 0 B, 80 B), " ", load(m, 4 B, 2 B))
        print(munmap(m), " ", pread(f, 80 B, 0 B), " ", buffer())
      `);
      assert.deepEqual(
        printed(result),
        ['0123456789 false', '10 012abc6789', '012abXY789 bX', '0 10 012abXY789'],
        node,
      );
      nothingMapped(result);
    }
  });

  it('is one memory on two nodes: each finds what the other has stored last [X1]', () => {
    const result = program(`
      ${maps}
      let c = fork {
        migrate(getpid(), "dest")
        store(m, 0 B, "child")
        compute 2 s
        print(load(m, 0 B, 80 B))
        store(m, 0 B, "again")
      }
      compute 3 s
      print(load(m, 0 B, 80 B))
      store(m, 5 B, "|||||")
      wait c
      print(load(m, 0 B, 80 B), " ", pread(f, 80 B, 0 B), " ", buffer())
    `);
    assert.deepEqual(printed(result), ['child56789', 'child|||||', 'again||||| 10 again|||||']);
    nothingMapped(result);
  });

  it('mapped privately is what it was then: nobody else sees what is stored, and it sees nobody [3.3]', () => {
    for (const node of ['source', 'master']) {
      const result = program(`
        migrate(getpid(), "${node}")
        ${maps}
        let own = mmap(f, 4 KB, PROT_READ | PROT_WRITE, MAP_PRIVATE)
        store(own, 0 B, "mine")
        pwrite(f, "ours", 4 B)
        store(m, 8 B, "!")
        print(load(own, 0 B, 80 B), " ", load(m, 0 B, 80 B))
        let c = fork {
          store(own, 0 B, "child")
          store(m, 0 B, "both")
          print(load(own, 0 B, 80 B), " ", load(m, 0 B, 80 B))
        }
        wait c
        print(load(own, 0 B, 80 B), " ", load(m, 0 B, 80 B), " ", msync(own), " ", munmap(own))
        print(pread(f, 80 B, 0 B), " ", buffer())
      `);
      const after = 'bothours!9';
      assert.deepEqual(
        printed(result),
        [`mine456789 0123ours!9`, `child56789 ${after}`, `mine456789 ${after} 0 0`, `10 ${after}`],
        node,
      );
      nothingMapped(result);
    }
  });

  it('of a file without other users keeps a private copy too, over fork and exit', () => {
    const result = program(`
      let f = open("/tmp/a", create | read | write)
      write(f, "0123456789")
      let own = mmap(f, 4 KB, PROT_READ | PROT_WRITE, MAP_PRIVATE)
      close(f)
      let c = fork { print(load(own, 0 B, 4 B)) store(own, 0 B, "ABCD") print(load(own, 0 B, 80 B)) }
      wait c
      print(load(own, 0 B, 80 B))
      let g = open("/tmp/a", read)
      print(read(g, 80 B), " ", buffer())
    `);
    assert.deepEqual(printed(result), ['0123', 'ABCD456789', '0123456789', '10 0123456789']);
    nothingMapped(result);
  });

  it('is mapped from a page on, over several pages', () => {
    const result = program(`
      let f = open("/tmp/a", create | read | write)
      lseek(f, 4090 B)
      write(f, "0123456789")
      let m = mmap(f, 4 KB, PROT_READ | PROT_WRITE, MAP_SHARED, 4 KB)
      let all = mmap(f, 8 KB, PROT_READ, MAP_SHARED)
      print(load(m, 0 B, 4 KB), " ", load(all, 4090 B, 80 B), " ", all == m)
      store(m, 1 B, "xx")
      print(load(all, 4093 B, 80 B), " ", pread(f, 80 B, 4090 B), " ", buffer())
    `);
    assert.deepEqual(printed(result), ['6789 0123456789 false', '3456xx9 10 0123456xx9']);
    nothingMapped(result);
  });

  it('has no more bytes than the file: what is stored behind its end is not in the file, and a longer file has zeros there', () => {
    const result = program(`
      ${maps}
      store(m, 8 B, "89and more")
      print(fstat(f).size, " ", pread(f, 80 B, 0 B), " ", buffer(), " ", load(m, 0 B, 80 B))
      pwrite(f, "end", 12 B)
      print(pread(f, 80 B, 8 B), " ", load(m, 8 B, 80 B), " ", load(m, 12 B, 3 B))
      print(ftruncate(f, 4 B), " ", load(m, 0 B, 80 B), " ", pread(f, 80 B, 0 B))
      print(truncate("/tmp/a", 6 B), " ", load(m, 0 B, 80 B), " ", load(m, 12 B, 80 B), "|")
      close(open("/tmp/a", write | truncate))
      print(load(m, 0 B, 80 B), "| ", stat("/tmp/a").size, " ", write(open("/tmp/a", write | append), "new"))
      print(load(m, 0 B, 80 B))
    `);
    assert.deepEqual(printed(result), [
      '10 bytes 10 0123456789 0123456789and more',
      '7 89 end',
      '0 0123 4',
      '0 0123 |',
      '| 0 bytes 3',
      'new',
    ]);
    nothingMapped(result);
  });

  it('cannot be mapped if it is not open for that', () => {
    const result = program(`
      let w = creat("/tmp/a")
      write(w, "text")
      let r = open("/tmp/a", read)
      print(mmap(w, 4 KB, PROT_READ, MAP_SHARED), " ", errno())
      print(mmap(r, 4 KB, PROT_READ | PROT_WRITE, MAP_SHARED), " ", errno())
      print(mmap(r, 4 KB, PROT_READ, MAP_SHARED, 1 KB), " ", errno(), " ", mmap(r, 0 B, PROT_READ, MAP_SHARED), " ", errno())
      print(mmap(open("/dev/tty", read), 4 KB, PROT_READ, MAP_SHARED), " ", errno(), " ", mmap(pipe().read, 4 KB, PROT_READ, MAP_SHARED), " ", errno())
      close(w)
      print(mmap(w, 4 KB, PROT_READ, MAP_SHARED), " ", errno())
      print(mmap(r, 4 MB, PROT_READ, MAP_SHARED) == MAP_FAILED, " ", mmap(r, 8 MB, PROT_READ, MAP_SHARED), " ", errno())
      let own = mmap(r, 4 KB, PROT_READ | PROT_WRITE, MAP_PRIVATE)
      store(own, 0 B, "T")
      print(load(own, 0 B, 4 B), " ", munmap(own), " ", munmap(own), " ", errno(), " ", msync(own), " ", errno())
    `);
    assert.deepEqual(printed(result), [
      '-1 EACCES',
      '-1 EACCES',
      '-1 EINVAL -1 EINVAL',
      '-1 ENODEV -1 ENODEV',
      '-1 EBADF',
      'false -1 ENOMEM',
      'Text 0 -1 EINVAL -1 EINVAL',
    ]);
    nothingMapped(result);
  });

  it('ends a program that goes outside of it, or writes what it may only read', () => {
    const ends = [
      ['store(m, 8190 B, "abc")', 'are outside the mapping, which has 8192'],
      ['munmap(m) print(load(m, 0 B, 1 B))', 'no file is mapped there'],
      ['let r = mmap(f, 4 KB, PROT_READ, MAP_SHARED) store(r, 0 B, "a")', 'the file is not mapped for writing'],
    ] as const;
    for (const [end, text] of ends) {
      const result = program(
        `let c = fork { ${maps} print(load(m, 8 KB - 1 B, 1 B), "in") ${end} print("never") } print(wait(c))`,
      );
      assert.deepEqual(printed(result), ['in', '255'], end);
      const faults = result.notices.filter(({ notice }) => notice.kind === 'fault' && notice.text.includes(text));
      assert.equal(faults.length, 1, end);
      nothingMapped(result);
    }
  });

  it('stays mapped when it is closed and unlinked, and goes with exec and exit', () => {
    const result = program(`
      ${maps}
      close(f)
      unlink("/tmp/a")
      store(m, 0 B, "still")
      print(load(m, 0 B, 80 B), " ", msync(m), " ", open("/tmp/a", read))
      let g = open("/tmp/b", create | read | write)
      write(g, "0123456789")
      let n = mmap(g, 4 KB, PROT_READ | PROT_WRITE, MAP_SHARED)
      wait(fork { store(n, 0 B, "ended") })
      print(load(n, 0 B, 80 B))
      wait(fork { store(n, 5 B, "image") exec q() })
      print(load(n, 0 B, 80 B))
    }
    program q() { ${NULL_IMAGE} print("q")
    `);
    assert.deepEqual(printed(result), ['still56789 0 -1', 'ended56789', 'q', 'endedimage']);
    nothingMapped(result);
    assert.equal(select(result.sim.world.files, ({ links, kind }) => kind === 'file' && links === 0).length, 0);
  });

  it('is kept by kernels, not by emulators: tokens come home first, and are granted again afterwards', () => {
    const result = program(
      `
      let f = open("/tmp/a", create | read | write)
      write(f, "0123")
      write(f, "4567")
      let g = open("/tmp/a", read)
      let c = fork {
        let h = open("/tmp/a", read | write)
        let m = mmap(h, 4 KB, PROT_READ | PROT_WRITE, MAP_SHARED)
        print(load(m, 0 B, 80 B))
        store(m, 0 B, "abcd")
        compute 2 s
        print(load(m, 0 B, 80 B))
      }
      compute 1 s
      print(read(g, 80 B), " ", buffer(), " ", write(f, "89"))
      wait c
      print(pread(g, 80 B, 0 B), " ", buffer())
    `,
      CACHING,
    );
    assert.deepEqual(printed(result), ['01234567', '8 abcd4567 2', 'abcd456789', '10 abcd456789']);
    nothingMapped(result);
  });

  it('goes to the file when memory is short where it is mapped, and comes again', () => {
    const result = program(
      `
      let f = open("/tmp/a", create | read | write)
      ftruncate(f, 40 KB)
      let m = mmap(f, 40 KB, PROT_READ | PROT_WRITE, MAP_SHARED)
      for i in 0 .. 9 { store(m, i * 4 KB, "page") }
      let n = 0
      for i in 0 .. 9 { if load(m, i * 4 KB, 8 B) == "page" { n = n + 1 } }
      for i in 0 .. 9 { if pread(f, 4 B, i * 4 KB) == 4 B and buffer() == "page" { n = n + 1 } }
      print(n)
    `,
      CACHING.replace('node source { pma }', 'node source { pma memory 96 KB }'),
    );
    assert.deepEqual(printed(result), ['20']);
    nothingMapped(result);
  });
});
