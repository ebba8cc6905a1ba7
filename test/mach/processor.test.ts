// The processor of a node: priorities, quanta, preemption, and who is charged [docs/decisions/0003, 0015].
import assert from 'node:assert/strict';
import { PROCESSOR, openAccount } from '../../simulator/base/ledger.ts';
import { bestReady, readyThreads } from '../../simulator/mach/ready-queue.ts';
import { kernelTrap } from '../../simulator/mach/kernel-call.ts';
import {
  SWITCH_OPTION_DEPRESS,
  SWITCH_OPTION_WAIT,
  THREAD_BASIC_INFO,
  THREAD_SCHED_INFO,
  type ThreadBasicInfo,
  type ThreadSchedInfo,
} from '../../simulator/mach/kernel-services/schedule-services.ts';
import { hostPort, HOST_PORT } from '../../simulator/dipc/special-ports.ts';
import { bootRight } from '../../simulator/dipc/boot.ts';
import { COPY_SEND } from '../../simulator/mach/ipc/right.ts';
import {
  POLICY_FIXEDPRI,
  POLICY_TIMESHARE,
  PRIORITIES,
  USER_PRIORITY,
  WORST_PRIORITY,
  scheduleAt,
  userSchedule,
  type Schedule,
} from '../../simulator/mach/schedule.ts';
import { cluster, compute, kernel, millisecond, sleep, type Call, type Scripted } from './cluster.ts';

const second = 1000 * millisecond;

function lab() {
  const c = cluster('here');
  const task = c.task('here', 'task');
  /** A thread that computes so long, with a schedule of its own from the beginning. */
  const computing = (milliseconds: number, schedule: Partial<Schedule> = {}, ...before: Call[]): Scripted => {
    const thread = task.thread(...before, compute(milliseconds * millisecond));
    const t = thread.row()!;
    t.schedule = scheduleAt({ ...t.schedule, ...schedule }, c.w.time);
    return thread;
  };
  return { c, task, computing };
}

const done = ({ notes }: Scripted): number => notes.at(-1)!.time / millisecond;

describe('threads that compute', () => {
  it('take turns, a quantum each, while they are equally good', () => {
    const { c, computing } = lab();
    const threads = [150, 150, 50].map((length) => computing(length));
    c.run();
    assert.deepEqual(threads.map(done), [300, 350, 250]);
  });

  it('sink by one for an eighth of a second of use, and rise again when they rest', () => {
    const used = scheduleAt(userSchedule, 0, 0.5 * second);
    assert.equal(used.current, USER_PRIORITY + 4);
    assert.equal(scheduleAt(used, second).current, USER_PRIORITY + 2);
    assert.equal(scheduleAt(used, 4 * second).current, USER_PRIORITY);
    assert.equal(scheduleAt(userSchedule, 0, 10 * second).current, WORST_PRIORITY);
    assert.equal(scheduleAt(used, 1000 * second).usage, 0);
  });

  it('give way at once to one that has used less', () => {
    const { c, computing } = lab();
    const long = computing(1000);
    const short = computing(20, {}, sleep(510 * millisecond));
    c.run();
    assert.equal(done(short), 530);
    assert.equal(done(long), 1020);
  });

  it('are not starved: the one that waits rises with every second that the other computes', () => {
    const { c, computing } = lab();
    const spent = computing(100, { usage: 4 * second, aged: 0 });
    const other = computing(6000);
    c.run();
    assert.ok(done(spent) < done(other), `${done(spent)} ms, ${done(other)} ms`);
    assert.ok(done(spent) > 500);
  });

  it('of a better base compute before all others, whenever they come', () => {
    const { c, computing } = lab();
    const worse = computing(300, { base: 20 });
    const better = computing(300, {}, sleep(50 * millisecond));
    c.run();
    assert.deepEqual([better, worse].map(done), [350, 600]);
  });

  it('of fixed priority do not sink, and may have a quantum of their own', () => {
    const { c, computing } = lab();
    const fixed = { policy: POLICY_FIXEDPRI, quantum: 10 * millisecond };
    const threads = [computing(20, fixed), computing(20, fixed), computing(20)];
    c.run();
    assert.deepEqual(threads.map(done), [50, 60, 40]);
    const starving = lab();
    const first = starving.computing(2000, { policy: POLICY_FIXEDPRI, base: USER_PRIORITY });
    const never = starving.computing(10, { base: USER_PRIORITY + 1 });
    starving.c.run();
    assert.deepEqual([first, never].map(done), [2000, 2010]);
  });

  it('that were preempted go on before those of the same priority', () => {
    const { c, computing } = lab();
    const first = computing(90);
    const second = computing(90);
    const better = computing(10, { base: 5 }, sleep(30 * millisecond));
    c.run();
    assert.deepEqual([better, first, second].map(done), [40, 100, 190]);
  });

  it('lose to priced work only the time that it takes', () => {
    const { c, computing, task } = lab();
    const thread = computing(50);
    const self = c.kernelRight(task, task);
    task.thread(sleep(10 * millisecond), kernel(self, 'task_info'));
    c.run();
    assert.equal(done(thread), 50 + c.w.setup.prices.kernel_call / millisecond);
  });
});

describe('what a thread has used', () => {
  it('is booked on its activity, and on itself', () => {
    const { c, task, computing } = lab();
    const account = openAccount(c.w.ledger, 'story').id;
    const thread = computing(70, {}, sleep(1));
    const t = thread.row()!;
    t.activity = account;
    const self = c.threadRight(thread, task);
    const reader = task.thread(
      sleep(40 * millisecond),
      kernel(self, 'thread_info', { body: { flavor: THREAD_BASIC_INFO } }),
      kernel(self, 'thread_info', { body: { flavor: THREAD_SCHED_INFO } }),
      kernel(self, 'thread_info', { body: { flavor: 3 } }),
    );
    c.run(60 * millisecond);
    const [, basic, sched, wrong] = reader.notes;
    const { policy, runState, suspendCount } = basic!.body as ThreadBasicInfo;
    assert.deepEqual([policy, runState, suspendCount], [POLICY_TIMESHARE, 1, 0]);
    const { basePriority, maxPriority, depressed } = sched!.body as ThreadSchedInfo;
    assert.deepEqual([basePriority, maxPriority, depressed], [USER_PRIORITY, USER_PRIORITY, false]);
    assert.equal(wrong!.code, 'KERN_INVALID_ARGUMENT');
    c.run(70 * millisecond);
    const before = c.w.ledger.rows[account]!.spent[PROCESSOR]!;
    c.run();
    assert.ok(before <= 70 * millisecond);
    assert.equal(c.w.ledger.rows[account]!.spent[PROCESSOR], 70 * millisecond);
  });

  it('for it in the kernel is system time', () => {
    const { c, task } = lab();
    const self = c.kernelRight(task, task);
    const thread = task.thread(kernel(self, 'task_info'), kernel(self, 'task_info'), sleep(second));
    c.run(10 * millisecond);
    assert.equal(thread.row()!.systemTime, 2 * c.w.setup.prices.kernel_call);
    const { userTime, systemTime } = thread.notes[1]!.body as ThreadBasicInfo;
    assert.deepEqual([userTime, systemTime], [0, 2 * c.w.setup.prices.kernel_call]);
  });
});

describe('a priority', () => {
  it('cannot be made better than the maximum, which the host port can change', () => {
    const { c, task, computing } = lab();
    const thread = computing(10, {}, sleep(second));
    const self = c.threadRight(thread, task);
    const host = bootRight(c.w, hostPort(c.w, 0, 0, HOST_PORT), task.task);
    const set = (priority: number, setMax = false): Call =>
      kernel(self, 'thread_priority', { body: { priority, setMax } });
    const rights = [{ name: host, disposition: COPY_SEND }];
    const setter = task.thread(
      set(USER_PRIORITY - 1),
      set(PRIORITIES),
      set(20, true),
      set(USER_PRIORITY),
      kernel(self, 'thread_max_priority', { body: { maxPriority: 3 } }),
      kernel(self, 'thread_max_priority', { body: { maxPriority: 3 }, rights }),
      set(3),
      kernel(self, 'thread_policy', { body: { policy: 9 } }),
      kernel(self, 'thread_policy', { body: { policy: POLICY_FIXEDPRI, quantum: 5 * millisecond } }),
    );
    c.run(500 * millisecond);
    assert.deepEqual(
      setter.notes.map(({ code }) => code.replace('KERN_', '')),
      [
        ...['FAILURE', 'INVALID_ARGUMENT', 'SUCCESS', 'FAILURE'],
        ...['INVALID_ARGUMENT', 'SUCCESS', 'SUCCESS', 'INVALID_ARGUMENT', 'SUCCESS'],
      ],
    );
    const { base, policy } = thread.row()!.schedule;
    assert.deepEqual([base, policy], [3, POLICY_FIXEDPRI]);
  });

  it('of a task is that of its new threads and children, and of its threads if that is asked for', () => {
    const { c, task, computing } = lab();
    const old = computing(10, {}, sleep(second));
    const self = c.kernelRight(task, task);
    const set = (priority: number, changeThreads: boolean): Call =>
      kernel(self, 'task_priority', { body: { priority, changeThreads } });
    const setter = task.thread(
      set(20, false),
      set(USER_PRIORITY - 1, true),
      kernel(self, 'thread_create', { body: { name: 'new', frames: [] } }),
      kernel(self, 'task_create', { body: { name: 'child', kind: 'mach', inherit: false, pid: -1, activity: 0 } }),
      set(25, true),
    );
    c.run(100 * millisecond);
    assert.deepEqual(setter.notes.map(({ code }) => code).slice(0, 2), ['KERN_SUCCESS', 'KERN_FAILURE']);
    const made = c.w.threads.rows.find((each) => each.live && each.name === 'new')!;
    const child = c.w.tasks.rows.find((each) => each.live && each.name === 'child')!;
    assert.deepEqual([made.schedule.base, old.row()!.schedule.base, child.schedule.base], [25, 25, 20]);
  });

  it('that changes while threads queue counts at once', () => {
    const { c, computing, task } = lab();
    const first = computing(200);
    const second = computing(50);
    const self = c.threadRight(first, task);
    task.thread(sleep(10 * millisecond), kernel(self, 'thread_priority', { body: { priority: 30, setMax: false } }));
    c.run();
    assert.ok(done(second) < 65, `${done(second)} ms`);
    assert.ok(done(first) > 250);
  });
});

describe('giving way', () => {
  it('with thread_switch depresses the thread for a while', () => {
    const { c, computing } = lab();
    const depress: Call = (_w, t) =>
      kernelTrap(t, 'thread_switch', { option: SWITCH_OPTION_DEPRESS, optionTime: 5000 });
    const polite = computing(50, {}, depress);
    const other = computing(300, {}, sleep(millisecond));
    c.run();
    assert.ok(done(other) < done(polite), `${done(other)} ms, ${done(polite)} ms`);
  });

  it('ends with thread_depress_abort', () => {
    const { c, task } = lab();
    const depress: Call = (_w, t) =>
      kernelTrap(t, 'thread_switch', { option: SWITCH_OPTION_DEPRESS, optionTime: 5000 });
    const thread = task.thread(depress, sleep(second));
    const self = c.threadRight(thread, task);
    const keeper = task.thread(
      sleep(100 * millisecond),
      kernel(self, 'thread_depress_abort'),
      kernel(self, 'thread_depress_abort'),
    );
    c.run();
    assert.deepEqual(keeper.notes.map(({ code }) => code).slice(1), ['KERN_SUCCESS', 'KERN_FAILURE']);
  });

  it('with SWITCH_OPTION_WAIT waits, and swtch tells whether others want to run', () => {
    const { c, task, computing } = lab();
    const wait: Call = (_w, t) => kernelTrap(t, 'thread_switch', { option: SWITCH_OPTION_WAIT, optionTime: 20 });
    const swtch: Call = (_w, t) => kernelTrap(t, 'swtch');
    const thread = task.thread(swtch, wait, swtch);
    computing(100, {}, sleep(10 * millisecond));
    c.run();
    const [before, waited, after] = thread.notes;
    assert.ok(waited!.time - before!.time >= 20 * millisecond);
    assert.deepEqual([before!.body, after!.body], [{ others: false }, { others: true }]);
  });
});

describe('the traps of a thread', () => {
  it('give it its own ports', () => {
    const { c, task } = lab();
    const thread = task.thread(
      (_w, t) => kernelTrap(t, 'mach_task_self'),
      (_w, t) => kernelTrap(t, 'mach_thread_self'),
      sleep(second),
    );
    c.run(10 * millisecond);
    const kinds = thread.notes.map(({ names }) => task.portOf(names[0]!).objectKind);
    assert.deepEqual(kinds, ['task', 'thread']);
  });
});

describe('the ready queue', () => {
  it('finds the best, keeps the order of arrival, and lets go of one in the middle', () => {
    const { c, computing, task } = lab();
    const threads = [20, 14, 20, 14, 20].map((base) => computing(100, { base }));
    c.run(1);
    const node = c.w.nodes.rows[0]!;
    const queued = (): number[] => readyThreads(c.w, node).map((each) => each.identity);
    const [a, b, middle, d, e] = threads.map((each) => each.identity);
    assert.deepEqual([node.running, bestReady(node)], [threads[1]!.row()!.id, 14]);
    assert.deepEqual(queued(), [d, a, middle, e]);
    const keeper = c.threadRight(threads[2]!, task);
    task.thread(kernel(keeper, 'thread_suspend'));
    c.run(10 * millisecond);
    assert.deepEqual(queued(), [d, a, e]);
    assert.ok(b !== undefined);
  });
});

it('describes a host to who has its port', () => {
  const { c, task } = lab();
  const host = bootRight(c.w, hostPort(c.w, 0, 0, HOST_PORT), task.task);
  const self = c.kernelRight(task, task);
  const thread = task.thread(kernel(host, 'host_info'), kernel(self, 'host_info'));
  c.run();
  assert.equal((thread.notes[0]!.body as { name: string }).name, 'here');
  assert.equal(thread.notes[1]!.code, 'KERN_INVALID_HOST');
});
