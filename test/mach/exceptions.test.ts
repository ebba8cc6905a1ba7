// Exceptions raised as messages to the exception port [mechanisms 1.12].
import assert from 'node:assert/strict';
import {
  EXCEPTION_DEFAULT,
  EXCEPTION_STATE,
  EXCEPTION_STATE_IDENTITY,
  EXC_ARITHMETIC,
  EXC_BAD_ACCESS,
  EXC_BAD_INSTRUCTION,
  EXC_BREAKPOINT,
  EXC_EMULATION,
  EXC_MASK_ALL,
  EXC_SOFTWARE,
} from '../../simulator/mach/exception-ports.ts';
import { raise, type ExceptionRaise } from '../../simulator/mach/exceptions.ts';
import { COPY_SEND, MAKE_SEND } from '../../simulator/mach/ipc/right.ts';
import { destroyName } from '../../simulator/mach/ipc/release.ts';
import { SEND } from '../../simulator/mach/ipc/space.ts';
import { threadPort } from '../../simulator/mach/kernel-services/objects.ts';
import { again, framesOf } from '../../simulator/mach/routine.ts';
import { taskPort } from '../../simulator/mach/task.ts';
import { THREAD_STATE } from '../../simulator/mach/thread-state.ts';
import {
  act,
  cluster,
  kernel,
  operations,
  receive,
  reply,
  rpc,
  send,
  serve,
  type Actor,
  type Call,
  type Cluster,
} from './cluster.ts';

const fault: Call = (w, t) => raise(w, t, EXC_BAD_ACCESS, 'KERN_INVALID_ADDRESS', 4096);

/** A task whose thread goes wrong, and one on `node` that handles its exceptions on the port `on`. */
function pair(node = 'here', behavior = EXCEPTION_DEFAULT, mask = EXC_MASK_ALL) {
  const c = cluster('here', 'there');
  const program = c.task('here', 'program');
  const handler = c.task(node, 'handler');
  const on = handler.port('exceptions');
  const to = c.right(handler, on, program);
  const self = c.kernelRight(program, program);
  const body = { exceptionMask: mask, behavior, flavor: THREAD_STATE };
  const setting = kernel(self, 'task_set_exception_ports', { body, rights: [{ name: to, disposition: COPY_SEND }] });
  return { c, program, handler, on, to, self, setting };
}

function isAlive(c: Cluster, { task }: Actor): boolean {
  return c.w.tasks.rows[task.id]!.live && c.w.tasks.rows[task.id] === task;
}

describe('an exception', () => {
  for (const node of ['here', 'there']) {
    it(`is a message to the exception port, and KERN_SUCCESS settles it (handler ${node})`, () => {
      const { c, program, handler, on, setting } = pair(node);
      const judge = handler.thread(receive(on), reply());
      const thread = program.thread(setting, fault, fault);
      c.run();
      const [note] = judge.notes;
      assert.equal(note!.operation, 'exception_raise');
      const { exception, code, subcode } = note!.body as ExceptionRaise;
      assert.deepEqual([exception, code, subcode], [EXC_BAD_ACCESS, 'KERN_INVALID_ADDRESS', 4096]);
      assert.equal(note!.names.length, 2);
      // The second one is on its way to a handler that does not receive any more: the thread waits.
      assert.equal(thread.notes.length, 2);
      assert.ok(thread.row()!.expectsReply);
    });
  }

  it('brings the rights to the thread and to the task', () => {
    const { c, program, handler, on, setting } = pair();
    const judge = handler.thread(receive(on));
    const thread = program.thread(setting, fault);
    c.run();
    const ports = judge.notes[0]!.names.map((name) => handler.portOf(name).id);
    assert.deepEqual(ports, [threadPort(c.w, thread.row()!).id, taskPort(c.w, program.task).id]);
  });

  it('does not disturb what the thread had received', () => {
    const { c, program, handler, on, setting } = pair();
    handler.thread(...serve(on, 1));
    const service = program.port('service');
    const client = c.task('there', 'client');
    const caller = client.thread(rpc(c.right(program, service, client), 'hello'));
    program.thread(setting, receive(service), fault, reply());
    c.run();
    assert.deepEqual(operations(caller), ['reply']);
  });

  it('that nobody handles terminates the task', () => {
    const { c, program } = pair();
    program.thread(fault);
    c.run();
    assert.ok(!isAlive(c, program));
  });

  it('that the handler does not settle terminates the task', () => {
    const { c, program, handler, on, setting } = pair();
    handler.thread(receive(on), reply({ code: 'KERN_FAILURE' }));
    program.thread(setting, fault);
    program.thread(receive(program.port()));
    c.run();
    assert.ok(!isAlive(c, program));
  });

  it('whose handler dies terminates the task', () => {
    const { c, program, handler, on, setting } = pair('there');
    program.thread(setting, fault);
    c.run();
    assert.ok(isAlive(c, program));
    destroyName(c.w, handler.task, on);
    c.run();
    assert.ok(!isAlive(c, program));
  });

  it('of a type that the port is not for terminates the task', () => {
    const { c, program, setting } = pair('here', EXCEPTION_DEFAULT, 1 << EXC_BAD_ACCESS);
    program.thread(setting, (w, t) => raise(w, t, EXC_ARITHMETIC, 'EXC_I386_DIV'));
    c.run();
    assert.ok(!isAlive(c, program));
  });

  it('goes to the port of the thread first, and to that of the task when it fails', () => {
    const { c, program, handler, on, setting } = pair();
    const first = handler.port('of the thread');
    const begin = program.port('begin');
    const thread = program.thread(receive(begin), fault);
    const right = c.threadRight(thread, program);
    const starts = c.right(program, begin, program);
    const body = { exceptionMask: EXC_MASK_ALL, behavior: EXCEPTION_DEFAULT, flavor: 0 };
    const rights = [{ name: c.right(handler, first, program), disposition: COPY_SEND }];
    program.thread(setting, kernel(right, 'thread_set_exception_ports', { body, rights }), send(starts, 'start'));
    const unsettled = handler.thread(receive(first), reply({ code: 'KERN_FAILURE' }));
    const settled = handler.thread(receive(on), reply());
    c.run();
    assert.equal(unsettled.notes[0]!.operation, 'exception_raise');
    assert.equal(settled.notes[0]!.operation, 'exception_raise');
    assert.equal(thread.notes.length, 2);
  });

  it('of a breakpoint goes on with the next step, of a failed step with the same', () => {
    const { c, program, handler, on, setting } = pair();
    handler.thread(...serve(on, 3));
    let tries = 0;
    const thread = program.thread(
      setting,
      (w, t) => raise(w, t, EXC_BREAKPOINT, 'EXC_I386_BPT'),
      (w, t) => {
        if (++tries === 3) return;
        again(t);
        raise(w, t, EXC_ARITHMETIC, 'EXC_I386_DIV');
      },
    );
    c.run();
    assert.deepEqual([tries, thread.notes.length], [3, 3]);
  });
});

describe('the types of exceptions', () => {
  const types = [
    ['EXC_BAD_ACCESS', EXC_BAD_ACCESS],
    ['EXC_BAD_INSTRUCTION', EXC_BAD_INSTRUCTION],
    ['EXC_ARITHMETIC', EXC_ARITHMETIC],
    ['EXC_EMULATION', EXC_EMULATION],
    ['EXC_SOFTWARE', EXC_SOFTWARE],
    ['EXC_BREAKPOINT', EXC_BREAKPOINT],
  ] as const;
  for (const [name, type] of types) {
    it(`${name} goes to the port that is for it, and is told to who watches`, () => {
      const { c, program, handler, on, setting } = pair('here', EXCEPTION_DEFAULT, 1 << type);
      const judge = handler.thread(receive(on), reply());
      program.thread(setting, (w, t) => raise(w, t, type, 7, 8));
      const told: string[] = [];
      while (c.step()) for (const each of c.w.notices) if (each.kind === 'protocol') told.push(each.text);
      assert.equal((judge.notes[0]!.body as ExceptionRaise).exception, type);
      assert.ok(told.includes(`${name} (7, 8) in program.0`), told.join(', '));
    });
  }
});

describe('the state of a thread in an exception', () => {
  it('comes along with EXCEPTION_STATE, and the answer replaces it', () => {
    const { c, program, handler, on, setting } = pair('here', EXCEPTION_STATE);
    const judge = handler.thread(receive(on), (w, t) => {
      const { oldState } = t.body as ExceptionRaise;
      const [frame] = oldState!.frames!;
      const data = frame!.data as { next: number };
      // The handler skips the call after the one that has failed.
      data.next++;
      reply({ body: { newState: oldState } })(w, t);
    });
    const skipped: string[] = [];
    program.thread(
      setting,
      fault,
      act(() => skipped.push('skipped')),
      act(() => skipped.push('performed')),
    );
    c.run();
    assert.equal(judge.notes[0]!.operation, 'exception_raise_state');
    assert.deepEqual(judge.notes[0]!.names, []);
    assert.deepEqual(skipped, ['performed']);
  });

  it('and the rights come along with EXCEPTION_STATE_IDENTITY', () => {
    const { c, program, handler, on, setting } = pair('here', EXCEPTION_STATE_IDENTITY);
    const judge = handler.thread(receive(on), reply());
    program.thread(setting, fault);
    c.run();
    const [note] = judge.notes;
    assert.equal(note!.operation, 'exception_raise_state_identity');
    assert.equal(note!.names.length, 2);
    assert.equal((note!.body as ExceptionRaise).oldState!.frames!.length, 1);
  });

  it('is read and written by the handler with thread_get_state and thread_set_state', () => {
    const { c, program, handler, on, setting } = pair();
    handler.thread(
      receive(on),
      (w, t) => {
        // The reply right would be forgotten by the calls that follow.
        (framesOf(t)[0]!.data as { reply?: number }).reply = t.reply;
        kernel(t.names[0]!, 'thread_get_state', { body: { flavor: THREAD_STATE } })(w, t);
      },
      (w, t) => {
        const { frames } = t.body as { frames: { data: { next: number } }[] };
        frames[0]!.data.next++;
        const thread = handler.portOf(0x200).objectKind === 'thread' ? 0x200 : 0x300;
        kernel(thread, 'thread_set_state', { body: { frames } })(w, t);
      },
      (w, t) => {
        t.reply = (framesOf(t)[0]!.data as { reply?: number }).reply!;
        reply()(w, t);
      },
    );
    const skipped: string[] = [];
    program.thread(
      setting,
      fault,
      act(() => skipped.push('skipped')),
      act(() => skipped.push('performed')),
    );
    c.run();
    assert.deepEqual(skipped, ['performed']);
  });
});

describe('exception ports', () => {
  it('are inherited by a child, and not by a thread', () => {
    const { c, program, self, setting } = pair();
    const maker = program.thread(
      setting,
      kernel(self, 'task_create', { body: { name: 'child', kind: 'mach', inherit: false, pid: -1, activity: 0 } }),
    );
    c.run();
    const child = c.w.tasks.rows.find((each) => each.live && each.name === 'child')!;
    assert.deepEqual(child.kept, program.task.kept);
    assert.equal(maker.notes[1]!.code, 'KERN_SUCCESS');
  });

  it('are reported once for all the types that they are for, and swapped', () => {
    const { c, program, self, setting, to } = pair();
    const other = program.port('other');
    const body = { exceptionMask: 1 << EXC_BREAKPOINT, behavior: EXCEPTION_STATE, flavor: THREAD_STATE };
    const rights = [{ name: other, disposition: MAKE_SEND }];
    const all = { body: { exceptionMask: EXC_MASK_ALL } };
    const thread = program.thread(
      setting,
      kernel(self, 'task_swap_exception_ports', { body, rights }),
      kernel(self, 'task_get_exception_ports', all),
      kernel(self, 'task_set_exception_ports', { body: { ...body, exceptionMask: EXC_MASK_ALL } }),
      kernel(self, 'task_get_exception_ports', all),
      kernel(self, 'task_get_exception_ports', { body: { exceptionMask: 1 } }),
    );
    c.run();
    const [, swapped, both, , none, wrong] = thread.notes;
    assert.deepEqual(swapped!.names, [to]);
    assert.deepEqual((swapped!.body as { masks: number[] }).masks, [1 << EXC_BREAKPOINT]);
    assert.deepEqual(both!.names, [to, other]);
    const masks = [EXC_MASK_ALL & ~(1 << EXC_BREAKPOINT), 1 << EXC_BREAKPOINT];
    assert.deepEqual((both!.body as { masks: number[] }).masks, masks);
    assert.deepEqual(none!.names, []);
    assert.equal(wrong!.code, 'KERN_INVALID_ARGUMENT');
    assert.equal(program.entry(to)!.type, SEND);
  });
});
