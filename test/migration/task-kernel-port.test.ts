/**
 * Stories about the kernel ports of a task that has moved: the destination's kernel takes them over, or a server stands
 * between [mechanisms 4.4].
 */
import assert from 'node:assert/strict';
import { LOCAL_MESSAGES, openAccount } from '../../simulator/base/ledger.ts';
import { at, select } from '../../simulator/base/table.ts';
import { bootRight } from '../../simulator/dipc/boot.ts';
import { kernelCall } from '../../simulator/mach/kernel-call.ts';
import type { TaskInfo } from '../../simulator/mach/kernel-services/task-services.ts';
import { taskPort } from '../../simulator/mach/task.ts';
import type { TaskMigrationImplementation } from '../../simulator/workload/program.ts';
import { millisecond, receive, sleep, type Actor, type Call, type Scripted } from '../mach/cluster.ts';
import { lab, type Lab } from './move.ts';
import { sselfOf } from '../../simulator/mach/kept.ts';

const NODES = ['source', 'destination', 'third'];

const ask =
  (on: number, operation: string, body: object = {}): Call =>
  (w, t) =>
    kernelCall(w, t, on, operation, { body });

/** A task that has the kernel port of another one, asks something of it before it has moved, and again afterwards. */
function watched(using: TaskMigrationImplementation, ...calls: string[]): { c: Lab; watcher: Scripted; moved: Actor } {
  const c = lab(NODES);
  const moved = c.task('source', 'moved');
  moved.thread(receive(moved.port('mine')));
  const debug = c.task('third', 'debugger');
  const port = bootRight(c.w, taskPort(c.w, moved.task), debug.task);
  const watcher = debug.thread(
    ask(port, 'task_info'),
    sleep(2000 * millisecond),
    ...calls.map((each) => ask(port, each)),
  );
  c.run(100 * millisecond);
  const m = c.move(moved, 'destination', { using, strategy: using === 'user_level' ? 'eager' : 'copy_on_reference' });
  while (m.outcome === '') assert.ok(c.step());
  assert.equal(m.outcome, 'done', m.reason);
  return { c, watcher, moved };
}

describe('who held the kernel port of a task that has moved', () => {
  for (const using of ['sms', 'user_level', 'in_kernel'] as const) {
    it(`reaches the task by it (${using}) [T6]`, () => {
      const { c, watcher } = watched(using, 'task_info', 'task_suspend', 'task_info', 'task_resume');
      c.run();
      const [before, , after, , suspended] = watcher.notes.map(({ body }) => body as TaskInfo);
      assert.ok(watcher.notes.every(({ code }) => code === 'KERN_SUCCESS'));
      assert.deepEqual([before!.name, after!.name], ['moved', 'moved']);
      assert.deepEqual([after!.suspendCount, suspended!.suspendCount], [0, 1]);
      assert.equal(c.w.nodes.rows[c.named('moved').node]!.name, 'destination');
    });

    it(`ends the task by it (${using}), and nothing is left of it`, () => {
      const { c, watcher } = watched(using, 'task_terminate', 'task_info');
      c.run();
      assert.equal(watcher.notes[2]!.code, 'KERN_SUCCESS');
      assert.notEqual(watcher.notes[3]!.code, 'KERN_SUCCESS');
      assert.equal(select(c.w.tasks, ({ name }) => name === 'moved').length, 0);
      assert.equal(select(c.w.relays, () => true).length, 0);
      assert.equal(select(c.w.omsObjects, () => true).length, 0);
    });
  }
});

describe('a server that relays the kernel calls of a task', () => {
  it('costs one more RPC for every call, on its node [4.4]', () => {
    const messages = (['sms', 'user_level'] as const).map((using) => {
      const { c, moved } = watched(using);
      c.run();
      const asking = c.task('destination', 'asking');
      const task = c.named('moved');
      const relay = select(c.w.relays, ({ what }) => what === 'task')[0];
      const known = relay === undefined ? taskPort(c.w, task) : at(c.w.ports, sselfOf(task));
      assert.ok(moved.task !== task);
      const port = bootRight(c.w, known, asking.task);
      const account = openAccount(c.w.ledger, 'asking');
      asking.task.activity = account.id;
      asking.thread(ask(port, 'task_info'), ask(port, 'task_info'));
      c.run();
      return at(c.w.ledger, account.id).counts[LOCAL_MESSAGES]!;
    });
    // A trap without the relay; a request and an answer, and then the trap, with it.
    assert.deepEqual(messages, [0, 4]);
  });

  it('gives the task its own port in the place of the kernel port (sself) [1.12]', () => {
    const { c } = watched('user_level');
    const task = c.named('moved');
    assert.notEqual(sselfOf(task), -1);
    assert.notEqual(sselfOf(task), task.self);
  });

  it('is seen through when the task moves again', () => {
    const { c, watcher, moved } = watched('user_level', 'task_info');
    const m = c.move({ ...moved, task: c.named('moved') }, 'third', { using: 'sms' });
    c.run();
    assert.equal(m.outcome, 'done', m.reason);
    assert.equal(c.w.nodes.rows[c.named('moved').node]!.name, 'third');
    assert.equal((watcher.notes[2]!.body as TaskInfo).name, 'moved');
  });
});
