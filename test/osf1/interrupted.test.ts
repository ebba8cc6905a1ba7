/**
 * Stories about signals in the middle of calls that wait at a file server. The call is ended by its server, having changed
 * nothing, or has been answered: never half, never twice [docs/decisions/0045-signals-are-taken.md]. Then the action of the
 * signal says whether it is made again (SA_RESTART); select never is, as in 4.3BSD.
 */
import assert from 'node:assert/strict';
import { NULL_IMAGE, printed, run, type Run } from './lab.ts';
import { unexplained } from '../swarm/rest.ts';

const everywhere = `
cluster lab {
  machine i386_25
  network ethernet_10
  node master { pma pm_master credentials file_server "/" }
  node source { pma file_server "/source" }
  node dest { pma file_server "/dest" }
  node bare { }
}
`;

function play(body: string, scenario: string, cluster?: string): Run {
  const result = run(
    `program p() { ${NULL_IMAGE} ${body} }
    scenario "s" on lab { let p = spawn p() on source ${scenario} wait p expect p.status == 0 sleep 1 s }`,
    cluster,
  );
  assert.deepEqual(unexplained(result.sim.world), []);
  return result;
}

interface Call {
  readonly name: string;
  readonly before: string;
  /** What is printed of it after an interruption, and after the call has been made again. */
  readonly call: string;
  readonly after: string;
  readonly failed: string;
  readonly done: string;
}

const listening = 'let door = socket() bind(door, "/dest/door") listen(door, 1)';

/** Each waits for 9 s if nothing interrupts it. */
const calls: readonly Call[] = [
  {
    name: 'read of a pipe',
    before: 'let q = pipe() let c = fork { compute 9 s write(q.write, "late") }',
    call: 'read(q.read, 80 B)',
    after: 'read(q.read, 80 B) print(buffer())',
    failed: '-1 EINTR',
    done: '4 ',
  },
  {
    name: 'write to a pipe',
    before: 'let q = pipe() write(q.write, 4 KB) let c = fork { compute 9 s read(q.read, 4 KB) }',
    call: 'write(q.write, "late")',
    after: 'write(q.write, "late") print(read(q.read, 80 B), " ", buffer())',
    failed: '-1 EINTR',
    done: '4 ',
  },
  {
    name: 'read of a socket',
    before: 'let q = socketpair() let c = fork { compute 9 s write(q.second, "late") }',
    call: 'read(q.first, 80 B)',
    after: 'read(q.first, 80 B) print(buffer())',
    failed: '-1 EINTR',
    done: '4 ',
  },
  {
    name: 'accept',
    before: `${listening} let c = fork { compute 9 s connect(socket(), "/dest/door") }`,
    call: 'accept(door)',
    after: 'accept(door) print("accepted")',
    failed: '-1 EINTR',
    done: '4 ',
  },
  {
    name: 'connect',
    before: `${listening} let s = socket() connect(socket(), "/dest/door") let c = fork { compute 9 s accept(door) }`,
    call: 'connect(s, "/dest/door")',
    after: 'connect(s, "/dest/door") print("connected")',
    failed: '-1 EINTR',
    done: '0 ',
  },
];

describe('a call that waits at a file server', () => {
  for (const { name, before, call, after, failed } of calls) {
    for (const [how, move] of [
      ['', ''],
      [', also after it has moved by process', 'at 3 s let m = migrate p to dest by process wait m'],
      [', also after it has moved by task', 'at 3 s let m = migrate p to dest by task wait m'],
    ]) {
      it(`ends with EINTR when a handler has run, and can be made again (${name}${how})`, () => {
        const result = play(
          `on SIGUSR1 { print("handler") } ${before} print(${call}, " ", errno()) ${after} wait c`,
          `${move} at 7 s kill(p, SIGUSR1)`,
          everywhere,
        );
        const [handler, value, ...rest] = printed(result);
        assert.deepEqual([handler, value], ['handler', failed]);
        assert.equal(rest.length, 1);
      });
    }
  }

  for (const { name, before, call, done } of calls) {
    it(`is made again if the action of the signal says so (${name})`, () => {
      const result = play(
        `on SIGUSR1 restart { print("handler") } ${before} print(${call}, " ", errno()) wait c`,
        'at 5 s kill(p, SIGUSR1) at 7 s kill(p, SIGUSR1)',
        everywhere,
      );
      const [first, second, value] = printed(result);
      assert.deepEqual([first, second], ['handler', 'handler']);
      assert.match(value!, name === 'accept' ? /^\d+ $/ : new RegExp(`^${done}$`));
    });
  }
});

describe('select', () => {
  const waits = `let q = pipe() ${listening} let c = fork { compute 9 s write(q.write, "late") }
    let r = select(fd_set(q.read, door), fd_set(), 60 s) print(r.count, " ", errno(), " ", r.read == fd_set())
    let s = select(fd_set(q.read, door)) print(s.count, " ", s.read == fd_set(q.read)) wait c`;

  for (const [how, move] of [
    ['where it began', ''],
    ['after it has moved by process', 'at 3 s let m = migrate p to dest by process wait m'],
    ['after it has moved by task', 'at 3 s let m = migrate p to dest by task wait m'],
  ]) {
    it(`ends with EINTR whatever the action says, and leaves nothing behind (${how})`, () => {
      const result = play(
        `on SIGUSR1 restart { print("handler") } ${waits}`,
        `${move} at 7 s kill(p, SIGUSR1)`,
        everywhere,
      );
      assert.deepEqual(printed(result), ['handler', '-1 EINTR true', '1 true']);
    });
  }

  it('says what is ready if that came first, and the handler runs all the same', () => {
    const result = play(
      'on SIGUSR1 { print("handler") } let q = pipe() let c = fork { compute 2 s write(q.write, "x") kill(getppid(), SIGUSR1) } let r = select(fd_set(q.read)) print(r.count) wait c compute 1 s',
      '',
    );
    assert.deepEqual(printed(result).sort(), ['1', 'handler']);
  });
});
