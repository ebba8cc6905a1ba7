// The header and the body of a message: what is taken of the sender's space, and what the receiver gets [mechanisms 1.5].
import assert from 'node:assert/strict';
import { destroyName } from '../../simulator/mach/ipc/release.ts';
import {
  COPY_SEND,
  MAKE_SEND,
  MAKE_SEND_ONCE,
  MOVE_RECEIVE,
  MOVE_SEND,
  MOVE_SEND_ONCE,
  copyin,
  copyout,
} from '../../simulator/mach/ipc/right.ts';
import { DEAD, DEAD_NAME, SEND, SEND_ONCE, find, setUrefsAt } from '../../simulator/mach/ipc/space.ts';
import { act, cluster, operations, receive, reply, rpc, send, type Actor } from './cluster.ts';

function lab(...nodes: string[]) {
  const c = cluster(...(nodes.length === 0 ? ['here'] : nodes));
  const server = c.task('here', 'server');
  const client = c.task(nodes[1] ?? 'here', 'client');
  const on = server.port('service');
  return { c, server, client, on, to: c.right(server, on, client) };
}

function seen(actor: Actor, name: number): [number, number] | null {
  const entry = actor.entry(name);
  return entry === null ? null : [entry.type, entry.urefs];
}

/** The name of a send-once right, in the actor's space, to a port of its own. */
function sendOnce(l: ReturnType<typeof lab>, actor: Actor, port: number): number {
  return copyout(l.c.w, actor.task, copyin(l.c.w, actor.task, port, MAKE_SEND_ONCE)!);
}

describe('the reply right of a message [1.5 step 1]', () => {
  for (const where of [[], ['here', 'there']]) {
    const distance = where.length === 0 ? 'on one node' : 'between nodes';
    for (const [name, disposition, type] of [
      ['MAKE_SEND', MAKE_SEND, SEND],
      ['MAKE_SEND_ONCE', MAKE_SEND_ONCE, SEND_ONCE],
      ['COPY_SEND', COPY_SEND, SEND],
      ['MOVE_SEND', MOVE_SEND, SEND],
    ] as const) {
      it(`may be taken by ${name}: the answer comes there (${distance})`, () => {
        const { c, server, client, on, to } = lab(...where);
        const p = client.port('answers');
        c.right(client, p, client);
        client.thread(send(to, 'question', { reply: { name: p, disposition } }));
        const waiting = client.thread(receive(p));
        const answering = server.thread(receive(on), (_w, t) => void (kept = seen(server, t.reply)), reply());
        let kept: [number, number] | null = null;
        c.run();
        assert.deepEqual(kept, [type, 1]);
        assert.equal(answering.notes[1]!.code, 'KERN_SUCCESS');
        assert.deepEqual(operations(waiting), ['reply']);
      });
    }

    it(`may be dead: the receiver sees the name DEAD (${distance})`, () => {
      const { c, server, client, on, to } = lab(...where);
      const owner = c.task(where[1] ?? 'here', 'owner');
      const p = owner.port('p');
      const dead = c.right(owner, p, client);
      destroyName(c.w, owner.task, p);
      const sender = client.thread(
        send(to, 'question', { reply: { name: dead, disposition: COPY_SEND } }),
        send(to, 'question', { reply: { name: DEAD, disposition: COPY_SEND } }),
      );
      const reader = server.thread(receive(on), reply(), receive(on));
      c.run();
      assert.deepEqual(
        sender.notes.map(({ code }) => code),
        ['KERN_SUCCESS', 'KERN_SUCCESS'],
      );
      assert.deepEqual([reader.notes[0]!.reply, reader.notes[2]!.reply], [DEAD, DEAD]);
      assert.deepEqual(seen(client, dead), [DEAD_NAME, 1]);
    });
  }
});

describe('copyin of a header takes both rights or neither [1.5 step 1]', () => {
  it('a reply right that is not there leaves the destination as it was', () => {
    const { c, client, to } = lab();
    const sender = client.thread(
      send(to, 'question', { destination: MOVE_SEND, reply: { name: to, disposition: MAKE_SEND } }),
      send(to, 'question', { destination: MOVE_SEND, reply: { name: 99 * 256, disposition: COPY_SEND } }),
    );
    c.run();
    assert.deepEqual(
      sender.notes.map(({ code }) => code),
      ['MACH_SEND_INVALID_REPLY', 'MACH_SEND_INVALID_REPLY'],
    );
    assert.deepEqual(seen(client, to), [SEND, 1]);
  });

  it('a destination that is not there, or dead, leaves the reply right as it was', () => {
    const { c, server, client, on, to } = lab();
    const p = client.port('p');
    const answers = { name: sendOnce({ c, server, client, on, to }, client, p), disposition: MOVE_SEND_ONCE };
    destroyName(c.w, server.task, on);
    const sender = client.thread(send(to, 'question', { reply: answers }), send(1, 'question', { reply: answers }));
    c.run();
    assert.deepEqual(
      sender.notes.map(({ code }) => code),
      ['MACH_SEND_INVALID_DEST', 'MACH_SEND_INVALID_DEST'],
    );
    assert.deepEqual(seen(client, answers.name), [SEND_ONCE, 1]);
  });

  it('a right to receive is nothing that messages are sent with', () => {
    const { c, client, to } = lab();
    const p = client.port('p');
    const sender = client.thread(
      send(to, 'question', { reply: { name: p, disposition: MOVE_RECEIVE } }),
      send(p, 'question', { destination: MOVE_RECEIVE }),
    );
    c.run();
    assert.deepEqual(
      sender.notes.map(({ code }) => code),
      ['MACH_SEND_INVALID_HEADER', 'MACH_SEND_INVALID_HEADER'],
    );
  });

  it('a port that one receives on can be sent to without a send right: MAKE_SEND', () => {
    const { c, server, on } = lab();
    const sender = server.thread(send(on, 'to myself', { destination: MAKE_SEND }), receive(on));
    c.run();
    assert.deepEqual(operations(sender), ['to myself']);
    assert.equal(server.portOf(on).mscount, 2);
  });
});

describe('an RPC whose reply port somebody has taken away', () => {
  it('fails, and the next one makes a new reply port', () => {
    const { c, server, client, on, to } = lab();
    server.thread(receive(on), reply(), receive(on), reply());
    const caller = client.thread(
      rpc(to, 'one'),
      act((w, task, t) => destroyName(w, task, t.replyName)),
      rpc(to, 'two'),
      rpc(to, 'three'),
    );
    c.run();
    assert.deepEqual(
      caller.notes.map(({ operation, code }) => operation || code),
      ['reply', 'reply', 'MACH_SEND_INVALID_REPLY', 'reply'],
    );
  });
});

describe('destination and reply under one name [1.5 step 1]', () => {
  const cases: readonly [
    what: string,
    dest: number,
    reply: number,
    urefs: number,
    code: string,
    left: number | null,
  ][] = [
    ['both copied', COPY_SEND, COPY_SEND, 1, 'KERN_SUCCESS', 1],
    ['moved and copied', MOVE_SEND, COPY_SEND, 1, 'KERN_SUCCESS', null],
    ['copied and moved', COPY_SEND, MOVE_SEND, 1, 'KERN_SUCCESS', null],
    ['both moved, of two references', MOVE_SEND, MOVE_SEND, 2, 'KERN_SUCCESS', null],
    ['both moved, of three references', MOVE_SEND, MOVE_SEND, 3, 'KERN_SUCCESS', 1],
    ['both moved, of one reference', MOVE_SEND, MOVE_SEND, 1, 'MACH_SEND_INVALID_DEST', 1],
  ];
  for (const [what, dest, disposition, urefs, code, left] of cases) {
    it(`${what}: ${code}`, () => {
      const { c, server, client, on, to } = lab();
      setUrefsAt(client.task.space, find(client.task.space, to), urefs);
      const sender = client.thread(send(to, 'q', { destination: dest, reply: { name: to, disposition } }));
      c.run();
      assert.equal(sender.notes[0]!.code, code);
      assert.deepEqual(seen(client, to), left === null ? null : [SEND, left]);
      const reader = server.thread(receive(on, { timeout: 0 }));
      c.run();
      assert.equal(reader.notes[0]!.reply === on, code === 'KERN_SUCCESS');
    });
  }

  it('a send-once right cannot be both', () => {
    const l = lab();
    const once = sendOnce(l, l.client, l.client.port('p'));
    const sender = l.client.thread(send(once, 'q', { reply: { name: once, disposition: MOVE_SEND_ONCE } }));
    l.c.run();
    assert.equal(sender.notes[0]!.code, 'MACH_SEND_INVALID_DEST');
    assert.deepEqual(seen(l.client, once), [SEND_ONCE, 1]);
  });

  it('a receive right makes both', () => {
    const { c, server, on } = lab();
    const thread = server.thread(
      send(on, 'q', { destination: MAKE_SEND_ONCE, reply: { name: on, disposition: MAKE_SEND } }),
      receive(on),
    );
    c.run();
    assert.deepEqual(
      thread.notes.map(({ code }) => code),
      ['KERN_SUCCESS', 'KERN_SUCCESS'],
    );
    assert.equal(thread.notes[1]!.reply, on);
  });
});

describe('a body that cannot be taken [1.5 step 2]', () => {
  it('destroys the message: what was moved is gone, and a send-once destination hears of it', () => {
    const l = lab();
    const { c, client, to } = l;
    const p = client.port('p');
    const once = sendOnce(l, client, p);
    const rights = [
      { name: to, disposition: MOVE_SEND },
      { name: 99 * 256, disposition: COPY_SEND },
    ];
    const sender = client.thread(send(once, 'take', { rights }), receive(p));
    c.run();
    assert.equal(sender.notes[0]!.code, 'MACH_SEND_INVALID_RIGHT');
    assert.deepEqual([seen(client, to), seen(client, once)], [null, null]);
    assert.deepEqual(operations(sender), ['MACH_NOTIFY_SEND_ONCE']);
  });
});

describe('an out-of-line array of ports [1.11]', () => {
  for (const where of [[], ['here', 'there']]) {
    it(`moves a list of rights with one disposition, after the single ones (${where.length === 0 ? 'near' : 'far'})`, () => {
      const { c, server, client, on, to } = lab(...where);
      const [p, q, r] = [client.port('p'), client.port('q'), client.port('r')];
      const rights = [{ name: r, disposition: MAKE_SEND_ONCE }];
      const arrays = [{ names: [p, q], disposition: MAKE_SEND }];
      client.thread(send(to, 'take', { rights, arrays, body: { portsCnt: 2 } }));
      const taker = server.thread(receive(on));
      c.run();
      const types = taker.notes[0]!.names.map((name) => seen(server, name));
      assert.deepEqual(types, [
        [SEND_ONCE, 1],
        [SEND, 1],
        [SEND, 1],
      ]);
    });
  }

  it('that holds one name too many takes what came before it along', () => {
    const { c, client, to } = lab();
    const p = client.port('p');
    const sender = client.thread(send(to, 'take', { arrays: [{ names: [p, 99 * 256], disposition: MAKE_SEND }] }));
    c.run();
    assert.equal(sender.notes[0]!.code, 'MACH_SEND_INVALID_RIGHT');
    assert.deepEqual([client.portOf(p).mscount, client.portOf(p).srights], [1, 0]);
  });
});
