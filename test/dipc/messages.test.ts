// Messages between nodes: what they cost, how full queues and dead ports show [mechanisms 2.4, 2.10, 7.2].
import assert from 'node:assert/strict';
import { REMOTE_BYTES, REMOTE_MESSAGES, REMOTE_RIGHTS } from '../../simulator/base/ledger.ts';
import { DEFAULT_QUEUE_LIMIT } from '../../simulator/mach/ipc/port.ts';
import { destroyName } from '../../simulator/mach/ipc/release.ts';
import { COPY_SEND } from '../../simulator/mach/ipc/right.ts';
import { DEAD_NAME } from '../../simulator/mach/ipc/space.ts';
import { threadTerminate } from '../../simulator/mach/thread-control.ts';
import { cluster, millisecond, operations, receive, rpc, send, serve, sleep, type Scripted } from '../mach/cluster.ts';

function pair(where: 'local' | 'remote') {
  const c = cluster('here', 'there');
  const server = c.task('here', 'server');
  const client = c.task(where === 'local' ? 'here' : 'there', 'client');
  const on = server.port('service');
  return { c, server, client, on, to: c.right(server, on, client) };
}

const took = (t: Scripted): number => t.notes[0]!.time / millisecond;

describe('what a message costs [Table 2]', () => {
  const rows: [string, 'local' | 'remote', number, number][] = [
    ['on one node', 'local', 0.75, 0.75],
    ['between nodes', 'remote', 7.5, 6.5],
  ];
  for (const [name, where, rpcCost, sendCost] of rows) {
    it(`an RPC ${name}: ${rpcCost} ms`, () => {
      const { c, server, client, on, to } = pair(where);
      server.thread(...serve(on, 1));
      const caller = client.thread(rpc(to, 'null'));
      c.run();
      assert.equal(took(caller), rpcCost);
    });

    it(`a send without an answer ${name}: ${sendCost} ms`, () => {
      const { c, server, client, on, to } = pair(where);
      server.thread(receive(on));
      const sender = client.thread(send(to, 'null'));
      c.run();
      assert.equal(took(sender), sendCost);
    });
  }

  const slopes: ['local' | 'remote', number, number, number][] = [
    ['local', 0.75, 0.35, 1.3],
    ['remote', 7.5, 1.3, 5.55],
  ];
  for (const [where, base, right, kilobyte] of slopes) {
    it(`each right adds ${right} ms and each KB ${kilobyte} ms (${where})`, () => {
      for (const [rights, bytes] of [
        [1, 0],
        [3, 0],
        [0, 1024],
        [0, 4096],
        [2, 512],
      ] as const) {
        const { c, server, client, on, to } = pair(where);
        server.thread(...serve(on, 1));
        const carried = Array.from({ length: rights }, () => ({ name: to, disposition: COPY_SEND }));
        const caller = client.thread(rpc(to, 'loaded', { rights: carried, bytes }));
        c.run();
        const expected = base + rights * right + (bytes / 1024) * kilobyte;
        assert.equal(took(caller).toFixed(6), expected.toFixed(6));
      }
    });
  }

  it('is booked to the nanosecond: counts times prices are times', () => {
    for (const bytes of [1, 7, 100, 333, 1000, 4097]) {
      const { c, server, client, on, to } = pair('remote');
      server.thread(...serve(on, 1));
      client.thread(rpc(to, 'odd', { bytes, rights: [{ name: to, disposition: COPY_SEND }] }));
      c.run();
      const { counts, spent } = c.w.ledger.rows[0]!;
      assert.equal(spent[REMOTE_MESSAGES], counts[REMOTE_MESSAGES]! * 3.75 * millisecond);
      assert.equal(spent[REMOTE_RIGHTS], 1.3 * millisecond);
      assert.deepEqual([counts[REMOTE_RIGHTS], counts[REMOTE_BYTES]], [1, bytes]);
      assert.equal(spent[REMOTE_BYTES], Math.round((bytes * 5.55 * millisecond) / 1024));
    }
  });
});

describe('a full queue on another node [2.10]', () => {
  it('refuses, calls back when there is room, and loses nothing', () => {
    const { c, server, client, on, to } = pair('remote');
    const senders = Array.from({ length: DEFAULT_QUEUE_LIMIT + 3 }, (_, i) => client.thread(send(to, `m${i}`)));
    c.run();
    assert.equal(server.portOf(on).msgcount, DEFAULT_QUEUE_LIMIT);
    assert.equal(senders.filter((each) => each.notes.length === 0).length, 3);
    assert.equal(server.portOf(on).callers, true);
    const taker = server.thread(...Array.from({ length: senders.length }, () => receive(on)));
    c.run();
    assert.deepEqual(
      operations(taker).sort(),
      senders.map((_, i) => `m${i}`),
    );
    for (const each of senders) assert.equal(each.notes[0]!.code, 'KERN_SUCCESS');
  });

  it('serves callers from elsewhere before senders that wait here, and these in the end', () => {
    const { c, server, client, on, to } = pair('remote');
    const local = c.task('here', 'local');
    const via = c.right(server, on, local);
    local.thread(...Array.from({ length: DEFAULT_QUEUE_LIMIT }, () => send(via, 'fills')));
    c.run();
    const near = local.thread(send(via, 'near'));
    const far = client.thread(send(to, 'far'));
    c.run();
    const taker = server.thread(receive(on), sleep(50 * millisecond), ...Array.from({ length: 6 }, () => receive(on)));
    c.run();
    assert.deepEqual(operations(taker).slice(-2), ['far', 'near']);
    assert.deepEqual([near.notes.length, far.notes.length], [1, 1]);
  });

  it('does not keep room for a caller who has nothing to send any more', () => {
    const { c, server, client, on, to } = pair('remote');
    const local = c.task('here', 'local');
    const via = c.right(server, on, local);
    server.portOf(on).qlimit = 1;
    local.thread(send(via, 'fills'));
    c.run();
    const near = local.thread(send(via, 'near'));
    const far = client.thread(send(to, 'far'));
    c.run();
    threadTerminate(c.w, far.row()!);
    const taker = server.thread(receive(on), receive(on), receive(on));
    c.run();
    assert.equal(near.notes[0]?.code, 'KERN_SUCCESS');
    assert.ok(operations(taker).includes('near'));
  });
});

describe('a dead port on another node [2.11]', () => {
  it('is found by the next send, and the proxy dies', () => {
    const { c, server, client, on, to } = pair('remote');
    destroyName(c.w, server.task, on);
    c.run();
    const sender = client.thread(send(to, 'hello'), send(to, 'again'));
    c.run();
    assert.deepEqual(
      sender.notes.map(({ code }) => code),
      ['MACH_SEND_INVALID_DEST', 'MACH_SEND_INVALID_DEST'],
    );
    assert.equal(client.entry(to)!.type, DEAD_NAME);
  });

  it('is found by an RPC, which the client reads as the death of the server', () => {
    const { c, server, client, on, to } = pair('remote');
    destroyName(c.w, server.task, on);
    const caller = client.thread(rpc(to, 'hello'));
    c.run();
    assert.equal(caller.notes[0]!.code, 'MIG_SERVER_DIED');
  });
});
