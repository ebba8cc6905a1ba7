// Out-of-line memory in messages [mechanisms 1.11, 1.5, 2.5, 2.13 f]. What a read finds is compared with what was written
// last by the simulator itself [X6]: a receiver that found anything but the contents as of the send would break that rule.
import assert from 'node:assert/strict';
import { crash } from '../../simulator/faults/crash.ts';
import { destroyName } from '../../simulator/mach/ipc/release.ts';
import { MAKE_SEND, MOVE_RECEIVE } from '../../simulator/mach/ipc/right.ts';
import type { Payload } from '../../simulator/mach/ipc/mach-msg.ts';
import { DEFAULT_QUEUE_LIMIT } from '../../simulator/mach/ipc/port.ts';
import { taskTerminate } from '../../simulator/mach/task.ts';
import { threadResume, threadSuspend, threadTerminate } from '../../simulator/mach/thread-control.ts';
import { kernel, receive, reply, rpc, send, sleep, millisecond, type Actor, type Scripted } from './cluster.ts';
import { codes, found, memoryCluster, read, region, regionOf, vm, write } from './vm/memory.ts';

const heap = (pages = 2): ReturnType<typeof vm> => vm('vm_allocate', region('heap', pages));

/** A client with a `heap` of so many pages, and a server on the same node or on another one. */
function lab(where: readonly string[] = ['here'], pages = 2) {
  const c = memoryCluster({}, ...where);
  const server = c.task('here', 'server');
  const client = c.task(where[1] ?? 'here', 'client');
  const on = server.port('service');
  const to = c.right(server, on, client);
  const does = (actor: Actor, ...calls: Parameters<Actor['thread']>): Scripted => {
    const thread = actor.thread(...calls);
    c.run();
    return thread;
  };
  does(client, heap(pages), ...Array.from({ length: pages }, (_, page) => write('heap', page)));
  const regions = (actor: Actor): string[] => actor.task.regions.map((id) => c.w.regions.rows[id]!.name);
  const inKernels = (): number =>
    c.w.regions.rows.filter((each) => each.live && c.w.tasks.rows[each.task]!.kind === 'kernel').length;
  return { c, server, client, on, to, does, regions, inKernels };
}

const sends = (to: number, ...memory: NonNullable<Payload['memory']>): ReturnType<typeof send> =>
  send(to, 'take', { memory });

const distances = [
  ['on one node', ['here']],
  ['from another node', ['here', 'there']],
] as const;

for (const [distance, where] of distances) {
  describe(`out-of-line memory ${distance} [1.11]`, () => {
    it('is what the sender had in it when it sent, whatever it writes afterwards [X6]', () => {
      const { c, server, client, on, to, does } = lab(where);
      does(client, sends(to, { region: 'heap' }), write('heap', 0));
      const taker = does(server, receive(on));
      assert.deepEqual(taker.notes[0]!.memory, ['heap']);
      does(server, read('heap', 0), read('heap', 1));
      assert.deepEqual([found(c, server, 'heap', 0), found(c, client, 'heap', 0)], [1, 3]);
      assert.equal(found(c, server, 'heap', 1), 2);
    });

    it("is the receiver's own: what it writes the sender does not see", () => {
      const { c, server, client, on, to, does } = lab(where);
      does(client, sends(to, { region: 'heap' }));
      assert.deepEqual(codes(does(server, receive(on), write('heap', 0), read('heap', 1))), [
        'KERN_SUCCESS',
        'KERN_SUCCESS',
        'KERN_SUCCESS',
      ]);
      does(client, read('heap', 0));
      assert.equal(found(c, client, 'heap', 0), 1);
    });

    it('is moved out of the map of a sender that deallocates it', () => {
      const { c, server, client, on, to, does, regions } = lab(where);
      const sender = does(client, sends(to, { region: 'heap', deallocate: true }), read('heap', 0));
      assert.deepEqual(codes(sender), ['KERN_SUCCESS', 'KERN_INVALID_ADDRESS']);
      assert.deepEqual(regions(client), []);
      does(server, receive(on), read('heap', 0), write('heap', 1));
      assert.deepEqual(regions(server), ['heap']);
      assert.equal(found(c, server, 'heap', 0), 1);
    });

    it('gets a fresh region: a name of its own, if that is in use, and behind all others', () => {
      const { c, server, client, on, to, does, regions } = lab(where);
      does(client, sends(to, { region: 'heap' }, { region: 'heap' }));
      const taker = does(server, heap(3), receive(on), read('heap.2', 0), read('heap.3', 1));
      assert.deepEqual(taker.notes[1]!.memory, ['heap.2', 'heap.3']);
      assert.deepEqual(regions(server), ['heap', 'heap.2', 'heap.3']);
      const made = regionOf(c, server, 'heap.2');
      assert.ok(made.start >= regionOf(c, server, 'heap').start + 3);
      assert.deepEqual([made.protection, made.maximum, made.inheritance], ['rw-', 'rwx', 'copy']);
    });

    it('can be some pages of a region, from its beginning or from its middle', () => {
      const { c, server, client, on, to, does } = lab(where, 4);
      does(client, sends(to, { region: 'heap', pages: 2 }, { region: 'heap', first: 2, pages: 2 }), write('heap', 3));
      does(server, receive(on), read('heap', 1), read('heap.2', 0), read('heap.2', 1));
      assert.deepEqual([regionOf(c, server, 'heap').pages, regionOf(c, server, 'heap.2').pages], [2, 2]);
      assert.deepEqual([found(c, server, 'heap', 1), found(c, server, 'heap.2', 1)], [2, 4]);
    });

    it('by physical copy is copied when it is sent', () => {
      const { c, server, client, on, to, does } = lab(where);
      does(client, sends(to, { region: 'heap', copy: 'physical' }), write('heap', 0));
      assert.equal(c.w.regions.rows.filter((each) => each.live && each.needsCopy).length, 0);
      does(server, receive(on), read('heap', 0));
      assert.equal(found(c, server, 'heap', 0), 1);
    });

    it('that several tasks write is copied as it is at that moment [3.3, delay]', () => {
      const { c, server, client, on, to, does } = lab(where);
      const made = does(client, vm('mach_make_memory_entry', { name: 'heap' }));
      const other = c.task(where[1] ?? 'here', 'other');
      const right = c.right(client, made.notes[0]!.names[0]!, other);
      const mapped = { ...region('heap', 2), copy: false };
      does(other, vm('vm_map', mapped, [{ name: right, disposition: 19 }]), read('heap', 1));
      does(client, sends(to, { region: 'heap' }));
      does(other, write('heap', 0));
      does(server, receive(on), read('heap', 0));
      assert.deepEqual([found(c, server, 'heap', 0), found(c, client, 'heap', 0)], [1, 3]);
    });

    it('comes with an answer, too', () => {
      const { c, server, client, on, to, does } = lab(where);
      server.thread(heap(1), write('heap', 0), receive(on), reply({ memory: [{ region: 'heap', deallocate: true }] }));
      const caller = does(client, rpc(to, 'fetch'), read('heap.2', 0));
      assert.deepEqual(codes(caller), ['KERN_SUCCESS', 'KERN_SUCCESS']);
      assert.equal(found(c, client, 'heap.2', 0), 3);
    });

    it('that nobody receives is given up with its message: a dead port [1.5, 1.10]', () => {
      const { c, server, client, on, to, does, regions, inKernels } = lab(where);
      does(client, sends(to, { region: 'heap', deallocate: true }));
      assert.equal(inKernels(), 1);
      destroyName(c.w, server.task, on);
      c.run();
      assert.equal(inKernels(), 0);
      assert.deepEqual([regions(client), regions(server)], [[], []]);
      assert.equal(c.w.memories.rows.filter((each) => each.live).length, 0);
    });

    it('is given up with a message that is too large, or whose sender or receiver ends', () => {
      const { c, server, client, on, to, does, inKernels } = lab(where);
      does(client, send(to, 'take', { bytes: 100, memory: [{ region: 'heap' }] }));
      assert.deepEqual(codes(does(server, receive(on, { size: 50 }))), ['MACH_RCV_TOO_LARGE']);
      does(client, sends(to, { region: 'heap', deallocate: true }));
      taskTerminate(c.w, client.task);
      c.run();
      assert.equal(inKernels(), 1, 'the message is still there');
      taskTerminate(c.w, server.task);
      c.run();
      assert.equal(inKernels(), 0);
    });

    it('takes the place of a region that the receiver says (overwrite), if that fits', () => {
      const { c, server, client, on, to, does, regions } = lab(where);
      does(server, vm('vm_allocate', region('buffer', 2)), vm('vm_allocate', region('small', 1)));
      const memory = { region: 'heap' };
      does(client, sends(to, memory, memory), sends(to, memory));
      const overwrite = ['buffer'];
      const taker = does(server, receive(on, { overwrite }), read('buffer', 1), receive(on, { overwrite: ['small'] }));
      assert.deepEqual(taker.notes[0]!.memory, ['buffer', 'heap']);
      assert.equal(found(c, server, 'buffer', 1), 2);
      assert.deepEqual([taker.notes[2]!.code, taker.notes[2]!.memory], ['MACH_RCV_BODY_ERROR', ['']]);
      assert.deepEqual(regions(server), ['buffer', 'small', 'heap']);
    });
  });
}

describe('memory that cannot be sent: MACH_SEND_INVALID_MEMORY [1.5 step 2]', () => {
  const cases: readonly [what: string, memory: NonNullable<Payload['memory']>[number]][] = [
    ['a region that is not there', { region: 'stack' }],
    ['pages beyond its end', { region: 'heap', first: 1, pages: 2 }],
    ['no page', { region: 'heap', pages: 0 }],
    ['a part that is to be deallocated', { region: 'heap', pages: 1, deallocate: true }],
    ['what the sender may not read', { region: 'hidden' }],
  ];
  for (const [what, memory] of cases) {
    it(`${what}: what came before it in the body is gone`, () => {
      const { client, to, does, regions, inKernels } = lab();
      does(
        client,
        vm('vm_allocate', region('hidden', 1, { protection: '---' })),
        vm('vm_allocate', region('first', 1)),
      );
      const p = client.port('p');
      const rights = [{ name: p, disposition: MOVE_RECEIVE }];
      const payload = { rights, memory: [{ region: 'first', deallocate: true }, memory] };
      assert.deepEqual(codes(does(client, send(to, 'take', payload))), ['MACH_SEND_INVALID_MEMORY']);
      assert.equal(client.entry(p), null);
      assert.deepEqual(regions(client), ['heap', 'hidden']);
      assert.equal(inKernels(), 0);
    });
  }

  it('is not looked at if a right before it fails', () => {
    const { client, to, does, regions } = lab();
    const rights = [{ name: 77 * 256, disposition: MAKE_SEND }];
    const sender = does(client, send(to, 'take', { rights, memory: [{ region: 'heap', deallocate: true }] }));
    assert.deepEqual(codes(sender), ['MACH_SEND_INVALID_RIGHT']);
    assert.deepEqual(regions(client), ['heap']);
  });
});

describe('a message with memory that could not be queued [1.6, pseudo-receive]', () => {
  for (const [distance, where] of distances) {
    it(`gives the region back under its name and at its place (${distance})`, () => {
      const { c, server, client, on, to, does, regions, inKernels } = lab(where);
      const { start } = regionOf(c, client, 'heap');
      does(client, ...Array.from({ length: DEFAULT_QUEUE_LIMIT }, () => send(to, 'fills')));
      const sender = does(client, sends(to, { region: 'heap', deallocate: true }, { region: 'heap' }));
      assert.deepEqual(codes(sender), ['MACH_SEND_INVALID_MEMORY'], 'it has left the map already');
      does(client, vm('vm_allocate', region('heap', 2, { start })));
      const blocked = does(client, sends(to, { region: 'heap', deallocate: true }));
      assert.equal(blocked.notes.length, 0);
      const t = blocked.row()!;
      threadSuspend(c.w, t);
      does(client, kernel(c.threadRight(blocked, client), 'thread_abort'));
      assert.deepEqual(regions(client), ['heap']);
      assert.equal(regionOf(c, client, 'heap').start, start);
      assert.equal(inKernels(), 0);
      threadResume(c.w, t);
      const taker = does(server, ...Array.from({ length: DEFAULT_QUEUE_LIMIT + 1 }, () => receive(on)));
      assert.deepEqual(taker.notes.at(-1)!.memory, ['heap']);
    });
  }

  it('drops the copy when its time is over, or its thread ends', () => {
    const { c, client, to, does, inKernels, regions } = lab();
    does(client, ...Array.from({ length: DEFAULT_QUEUE_LIMIT }, () => send(to, 'fills')));
    const memory = [{ region: 'heap' }];
    const late = does(client, send(to, 'late', { memory, timeout: millisecond }));
    assert.deepEqual(codes(late), ['MACH_SEND_TIMED_OUT']);
    assert.equal(inKernels(), 0);
    const blocked = does(client, send(to, 'never', { memory }));
    assert.equal(inKernels(), 1);
    threadTerminate(c.w, blocked.row()!);
    c.run();
    assert.equal(inKernels(), 0);
    assert.deepEqual(regions(client), ['heap']);
  });
});

describe('memory that several kernels write [3.3, copy-call]', () => {
  /** A region `shared` that tasks on both nodes write; the client's, on the second node, is sent to the server on the first. */
  function shared() {
    const l = lab(['here', 'there']);
    const home = l.c.task('here', 'home');
    l.does(home, vm('vm_allocate', region('shared', 2)), write('shared', 0), write('shared', 1));
    const made = l.does(home, vm('mach_make_memory_entry', { name: 'shared' }));
    const right = l.c.right(home, made.notes[0]!.names[0]!, l.client);
    const mapped = { ...region('shared', 2), copy: false };
    l.does(l.client, vm('vm_map', mapped, [{ name: right, disposition: 19 }]), read('shared', 0), write('shared', 1));
    return { ...l, home };
  }

  it('is copied by its home before it is sent: whatever is written then, the receiver reads what was there', () => {
    const { c, server, client, home, on, to, does } = shared();
    does(client, sends(to, { region: 'shared' }, { region: 'heap' }));
    does(home, write('shared', 0), write('shared', 1));
    does(client, write('shared', 0));
    const taker = does(server, receive(on), read('shared', 0), read('shared', 1), write('shared', 0), read('heap', 1));
    assert.deepEqual([...new Set(codes(taker))], ['KERN_SUCCESS']);
    assert.equal(found(c, server, 'shared', 1), 5);
  });

  it('in an RPC and in an answer, too; deallocated it leaves the map', () => {
    const { server, client, on, to, does, regions, inKernels } = shared();
    server.thread(receive(on), read('shared', 1), reply({ memory: [{ region: 'shared', deallocate: true }] }));
    const caller = does(
      client,
      rpc(to, 'turn it over', { memory: [{ region: 'shared', deallocate: true }] }),
      read('shared', 0),
    );
    assert.deepEqual(codes(caller), ['KERN_SUCCESS', 'KERN_SUCCESS']);
    assert.deepEqual([regions(client), regions(server), inKernels()], [['heap', 'shared'], [], 0]);
  });

  it('is given up by a thread that ends before its message is sent', () => {
    const { c, client, to, inKernels } = shared();
    const memory = { region: 'shared', copy: 'physical' } as const;
    const sender = client.thread(sends(to, memory, { region: 'shared' }));
    while (inKernels() === 0) c.step();
    threadTerminate(c.w, sender.row()!);
    c.run();
    assert.equal(inKernels(), 0);
  });

  it('whose home has failed cannot be sent', () => {
    const { c, server, client, does, regions } = shared();
    const near = c.task('there', 'near');
    const to = c.right(near, near.port('p'), client);
    crash(c.w, 0);
    c.run();
    const sender = does(client, sends(to, { region: 'shared', deallocate: true }));
    assert.deepEqual(codes(sender), ['MACH_SEND_INVALID_MEMORY']);
    assert.deepEqual(regions(client), ['heap', 'shared']);
    assert.equal(server.task.live, false);
  });
});

describe('memory that its sender may only read', () => {
  it("is the receiver's to write, and the sender finds what it was", () => {
    const { c, server, client, on, to, does } = lab();
    does(client, vm('vm_protect', { name: 'heap', protection: 'r--', setMaximum: true }));
    does(client, sends(to, { region: 'heap' }, { region: 'heap', deallocate: true }));
    does(server, receive(on), write('heap', 0), read('heap.2', 0), write('heap.2', 0), read('heap', 1));
    assert.deepEqual([found(c, server, 'heap', 0), found(c, server, 'heap.2', 0)], [3, 4]);
  });
});

describe('memory in a circle of receive rights [1.5 step 3]', () => {
  it('is given up, and the send succeeds', () => {
    const { c, client, does, inKernels, regions } = lab();
    const p = client.port('p');
    const self = c.right(client, p, client);
    const payload = {
      rights: [{ name: p, disposition: MOVE_RECEIVE }],
      memory: [{ region: 'heap', deallocate: true }],
    };
    assert.deepEqual(codes(does(client, send(self, 'myself', payload))), ['KERN_SUCCESS']);
    assert.deepEqual([inKernels(), regions(client)], [0, []]);
  });
});

describe('memory as the body of a placeholder [2.5]', () => {
  it('stays with the sender until it is pulled, and costs nothing before', () => {
    const { c, server, client, on, to, does, inKernels } = lab(['here', 'there'], 16);
    const began = c.w.time;
    does(client, sends(to, { region: 'heap' }));
    const taken = c.w.time - began;
    const message = c.w.messages.rows.find((each) => each.live)!;
    assert.equal(message.bodyNode, 1);
    assert.equal(inKernels(), 1);
    const pulled = c.w.time;
    does(server, receive(on));
    assert.ok(c.w.time - pulled > 16 * 4 * c.w.setup.prices.remote_kilobyte, 'all pages cross the network');
    assert.ok(taken < 10 * millisecond);
    assert.equal(inKernels(), 0);
    assert.equal(c.w.nodes.rows[0]!.residentPages, 16);
  });

  it('a page that the sender has to fetch itself is fetched then', () => {
    const { c, server, client, on, to, does } = lab(['here', 'there']);
    const home = c.task('here', 'home');
    does(home, heap(2), write('heap', 1));
    const made = does(home, vm('mach_make_memory_entry', { name: 'heap' }));
    const right = c.right(home, made.notes[0]!.names[0]!, client);
    does(client, vm('vm_map', { ...region('far', 2), copy: false }, [{ name: right, disposition: 19 }]));
    const sender = does(client, sends(to, { region: 'far' }));
    assert.deepEqual(codes(sender), ['KERN_SUCCESS']);
    does(home, write('heap', 1));
    assert.deepEqual(codes(does(server, receive(on), read('far', 1), read('far', 0))), [
      'KERN_SUCCESS',
      'KERN_SUCCESS',
      'KERN_SUCCESS',
    ]);
    assert.equal(found(c, server, 'far', 1), 3);
  });

  it('is lost with its node: the receiver has the rest of the message, and MACH_RCV_BODY_ERROR [2.13 f]', () => {
    const { c, server, client, on, to, does, inKernels } = lab(['here', 'there']);
    does(client, sends(to, { region: 'heap', deallocate: true }, { region: 'heap' }));
    does(client, heap(), write('heap', 0), sends(to, { region: 'heap', deallocate: true }));
    crash(c.w, 1);
    const taker = does(server, receive(on));
    const [note] = taker.notes;
    assert.deepEqual([note!.operation, note!.code, note!.memory], ['take', 'MACH_RCV_BODY_ERROR', ['']]);
    assert.equal(inKernels(), 0);
    assert.equal(c.w.memories.rows.filter((each) => each.live).length, 0);
  });

  it('is lost on its way, too', () => {
    const { c, server, client, on, to, does } = lab(['here', 'there']);
    does(client, sends(to, { region: 'heap', deallocate: true }));
    const taker = server.thread(receive(on));
    while (!c.w.packets.rows.some((each) => each.live && each.kind === 'pull message reply')) c.step();
    crash(c.w, 1);
    c.run();
    assert.deepEqual([taker.notes[0]!.code, taker.notes[0]!.memory], ['MACH_RCV_BODY_ERROR', ['']]);
    assert.equal(c.w.memories.rows.filter((each) => each.live).length, 0);
  });

  it('that the node of the receiver takes into its failure is given up where it is', () => {
    const { c, client, to, does, inKernels } = lab(['here', 'there']);
    does(client, sends(to, { region: 'heap' }));
    assert.equal(inKernels(), 1);
    crash(c.w, 0);
    c.run();
    assert.equal(inKernels(), 0);
    does(client, read('heap', 0));
  });

  it('with a page that nobody can supply any more is lost, and the rights beside it are not', () => {
    const { c, server, client, on, to, does, inKernels } = lab(['here', 'there', 'home']);
    const home = c.task('home', 'home');
    does(home, heap(2), write('heap', 1));
    const made = does(home, vm('mach_make_memory_entry', { name: 'heap' }));
    const right = c.right(home, made.notes[0]!.names[0]!, client);
    does(client, vm('vm_map', { ...region('far', 2), copy: false }, [{ name: right, disposition: 19 }]));
    const rights = [{ name: client.port('p'), disposition: MAKE_SEND }];
    does(client, send(to, 'take', { rights, memory: [{ region: 'far' }, { region: 'heap' }] }));
    crash(c.w, 2);
    const taker = does(server, receive(on), read('heap', 1));
    const [note] = taker.notes;
    assert.deepEqual([note!.code, note!.memory, note!.names.length], ['MACH_RCV_BODY_ERROR', ['', 'heap'], 1]);
    assert.equal(found(c, server, 'heap', 1), 2);
    assert.equal(inKernels(), 0);
  });

  it('is received by a thread that ends while it waits for it: nothing is left', () => {
    const { c, server, client, on, to, does, inKernels } = lab(['here', 'there']);
    does(client, sends(to, { region: 'heap', deallocate: true }));
    const taker = server.thread(receive(on), sleep(1));
    c.run(c.w.time + 3 * millisecond);
    assert.equal(taker.notes.length, 0);
    threadTerminate(c.w, taker.row()!);
    c.run();
    assert.equal(inKernels(), 0);
    assert.equal(c.w.memories.rows.filter((each) => each.live).length, 0);
  });
});
