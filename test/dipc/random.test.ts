// Random programs on three nodes: rights and messages go everywhere, ports move and die, threads are suspended, aborted
// and ended; every checker runs after every event, and no message is received twice or out of order [D10, I19].
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BrokenRule } from '../../simulator/base/assert.ts';
import { CRASH } from '../../simulator/base/event.ts';
import { at } from '../../simulator/base/table.ts';
import { copyWorld, worldDigest, type World } from '../../simulator/engine/world.ts';
import { checkAll } from '../../simulator/checkers/index.ts';
import { performEvent } from '../../simulator/engine/dispatch.ts';
import { traceOf } from '../../simulator/engine/trace.ts';
import { answer, receive, rpc, send, type Carried } from '../../simulator/mach/ipc/mach-msg.ts';
import { moveMember } from '../../simulator/mach/ipc/port-set.ts';
import { deallocate, destroyName, modifyReferences } from '../../simulator/mach/ipc/release.ts';
import { requestNoSenders, setPortDestroyed } from '../../simulator/mach/ipc/requests.ts';
import {
  COPY_SEND,
  MAKE_SEND,
  MAKE_SEND_ONCE,
  MOVE_RECEIVE,
  MOVE_SEND,
  MOVE_SEND_ONCE,
  copyin,
  portAllocate,
  portSetAllocate,
} from '../../simulator/mach/ipc/right.ts';
import {
  DEAD_NAME,
  PORT_SET,
  RECEIVE,
  SEND,
  SEND_ONCE,
  isVacant,
  lookup,
  names,
} from '../../simulator/mach/ipc/space.ts';
import { taskTerminate, type Task } from '../../simulator/mach/task.ts';
import {
  isInKernel,
  threadAbort,
  threadResume,
  threadSuspend,
  threadTerminate,
} from '../../simulator/mach/thread-control.ts';
import { BLOCKED, RECEIVING, SENDING, isSuspended, sleepUntil, type Thread } from '../../simulator/mach/thread.ts';
import { threadsOf } from '../../simulator/mach/task-threads.ts';
import { emitAt } from '../../simulator/mach/world.ts';
import { renameEntry, requestDeadName } from '../../simulator/mach/ipc/entry.ts';
import {
  clusterWith,
  millisecond,
  type Call,
  type Cluster,
  type ClusterOptions,
  type Scripted,
} from '../mach/cluster.ts';

/** The first is what a failing program shrinks to. */
const kinds = [
  'sleep',
  'send',
  'send',
  'send',
  'rpc',
  'rpc',
  'receive',
  'receive',
  'receive',
  'receive',
  'answer',
  'answer',
  'port',
  'give',
  'give',
  'move',
  'move',
  'deallocate',
  'destroy',
  'set',
  'watch',
  'demand',
  'demand',
  'ask',
  'ask',
  'array',
  'hurry',
  'rename',
  'refs',
  'suspend',
  'abort',
  'terminate',
  'end',
] as const;

interface Deed {
  readonly kind: (typeof kinds)[number];
  /** Which of what there is to choose from. */
  readonly x: number;
  readonly y: number;
}

const deed: fc.Arbitrary<Deed> = fc
  .record({ kind: fc.constantFrom(...kinds), x: fc.nat(7), y: fc.nat(7) })
  .map((each) => Object.assign(each, { [fc.toStringMethod]: () => `${each.kind} ${each.x} ${each.y}` }));
/** For each of three nodes, two threads. */
const program = fc.array(fc.array(deed, { minLength: 4, maxLength: 14 }), { minLength: 6, maxLength: 6 });

/** The names of the wanted type in the task's space; reply ports are left to the library that uses them. */
function namesOf(w: World, task: Task, type: number, not = -1): number[] {
  const replies = threadsOf(w, task).map(({ replyName }) => replyName);
  return names(task.space).filter(
    (name) => name !== not && (lookup(task.space, name)!.type & type) !== 0 && !replies.includes(name),
  );
}

/** One of them, if there is one. */
function choose(w: World, task: Task, type: number, which: number, not = -1): number | null {
  const fitting = namesOf(w, task, type, not);
  return fitting.length === 0 ? null : fitting[which % fitting.length]!;
}

/** A right to carry: what can be done with it depends on what it is. */
function carried(w: World, task: Task, x: number, y: number, not: number): Carried[] {
  const name = choose(w, task, SEND | RECEIVE | SEND_ONCE, y, not);
  if (name === null || x < 2) return [];
  const { type } = lookup(task.space, name)!;
  const held = [
    ...((type & SEND) !== 0 ? [COPY_SEND, MOVE_SEND] : []),
    ...((type & RECEIVE) !== 0 ? [MAKE_SEND, MAKE_SEND_ONCE] : []),
    ...(type === SEND_ONCE ? [MOVE_SEND_ONCE] : []),
  ];
  return [{ name, disposition: held[x % held.length]! }];
}

function callOf({ kind, x, y }: Deed, count: { next: number }): Call {
  const number = count.next++;
  return (w, t) => {
    const task = at(w.tasks, t.task);
    t.operation = '';
    const dest = choose(w, task, SEND | SEND_ONCE, x);
    const body = { from: t.identity, number };
    // Small, large, and out of line: what does not fit is pulled by the receiver.
    const bytes = 40 * y;
    const pages = x === 7 ? 1 : 0;
    switch (kind) {
      case 'send':
        return dest === null
          ? undefined
          : send(w, t, dest, 'message', { body, bytes, pages, rights: carried(w, task, y, x, dest) });
      case 'rpc': {
        const to = choose(w, task, SEND, x);
        return to === null
          ? undefined
          : rpc(w, t, to, 'question', { body, bytes, pages, rights: carried(w, task, y, x, to) });
      }
      case 'receive': {
        const from = choose(w, task, RECEIVE | PORT_SET, x);
        return from === null ? undefined : receive(w, t, from);
      }
      case 'answer':
        return answer(w, t, lookup(task.space, t.reply) === null ? -1 : t.reply, { bytes });
      case 'sleep':
        return sleepUntil(w, t, w.time + (1 + x) * millisecond);
      case 'port':
        return void portAllocate(w, task, 'p');
      case 'give':
      case 'move': {
        const what = choose(w, task, RECEIVE, y);
        if (dest === null || what === null) return;
        const disposition = kind === 'give' ? MAKE_SEND : MOVE_RECEIVE;
        return send(w, t, dest, kind, { body, rights: [{ name: what, disposition }] });
      }
      case 'deallocate':
        return dest === null ? undefined : void deallocate(w, task, dest);
      case 'watch': {
        const what = choose(w, task, SEND | RECEIVE, y);
        if (what !== null) watch(w, task, what);
        return;
      }
      case 'demand': {
        const what = choose(w, task, RECEIVE, y);
        if (what !== null) demand(w, task, what, x);
        return;
      }
      case 'ask': {
        const reply = choose(w, task, SEND | RECEIVE | SEND_ONCE, y);
        if (dest === null || reply === null) return;
        const disposition = [MOVE_SEND, MOVE_SEND_ONCE, COPY_SEND, MAKE_SEND, MAKE_SEND_ONCE][x % 5]!;
        const timeout = (1 + y) * millisecond;
        return send(w, t, dest, 'message', { body, bytes, reply: { name: reply, disposition }, timeout });
      }
      case 'array': {
        const arrays = [
          { names: namesOf(w, task, RECEIVE).slice(0, y), disposition: x < 4 ? MAKE_SEND : MOVE_RECEIVE },
        ];
        return dest === null ? undefined : send(w, t, dest, 'message', { body, arrays });
      }
      case 'hurry': {
        const from = choose(w, task, RECEIVE | PORT_SET, x);
        const limits = y < 3 ? { timeout: y * millisecond } : { size: 40 * x, timeout: y * millisecond };
        return from === null ? undefined : receive(w, t, from, limits);
      }
      case 'rename': {
        const what = choose(w, task, SEND | RECEIVE | SEND_ONCE | PORT_SET, y);
        const to = (20 + x) * 256 + y;
        if (what !== null && isVacant(task.space, to)) renameEntry(w, task, what, to);
        return;
      }
      case 'refs': {
        const what = choose(w, task, SEND | RECEIVE | SEND_ONCE | PORT_SET | DEAD_NAME, y);
        const right = [SEND, RECEIVE, SEND_ONCE, PORT_SET, DEAD_NAME][x % 5]!;
        if (what !== null) modifyReferences(w, task, what, right, y % 3 === 0 ? 2 : -1);
        return;
      }
      case 'destroy': {
        const what = choose(w, task, RECEIVE | SEND | PORT_SET, x + y);
        return what === null ? undefined : destroyName(w, task, what);
      }
      case 'set': {
        const member = choose(w, task, RECEIVE, y);
        if (member === null) return;
        const set = choose(w, task, PORT_SET, x) ?? portSetAllocate(w, task, 'set');
        const into = y === 0 ? null : at(w.ports, lookup(task.space, set)!.port);
        return moveMember(w, at(w.ports, lookup(task.space, member)!.port), into);
      }
      default:
        return toAnother(w.threads.rows, t, kind, x);
    }

    /** What one thread does to another one. */
    function toAnother(threads: Thread[], self: Thread, what: Deed['kind'], which: number): void {
      const others = threads.filter((each) => each.live && each !== self && each.top !== null && isOurs(each));
      const other = others[which % Math.max(1, others.length)];
      if (other === undefined) return;
      if (what === 'suspend') {
        if (isSuspended(w, other)) threadResume(w, other);
        else threadSuspend(w, other);
      } else if (what === 'abort') {
        if (!isSuspended(w, other)) threadSuspend(w, other);
        if (!isInKernel(w, other)) threadAbort(w, other);
        threadResume(w, other);
      } else if (which < 3) {
        if (what === 'terminate') threadTerminate(w, other);
        else if (what === 'end') taskTerminate(w, at(w.tasks, other.task));
      }
    }

    function isOurs(each: Thread): boolean {
      return at(w.tasks, each.task).kind === 'mach' && at(w.tasks, each.task).id !== t.task;
    }
  };
}

/** Asks for a dead-name notice, on a new port. */
function watch(w: World, task: Task, name: number): void {
  const { port, requested } = lookup(task.space, name)!;
  if (requested || port === -1 || !at(w.ports, port).active) return;
  const notices = portAllocate(w, task, 'notices');
  requestDeadName(w, task, name, true, copyin(w, task, notices, MAKE_SEND_ONCE)!.port);
}

/** Asks for a no-senders notice, or for the receive right itself, on a new port. */
function demand(w: World, task: Task, name: number, x: number): void {
  const port = at(w.ports, lookup(task.space, name)!.port);
  if (!port.active || port.requests !== -1) return;
  const notices = portAllocate(w, task, 'notices');
  const to = copyin(w, task, notices, MAKE_SEND_ONCE)!.port;
  if (x < 4) requestNoSenders(w, port, x, to);
  else setPortDestroyed(w, port, to);
}

/** Three tasks that know each other, two threads in each. */
function build(deeds: readonly (readonly Deed[])[], options: ClusterOptions = {}): { c: Cluster; threads: Scripted[] } {
  const c = clusterWith(options, 'n0', 'n1', 'n2');
  const actors = ['n0', 'n1', 'n2'].map((node) => c.task(node, node));
  const boxes = actors.map((each) => each.port('box'));
  for (const to of actors) for (const from of actors) c.right(to, boxes[actors.indexOf(to)]!, from);
  const count = { next: 0 };
  const threads = deeds.map((list, i) => actors[i % 3]!.thread(...list.map((each) => callOf(each, count))));
  return { c, threads };
}

/** No message twice, and those of one sender to one receiving thread in the order in which they were sent. */
function checkReceived(threads: readonly Scripted[]): void {
  const seen = new Set<number>();
  for (const { notes } of threads) {
    const last = new Map<string, number>();
    for (const { operation, code, body, arrivedOn, names: rights } of notes) {
      if (code === 'MACH_RCV_BODY_ERROR') continue;
      if (operation !== 'message' && operation !== 'question' && operation !== 'give' && operation !== 'move') continue;
      const { from, number } = body as { from: number; number: number };
      assert.ok(!seen.has(number), `message ${number} is received twice [D10]`);
      seen.add(number);
      const key = `${from} ${arrivedOn}`;
      if (rights.length === 0 && number < (last.get(key) ?? -1)) throw new BrokenRule('I19', `message ${number}`);
      last.set(key, number);
    }
  }
}

/** Nothing happens any more: whoever still waits to send waits for room that there is not. */
function checkAtRest({ w }: Cluster): void {
  for (const t of w.threads.rows) {
    if (!t.live || !at(w.nodes, t.node).up) continue;
    assert.ok(t.state !== RECEIVING || t.waitPort !== -1, `${t.name} waits for rights or for a body`);
    assert.ok(t.state !== BLOCKED, `${t.name} waits for ${t.channel}`);
    if (t.state !== SENDING) continue;
    const message = w.messages.rows[t.outgoing]!;
    const held = w.distributed.rows.find((state) => state.live && state.held.includes(t.outgoing));
    if (held === undefined) {
      assert.ok(at(w.ports, message.dest).msgcount >= at(w.ports, message.dest).qlimit, `${t.name} waits for nothing`);
      continue;
    }
    const { fullAt, shortage, uid } = held;
    for (const node of fullAt) {
      const home = at(w.ports, at(w.nodes, node).portByUid.get(uid)!);
      assert.ok(!home.proxy && home.msgcount >= home.qlimit, `${t.name} waits for room that there is`);
    }
    if (shortage !== -1) {
      const { buffered, name } = at(w.nodes, shortage);
      assert.ok(buffered >= w.setup.interconnect.message_buffers, `${t.name} waits for a buffer that ${name} has`);
    }
    assert.ok(fullAt.length > 0 || shortage !== -1, `${t.name} waits for nobody`);
  }
}

/** Little of everything: two buffers a node, hardly anything travels inline, failures are noticed soon. */
const tight: ClusterOptions = {
  prices: { failure_detection: 20 * millisecond },
  interconnect: { message_buffers: 2, inline_limit: 64 },
};

const runs = 150;

describe('random programs over three nodes', function () {
  this.timeout(120_000);

  it('keep every rule at every event', () => {
    fc.assert(
      fc.property(program, (deeds) => {
        const { c, threads } = build(deeds);
        c.run();
        checkReceived(threads);
        checkAtRest(c);
      }),
      { numRuns: runs },
    );
  });

  for (const wiring of ['shared', 'switched', 'mesh'] as const) {
    it(`keep them with few buffers and small inline bodies, on a ${wiring} network`, () => {
      fc.assert(
        fc.property(program, (deeds) => {
          const { c, threads } = build(deeds, { ...tight, interconnect: { ...tight.interconnect, wiring } });
          c.run();
          checkReceived(threads);
          checkAtRest(c);
        }),
        { numRuns: runs },
      );
    });
  }

  it('leave no buffer unused while a node waits for one, whatever becomes of the message that was called for it', () => {
    fc.assert(
      fc.property(program, (deeds) => {
        const { c, threads } = build(deeds, tight);
        c.run();
        checkReceived(threads);
        checkAtRest(c);
      }),
      { numRuns: runs, seed: -1118581082 },
    );
  });

  it('come to rest when a node fails in the middle, and nobody waits for it', () => {
    fc.assert(
      fc.property(program, fc.nat(60), (deeds, time) => {
        const { c, threads } = build(deeds, tight);
        emitAt(c.w, time * millisecond, CRASH, 2);
        c.run();
        checkReceived(threads);
        checkAtRest(c);
      }),
      { numRuns: runs },
    );
  });

  it('happen the same way twice: one digest at every event', () => {
    fc.assert(
      fc.property(program, (deeds) => {
        const [first, second] = [build(deeds), build(deeds)];
        while (first.c.step()) {
          second.c.step();
          assert.equal(worldDigest(first.c.w), worldDigest(second.c.w));
        }
        assert.equal(second.c.step(), false);
      }),
      { numRuns: 5 },
    );
  });

  it('go on from a copy as they would have gone on', () => {
    fc.assert(
      fc.property(program, fc.nat(200), (deeds, events) => {
        const { c } = build(deeds);
        for (let i = 0; i < events; i++) c.step();
        const twin = copyWorld(c.w);
        const trace = traceOf(1);
        c.run();
        while (performEvent(twin, trace)) checkAll(twin);
        assert.equal(worldDigest(twin), worldDigest(c.w));
      }),
      { numRuns: 10 },
    );
  });
});
