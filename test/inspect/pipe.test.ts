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
});
