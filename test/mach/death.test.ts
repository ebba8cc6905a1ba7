// What happens when ports, threads and tasks end [mechanisms 1.3, 1.9, 1.10], and circles [1.5, I9].
import assert from 'node:assert/strict';
import { at } from '../../simulator/base/table.ts';
import { DEFAULT_QUEUE_LIMIT } from '../../simulator/mach/ipc/port.ts';
import { deallocate, destroyName } from '../../simulator/mach/ipc/release.ts';
import { requestNoSenders } from '../../simulator/mach/ipc/requests.ts';
import { MAKE_SEND, MAKE_SEND_ONCE, MOVE_RECEIVE, copyin } from '../../simulator/mach/ipc/right.ts';
import { DEAD_NAME, SEND, insert } from '../../simulator/mach/ipc/space.ts';
import { kernelCall } from '../../simulator/mach/kernel-call.ts';
import { taskPort, taskTerminate } from '../../simulator/mach/task.ts';
import { act, cluster, millisecond, operations, receive, rpc, send, sleep, type Actor } from './cluster.ts';

function pair(...nodes: string[]) {
  const c = cluster(...(nodes.length === 0 ? ['here'] : nodes));
  const server = c.task('here', 'server');
  const client = c.task(nodes[1] ?? 'here', 'client');
  const on = server.port('service');
  return { c, server, client, on, to: c.right(server, on, client) };
}

/** The task asks for a no-senders notice on its port; the notice comes on the returned name. */
function askForNoSenders(c: ReturnType<typeof cluster>, task: Actor, name: number): number {
  const notices = task.port('notices');
  const right = copyin(c.w, task.task, notices, MAKE_SEND_ONCE)!;
  requestNoSenders(c.w, task.portOf(name), 0, right.port);
  return notices;
}

describe('the death of a port [1.10]', () => {
  it('lets the sends of blocked senders succeed, and destroys their messages [1.6]', () => {
    const { c, server, client, on, to } = pair();
    client.thread(...Array.from({ length: DEFAULT_QUEUE_LIMIT }, () => send(to, 'fills')));
    c.run();
    const blocked = client.thread(send(to, 'never read'));
    const caller = client.thread(rpc(to, 'never answered'));
    c.run();
    destroyName(c.w, server.task, on);
    c.run();
    assert.equal(blocked.notes[0]!.code, 'KERN_SUCCESS');
    assert.deepEqual([caller.notes[0]!.operation, caller.notes[0]!.code], ['MACH_NOTIFY_SEND_ONCE', 'MIG_SERVER_DIED']);
  });

  it('wakes those who receive on it', () => {
    const { c, server, on } = pair();
    const receiver = server.thread(receive(on));
    c.run();
    destroyName(c.w, server.task, on);
    c.run();
    assert.equal(receiver.notes[0]!.code, 'MACH_RCV_PORT_DIED');
  });

  it('is not noticed by the entries of senders until they are touched [1.3]', () => {
    const { c, server, client, on, to } = pair();
    destroyName(c.w, server.task, on);
    c.run();
    assert.equal(client.entry(to)!.type, SEND);
    assert.equal(client.portOf(to).active, false);
    const sender = client.thread(send(to, 'hello'));
    c.run();
    assert.equal(sender.notes[0]!.code, 'MACH_SEND_INVALID_DEST');
    assert.equal(client.entry(to)!.type, DEAD_NAME);
    deallocate(c.w, client.task, to);
    c.run();
  });

  it('destroys a receive right that waits in its queue, and so on down', () => {
    const { c, server, client, on, to } = pair();
    const inner = client.port('inner');
    const viaInner = c.right(client, inner, client);
    const innermost = client.port('innermost');
    const last = c.right(client, innermost, server);
    client.thread(
      send(viaInner, 'holds innermost', { rights: [{ name: innermost, disposition: MOVE_RECEIVE }] }),
      send(to, 'holds inner', { rights: [{ name: inner, disposition: MOVE_RECEIVE }] }),
    );
    c.run();
    assert.equal(server.portOf(last).active, true);
    destroyName(c.w, server.task, on);
    c.run();
    assert.equal(server.portOf(last).active, false);
  });
});

describe('a server that dies [1.6, 1.9]', () => {
  for (const where of [[], ['here', 'there']]) {
    const distance = where.length === 0 ? 'on the same node' : 'on another node';

    it(`with a request in its queue: the client reads MIG_SERVER_DIED (${distance})`, () => {
      const { c, server, client, to } = pair(...where);
      const caller = client.thread(rpc(to, 'question'));
      c.run();
      taskTerminate(c.w, server.task);
      c.run();
      assert.equal(caller.notes[0]!.code, 'MIG_SERVER_DIED');
    });

    it(`with the reply right in its space: the client reads MIG_SERVER_DIED (${distance})`, () => {
      const { c, server, client, on, to } = pair(...where);
      server.thread(receive(on));
      const caller = client.thread(rpc(to, 'question'));
      c.run();
      taskTerminate(c.w, server.task);
      c.run();
      assert.equal(caller.notes[0]!.code, 'MIG_SERVER_DIED');
    });

    it(`before the request arrives: the client reads MIG_SERVER_DIED (${distance})`, () => {
      const { c, server, client, to } = pair(...where);
      const caller = client.thread(rpc(to, 'question'));
      c.run(0.1 * millisecond);
      taskTerminate(c.w, server.task);
      c.run();
      assert.equal(caller.notes[0]!.code, 'MIG_SERVER_DIED');
    });
  }
});

describe('the end of a task', () => {
  it('gives up every right that it held', () => {
    const { c, server, client, on, to } = pair();
    const p = client.port('p');
    client.thread(send(to, 'take', { rights: [{ name: p, disposition: MAKE_SEND }] }), receive(p));
    server.thread(receive(on));
    c.run();
    assert.equal(client.portOf(p).srights, 1);
    taskTerminate(c.w, server.task);
    c.run();
    assert.equal(client.portOf(p).srights, 0);
  });

  it('that two threads ask for at once happens once', () => {
    const { c, server, client } = pair();
    const self = taskPort(c.w, server.task);
    self.srights++;
    const name = copyoutSelf(client, self.id);
    const killers = [0, 1].map(() => client.thread((w, t) => kernelCall(w, t, name, 'task_terminate')));
    c.run();
    const codes = killers.map((each) => each.notes[0]!.code).sort();
    assert.deepEqual(codes, ['KERN_INVALID_ARGUMENT', 'KERN_SUCCESS']);

    function copyoutSelf(actor: Actor, port: number): number {
      return insert(actor.task.space, SEND, port, 1);
    }
  });
});

describe('the no-senders notice [1.9]', () => {
  it('comes when the last send right is given up, once', () => {
    const { c, server, client, on, to } = pair();
    const notices = askForNoSenders(c, server, on);
    const watcher = server.thread(receive(notices), receive(notices));
    c.run();
    assert.equal(watcher.notes.length, 0);
    client.thread(act((w, task) => deallocate(w, task, to)));
    c.run();
    assert.deepEqual(operations(watcher), ['MACH_NOTIFY_NO_SENDERS']);
    assert.deepEqual(watcher.notes[0]!.body, { name: on, mscount: 1 });
    assert.equal(server.portOf(on).requests, -1, 'the request is used up [I15]');
  });

  it('does not come while a message carries a send right', () => {
    const { c, server, client, on, to } = pair();
    const notices = askForNoSenders(c, server, on);
    const other = c.task('here', 'other');
    const at2 = other.port('at');
    const via = c.right(other, at2, client);
    const watcher = server.thread(receive(notices));
    client.thread(send(via, 'take', { rights: [{ name: to, disposition: 17 }] }));
    c.run();
    assert.equal(client.entry(to), null);
    assert.equal(watcher.notes.length, 0);
    destroyName(c.w, other.task, at2);
    c.run();
    assert.deepEqual(operations(watcher), ['MACH_NOTIFY_NO_SENDERS']);
  });

  it('comes at once where there is no sender any more when it is asked for', () => {
    const { c, server, client, on, to } = pair();
    deallocate(c.w, client.task, to);
    c.run();
    const watcher = server.thread(receive(askForNoSenders(c, server, on)));
    c.run();
    assert.deepEqual(operations(watcher), ['MACH_NOTIFY_NO_SENDERS']);
  });
});

describe('circles of receive rights [1.5 step 3, I9]', () => {
  it('a port sent to itself is destroyed, and the send succeeds', () => {
    const { c, server } = pair();
    const p = server.port('p');
    const self = c.right(server, p, server);
    const sender = server.thread(send(self, 'myself', { rights: [{ name: p, disposition: MOVE_RECEIVE }] }));
    c.run();
    assert.equal(sender.notes[0]!.code, 'KERN_SUCCESS');
    assert.equal(at(c.w.ports, server.entry(self)!.port).active, false);
  });

  it('two ports sent to each other: the second is destroyed with the first in it', () => {
    const { c, server } = pair();
    const [p, q] = [server.port('p'), server.port('q')];
    const [toP, toQ] = [c.right(server, p, server), c.right(server, q, server)];
    server.thread(
      send(toP, 'q in p', { rights: [{ name: q, disposition: MOVE_RECEIVE }] }),
      send(toQ, 'p in q', { rights: [{ name: p, disposition: MOVE_RECEIVE }] }),
    );
    c.run();
    assert.equal(server.portOf(toP).active, false);
    assert.equal(server.portOf(toQ).active, false);
  });

  it('is found even while the first message waits for room', () => {
    const { c, server } = pair();
    const [p, q] = [server.port('p'), server.port('q')];
    const [toP, toQ] = [c.right(server, p, server), c.right(server, q, server)];
    server.thread(...Array.from({ length: DEFAULT_QUEUE_LIMIT }, () => send(toP, 'fills')));
    c.run();
    const blocked = server.thread(send(toP, 'q in p', { rights: [{ name: q, disposition: MOVE_RECEIVE }] }));
    c.run();
    assert.equal(blocked.notes.length, 0);
    server.thread(sleep(1), send(toQ, 'p in q', { rights: [{ name: p, disposition: MOVE_RECEIVE }] }));
    c.run();
    assert.equal(server.portOf(toP).active, false, 'p is not on its way to itself for ever');
  });
});
