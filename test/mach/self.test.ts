// What a task sees through its own port when somebody stands in between, and what a migration server reads [1.12, 1.13].
import assert from 'node:assert/strict';
import { NONE } from '../../simulator/base/table.ts';
import { EXCEPTION_DEFAULT, EXC_ARITHMETIC, EXC_BAD_ACCESS } from '../../simulator/mach/exception-ports.ts';
import { raise } from '../../simulator/mach/exceptions.ts';
import { COPY_SEND } from '../../simulator/mach/ipc/right.ts';
import { kernelTrap } from '../../simulator/mach/kernel-call.ts';
import {
  TASK_BOOTSTRAP_PORT,
  TASK_KERNEL_PORT,
  THREAD_KERNEL_PORT,
} from '../../simulator/mach/kernel-services/special-port-services.ts';
import { cluster, kernel, operations, receive, reply, sleep, millisecond, type Call } from './cluster.ts';

/** A task on one node, and an interposer on another with a port that the task has a right to. */
function lab() {
  const c = cluster('here', 'there');
  const task = c.task('here', 'task');
  const interposer = c.task('there', 'interposer');
  const on = interposer.port('self of task');
  const to = c.right(interposer, on, task);
  return { c, task, interposer, on, to, self: c.kernelRight(task, task) };
}

const copied = (name: number): readonly { name: number; disposition: number }[] => [{ name, disposition: COPY_SEND }];

/** The trap, and then the call on the port that it gave. */
const onSelf = (trap: string, operation: string, body: unknown = {}): [Call, Call] => [
  (_w, t) => kernelTrap(t, trap),
  (w, t) => kernel(t.names[0]!, operation, { body })(w, t),
];

describe('the self port of a task that is interposed [1.12]', () => {
  it('is what mach_task_self gives: the task calls its kernel by real messages to the interposer', () => {
    const { c, task, interposer, on, to, self } = lab();
    const seen = interposer.thread(receive(on), reply({ body: { name: 'somebody else' } }));
    const before = task.thread(...onSelf('mach_task_self', 'task_info'));
    c.run();
    assert.equal((before.notes[1]!.body as { name: string }).name, 'task');
    assert.equal(before.notes[0]!.names[0], self);
    const setting = { body: { whichPort: TASK_KERNEL_PORT }, rights: copied(to) };
    const thread = task.thread(
      kernel(self, 'task_set_special_port', setting),
      ...onSelf('mach_task_self', 'task_info'),
      kernel(self, 'task_info'),
    );
    c.run();
    assert.equal(thread.notes[1]!.names[0], to);
    assert.deepEqual(thread.notes[2]!.body, { name: 'somebody else' });
    assert.equal(operations(seen)[0], 'task_info');
    // Who has the right to self reaches the kernel as before.
    assert.equal((thread.notes[3]!.body as { name: string }).name, 'task');
  });

  it('is the same for a thread and mach_thread_self', () => {
    const { c, task, interposer, on, to } = lab();
    const seen = interposer.thread(receive(on), reply({ body: { of: 'somebody else' } }));
    const thread = task.thread(sleep(50 * millisecond), ...onSelf('mach_thread_self', 'thread_info', { flavor: 1 }));
    const right = c.threadRight(thread, task);
    const setting = { body: { whichPort: THREAD_KERNEL_PORT }, rights: copied(to) };
    task.thread(kernel(right, 'thread_set_special_port', setting));
    c.run();
    assert.equal(thread.notes[1]!.names[0], to);
    assert.deepEqual(thread.notes[2]!.body, { of: 'somebody else' });
    assert.equal(operations(seen)[0], 'thread_info');
  });

  it('and the bootstrap port have the numbers that Mach gives them', () => {
    assert.deepEqual([TASK_KERNEL_PORT, TASK_BOOTSTRAP_PORT, THREAD_KERNEL_PORT], [1, 4, 1]);
  });
});

describe('the exception ports [1.12]', () => {
  it('are one for each type of exception', () => {
    const { c, task, interposer, on, to, self } = lab();
    const other = interposer.port('arithmetic');
    const setting = (type: number, name: number): Call => {
      const body = { exceptionMask: 1 << type, behavior: EXCEPTION_DEFAULT, flavor: 0 };
      return kernel(self, 'task_set_exception_ports', { body, rights: copied(name) });
    };
    const access = interposer.thread(receive(on), reply());
    const arithmetic = interposer.thread(receive(other), reply());
    const thread = task.thread(
      setting(EXC_BAD_ACCESS, to),
      setting(EXC_ARITHMETIC, c.right(interposer, other, task)),
      (w, t) => raise(w, t, EXC_ARITHMETIC, 'EXC_I386_DIV'),
      (w, t) => raise(w, t, EXC_BAD_ACCESS, 'KERN_INVALID_ADDRESS'),
    );
    c.run();
    const types = [access, arithmetic].map(({ notes }) => (notes[0]!.body as { exception: number }).exception);
    assert.deepEqual(types, [EXC_BAD_ACCESS, EXC_ARITHMETIC]);
    assert.equal(thread.notes.length, 4);
  });
});

describe('a migration server [1.13]', () => {
  it('reads the emulation vector of one task and gives it to another, which has its own from then on', () => {
    const { c, task, interposer, self } = lab();
    const other = c.kernelRight(interposer, task);
    const vector = { 'entry 4': 'write', pages: [1, 2] };
    const thread = task.thread(
      kernel(self, 'task_get_emulation_vector'),
      kernel(self, 'task_set_emulation_vector', { body: vector }),
      kernel(self, 'task_get_emulation_vector'),
      (w, t) => kernel(other, 'task_set_emulation_vector', { body: t.body })(w, t),
      kernel(other, 'task_get_emulation_vector'),
    );
    c.run();
    assert.deepEqual(
      [0, 2, 4].map((call) => thread.notes[call]!.body),
      [null, vector, vector],
    );
    assert.notEqual(task.task.emulator, interposer.task.emulator);
  });

  it("reads all ports of a thread at once: whether they are its own or its task's, and whether it is interposed", () => {
    const { c, task, to, self } = lab();
    const thread = task.thread(receive(task.port()));
    const right = c.threadRight(thread, task);
    const body = { exceptionMask: 1 << EXC_BAD_ACCESS, behavior: EXCEPTION_DEFAULT, flavor: NONE };
    const whichPort = THREAD_KERNEL_PORT;
    const server = task.thread(
      kernel(self, 'task_set_exception_ports', { body, rights: copied(to) }),
      kernel(right, 'thread_get_special_ports'),
      kernel(right, 'thread_set_exception_ports', { body, rights: copied(to) }),
      kernel(right, 'thread_set_special_port', { body: { whichPort }, rights: copied(to) }),
      kernel(right, 'thread_get_special_ports'),
    );
    c.run();
    const read = [1, 4].map((call) => server.notes[call]!);
    assert.deepEqual(
      read.map(({ body: said }) => said),
      [false, true].map((own) => ({
        ...{ masks: [1 << EXC_BAD_ACCESS], behaviors: [EXCEPTION_DEFAULT], flavors: [NONE] },
        ...{ own, interposed: own },
      })),
    );
    assert.deepEqual(
      read.map(({ names }) => names),
      [
        [right, to],
        [to, to],
      ],
    );
  });
});
