// Special ports of nodes: the bootstrap of everything that has no right yet [mechanisms 2.12].
import assert from 'node:assert/strict';
import { CRASH } from '../../simulator/base/event.ts';
import { hostPort, HOST_PORT, HOST_PRIVILEGED_PORT } from '../../simulator/dipc/special-ports.ts';
import { bootRight } from '../../simulator/dipc/boot.ts';
import { copyout, MAKE_SEND, MOVE_RECEIVE } from '../../simulator/mach/ipc/right.ts';
import { destroyName } from '../../simulator/mach/ipc/release.ts';
import { SEND } from '../../simulator/mach/ipc/space.ts';
import { kernelCall } from '../../simulator/mach/kernel-call.ts';
import type { Payload } from '../../simulator/mach/ipc/mach-msg.ts';
import { threadTerminate } from '../../simulator/mach/thread-control.ts';
import { emitAt } from '../../simulator/mach/world.ts';
import {
  clusterWith,
  millisecond,
  operations,
  receive,
  send,
  sleep,
  type Actor,
  type Call,
  type Cluster,
} from '../mach/cluster.ts';

const NAME_SERVER = 4;

/** A privileged task on each of two nodes; `host` is the name of its node's host-privileged port. */
function scene() {
  const c = clusterWith({ prices: { failure_detection: 50 * millisecond } }, 'here', 'there');
  const [server, client] = ['here', 'there'].map((node) => c.task(node, node)) as [Actor, Actor];
  return { c, server, client, host: hostRight(c, server), clientHost: hostRight(c, client) };
}

function hostRight({ w }: Cluster, { task }: Actor, which = HOST_PRIVILEGED_PORT): number {
  return bootRight(w, hostPort(w, task.node, task.node, which), task);
}

const callKernel = (on: number, operation: string, payload: Payload): Call => {
  return (w, t) => kernelCall(w, t, on, operation, payload);
};
const get = (host: number, node: number, which: number): Call =>
  callKernel(host, 'norma_get_special_port', { body: { node, which } });
const set = (host: number, which: number, name: number): Call =>
  callKernel(host, 'norma_set_special_port', { body: { which }, rights: [{ name, disposition: MAKE_SEND }] });

describe('the host ports of a node', () => {
  it('have well-known UIDs: another node has a right to them without a message', () => {
    const { c, client, clientHost } = scene();
    const asker = client.thread(get(clientHost, 0, HOST_PORT));
    c.run();
    const port = client.portOf(asker.notes[0]!.names[0]!);
    assert.deepEqual([port.proxy, port.label], [true, 'host@here']);
    assert.equal(c.w.ledger.rows[0]!.counts[2], 0, 'no message between nodes');
  });

  it('answer calls of other nodes', () => {
    const { c, server, client, host } = scene();
    const p = server.port('p');
    server.thread(set(host, NAME_SERVER, p));
    c.run();
    const proxy = hostPort(c.w, client.task.node, 0, HOST_PRIVILEGED_PORT);
    proxy.srights++;
    const far = copyout(c.w, client.task, { type: SEND, port: proxy.id });
    const asker = client.thread(get(far, 0, NAME_SERVER));
    c.run();
    assert.equal(client.portOf(asker.notes[0]!.names[0]!).label, 'p');
  });
});

describe('a port that a server has registered', () => {
  it('is found by its number and node, and leads to the server', () => {
    const { c, server, client, host, clientHost } = scene();
    const p = server.port('name server');
    server.thread(set(host, NAME_SERVER, p));
    const asker = client.thread(sleep(millisecond), get(clientHost, 0, NAME_SERVER));
    c.run();
    client.thread(send(asker.notes[1]!.names[0]!, 'look up'));
    const taker = server.thread(receive(p));
    c.run();
    assert.deepEqual(operations(taker), ['look up']);
  });

  it('is found on the same node too, and through a proxy', () => {
    const { c, server, client, host, clientHost } = scene();
    const p = server.port('p');
    server.thread(set(host, NAME_SERVER, p));
    const asker = server.thread(sleep(millisecond), get(host, 0, NAME_SERVER));
    c.run();
    assert.deepEqual(asker.notes[1]!.names, [p]);
    // The receive right goes away: what is registered is a proxy from then on.
    const box = client.port('box');
    const to = c.right(client, box, server);
    server.thread(send(to, 'take', { rights: [{ name: p, disposition: MOVE_RECEIVE }] }));
    client.thread(receive(box));
    c.run();
    for (let i = 0; i < 9; i++) {
      const again = client.thread(get(clientHost, 0, NAME_SERVER));
      c.run();
      assert.equal(again.notes[0]!.names.length, 1);
    }
  });

  it('is none when nobody has registered one, or it has died [1.10]', () => {
    const { c, server, client, host, clientHost } = scene();
    const first = client.thread(get(clientHost, 0, NAME_SERVER));
    const p = server.port('p');
    server.thread(sleep(50 * millisecond), set(host, NAME_SERVER, p));
    c.run();
    destroyName(c.w, server.task, p);
    const second = client.thread(get(clientHost, 0, NAME_SERVER));
    c.run();
    for (const { notes } of [first, second]) assert.deepEqual([notes[0]!.code, notes[0]!.names], ['KERN_SUCCESS', []]);
  });

  it('takes the place of the one before, whose right is given up', () => {
    const { c, server, host } = scene();
    const [p, q] = [server.port('p'), server.port('q')];
    server.thread(set(host, NAME_SERVER, p), set(host, NAME_SERVER, q));
    c.run();
    assert.deepEqual([server.portOf(p).srights, server.portOf(q).srights], [0, 1]);
  });

  it('waits for credits if its proxy has none to spare [2.7]', () => {
    const { c, server, client, host, clientHost } = scene();
    const p = client.port('p');
    const far = c.right(client, p, server);
    c.w.distributed.rows[server.portOf(far).dipc]!.transit = 1;
    c.w.distributed.rows[client.portOf(p).dipc]!.transit = -1;
    server.thread(
      callKernel(host, 'norma_set_special_port', { body: { which: 9 }, rights: [{ name: far, disposition: 19 }] }),
    );
    const asker = client.thread(sleep(5 * millisecond), get(clientHost, 0, 9));
    c.run();
    assert.deepEqual(asker.notes[1]!.names, [p]);
  });
});

describe('what is refused', () => {
  it('a number that is not for servers, a port that is not host-privileged', () => {
    const { c, server, host } = scene();
    const unprivileged = hostRight(c, server, HOST_PORT);
    const p = server.port('p');
    const t = server.thread(
      set(host, HOST_PORT, p),
      set(host, 33, p),
      set(unprivileged, NAME_SERVER, p),
      get(unprivileged, 0, NAME_SERVER),
      get(host, 7, NAME_SERVER),
    );
    c.run();
    assert.deepEqual(
      t.notes.map(({ code }) => code),
      [
        'KERN_INVALID_ARGUMENT',
        'KERN_INVALID_ARGUMENT',
        'KERN_INVALID_HOST',
        'KERN_INVALID_HOST',
        'KERN_INVALID_ARGUMENT',
      ],
    );
  });

  it('a node that is down: KERN_NODE_DOWN, when that is noticed [2.13]', () => {
    for (const delay of [0, 2, 4, 12]) {
      const { c, client, clientHost } = scene();
      emitAt(c.w, delay * millisecond, CRASH, 0);
      const asker = client.thread(get(clientHost, 0, NAME_SERVER), get(clientHost, 0, HOST_PORT));
      c.run();
      const last = asker.notes.at(-1)!;
      if (delay < 12) assert.equal(asker.notes[0]!.code, 'KERN_NODE_DOWN', `${delay} ms`);
      assert.equal(last.code, delay < 12 ? 'KERN_NODE_DOWN' : 'KERN_SUCCESS');
    }
  });

  it('an answer for a thread that has ended is given up', () => {
    const { c, server, client, host, clientHost } = scene();
    const p = server.port('p');
    server.thread(set(host, NAME_SERVER, p));
    const asker = client.thread(sleep(2 * millisecond), get(clientHost, 0, NAME_SERVER));
    c.run(7 * millisecond);
    threadTerminate(c.w, asker.row()!);
    c.run();
    assert.equal(c.w.distributed.rows[server.portOf(p).dipc]!.transit, 0);
  });
});
