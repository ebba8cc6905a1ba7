// Names, rights and user references [mechanisms 1.2, 1.3, 1.4].
import assert from 'node:assert/strict';
import { deallocate, destroyName } from '../../simulator/mach/ipc/release.ts';
import {
  COPY_SEND,
  MAKE_SEND,
  MAKE_SEND_ONCE,
  MOVE_RECEIVE,
  MOVE_SEND,
  MOVE_SEND_ONCE,
  copyin,
  copyout,
  copyoutAs,
} from '../../simulator/mach/ipc/right.ts';
import {
  DEAD,
  DEAD_NAME,
  MAXIMUM_USER_REFERENCES,
  RECEIVE,
  SEND,
  SEND_ONCE,
  SEND_RECEIVE,
  find,
  lookup,
  names,
  setUrefsAt,
} from '../../simulator/mach/ipc/space.ts';
import { act, cluster, receive, send, type Actor, type Cluster } from './cluster.ts';

/** What a space says about a name: type and user references. */
function seen(actor: Actor, name: number): [number, number] | null {
  const entry = actor.entry(name);
  return entry === null ? null : [entry.type, entry.urefs];
}

/** A task that sends rights to another one on the same node. */
function two(): { c: Cluster; a: Actor; b: Actor; to: number; on: number } {
  const c = cluster('here');
  const a = c.task('here', 'a');
  const b = c.task('here', 'b');
  const on = b.port('on');
  return { c, a, b, on, to: c.right(b, on, a) };
}

/** `a` sends its right with the disposition; what both spaces and the port say afterwards. */
function carry(name: (a: Actor, c: Cluster) => number, disposition: number) {
  const { c, a, b, on, to } = two();
  const sent = name(a, c);
  const port = a.portOf(sent);
  a.thread(send(to, 'take this', { rights: [{ name: sent, disposition }] }));
  const taker = b.thread(receive(on));
  c.run();
  const got = taker.notes[0]!.names[0]!;
  const { mscount, srights, sorights } = port;
  return { a: seen(a, sent), b: seen(b, got), mscount, srights, sorights, port: b.portOf(got).id === port.id };
}

const receiver = (a: Actor): number => a.port('p');
/** A port of a third task, to which `a` holds a send right with so many user references. */
const sender =
  (urefs: number) =>
  (a: Actor, c: Cluster): number => {
    const owner = c.task('here', 'owner');
    const p = owner.port('p');
    const names = Array.from({ length: urefs }, () => c.right(owner, p, a));
    return names[0]!;
  };

describe('dispositions [1.4]', () => {
  it("move-receive: the sender's entry is freed and the receiver gets the receive right", () => {
    const { a, b, mscount } = carry(receiver, MOVE_RECEIVE);
    assert.deepEqual([a, b, mscount], [null, [RECEIVE, 0], 0]);
  });

  it('move-receive: a send part stays with the sender', () => {
    const both = (a: Actor, c: Cluster): number => {
      const p = a.port('p');
      return c.right(a, p, a);
    };
    const { a, b, srights } = carry(both, MOVE_RECEIVE);
    assert.deepEqual([a, b, srights], [[SEND, 1], [RECEIVE, 0], 1]);
  });

  it('make-send: the make-send count and the send rights rise, the receive right stays', () => {
    const { a, b, mscount, srights } = carry(receiver, MAKE_SEND);
    assert.deepEqual([a, b, mscount, srights], [[RECEIVE, 0], [SEND, 1], 1, 1]);
  });

  it('make-send-once: one send-once right exists afterwards', () => {
    const { a, b, sorights } = carry(receiver, MAKE_SEND_ONCE);
    assert.deepEqual([a, b, sorights], [[RECEIVE, 0], [SEND_ONCE, 1], 1]);
  });

  it('copy-send: the sender keeps its right', () => {
    const { a, b, srights } = carry(sender(1), COPY_SEND);
    assert.deepEqual([a, b, srights], [[SEND, 1], [SEND, 1], 2]);
  });

  it('move-send: the last user reference takes the right itself along', () => {
    const { a, b, srights } = carry(sender(1), MOVE_SEND);
    assert.deepEqual([a, b, srights], [null, [SEND, 1], 1]);
  });

  it('move-send: of several user references one goes and the right is copied', () => {
    const { a, b, srights } = carry(sender(3), MOVE_SEND);
    assert.deepEqual([a, b, srights], [[SEND, 2], [SEND, 1], 2]);
  });

  it("move-send-once: the sender's entry is freed", () => {
    const once = (a: Actor, c: Cluster): number => {
      const owner = c.task('here', 'owner');
      const p = owner.port('p');
      return copyout(c.w, a.task, copyin(c.w, owner.task, p, MAKE_SEND_ONCE)!);
    };
    const { a, b, sorights } = carry(once, MOVE_SEND_ONCE);
    assert.deepEqual([a, b, sorights], [null, [SEND_ONCE, 1], 1]);
  });

  it("refuses a disposition that the sender's right does not allow, and sends nothing", () => {
    for (const disposition of [MAKE_SEND, MAKE_SEND_ONCE, MOVE_RECEIVE, MOVE_SEND_ONCE]) {
      const { c, a, b, on, to } = two();
      const mine = sender(1)(a, c);
      const trier = a.thread(send(to, 'take this', { rights: [{ name: mine, disposition }] }));
      b.thread(receive(on));
      c.run();
      assert.equal(trier.notes[0]!.code, 'MACH_SEND_INVALID_RIGHT');
      assert.deepEqual(seen(a, mine), [SEND, 1]);
      assert.equal(b.portOf(on).msgcount, 0);
    }
  });

  it('gives up what a failed body had already taken: partial effects stay [1.5 step 2]', () => {
    const { c, a, to } = two();
    const p = a.port('p');
    const made = { name: p, disposition: MAKE_SEND };
    const trier = a.thread(send(to, 'take this', { rights: [made, { name: 12345, disposition: COPY_SEND }] }));
    c.run();
    assert.equal(trier.notes[0]!.code, 'MACH_SEND_INVALID_RIGHT');
    assert.deepEqual([a.portOf(p).mscount, a.portOf(p).srights], [1, 0]);
  });

  it('a dead right in the body is legal: the receiver sees the name DEAD, and its space nothing', () => {
    const { c, a, b, on, to } = two();
    const owner = c.task('here', 'owner');
    const p = owner.port('p');
    const mine = c.right(owner, p, a);
    destroyName(c.w, owner.task, p);
    a.thread(send(to, 'take this', { rights: [{ name: mine, disposition: COPY_SEND }] }));
    const taker = b.thread(receive(on));
    c.run();
    assert.deepEqual(taker.notes[0]!.names, [DEAD]);
    assert.deepEqual(names(b.task.space), [on]);
    assert.deepEqual(seen(a, mine), [DEAD_NAME, 1], 'touched, so it is a dead name here too');
  });

  it('a dead destination fails the send, and the right becomes a dead name [1.3]', () => {
    const { c, a, b, on, to } = two();
    destroyName(c.w, b.task, on);
    assert.deepEqual(seen(a, to), [SEND, 1], 'nobody has touched it yet');
    const trier = a.thread(send(to, 'hello'));
    c.run();
    assert.equal(trier.notes[0]!.code, 'MACH_SEND_INVALID_DEST');
    assert.deepEqual(seen(a, to), [DEAD_NAME, 1]);
  });
});

describe('names [1.2]', () => {
  it('send and receive rights to one port share one name', () => {
    const { c, a } = two();
    const p = a.port('p');
    assert.equal(c.right(a, p, a), p);
    assert.deepEqual(seen(a, p), [SEND_RECEIVE, 1]);
  });

  it('every send-once right has a name of its own', () => {
    const { c, a } = two();
    const p = a.port('p');
    const once = (): number => copyout(c.w, a.task, copyin(c.w, a.task, p, MAKE_SEND_ONCE)!);
    const [first, second] = [once(), once()];
    assert.equal(new Set([p, first, second]).size, 3);
    c.run();
  });

  it('a name that was freed never means the next right in its slot', () => {
    const { c, a } = two();
    const p = a.port('p');
    destroyName(c.w, a.task, p);
    const q = a.port('q');
    assert.equal(q >> 8, p >> 8, 'the slot is used again');
    assert.notEqual(q, p);
    assert.equal(lookup(a.task.space, p), null);
    const t = a.thread(receive(p));
    c.run();
    assert.equal(t.notes[0]!.code, 'MACH_RCV_INVALID_NAME');
  });

  it('a right can be inserted under a chosen name, unless the name or the port is taken', () => {
    const { c, a, b, on } = two();
    const make = () => copyin(c.w, b.task, on, MAKE_SEND)!;
    const owner = c.task('here', 'owner');
    const name = 77 * 256 + 3;
    assert.equal(copyoutAs(c.w, owner.task, name, make()), 'KERN_SUCCESS');
    assert.deepEqual(seen(owner, name), [SEND, 1]);
    const again = make();
    assert.equal(copyoutAs(c.w, owner.task, name + 256, again), 'KERN_RIGHT_EXISTS');
    assert.equal(copyoutAs(c.w, owner.task, name, again), 'KERN_SUCCESS', 'the same name: one user reference more');
    assert.deepEqual(seen(owner, name), [SEND, 2]);
    const other = copyin(c.w, a.task, a.port('other'), MAKE_SEND)!;
    assert.equal(copyoutAs(c.w, owner.task, name, other), 'KERN_NAME_EXISTS');
    copyout(c.w, owner.task, other);
    destroyName(c.w, b.task, on);
    assert.equal(
      copyoutAs(c.w, a.task, 99 * 256, { type: SEND, port: owner.portOf(name).id }),
      'KERN_INVALID_CAPABILITY',
    );
  });

  it('a large space finds its names by port as a small one does [I3]', () => {
    const { c, a, b } = two();
    const ports = Array.from({ length: 40 }, () => b.port('p'));
    const names = ports.map((p) => c.right(b, p, a));
    assert.deepEqual(
      ports.map((p) => c.right(b, p, a)),
      names,
    );
    for (const name of names) assert.deepEqual(seen(a, name), [SEND, 2]);
    c.run();
  });
});

describe('user references [1.3]', () => {
  it('count how often a space was given the same send right; the port counts one right', () => {
    const { c, a, b, on, to } = two();
    for (let i = 0; i < 3; i++) c.right(b, on, a);
    assert.deepEqual(seen(a, to), [SEND, 4]);
    assert.equal(b.portOf(on).srights, 1);
    for (let i = 0; i < 4; i++) assert.equal(deallocate(c.w, a.task, to), 'KERN_SUCCESS');
    assert.equal(seen(a, to), null);
    assert.equal(b.portOf(on).srights, 0);
    assert.equal(deallocate(c.w, a.task, to), 'KERN_INVALID_NAME');
  });

  it('peg at the maximum when a message brings one too many', () => {
    const { c, a, b, on, to } = two();
    setUrefsAt(a.task.space, find(a.task.space, to), MAXIMUM_USER_REFERENCES - 1);
    assert.equal(c.right(b, on, a), to);
    assert.deepEqual(seen(a, to), [SEND, MAXIMUM_USER_REFERENCES - 1]);
    c.run();
  });

  it('of a receive right cannot be given up by deallocating', () => {
    const { c, b, on } = two();
    assert.equal(deallocate(c.w, b.task, on), 'KERN_INVALID_RIGHT');
  });

  it('stay with a dead name, and the last one ends it', () => {
    const { c, a, b, on, to } = two();
    c.right(b, on, a);
    destroyName(c.w, b.task, on);
    assert.equal(deallocate(c.w, a.task, to), 'KERN_SUCCESS');
    assert.deepEqual(seen(a, to), [DEAD_NAME, 1]);
    assert.equal(deallocate(c.w, a.task, to), 'KERN_SUCCESS');
    assert.equal(seen(a, to), null);
    c.run();
  });
});

describe('a right in a message', () => {
  it('counts on its port all the way [I4, I5], and is given up when the message is destroyed', () => {
    const { c, a, b, on, to } = two();
    const p = a.port('p');
    const rights = [
      { name: p, disposition: MAKE_SEND },
      { name: p, disposition: MAKE_SEND_ONCE },
    ];
    a.thread(send(to, 'take these', { rights }));
    b.thread(act((w, task) => destroyName(w, task, on)));
    const watcher = a.thread(receive(p));
    c.run();
    assert.equal(a.portOf(p).srights, 0);
    assert.equal(watcher.notes[0]!.operation, 'MACH_NOTIFY_SEND_ONCE', 'the send-once right was given up unused');
  });
});
