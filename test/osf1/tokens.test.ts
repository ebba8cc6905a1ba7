/**
 * Stories about tokens: what an emulator keeps of a file nobody else can miss, and it goes back whatever the process is
 * doing [mechanisms 5.1, 7.5; P10; paper 2.1: "token service"].
 */
import assert from 'node:assert/strict';
import { NONE, select } from '../../simulator/base/table.ts';
import { emulatorOf } from '../../simulator/osf1/emulator/state.ts';
import type { Simulation } from '../../simulator/engine/simulation.ts';
import { NULL_IMAGE, printed, run, runUntilPrinted, start, type Run } from './lab.ts';

const cluster = (caching: 'on' | 'off'): string => `
cluster lab {
  machine i386_25
  network ethernet_10
  file_caching ${caching}
  node master { pma pm_master credentials file_server "/" }
  node source { pma }
  node dest { pma }
}
`;

const on = cluster('on');

function program(body: string, caching: 'on' | 'off' = 'on'): Run {
  return run(
    `program p() { ${NULL_IMAGE} ${body} }
    scenario "s" on lab { let p = spawn p() on source wait p expect p.status == 0 }`,
    cluster(caching),
  );
}

/** How often something was told. */
const told = ({ notices }: Run, event: string): number =>
  notices.filter(({ notice }) => notice.kind === 'protocol' && notice.event === event).length;

/** Tokens that the emulators hold, and that the servers have granted. */
function tokensIn({ world }: Simulation): { held: number; granted: number } {
  const tasks = select(world.tasks, (task) => task.kind === 'process' && task.emulator !== null);
  const held = tasks.reduce((sum, task) => sum + emulatorOf(task).tokens.length, 0);
  return { held, granted: select(world.fileHandles, ({ serial }) => serial !== NONE).length };
}

const small = `
  let f = open("/tmp/a", create | read | write)
  for i in 1 .. 64 { write(f, "0123456789abcdef") }
  lseek(f, 0 B)
  let n = 0
  for i in 1 .. 64 { if read(f, 16 B) == 16 B { n = n + 1 } }
  print(n, " ", buffer(), " ", lseek(f, 0 B, SEEK_CUR), " ", read(f, 16 B))
  close(f)
  print(stat("/tmp/a").size)
`;

describe('an emulator that has tokens', () => {
  it('reads what it keeps and gathers what is written, without any message', () => {
    const cached = program(small);
    const plain = program(small, 'off');
    assert.deepEqual(printed(cached), ['64 0123456789abcdef 1024 0', '1 KB']);
    assert.deepEqual(printed(cached), printed(plain));
    // 130 requests become four: the write that the token comes with, a block to be read, and what was gathered, at close.
    const sent = ({ sim }: Run): number => sim.world.sent;
    assert.ok(sent(plain) - sent(cached) > 240, `${sent(plain)} messages, and ${sent(cached)}`);
    assert.equal(told(cached, 'token recall'), 0);
  });

  it('has written back what it gathered when fsync returns, and when the process has ended', () => {
    for (const end of ['fsync(f)', 'close(f)', 'exit()', 'kill(getpid(), SIGKILL) compute 1 s']) {
      const result = run(
        `program p() {
          ${NULL_IMAGE}
          wait(fork {
            let f = open("/tmp/a", create | write)
            write(f, "one ")
            write(f, "two ")
            write(f, "three")
            ${end}
          })
          let r = open("/tmp/a", read)
          print(read(r, 80 B), " ", buffer())
        }
        scenario "s" on lab { let p = spawn p() on source wait p }`,
        on,
      );
      assert.deepEqual(printed(result), ['13 one two three'], end);
    }
  });

  it('hears of fcntl(F_SETFL, append), whoever of those who share the open file calls it', () => {
    for (const sets of ['fcntl(f, F_SETFL, append)', 'wait(fork { fcntl(f, F_SETFL, append) })']) {
      const body = `
        let f = open("/tmp/a", create | read | write)
        write(f, "0123456789")
        ${sets}
        lseek(f, 0 B)
        write(f, "abc")
        migrate(getpid(), "dest")
        lseek(f, 2 B)
        write(f, "def")
        print(pread(f, 80 B, 0 B), " ", buffer(), " ", lseek(f, 0 B, SEEK_CUR))
        fcntl(f, F_SETFL)
        lseek(f, 0 B)
        write(f, "xyz")
        print(pread(f, 80 B, 0 B), " ", buffer(), " ", lseek(f, 0 B, SEEK_CUR))
      `;
      const lines = ['16 0123456789abcdef 16', '16 xyz3456789abcdef 3'];
      assert.deepEqual(printed(program(body)), lines, sets);
      assert.deepEqual(printed(program(body, 'off')), lines, sets);
    }
  });

  it('gives a token back when another process needs it, so every read finds the last write [P10]', () => {
    const result = program(`
      let f = open("/tmp/a", create | read | write)
      write(f, "aaaa")
      write(f, "bbbb")
      let c = fork {
        let g = open("/tmp/a", read | write)
        print(read(g, 80 B), " ", buffer())
        lseek(g, 4 B)
        write(g, "cccc")
        write(g, "dd")
        compute 4 s
      }
      compute 2 s
      print(pread(f, 80 B, 0 B), " ", buffer(), " ", lseek(f, 0 B, SEEK_CUR), " ", stat("/tmp/a").size)
      wait c
    `);
    assert.deepEqual(printed(result), ['8 aaaabbbb', '10 aaaaccccdd 8 10 bytes']);
    assert.ok(told(result, 'token recall') >= 2);
  });

  it('shares the position with a child, which takes it over, and gives it back [P10]', () => {
    const body = `
      let f = open("/tmp/a", create | read | write)
      write(f, "abcdefghijkl")
      lseek(f, 0 B)
      read(f, 2 B)
      let c = fork {
        read(f, 2 B)
        print("child ", buffer())
        migrate(getpid(), "dest")
        read(f, 2 B)
        print("moved ", buffer())
        read(f, 2 B)
      }
      wait c
      read(f, 2 B)
      print("parent ", buffer(), " ", lseek(f, 0 B, SEEK_CUR))
    `;
    for (const caching of ['on', 'off'] as const) {
      assert.deepEqual(printed(program(body, caching)), ['child cd', 'moved ef', 'parent ij 10']);
    }
  });

  it('shares what it appends with whoever else appends: nothing is written over', () => {
    const body = `
      let c = fork {
        let a = open("/tmp/log", create | write | append)
        for i in 1 .. 8 { write(a, "child ") compute 7 ms }
      }
      let b = open("/tmp/log", create | write | append)
      for i in 1 .. 8 { write(b, "parent") compute 11 ms }
      wait c
      close(b)
      print(stat("/tmp/log").size)
    `;
    assert.deepEqual(printed(program(body)), ['96 bytes']);
  });

  it('moves a call of several blocks as one, also where nothing is kept', () => {
    const body = `
      let text = "0123456789abcdef"
      let a = open("/tmp/a", create | write)
      for i in 1 .. 1024 { write(a, text) }
      close(a)
      let f = open("/tmp/a", read)
      let c = fork { read(f, 8 KB) }
      read(f, 8 KB)
      wait c
      print(lseek(f, 0 B, SEEK_CUR), " ", read(f, 8 KB))
    `;
    for (const caching of ['on', 'off'] as const) assert.deepEqual(printed(program(body, caching)), ['16384 0']);
  });
});

describe('a token comes back', () => {
  const victim = `
    program victim() {
      ${NULL_IMAGE}
      let f = open("/tmp/a", create | read | write)
      write(f, "before ")
      write(f, "gathered")
      print("written")
      compute 20 s
    }
    program reader() {
      ${NULL_IMAGE}
      let r = open("/tmp/a", read)
      print(read(r, 80 B), " ", buffer())
    }
  `;

  it('from a process that is stopped', () => {
    const result = run(
      `${victim}
      scenario "s" on lab {
        let v = spawn victim() on source
        at 2 s
        kill(v, SIGSTOP)
        at 3 s
        let r = spawn reader() on dest
        wait r
        kill(v, SIGKILL)
        wait v
      }`,
      on,
    );
    assert.deepEqual(printed(result), ['written', '15 before gathered']);
  });

  it('from a process that is frozen, and before it has moved; what it writes there is found, too', () => {
    const result = run(
      `program mover() {
        ${NULL_IMAGE}
        let f = open("/tmp/a", create | read | write)
        write(f, "a")
        for i in 1 .. 40 { write(f, "x") compute 50 ms }
      }
      program reader(n: int) {
        ${NULL_IMAGE}
        for i in 1 .. n { let s = stat("/tmp/a").size compute 10 ms }
      }
      program last() { ${NULL_IMAGE} print(stat("/tmp/a").size) }
      scenario "s" on lab {
        let v = spawn mover() on source
        at 1 s
        let m = migrate v to dest
        let r = spawn reader(20) on source
        wait m
        wait v
        wait r
        let l = spawn last() on master
        wait l
        expect m.outcome == "done"
      }`,
      on,
    );
    assert.deepEqual(printed(result), ['41 bytes']);
  });

  it('from a process whose task is moved alone, and which then asks for none', () => {
    const result = run(
      `${victim}
      scenario "s" on lab {
        let v = spawn victim() on source
        at 2 s
        let m = migrate v to dest by task
        wait m
        let r = spawn reader() on master
        wait r
        kill(v, SIGKILL)
        wait v
      }`,
      on,
    );
    assert.deepEqual(printed(result), ['written', '15 before gathered']);
  });

  it('not from a node that has failed: what was gathered there is lost, and nothing waits for it', () => {
    const result = run(
      `${victim}
      scenario "s" on lab {
        let v = spawn victim() on source
        at 2 s
        crash source
        let r = spawn reader() on dest
        wait r
      }`,
      on,
    );
    assert.deepEqual(printed(result), ['written', '7 before ']);
  });

  it('with close, and with the process', () => {
    const sim = start(
      `program p() {
        ${NULL_IMAGE}
        let f = open("/tmp/a", create | read | write)
        write(f, "x")
        print("open")
        compute 500 ms
        close(f)
        print("closed")
        compute 500 ms
        print("end")
      }
      scenario "s" on lab { let p = spawn p() on source wait p }`,
      on,
    );
    runUntilPrinted(sim, 'open');
    assert.deepEqual(tokensIn(sim), { held: 1, granted: 1 });
    runUntilPrinted(sim, 'end');
    assert.deepEqual(tokensIn(sim), { held: 0, granted: 0 });
  });
});
