// Special and registered ports, and the distinction between self and sself [mechanisms 1.12].
import assert from 'node:assert/strict';
import { NONE } from '../../simulator/base/table.ts';
import { COPY_SEND, MAKE_SEND, MOVE_SEND } from '../../simulator/mach/ipc/right.ts';
import { SEND } from '../../simulator/mach/ipc/space.ts';
import {
  TASK_BOOTSTRAP_PORT,
  TASK_KERNEL_PORT,
  THREAD_KERNEL_PORT,
} from '../../simulator/mach/kernel-services/special-port-services.ts';
import { taskPort, taskTerminate } from '../../simulator/mach/task.ts';
import { cluster, kernel, receive, type Call } from './cluster.ts';
import { specialOf, sselfOf } from '../../simulator/mach/kept.ts';

const child = { name: 'child', kind: 'mach', inherit: false, pid: NONE, activity: 0 };

function lab() {
  const c = cluster('here', 'there');
  const task = c.task('here', 'task');
  const server = c.task('there', 'server');
  const to = c.right(server, server.port('server'), task);
  return { c, task, server, to, self: c.kernelRight(task, task) };
}

const get = (on: number, whichPort: number): Call => kernel(on, 'task_get_special_port', { body: { whichPort } });

function set(on: number, whichPort: number, name: number): Call {
  const rights = [{ name, disposition: COPY_SEND }];
  return kernel(on, 'task_set_special_port', { body: { whichPort }, rights });
}

describe('the port that a task gets for itself', () => {
  it('is the one that its kernel answers on; both are made when somebody asks', () => {
    const c = cluster('here');
    const task = c.task('here');
    assert.equal(task.task.self, NONE);
    const self = c.kernelRight(task, task);
    const thread = task.thread(get(self, TASK_KERNEL_PORT));
    c.run();
    assert.deepEqual(thread.notes[0]!.names, [self]);
    assert.equal(task.portOf(self).objectKind, 'task');
  });

  it('can be another one, which others do not see: who has a right to the task reaches its kernel', () => {
    const { c, task, self, to } = lab();
    const thread = task.thread(
      set(self, TASK_KERNEL_PORT, to),
      get(self, TASK_KERNEL_PORT),
      kernel(self, 'task_info'),
      kernel(self, 'task_set_special_port', { body: { whichPort: TASK_KERNEL_PORT } }),
      get(self, TASK_KERNEL_PORT),
    );
    c.run();
    assert.deepEqual(thread.notes[1]!.names, [to]);
    assert.equal(thread.notes[2]!.code, 'KERN_SUCCESS');
    assert.deepEqual(thread.notes[4]!.names, [self]);
    assert.equal(sselfOf(task.task), NONE);
  });

  it('is not inherited by a child', () => {
    const { c, task, self, to } = lab();
    task.thread(set(self, TASK_KERNEL_PORT, to), kernel(self, 'task_create', { body: child }));
    c.run();
    const made = c.w.tasks.rows.find((each) => each.live && each.name === 'child')!;
    assert.equal(sselfOf(made), NONE);
    assert.notEqual(made.self, task.task.self);
  });

  it('put back by its own port is the same as none', () => {
    const { c, task, self } = lab();
    task.thread(set(self, TASK_KERNEL_PORT, self));
    c.run();
    assert.equal(sselfOf(task.task), NONE);
  });

  it('of a thread can be another one, too', () => {
    const { c, task, to } = lab();
    const other = task.thread(receive(task.port()));
    const right = c.threadRight(other, task);
    const body = { whichPort: THREAD_KERNEL_PORT };
    const thread = task.thread(
      kernel(right, 'thread_get_special_port', { body }),
      kernel(right, 'thread_set_special_port', { body, rights: [{ name: to, disposition: COPY_SEND }] }),
      kernel(right, 'thread_get_special_port', { body }),
      kernel(right, 'thread_get_special_port', { body: { whichPort: TASK_BOOTSTRAP_PORT } }),
    );
    c.run();
    assert.deepEqual(
      thread.notes.map(({ code, names }) => [code, ...names]),
      [['KERN_SUCCESS', right], ['KERN_SUCCESS'], ['KERN_SUCCESS', to], ['KERN_INVALID_ARGUMENT']],
    );
  });
});

describe('the bootstrap port', () => {
  it('is kept for the task, inherited by its children, and given up when they end', () => {
    const { c, task, self, to, server } = lab();
    const thread = task.thread(
      get(self, TASK_BOOTSTRAP_PORT),
      set(self, TASK_BOOTSTRAP_PORT, to),
      kernel(self, 'task_create', { body: child }),
    );
    c.run();
    assert.deepEqual(thread.notes[0]!.names, []);
    const made = c.w.tasks.rows.find((each) => each.live && each.name === 'child')!;
    assert.deepEqual(specialOf(made), specialOf(task.task));
    assert.equal(task.portOf(to).srights, 3);
    taskTerminate(c.w, made);
    taskTerminate(c.w, task.task);
    c.run();
    assert.equal(server.portOf(0x100).srights, 0);
  });

  it('cannot be a receive right, nor stand under a number that Mach does not know', () => {
    const { c, task, self, to } = lab();
    const rights = [{ name: task.port(), disposition: 16 }];
    const thread = task.thread(
      kernel(self, 'task_set_special_port', { body: { whichPort: TASK_BOOTSTRAP_PORT }, rights }),
      set(self, 7, to),
      get(self, 7),
    );
    c.run();
    assert.ok(thread.notes.every(({ code }) => code === 'KERN_INVALID_ARGUMENT'));
  });
});

describe('registered ports', () => {
  it('are up to three, and replaced all at once', () => {
    const { c, task, self, to } = lab();
    const mine = task.port('mine');
    const rights = [
      { name: to, disposition: COPY_SEND },
      { name: mine, disposition: MAKE_SEND },
    ];
    const thread = task.thread(
      kernel(self, 'mach_ports_lookup'),
      kernel(self, 'mach_ports_register', { rights }),
      kernel(self, 'mach_ports_lookup'),
      kernel(self, 'mach_ports_register', { rights: [{ name: to, disposition: MOVE_SEND }] }),
      kernel(self, 'mach_ports_lookup'),
      kernel(self, 'mach_ports_register', { rights: [...rights, ...rights] }),
    );
    c.run();
    const [none, , two, , one, four] = thread.notes;
    assert.deepEqual([none!.names, two!.names, one!.names], [[], [to, mine], [to]]);
    assert.equal(four!.code, 'KERN_INVALID_ARGUMENT');
    assert.equal(task.entry(to)!.type, SEND);
  });

  it('are inherited: that is how a child finds its servers', () => {
    const { c, task, self, to } = lab();
    task.thread(
      kernel(self, 'mach_ports_register', { rights: [{ name: to, disposition: COPY_SEND }] }),
      kernel(self, 'task_create', { body: child }),
    );
    c.run();
    const made = c.w.tasks.rows.find((each) => each.live && each.name === 'child')!;
    assert.deepEqual(specialOf(made), specialOf(task.task));
    assert.ok(taskPort(c.w, made).active);
  });
});
