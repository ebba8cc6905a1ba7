/**
 * What section 1 of the reference says and no other test shows by itself, in its order. Where the rest is shown:
 *
 *   1.1   four states of a port                            here; death (circles), queue (a right that moves)
 *   1.2   generations, one name, chosen names              rights (names), port-calls (allocate_name, insert_right)
 *   1.3   entry types, user references, lazy dead names    here; rights (user references), port-calls (mod_refs), notices
 *   1.4   dispositions, arrival                            rights (dispositions), header (destination, reply), here
 *   1.5   header 1, body 2, circles 3, queue 4, 5          header; rights, out-of-line; death; queue
 *         copyout 6, destruction                           here; queue (too large), out-of-line (BODY_ERROR), death, notices
 *   1.6   limits, order, hand-off, interruption, RPC       queue, threads (an abort), dipc/interrupt, death (a server that dies)
 *         ports of the kernel                              here; queue (ports of the kernel)
 *   1.7   sequence numbers                                 queue, here
 *   1.8   port sets                                        queue (port sets), port-calls (move_member), here
 *   1.9   the five notices, requests and how to lift them  notices, death (no-senders), port-calls, migration/task-rights, here
 *   1.10  the order of death                               notices (the order of a port's death), dipc/special-ports
 *   1.11  memory, arrays of ports                          out-of-line; header (an out-of-line array of ports)
 *   1.12  special ports, self and sself, inheritance       special-ports, exceptions, migration/task-kernel-port
 *   1.13  every call, with every code                      port-calls, threads, special-ports, vm/services; the status: here
 *   1.14  I1 - I19                                         checkers/broken, checkers/history; all of them after every event
 */
import assert from 'node:assert/strict';
import { NONE, at } from '../../simulator/base/table.ts';
import { KERNEL, DEFAULT_QUEUE_LIMIT, MAXIMUM_QUEUE_LIMIT } from '../../simulator/mach/ipc/port.ts';
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
  setUrefsAt,
} from '../../simulator/mach/ipc/space.ts';
import type { Carried } from '../../simulator/mach/ipc/mach-msg.ts';
import { taskTerminate } from '../../simulator/mach/task.ts';
import {
  cluster,
  kernel,
  operations,
  receive,
  reply,
  rpc,
  send,
  type Actor,
  type Call,
  type Scripted,
} from './cluster.ts';

/** Two tasks on one node; `a` can send to the port `on` of `b`, and each can call its kernel. */
function two(...nodes: string[]) {
  const c = cluster(...(nodes.length === 0 ? ['here'] : nodes));
  const a = c.task('here', 'a');
  const b = c.task(nodes[1] ?? 'here', 'b');
  const on = b.port('on');
  const to = c.right(b, on, a);
  const self = c.kernelRight(a, a);
  const does = (actor: Actor, ...calls: Call[]): Scripted => {
    const thread = actor.thread(...calls);
    c.run();
    return thread;
  };
  const asks = (operation: string, body: object, ...rights: Carried[]) =>
    does(a, kernel(self, operation, { body, rights })).notes[0]!;
  return { c, a, b, on, to, self, does, asks };
}

function seen(actor: Actor, name: number): [number, number] | null {
  const entry = actor.entry(name);
  return entry === null ? null : [entry.type, entry.urefs];
}

const take = (to: number, ...rights: Carried[]): Call => send(to, 'take', { rights });
const once = (name: number): Carried => ({ name, disposition: MAKE_SEND_ONCE });

describe('the four states of a port [1.1]', () => {
  it('in a space; in transit to the port whose queue carries it; in limbo; dead', () => {
    const { c, a, b, on, to, does } = two();
    const p = a.port('p');
    const port = a.portOf(p);
    const state = (): number[] => [port.receiver, port.receiverName, port.destination];
    assert.deepEqual(state(), [a.task.id, p, NONE]);
    const right = copyin(c.w, a.task, p, MOVE_RECEIVE)!;
    assert.deepEqual(state(), [NONE, NONE, NONE], 'in limbo');
    const again = copyout(c.w, a.task, right);
    does(a, take(to, { name: again, disposition: MOVE_RECEIVE }));
    assert.deepEqual(state(), [NONE, NONE, b.portOf(on).id], 'in transit');
    const taker = does(b, receive(on));
    const name = taker.notes[0]!.names[0]!;
    assert.deepEqual(state(), [b.task.id, name, NONE]);
    c.right(b, name, a);
    destroyName(c.w, b.task, name);
    assert.deepEqual([port.active, ...state()], [false, NONE, NONE, NONE]);
    c.run();
  });

  it('the port that carries a right in transit dies with it: the chain holds on to its end', () => {
    const { c, a, b, on, to, does } = two();
    const p = a.port('p');
    const viaP = c.right(a, p, b);
    does(a, take(to, { name: p, disposition: MOVE_RECEIVE }));
    does(b, send(viaP, 'waits in p'));
    assert.equal(b.portOf(viaP).msgcount, 1, 'what is sent to a port in transit waits in it');
    destroyName(c.w, b.task, on);
    assert.equal(b.portOf(viaP).active, false);
    c.run();
  });
});

describe('user references of every kind of entry [1.3, I6]', () => {
  it('a send-once right has exactly one: it takes only -1, which is the notice', () => {
    const { c, a, b, on, does, asks } = two();
    const name = copyout(c.w, a.task, copyin(c.w, b.task, on, MAKE_SEND_ONCE)!);
    const change = (delta: number): string => asks('mach_port_mod_refs', { name, right: SEND_ONCE, delta }).code;
    assert.deepEqual([change(1), change(-2)], ['KERN_INVALID_VALUE', 'KERN_INVALID_VALUE']);
    assert.deepEqual(seen(a, name), [SEND_ONCE, 1]);
    assert.equal(change(-1), 'KERN_SUCCESS');
    assert.equal(seen(a, name), null);
    assert.deepEqual(operations(does(b, receive(on))), ['MACH_NOTIFY_SEND_ONCE']);
  });

  it('a full count has room for the one more that a dead-name notice adds when the port dies', () => {
    const { c, a, b, on, to, asks } = two();
    setUrefsAt(a.task.space, find(a.task.space, to), MAXIMUM_USER_REFERENCES - 1);
    asks('mach_port_request_notification', { name: to, variant: 'dead-name' }, once(a.port('notices')));
    destroyName(c.w, b.task, on);
    asks('mach_port_type', { name: to });
    assert.equal(deallocate(c.w, a.task, to), 'KERN_SUCCESS');
    assert.deepEqual(seen(a, to), [DEAD_NAME, MAXIMUM_USER_REFERENCES - 1]);
  });

  it('a message that brings one reference too many is received, and its reference is dropped', () => {
    const { a, b, on, to, does } = two();
    const mine = b.port('mine');
    const rights = [{ name: mine, disposition: MAKE_SEND }];
    const back = a.port('back');
    does(a, send(to, 'answer here', { rights: [{ name: back, disposition: MAKE_SEND }] }));
    const [via] = does(b, receive(on)).notes[0]!.names;
    does(b, send(via!, 'one', { rights }), send(via!, 'two', { rights }));
    const [held] = does(a, receive(back)).notes[0]!.names;
    setUrefsAt(a.task.space, find(a.task.space, held!), MAXIMUM_USER_REFERENCES - 1);
    const second = does(a, receive(back)).notes[0]!;
    assert.deepEqual([second.code, second.names], ['KERN_SUCCESS', [held]]);
    assert.deepEqual(seen(a, held!), [SEND, MAXIMUM_USER_REFERENCES - 1]);
    assert.equal(b.portOf(mine).srights, 1);
  });

  it('a receive right with a send part has the references of the send part', () => {
    const { c, a } = two();
    const p = a.port('p');
    assert.deepEqual(seen(a, p), [RECEIVE, 0]);
    c.right(a, p, a);
    c.right(a, p, a);
    assert.deepEqual(seen(a, p), [SEND_RECEIVE, 2]);
    assert.deepEqual([a.portOf(p).srights, a.portOf(p).mscount], [1, 2]);
  });
});

describe('dead sources in a body [1.4]', () => {
  for (const [what, disposition, left] of [
    ['COPY_SEND leaves the dead name', COPY_SEND, 2],
    ['MOVE_SEND takes one reference of the dead name', MOVE_SEND, 1],
    ['MOVE_SEND_ONCE takes one reference of the dead name', MOVE_SEND_ONCE, 1],
  ] as const) {
    it(`${what}: the receiver sees DEAD`, () => {
      const { c, a, b, on, to, does } = two();
      const p = b.port('p');
      const dead = c.right(b, p, a);
      c.right(b, p, a);
      destroyName(c.w, b.task, p);
      const sender = does(a, take(to, { name: dead, disposition }));
      assert.equal(sender.notes[0]!.code, 'KERN_SUCCESS');
      assert.deepEqual(seen(a, dead), [DEAD_NAME, left]);
      assert.deepEqual(does(b, receive(on)).notes[0]!.names, [DEAD]);
    });
  }

  for (const disposition of [MAKE_SEND, MAKE_SEND_ONCE, MOVE_RECEIVE]) {
    it(`disposition ${disposition} needs the receive right, dead or not`, () => {
      const { c, a, b, to, does } = two();
      const p = b.port('p');
      const dead = c.right(b, p, a);
      destroyName(c.w, b.task, p);
      const sender = does(a, take(to, { name: dead, disposition }));
      assert.equal(sender.notes[0]!.code, 'MACH_SEND_INVALID_RIGHT');
    });
  }
});

describe('a receive right on its way [1.4]', () => {
  it('leaves a port-deleted notice to who had asked about the entry that it frees', () => {
    const { a, to, does, asks } = two();
    const [p, notices] = [a.port('p'), a.port('notices')];
    asks('mach_port_request_notification', { name: p, variant: 'dead-name' }, once(notices));
    does(a, take(to, { name: p, disposition: MOVE_RECEIVE }));
    const notice = does(a, receive(notices)).notes[0]!;
    assert.deepEqual([notice.operation, notice.body], ['MACH_NOTIFY_PORT_DELETED', { name: p }]);
  });

  it('has its make-send count at 0, and joins the send right of the same name where it arrives [I8]', () => {
    const { c, a, b, on, to, does } = two();
    const p = a.port('p');
    const held = c.right(a, p, b);
    const port = a.portOf(p);
    assert.equal(port.mscount, 1);
    does(a, take(to, { name: p, disposition: MOVE_RECEIVE }));
    assert.equal(port.mscount, 0);
    assert.deepEqual(does(b, receive(on)).notes[0]!.names, [held]);
    assert.deepEqual([seen(b, held), port.mscount], [[SEND_RECEIVE, 1], 0]);
  });
});

describe('a send right that arrives [1.4]', () => {
  it('where there is one already it is one user reference more, and one send right less', () => {
    const { c, a, b, on, to, does } = two();
    const p = a.port('p');
    const held = c.right(a, p, b);
    does(a, take(to, { name: p, disposition: MAKE_SEND }));
    assert.equal(a.portOf(p).srights, 2);
    assert.deepEqual(does(b, receive(on)).notes[0]!.names, [held]);
    assert.deepEqual([seen(b, held), a.portOf(p).srights], [[SEND, 2], 1]);
  });

  it('where the receive right is it is the send part of the same name', () => {
    const { c, a, b, on, to, does } = two();
    const mine = b.port('mine');
    const there = c.right(b, mine, a);
    does(a, take(to, { name: there, disposition: MOVE_SEND }));
    assert.deepEqual(does(b, receive(on)).notes[0]!.names, [mine]);
    assert.deepEqual([seen(a, there), seen(b, mine)], [null, [SEND_RECEIVE, 1]]);
  });
});

describe('copyout of the header [1.5 step 6]', () => {
  it('swaps it: the receiver sees the reply right, and its own port as where the message came', () => {
    const { a, b, on, to, does } = two();
    const back = a.port('back');
    does(a, send(to, 'question', { reply: once(back) }));
    const note = does(b, receive(on), reply({ body: 'answer' })).notes[0]!;
    assert.equal(note.arrivedOn, on);
    assert.equal(seen(b, note.reply), null, 'it was a send-once right, and has been used');
    assert.deepEqual(does(a, receive(back)).notes[0]!.body, 'answer');
  });
});

describe('a message that is destroyed [1.5]', () => {
  it('sends a receive right back to who asked for that (port-destroyed)', () => {
    const { c, a, b, on, to, does, asks } = two();
    const [p, notices] = [a.port('p'), a.port('notices')];
    asks('mach_port_request_notification', { name: p, variant: 'port-destroyed' }, once(notices));
    does(a, take(to, { name: p, disposition: MOVE_RECEIVE }));
    destroyName(c.w, b.task, on);
    const notice = does(a, receive(notices)).notes[0]!;
    assert.equal(notice.operation, 'MACH_NOTIFY_PORT_DESTROYED');
    assert.deepEqual(seen(a, notice.names[0]!), [RECEIVE, 0]);
  });

  it('with its last send right is what a no-senders request waits for', () => {
    const { c, a, b, on, to, does, asks } = two();
    const [p, notices] = [a.port('p'), a.port('notices')];
    does(a, take(to, { name: p, disposition: MAKE_SEND }));
    asks('mach_port_request_notification', { name: p, sync: 1 }, once(notices));
    taskTerminate(c.w, b.task);
    const notice = does(a, receive(notices)).notes[0]!;
    assert.deepEqual([notice.operation, notice.body], ['MACH_NOTIFY_NO_SENDERS', { name: p, mscount: 1 }]);
    assert.equal(on > 0, true);
  });
});

describe('queue limits [1.6]', () => {
  it('are 5 if nobody says anything, and 16 at most', () => {
    const { a, asks } = two();
    const p = a.port('p');
    const limits = (): unknown => asks('mach_port_get_attributes', { name: p, flavor: 'LIMITS' }).body;
    assert.deepEqual([limits(), DEFAULT_QUEUE_LIMIT], [{ qlimit: 5 }, 5]);
    assert.equal(asks('mach_port_set_qlimit', { name: p, qlimit: 16 }).code, 'KERN_SUCCESS');
    assert.deepEqual([limits(), MAXIMUM_QUEUE_LIMIT], [{ qlimit: 16 }, 16]);
  });

  it('may be lowered below what is queued: those messages stay, and new ones wait [I12]', () => {
    const { b, on, to, a, c, does } = two();
    const serverSelf = c.kernelRight(b, b);
    does(a, ...Array.from({ length: 4 }, (_, i) => send(to, `m${i}`)));
    does(b, kernel(serverSelf, 'mach_port_set_qlimit', { body: { name: on, qlimit: 1 } }));
    assert.equal(b.portOf(on).msgcount, 4);
    const late = does(a, send(to, 'late'));
    assert.equal(late.notes.length, 0);
    does(b, ...Array.from({ length: 3 }, () => receive(on)));
    assert.equal(late.notes.length, 0, 'one is queued, and one may be');
    assert.deepEqual(operations(does(b, receive(on), receive(on))), ['m3', 'late']);
    assert.equal(late.notes[0]!.code, 'KERN_SUCCESS');
  });

  it('stop no notice: it is queued whatever the limit [1.9]', () => {
    const { c, a, b, on, to, does, asks } = two();
    const notices = a.port('notices');
    asks('mach_port_request_notification', { name: to, variant: 'dead-name' }, once(notices));
    const fill = c.right(a, notices, b);
    does(b, ...Array.from({ length: DEFAULT_QUEUE_LIMIT }, () => send(fill, 'fills')));
    destroyName(c.w, b.task, on);
    c.run();
    assert.equal(a.portOf(notices).msgcount, DEFAULT_QUEUE_LIMIT + 1);
  });
});

describe('a call on a port of the own kernel [1.6]', () => {
  it('is performed by the caller: no message is sent, and no other thread runs', () => {
    const { c, a, self } = two();
    const sent = c.w.sent;
    const caller = a.thread(kernel(self, 'mach_port_allocate', { body: { right: RECEIVE } }));
    let others = 0;
    while (c.step()) others += c.w.threads.rows.filter((t) => t.live && t.task !== a.task.id && t.state === 0).length;
    assert.deepEqual([caller.notes[0]!.code, c.w.sent - sent, others], ['KERN_SUCCESS', 0, 0]);
  });

  it('that is sent as a message never waits for room, however many there are', () => {
    const { a, self, does } = two();
    const port = a.portOf(self);
    assert.equal(port.receiver, KERNEL);
    const senders = Array.from({ length: 3 }, () =>
      a.thread(...Array.from({ length: MAXIMUM_QUEUE_LIMIT }, () => send(self, 'task_info'))),
    );
    does(a, rpc(self, 'task_info'));
    for (const each of senders) assert.equal(each.notes.length, MAXIMUM_QUEUE_LIMIT);
    assert.equal(port.lastSender, NONE);
  });
});

describe('sequence numbers [1.7]', () => {
  it('go on from what mach_port_set_seqno says, and each receiver is told its own [I18]', () => {
    const { c, b, on, to, a, does } = two();
    const serverSelf = c.kernelRight(b, b);
    does(a, ...Array.from({ length: 3 }, (_, i) => send(to, `m${i}`)));
    const numbers: number[] = [];
    const note: Call = (_w, t) => void numbers.push(t.sequence);
    const set = kernel(serverSelf, 'mach_port_set_seqno', { body: { name: on, seqno: 40 } });
    does(b, receive(on), note, set, receive(on), note, receive(on), note);
    assert.deepEqual(numbers, [0, 40, 41]);
  });

  it('are kept by each member of a set for itself', () => {
    const { c, a, b, on, to, does } = two();
    const other = b.port('other');
    const viaOther = c.right(b, other, a);
    const set = b.portSet(on, other);
    does(a, send(to, 'm0'), send(viaOther, 'o0'), send(to, 'm1'), send(viaOther, 'o1'));
    const numbers: number[] = [];
    const note: Call = (_w, t) => void numbers.push(t.sequence);
    does(b, ...Array.from({ length: 4 }, () => [receive(set), note]).flat());
    assert.deepEqual(numbers, [0, 0, 1, 1]);
  });
});

describe('a port and its set [1.8, I10]', () => {
  it('belongs to one set: entering another one it leaves the first, with its messages', () => {
    const { c, a, b, on, to, does } = two();
    const serverSelf = c.kernelRight(b, b);
    const [first, second] = [b.portSet(on), b.portSet()];
    does(a, send(to, 'one'), send(to, 'two'));
    does(b, kernel(serverSelf, 'mach_port_move_member', { body: { member: on, set: second } }));
    assert.equal(b.portOf(on).pset, b.portOf(second).id);
    const [old, now] = [b.thread(receive(first, { timeout: 0 })), b.thread(receive(second), receive(second))];
    c.run();
    assert.equal(old.notes[0]!.code, 'MACH_RCV_TIMED_OUT');
    assert.deepEqual(operations(now), ['one', 'two']);
  });
});

describe('the no-senders race [1.9]', () => {
  it('shows in the count: a right that was made since makes the notice stale', () => {
    const { c, a, b, does, asks } = two();
    const [p, notices] = [a.port('p'), a.port('notices')];
    const first = c.right(a, p, b);
    asks('mach_port_request_notification', { name: p, sync: 1 }, once(notices));
    deallocate(c.w, b.task, first);
    c.run();
    c.right(a, p, b);
    const notice = does(a, receive(notices)).notes[0]!;
    const status = asks('mach_port_get_receive_status', { name: p }).body as { mscount: number };
    assert.deepEqual(notice.body, { name: p, mscount: 1 });
    assert.deepEqual([a.portOf(p).srights, status.mscount], [1, 2]);
  });

  it('does not come while one is left, and comes once for one request [I15]', () => {
    const { c, a, b, asks } = two();
    const [p, notices] = [a.port('p'), a.port('notices')];
    const names = [c.right(a, p, b), c.right(a, p, b)];
    asks('mach_port_request_notification', { name: p, sync: 1 }, once(notices));
    deallocate(c.w, b.task, names[0]!);
    c.run();
    assert.equal(a.portOf(notices).msgcount, 0);
    deallocate(c.w, b.task, names[1]!);
    c.run();
    deallocate(c.w, b.task, c.right(a, p, b));
    c.run();
    assert.equal(a.portOf(notices).msgcount, 1, 'it was asked for once');
  });
});

describe('the status of a receive right [1.13]', () => {
  it('counts the send-once rights on all nodes, and says that senders exist wherever they are', () => {
    const { c, a, b, asks } = two('here', 'there');
    const p = a.port('p');
    const status = (): unknown => {
      const { sorights, srights } = asks('mach_port_get_receive_status', { name: p }).body as Record<string, unknown>;
      return { sorights, srights };
    };
    assert.deepEqual(status(), { sorights: 0, srights: false });
    const via = c.right(b, b.port('via'), a);
    c.right(a, p, b);
    const thread = a.thread(take(via, once(p)), take(via, once(p)));
    c.run();
    assert.equal(thread.notes.length, 2);
    const near = copyin(c.w, a.task, p, MAKE_SEND_ONCE)!;
    copyout(c.w, a.task, near);
    assert.equal(at(c.w.ports, near.port).sorights, 1);
    assert.deepEqual(status(), { sorights: 3, srights: true });
  });
});
