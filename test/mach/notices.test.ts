// The five notifications, what asks for them, and the order in which a port dies [mechanisms 1.9, 1.10].
import assert from 'node:assert/strict';
import type { Carried } from '../../simulator/mach/ipc/mach-msg.ts';
import { DEFAULT_QUEUE_LIMIT } from '../../simulator/mach/ipc/port.ts';
import { deallocate, destroyName } from '../../simulator/mach/ipc/release.ts';
import { MAKE_SEND, MAKE_SEND_ONCE, MOVE_RECEIVE, MOVE_SEND, MOVE_SEND_ONCE } from '../../simulator/mach/ipc/right.ts';
import { DEAD_NAME, RECEIVE, SEND_ONCE, find, setUrefsAt } from '../../simulator/mach/ipc/space.ts';
import { taskTerminate } from '../../simulator/mach/task.ts';
import { cluster, kernel, operations, receive, rpc, send, type Cluster, type Note } from './cluster.ts';

/** A server with a port, a client with a send right to it, and a port of the client's that notices come to. */
function lab(...nodes: string[]) {
  const c = cluster(...(nodes.length === 0 ? ['here'] : nodes));
  const server = c.task('here', 'server');
  const client = c.task(nodes[1] ?? 'here', 'client');
  const on = server.port('service');
  const to = c.right(server, on, client);
  const self = c.kernelRight(client, client);
  const serverSelf = c.kernelRight(server, server);
  const notices = client.port('notices');
  const request = (body: object, ...rights: Carried[]): Note => {
    const thread = client.thread(kernel(self, 'mach_port_request_notification', { body, rights }));
    c.run();
    return thread.notes[0]!;
  };
  return { c, server, client, on, to, self, serverSelf, notices, once: once(notices), request };
}

function once(name: number): Carried {
  return { name, disposition: MAKE_SEND_ONCE };
}

/** Runs, and writes down what the kernels do about ports, in order. */
function transcript(c: Cluster): string[] {
  const lines: string[] = [];
  do {
    for (const notice of c.w.notices) if (notice.kind === 'protocol') lines.push(`${notice.event}: ${notice.text}`);
    c.w.notices.length = 0;
  } while (c.step());
  return lines;
}

describe('the dead-name notice [1.9]', () => {
  it('tells the name, uses the request up, and adds one user reference', () => {
    const { c, server, client, on, to, notices, once, request } = lab();
    assert.equal(request({ name: to, variant: 'dead-name' }, once).code, 'KERN_SUCCESS');
    assert.equal(client.entry(to)!.requested, true);
    const watcher = client.thread(receive(notices));
    destroyName(c.w, server.task, on);
    c.run();
    assert.deepEqual(operations(watcher), ['MACH_NOTIFY_DEAD_NAME']);
    assert.deepEqual(watcher.notes[0]!.body, { name: to });
    deallocate(c.w, client.task, to);
    const { type, urefs, requested } = client.entry(to)!;
    assert.deepEqual([type, urefs, requested], [DEAD_NAME, 1, false], 'one of two is left');
  });

  it('comes from another node, too, when the port dies there [2.11]', () => {
    const { c, server, client, on, to, notices, once, request } = lab('here', 'there');
    request({ name: to, variant: 'dead-name' }, once);
    const watcher = client.thread(receive(notices));
    destroyName(c.w, server.task, on);
    c.run();
    assert.deepEqual(watcher.notes[0]?.body, { name: to });
  });

  it('comes at once for a name that is dead already, if that was asked for', () => {
    const { c, server, client, on, to, notices, once, request } = lab();
    destroyName(c.w, server.task, on);
    const watcher = client.thread(receive(notices));
    assert.equal(request({ name: to, variant: 'dead-name' }, once).code, 'KERN_INVALID_ARGUMENT');
    assert.deepEqual(operations(watcher), ['MACH_NOTIFY_SEND_ONCE'], 'the right that came along was given up');
    const again = client.thread(receive(notices));
    assert.equal(request({ name: to, variant: 'dead-name', sync: 1 }, once).code, 'KERN_SUCCESS');
    assert.deepEqual(operations(again), ['MACH_NOTIFY_DEAD_NAME']);
    assert.equal(client.entry(to)!.urefs, 2);
  });

  it('cannot come where its user reference would be one too many', () => {
    const { client, self, request, once, c } = lab();
    const thread = client.thread(kernel(self, 'mach_port_allocate', { body: { right: DEAD_NAME } }));
    c.run();
    const { name } = thread.notes[0]!.body as { name: number };
    setUrefsAt(client.task.space, find(client.task.space, name), 65535);
    assert.equal(request({ name, variant: 'dead-name', sync: 1 }, once).code, 'KERN_UREFS_OVERFLOW');
  });

  it('of a send-once right and of a receive right can be asked for, of a set not', () => {
    const { client, request, once } = lab();
    assert.equal(request({ name: client.port('mine'), variant: 'dead-name' }, once).code, 'KERN_SUCCESS');
    assert.equal(request({ name: client.portSet(), variant: 'dead-name' }, once).code, 'KERN_INVALID_RIGHT');
    assert.equal(request({ name: 99 * 256, variant: 'dead-name' }, once).code, 'KERN_INVALID_NAME');
  });
});

describe('the port-deleted notice [1.9]', () => {
  const ways = {
    'given up': (w: Cluster['w'], { to, client }: ReturnType<typeof lab>) => deallocate(w, client.task, to),
    destroyed: (w: Cluster['w'], { to, client }: ReturnType<typeof lab>) => destroyName(w, client.task, to),
  };
  for (const [how, freeIt] of Object.entries(ways)) {
    it(`comes when the entry with the request is ${how}`, () => {
      const l = lab();
      l.request({ name: l.to, variant: 'dead-name' }, l.once);
      const watcher = l.client.thread(receive(l.notices));
      freeIt(l.c.w, l);
      l.c.run();
      assert.deepEqual(operations(watcher), ['MACH_NOTIFY_PORT_DELETED']);
      assert.deepEqual(watcher.notes[0]!.body, { name: l.to });
    });
  }

  it('comes when the right moves away in a message [1.4]', () => {
    const { c, client, to, notices, once, request } = lab();
    request({ name: to, variant: 'dead-name' }, once);
    const watcher = client.thread(receive(notices));
    const p = client.port('p');
    const via = c.right(client, p, client);
    client.thread(send(via, 'take', { rights: [{ name: to, disposition: MOVE_SEND }] }));
    c.run();
    assert.deepEqual(operations(watcher), ['MACH_NOTIFY_PORT_DELETED']);
  });

  for (const where of [[], ['here', 'there']]) {
    for (const [how, use] of [
      ['sent with', (name: number) => send(name, 'used up')],
      ['moved', (name: number, to: number) => send(to, 'take', { rights: [{ name, disposition: MOVE_SEND_ONCE }] })],
    ] as const) {
      it(`comes when a send-once right is ${how}: no request is left [I7] (${where.length === 0 ? 'near' : 'far'})`, () => {
        const { c, server, client, on, to, notices, once, request } = lab(...where);
        const mine = client.port('via');
        const via = c.right(client, mine, server);
        server.thread(send(via, 'take', { rights: [{ name: on, disposition: MAKE_SEND_ONCE }] }));
        const got = client.thread(receive(mine));
        c.run();
        const [name] = got.notes[0]!.names;
        assert.equal(request({ name, variant: 'dead-name' }, once).code, 'KERN_SUCCESS');
        const watcher = client.thread(use(name!, to), receive(notices));
        c.run();
        assert.deepEqual(watcher.notes.at(-1)!.body, { name });
        assert.equal(client.entry(name!), null);
        assert.equal(c.w.requests.rows.filter((each) => each.live).length, 0);
      });
    }
  }

  it('comes to who watches when the task that asked ends', () => {
    const { c, server, client, to, request, once } = lab();
    request({ name: to, variant: 'dead-name' }, once);
    taskTerminate(c.w, client.task);
    c.run();
    assert.equal(c.w.requests.rows.filter((each) => each.live).length, 0);
    assert.equal(server.task.live, true);
  });
});

describe('the port-destroyed notice [1.9, 1.10]', () => {
  it('brings the receive right back instead of destroying it, with its queue', () => {
    const { c, client, self, notices, once, request } = lab();
    const p = client.port('p');
    const via = c.right(client, p, client);
    request({ name: p, variant: 'port-destroyed' }, once);
    client.thread(send(via, 'still queued'));
    const watcher = client.thread(receive(notices));
    c.run();
    client.thread(kernel(self, 'mach_port_mod_refs', { body: { name: p, right: RECEIVE, delta: -1 } }));
    c.run();
    assert.deepEqual(operations(watcher), ['MACH_NOTIFY_PORT_DESTROYED']);
    assert.deepEqual(watcher.notes[0]!.names, [p], 'the send right kept the name');
    const reader = client.thread(receive(p));
    c.run();
    assert.deepEqual(operations(reader), ['still queued']);
  });

  it('goes to another node', () => {
    const { c, server, client, on, serverSelf } = lab('here', 'there');
    const theirs = client.port('theirs');
    const via = c.right(client, theirs, server);
    const asking = server.thread(
      receive(server.port('begin'), { timeout: 0 }),
      kernel(serverSelf, 'mach_port_extract_right', { body: { name: on, disposition: MAKE_SEND } }),
    );
    c.run();
    assert.equal(asking.notes[1]!.code, 'KERN_SUCCESS');
    const offer = server.port('offer');
    client.thread(send(c.right(server, offer, client), 'tell me here', { rights: [once(theirs)] }), receive(theirs));
    const host = server.thread(receive(offer));
    c.run();
    const rights = [{ name: host.notes[0]!.names[0]!, disposition: 18 }];
    const body = { name: on, variant: 'port-destroyed' };
    server.thread(kernel(serverSelf, 'mach_port_request_notification', { body, rights }));
    c.run();
    destroyName(c.w, server.task, on);
    c.run();
    assert.ok(server.entry(via));
    assert.equal(
      c.w.ports.rows.filter((p) => p.live && p.label === 'service' && p.receiver === client.task.id).length,
      1,
    );
  });

  it('cannot send a port to itself: then it dies', () => {
    const { c, client, request } = lab();
    const p = client.port('p');
    const via = c.right(client, p, client);
    request({ name: p, variant: 'port-destroyed' }, once(p));
    destroyName(c.w, client.task, p);
    c.run();
    assert.equal(client.entry(via), null);
    assert.ok(!c.w.ports.rows.some((port) => port.live && port.label === 'p'));
  });

  it('takes no count, and a receive right only', () => {
    const { client, to, once, request } = lab();
    assert.equal(request({ name: client.port(), variant: 'port-destroyed', sync: 1 }, once).code, 'KERN_INVALID_VALUE');
    assert.equal(request({ name: to, variant: 'port-destroyed' }, once).code, 'KERN_INVALID_RIGHT');
  });
});

describe('the no-senders notice and its count', () => {
  it('does not come at once while fewer rights were made than the count says', () => {
    const { c, client, notices, request, once } = lab();
    const p = client.port('p');
    const watcher = client.thread(receive(notices));
    request({ name: p, sync: 1 }, once);
    assert.deepEqual(operations(watcher), []);
    const peer = c.task('here', 'peer');
    deallocate(c.w, peer.task, c.right(client, p, peer));
    c.run();
    assert.deepEqual(operations(watcher), ['MACH_NOTIFY_NO_SENDERS']);
    assert.deepEqual(watcher.notes[0]!.body, { name: p, mscount: 1 });
  });
});

describe('a request', () => {
  for (const variant of ['no-senders', 'port-destroyed', 'dead-name']) {
    it(`for ${variant} gives back the right of the one before, and is lifted by none`, () => {
      const { c, client, request, once } = lab();
      const p = client.port('p');
      c.right(client, p, client);
      assert.deepEqual(request({ name: p, variant }, once).names, []);
      const second = request({ name: p, variant }, once).names;
      assert.equal(client.entry(second[0]!)!.type, SEND_ONCE);
      const lifted = request({ name: p, variant }).names;
      assert.equal(client.entry(lifted[0]!)!.type, SEND_ONCE);
      assert.equal(client.portOf(p).requests, -1);
      assert.deepEqual(request({ name: p, variant }).names, []);
    });
  }

  it('takes a live send-once right, and no other kind of notice', () => {
    const { client, to, once, request } = lab();
    const p = client.port('p');
    assert.equal(request({ name: p }, { name: to, disposition: 19 }).code, 'KERN_INVALID_VALUE');
    assert.equal(request({ name: p, variant: 'birthday' }, once).code, 'KERN_INVALID_VALUE');
    assert.equal(request({ name: p }, { name: 0xffffffff, disposition: 18 }).code, 'KERN_INVALID_CAPABILITY');
    assert.equal(request({ name: 99 * 256 }, once).code, 'KERN_INVALID_NAME');
    assert.equal(request({ name: to }, once).code, 'KERN_INVALID_RIGHT');
  });
});

describe("the order of a port's death [1.10]", () => {
  it('blocked senders, no-senders request, queued messages, dead names', () => {
    const { c, server, client, on, to, serverSelf, notices, once, request } = lab();
    const news = server.port('news');
    const watch = { body: { name: on, sync: 9 }, rights: [{ name: news, disposition: MAKE_SEND_ONCE }] };
    server.thread(kernel(serverSelf, 'mach_port_request_notification', watch));
    request({ name: to, variant: 'dead-name' }, once);
    const inside = client.port('inside');
    const toInside = c.right(client, inside, client);
    request({ name: toInside, variant: 'dead-name' }, once);
    client.thread(send(to, 'take', { rights: [{ name: inside, disposition: MOVE_RECEIVE }] }));
    const caller = client.thread(rpc(to, 'question'));
    client.thread(...Array.from({ length: DEFAULT_QUEUE_LIMIT - 2 }, () => send(to, 'fills')));
    c.run();
    const blocked = client.thread(send(to, 'blocked', { rights: [once] }));
    c.run();
    c.w.notices.length = 0;
    const { label } = client.portOf(caller.row()!.replyName);
    destroyName(c.w, server.task, on);
    assert.equal(blocked.row()!.state, 1, 'the blocked sender is ready already');
    assert.deepEqual(transcript(c), [
      'send-once: a send-once right to news was given up',
      `dead-name: name ${toInside} is a dead name`,
      `send-once: a send-once right to ${label} was given up`,
      'send-once: a send-once right to notices was given up',
      `dead-name: name ${to} is a dead name`,
    ]);
    assert.equal(caller.notes[0]!.code, 'MIG_SERVER_DIED');
    assert.equal(blocked.notes[0]!.code, 'KERN_SUCCESS');
    const reader = client.thread(receive(notices), receive(notices), receive(notices));
    c.run();
    assert.deepEqual(
      reader.notes.map(({ body }) => body),
      [{ name: toInside }, null, { name: to }],
    );
  });
});

describe('whoever watches', () => {
  it('is told of each notice', () => {
    const { c, client, to, once, request } = lab();
    request({ name: to, variant: 'dead-name' }, once);
    deallocate(c.w, client.task, to);
    assert.deepEqual(transcript(c), [`port-deleted: name ${to} means nothing any more`]);
    assert.equal(client.entry(to), null);
  });
});
