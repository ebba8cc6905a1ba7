/** What the debugger shows of a pipe: the descriptors by its name, and which thread of the server waits in it for whom. */
import assert from 'node:assert/strict';
import { inspect } from '../../simulator/engine/simulation.ts';
import { NULL_IMAGE, runUntilPrinted, start } from '../osf1/lab.ts';

describe('a pipe in the inspected state', () => {
  it('is two descriptors of each process that has it, with what went through each', () => {
    const sim = start(`
      program p() {
        ${NULL_IMAGE}
        let q = pipe()
        let c = fork { read(q.read, 80 B) compute 5 s }
        write(q.write, "abc")
        close(q.read)
        compute 2 s
        print("looks")
      }
      scenario "s" on lab { let p = spawn p() on source wait p }
    `);
    runUntilPrinted(sim, 'looks');
    const open = (pid: number): string[] =>
      inspect(sim)
        .tasks.filter((task) => task.pid === pid)
        .flatMap(({ files }) => files.map(({ path, position, server }) => `${path} ${position} ${server}`));
    const [name] = open(3)[0]!.split('.read ');
    assert.match(name!, /^pipe \d+$/);
    assert.deepEqual(open(3), [`${name}.read 3 master`, `${name}.write 0 master`]);
    assert.deepEqual(open(2), [`${name}.write 3 master`]);
  });

  it('that is empty is what the server waits for on behalf of a reader', () => {
    const sim = start(`
      program p() {
        ${NULL_IMAGE}
        let q = pipe()
        let c = fork { read(q.read, 80 B) }
        compute 2 s
        print("looks")
      }
      scenario "s" on lab { let p = spawn p() on source wait p }
    `);
    runUntilPrinted(sim, 'looks');
    const threads = inspect(sim).tasks.flatMap((task) => task.threads);
    const waiting = threads.filter(({ waits }) => waits.includes('pipe'));
    assert.equal(waiting.length, 1);
    const reader = threads.find(({ thread }) => thread === waiting[0]!.serves);
    assert.equal(reader?.servedBy, waiting[0]!.thread);
  });

  it('is one of the streams: its bytes, both ends with who has them, and who waits', () => {
    const sim = start(`
      program p() {
        ${NULL_IMAGE}
        let q = pipe()
        let c = fork { close(q.write) migrate(getpid(), "dest") read(q.read, 80 B) compute 100 s }
        close(q.read)
        compute 4 s
        print("empty")
        write(q.write, "one")
        write(q.write, "two")
        compute 1 s
        print("looks")
      }
      scenario "s" on lab { let p = spawn p() on source wait p }
    `);
    runUntilPrinted(sim, 'empty');
    const [pipe] = inspect(sim).streams;
    assert.deepEqual(
      [pipe?.kind, pipe?.server, pipe?.state, pipe?.bytes, pipe?.capacity],
      ['pipe', 'master', 'open', 0, 4096],
    );
    assert.deepEqual(
      pipe?.ends.map(({ flags, holders }) => [
        ...flags,
        ...holders.map((each) => `${each.pid} ${each.node} ${each.descriptor}`),
      ]),
      [
        ['read', '3 dest 0'],
        ['write', '2 source 1'],
      ],
    );
    assert.deepEqual(
      pipe.waiting.map(({ operation, pid }) => [operation, pid]),
      [['file.read', 3]],
    );
    runUntilPrinted(sim, 'looks');
    const [later] = inspect(sim).streams;
    assert.deepEqual([later?.text, later?.bytes, later?.ends[1]?.position, later?.waiting], ['two', 3, 6, []]);
    assert.deepEqual([later?.data, later?.taken], ['74776f', 3]);
  });
});

describe('sockets in the inspected state', () => {
  it('are those that listen, with who waits to be accepted, and both ends of connections', () => {
    const sim = start(`
      program p() {
        ${NULL_IMAGE}
        let door = socket()
        bind(door, "/tmp/door")
        listen(door, 2)
        let c = fork { let s = socket() connect(s, "/tmp/door") write(s, "hello") shutdown(s, SHUT_WR) compute 100 s }
        compute 2 s
        print("looks")
        let a = accept(door)
        select(fd_set(door))
      }
      scenario "s" on lab { let p = spawn p() on source sleep 8 s print("later") }
    `);
    runUntilPrinted(sim, 'looks');
    const [door, mine, other] = inspect(sim).streams;
    assert.deepEqual(
      [door?.state, door?.paths, door?.backlog, door?.queue],
      ['listening', ['/tmp/door'], 2, [other?.name]],
    );
    assert.deepEqual([mine?.peer, mine?.shut, other?.peer, other?.text], [other?.name, ['write'], mine?.name, 'hello']);
    assert.deepEqual([mine?.ends.length, other?.ends.length], [1, 0]);
    runUntilPrinted(sim, 'later');
    const [listening, , accepted] = inspect(sim).streams;
    assert.deepEqual(listening?.queue, []);
    assert.deepEqual(
      listening.waiting.map(({ operation }) => operation),
      ['file.poll'],
    );
    assert.deepEqual(
      accepted?.ends[0]?.holders.map(({ pid }) => pid),
      [2],
    );
  });
});
