// Threads: made, stopped, interrupted, read and written, ended [mechanisms 1.6, 1.13].
import assert from 'node:assert/strict';
import { COPY_SEND } from '../../simulator/mach/ipc/right.ts';
import { THREAD_STATE } from '../../simulator/mach/thread-state.ts';
import { READY, reportInterruption } from '../../simulator/mach/thread.ts';
import {
  act,
  cluster,
  compute,
  kernel,
  millisecond,
  receive,
  reply,
  rpc,
  send,
  sleep,
  type Call,
  type Scripted,
} from './cluster.ts';
import { framesOf } from '../../simulator/mach/routine.ts';

/** A task whose threads are looked after by a thread of another task, which has a right to each. */
function lab(...calls: readonly Call[][]) {
  const c = cluster('here');
  const task = c.task('here', 'task');
  const keeper = c.task('here', 'keeper');
  const threads = calls.map((each) => task.thread(...each));
  const rights = threads.map((each) => c.threadRight(each, keeper));
  const self = c.kernelRight(task, keeper);
  return { c, task, keeper, threads, rights, self };
}

const codes = ({ notes }: Scripted): string[] => notes.map(({ code }) => code);

const interruptible =
  (perform: Call): Call =>
  (w, t) => {
    perform(w, t);
    reportInterruption(t);
  };

describe('a suspended thread', () => {
  it('performs nothing until it has been resumed as often as it was suspended', () => {
    const { c, threads, rights, keeper } = lab([sleep(5 * millisecond), sleep(1000 * millisecond)]);
    const [on] = rights;
    const thread = keeper.thread(
      kernel(on!, 'thread_suspend'),
      kernel(on!, 'thread_suspend'),
      sleep(20 * millisecond),
      kernel(on!, 'thread_resume'),
      sleep(20 * millisecond),
      kernel(on!, 'thread_resume'),
      kernel(on!, 'thread_resume'),
    );
    c.run(30 * millisecond);
    assert.equal(threads[0]!.notes.length, 0);
    c.run();
    assert.ok(threads[0]!.notes[0]!.time > 40 * millisecond);
    assert.deepEqual(codes(thread).at(-1), 'KERN_FAILURE');
  });

  it('stays stopped while its task is, and the other way round', () => {
    const { c, threads, rights, self, keeper } = lab([sleep(1)]);
    const thread = keeper.thread(
      kernel(self, 'task_suspend'),
      kernel(rights[0]!, 'thread_suspend'),
      kernel(self, 'task_resume'),
      sleep(10 * millisecond),
      kernel(rights[0]!, 'thread_resume'),
      kernel(self, 'task_resume'),
    );
    threads[0]!.row()!.suspendCount = 1;
    c.run(9 * millisecond);
    assert.equal(threads[0]!.notes.length, 0);
    c.run();
    // Once by the test itself, once by the keeper: it is still stopped.
    assert.equal(threads[0]!.row()!.suspendCount, 1);
    assert.equal(codes(thread).at(-1), 'KERN_FAILURE');
  });

  it('keeps its place in a computation', () => {
    const { c, threads, rights, keeper } = lab([compute(40 * millisecond)]);
    keeper.thread(
      sleep(10 * millisecond),
      kernel(rights[0]!, 'thread_suspend'),
      sleep(100 * millisecond),
      kernel(rights[0]!, 'thread_resume'),
    );
    c.run();
    const took = threads[0]!.notes[0]!.time / millisecond;
    assert.ok(took > 140 && took < 145, `${took} ms`);
  });
});

describe('an abort', () => {
  it('is not noticed by a receive: the library stub receives again [1.6]', () => {
    const c = cluster('here');
    const task = c.task('here', 'task');
    const on = task.port('service');
    const thread = task.thread(receive(on));
    const keeper = c.task('here', 'keeper');
    const right = c.threadRight(thread, keeper);
    const to = c.right(task, on, keeper);
    const aborter = keeper.thread(
      kernel(right, 'thread_abort'),
      kernel(right, 'thread_abort_safely'),
      send(to, 'hello'),
    );
    c.run();
    assert.deepEqual(codes(aborter), ['KERN_SUCCESS', 'KERN_SUCCESS', 'KERN_SUCCESS']);
    assert.equal(thread.notes[0]!.operation, 'hello');
  });

  it('ends a receive that asked for it with MACH_RCV_INTERRUPTED; abort_safely leaves it alone', () => {
    const c = cluster('here');
    const task = c.task('here', 'task');
    const on = task.port('service');
    const thread = task.thread(interruptible(receive(on)), receive(on));
    const keeper = c.task('here', 'keeper');
    const right = c.threadRight(thread, keeper);
    const aborter = keeper.thread(kernel(right, 'thread_abort_safely'), kernel(right, 'thread_abort'));
    c.run();
    assert.deepEqual(codes(aborter), ['KERN_FAILURE', 'KERN_SUCCESS']);
    assert.deepEqual(codes(thread), ['MACH_RCV_INTERRUPTED']);
    assert.ok(thread.row() !== null);
  });

  it('gives a sender that asked for it its message back, with MACH_SEND_INTERRUPTED', () => {
    const c = cluster('here');
    const server = c.task('here', 'server');
    const on = server.port('full');
    const task = c.task('here', 'task');
    const to = c.right(server, on, task);
    task.thread(...Array.from({ length: 5 }, () => send(to, 'fills')));
    c.run();
    const carried = c.right(server, server.port('carried'), task);
    const rights = [{ name: carried, disposition: COPY_SEND }];
    const thread = task.thread(interruptible(send(to, 'waits', { rights })));
    const stubborn = task.thread(send(to, 'waits, too'));
    c.run();
    const keeper = c.task('here', 'keeper');
    keeper.thread(...[thread, stubborn].map((each) => kernel(c.threadRight(each, keeper), 'thread_abort')));
    c.run();
    assert.deepEqual(codes(thread), ['MACH_SEND_INTERRUPTED']);
    assert.equal(task.entry(carried)!.urefs, 1);
    assert.deepEqual(codes(stubborn), []);
    server.thread(...Array.from({ length: 6 }, () => receive(on)));
    c.run();
    assert.deepEqual(codes(stubborn), ['KERN_SUCCESS']);
  });

  it('of an RPC that asked for it leaves an answer to nobody', () => {
    const c = cluster('here');
    const server = c.task('here', 'server');
    const on = server.port('slow');
    server.thread(receive(on), sleep(20 * millisecond), reply(), receive(on), reply());
    const task = c.task('here', 'task');
    const to = c.right(server, on, task);
    const thread = task.thread(interruptible(rpc(to, 'first')), rpc(to, 'second'));
    const keeper = c.task('here', 'keeper');
    keeper.thread(sleep(10 * millisecond), kernel(c.threadRight(thread, keeper), 'thread_abort'));
    c.run();
    assert.deepEqual(codes(thread), ['MACH_RCV_INTERRUPTED', 'KERN_SUCCESS']);
    assert.equal(thread.notes[1]!.operation, 'reply');
  });

  it('waits until the kernel is done with the thread; abort_safely does not [1.13]', () => {
    const { c, threads, rights, keeper } = lab([]);
    const other = c.task('here', 'other');
    const inKernel = other.thread(kernel(c.kernelRight(other, other), 'task_info'));
    const right = c.threadRight(inKernel, keeper);
    const aborter = keeper.thread(kernel(right, 'thread_abort_safely'));
    c.run(0);
    assert.equal(inKernel.row()!.state, READY);
    c.run();
    assert.equal(aborter.notes.length, 1);
    assert.ok(rights.length === threads.length);
  });

  it('of oneself is an invalid argument', () => {
    const c = cluster('here');
    const task = c.task('here', 'task');
    const calls: Call[] = [];
    const thread = task.thread(
      (w, t) => calls.shift()!(w, t),
      (w, t) => calls.shift()!(w, t),
    );
    const self = c.threadRight(thread, task);
    calls.push(kernel(self, 'thread_abort'), kernel(self, 'thread_get_state'));
    c.run();
    assert.deepEqual(codes(thread), ['KERN_INVALID_ARGUMENT', 'KERN_INVALID_ARGUMENT']);
  });
});

describe('a new thread', () => {
  it('is suspended when it is made, and has the state that it is given', () => {
    const { c, task, self, keeper } = lab([act(() => (done += 1)), act(() => (done += 10))]);
    let done = 0;
    const first = task.task.lastThread;
    const frames = structuredClone(framesOf(c.w.threads.rows[first]!));
    const maker = keeper.thread(
      kernel(self, 'thread_create', { body: { name: 'second', frames: [] } }),
      (w, t) => kernel(t.names[0] ?? 0, 'thread_set_state', { body: { frames } })(w, t),
      sleep(10 * millisecond),
      (w, t) => kernel(maker.notes[0]!.names[0]!, 'thread_resume')(w, t),
    );
    c.run(9 * millisecond);
    assert.equal(done, 11);
    c.run();
    assert.equal(done, 22);
    assert.deepEqual(codes(maker), ['KERN_SUCCESS', 'KERN_SUCCESS', 'KERN_SUCCESS', 'KERN_SUCCESS']);
  });

  it('runs at once if it is made so', () => {
    const { c, task, self, keeper } = lab([act(() => done++)]);
    let done = 0;
    const frames = structuredClone(framesOf(c.w.threads.rows[task.task.lastThread]!));
    keeper.thread(
      kernel(self, 'thread_create_running', { body: { name: 'second', frames } }),
      kernel(self, 'thread_create_running', { body: { name: 'third', frames: [] } }),
    );
    c.run();
    assert.equal(done, 2);
  });

  it('is listed with its port, and gone when it is terminated', () => {
    const { c, threads, rights, self, keeper } = lab([sleep(1000 * millisecond)], [sleep(500 * millisecond)]);
    const lister = keeper.thread(
      kernel(self, 'task_threads'),
      kernel(rights[0]!, 'thread_terminate'),
      kernel(self, 'task_threads'),
      kernel(rights[0]!, 'thread_suspend'),
    );
    c.run();
    assert.deepEqual(lister.notes[0]!.names, rights);
    assert.deepEqual(lister.notes[2]!.names, rights.slice(1));
    assert.equal(lister.notes[3]!.code, 'MACH_SEND_INVALID_DEST');
    assert.equal(threads[0]!.row(), null);
  });

  it('tells its state only to those who have a right to it, in the flavour that they ask for', () => {
    const { c, rights, keeper } = lab([sleep(1000 * millisecond)]);
    const reader = keeper.thread(
      kernel(rights[0]!, 'thread_get_state', { body: { flavor: THREAD_STATE } }),
      kernel(rights[0]!, 'thread_get_state', { body: { flavor: 99 } }),
    );
    c.run();
    assert.deepEqual(Object.keys(reader.notes[0]!.body as object), ['frames']);
    assert.equal(reader.notes[1]!.code, 'KERN_INVALID_ARGUMENT');
  });
});
