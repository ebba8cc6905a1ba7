/**
 * Section 4 of the mechanisms, in every combination: four implementations, the strategies that each of them knows, and the
 * agent on the destination, the source and a third node [4.3, 4.5]. The rules T1 to T6 are checked after every event.
 */
import assert from 'node:assert/strict';
import { CRASH } from '../../simulator/base/event.ts';
import { at } from '../../simulator/base/table.ts';
import { EXCEPTION_DEFAULT, EXC_MASK_ALL, actionsIn, setAction } from '../../simulator/mach/exception-ports.ts';
import { kernelCall } from '../../simulator/mach/kernel-call.ts';
import { COPY_SEND } from '../../simulator/mach/ipc/right.ts';
import { specialOf } from '../../simulator/mach/kept.ts';
import { TASK_BOOTSTRAP_PORT } from '../../simulator/mach/kernel-services/special-port-services.ts';
import type { Task } from '../../simulator/mach/task.ts';
import { emitAt } from '../../simulator/mach/world.ts';
import { principalOf } from '../../simulator/migration/task/ghost.ts';
import { isPager, simply } from '../../simulator/migration/task/how.ts';
import { millisecond, receive, send, sleep, type Actor, type Call } from '../mach/cluster.ts';
import { lab, type Lab } from './move.ts';

const NODES = ['source', 'destination', 'third'];
const IMPLEMENTATIONS = ['sms', 'oms', 'user_level', 'in_kernel'] as const;
const STRATEGIES = ['copy_on_reference', 'eager', 'flush', 'pre_copy'] as const;
const PAGES = 6;

const ask =
  (on: number, operation: string, body: object = {}, rights: readonly number[] = []): Call =>
  (w, t) =>
    kernelCall(w, t, on, operation, { body, rights: rights.map((name) => ({ name, disposition: COPY_SEND })) });

/** Pages of the task are written, all of them. */
function write(self: number): Call[] {
  const pages = Array.from({ length: PAGES }, (_, page) => page);
  const allocate = ask(self, 'vm_allocate', { name: 'data', pages: PAGES, protection: 'rw-', inheritance: 'copy' });
  return [
    allocate,
    (w, t) =>
      kernelCall(w, t, self, 'vm_write', { body: { name: 'data', pages, versions: pages.map(() => ++w.writes) } }),
  ];
}

/** Where the ports are that the kernel keeps for a task [4.1 (d)], over the whole cluster. */
function kernelState(c: Lab, task: Task): unknown {
  const place = (port: number): number => (port === -1 ? -1 : principalOf(c.w, at(c.w.ports, port))!.id);
  return {
    special: specialOf(task).map(place),
    exceptions: actionsIn(task, EXC_MASK_ALL).map(({ port, ...how }) => ({ ...how, port: place(port) })),
    emulator: task.emulator,
    suspendCount: task.suspendCount,
  };
}

/** A task that has something of everything of 4.1, and messages in a queue. */
function everything(c: Lab): { moved: Actor; queue: number } {
  const moved = c.task('source', 'moved');
  const peer = c.task('third', 'peer');
  const self = c.kernelRight(moved, moved);
  const toPeer = c.right(peer, peer.port('peer'), moved);
  const [queue, waits] = [moved.port('queue'), moved.port('waits')];
  moved.portSet(moved.port('member'));
  setAction(c.w, moved.task, EXC_MASK_ALL, moved.entry(toPeer)!.port, EXCEPTION_DEFAULT, 0);
  moved.thread(
    ...write(self),
    ask(self, 'task_set_special_port', { whichPort: TASK_BOOTSTRAP_PORT }, [toPeer]),
    ask(self, 'mach_ports_register', {}, [toPeer, toPeer]),
    ask(self, 'task_set_emulation_vector', { vector: 7 }),
    receive(waits),
  );
  const toQueue = c.right(moved, queue, peer);
  peer.thread(send(toQueue, 'one'), send(toQueue, 'two'), send(toQueue, 'three'));
  c.run(1000 * millisecond);
  return { moved, queue };
}

for (const using of IMPLEMENTATIONS) {
  for (const strategy of isPager({ ...simply, using }) ? STRATEGIES : (['copy_on_reference'] as const)) {
    for (const agent of NODES) {
      it(`a task moved by ${using} with ${strategy}, the agent on ${agent}, is what it was [4.1, T1-T6]`, () => {
        const c = lab(NODES);
        const { moved, queue } = everything(c);
        const before = kernelState(c, moved.task);
        const m = c.move(moved, 'destination', { using, strategy, agent });
        while (m.outcome === '') assert.ok(c.step());
        assert.equal(m.outcome, 'done', m.reason);
        const task = c.named('moved');
        assert.equal(c.w.nodes.rows[task.node]!.name, 'destination');
        assert.deepEqual(kernelState(c, task), before);
        const reader = c.actor(task).thread(receive(queue), receive(queue), receive(queue));
        c.run();
        assert.deepEqual(
          reader.notes.map(({ operation }) => operation),
          ['one', 'two', 'three'],
        );
      });
    }
  }
}

describe('a migration server that is the pager of a task', () => {
  it('and fails takes along what was not fetched: a pager crash, which the task sees when it reads [4.5]', () => {
    const c = lab(NODES);
    const { moved } = everything(c);
    const m = c.move(moved, 'destination', { using: 'oms', strategy: 'eager', agent: 'third' });
    while (m.outcome === '') assert.ok(c.step());
    assert.equal(m.outcome, 'done', m.reason);
    emitAt(c.w, c.w.time, CRASH, NODES.indexOf('third'));
    c.run(c.w.time + 20_000 * millisecond);
    const there = c.actor(c.named('moved'));
    const reader = there.thread(ask(c.kernelRight(there, there), 'vm_read', { name: 'data', pages: [0] }));
    c.run();
    assert.notEqual(reader.notes[0]!.code, 'KERN_SUCCESS');
    assert.equal(reader.notes.length, 1);
  });
});

describe('pre-copy [4.5]', () => {
  /** Pages that are moved before and during the freeze, of a task that goes on writing so many of them. */
  function copied(writes: number, how: { rounds: number; threshold: number }): { before: number; frozen: number } {
    const c = lab(NODES);
    const moved = c.task('source', 'moved');
    const self = c.kernelRight(moved, moved);
    const pages = Array.from({ length: writes }, (_, page) => page);
    const again: Call = (w, t) => {
      const versions = pages.map(() => ++w.writes);
      kernelCall(w, t, self, 'vm_write', { body: { name: 'data', pages, versions } });
    };
    moved.thread(...write(self), ...Array.from({ length: 400 }, () => [again, sleep(10 * millisecond)]).flat());
    c.run(50 * millisecond);
    const m = c.move(moved, 'destination', { using: 'oms', strategy: 'pre_copy', ...how });
    while (m.outcome === '') assert.ok(c.step());
    assert.equal(m.outcome, 'done', m.reason);
    return m.pages;
  }

  it('takes all pages in its first round, and in each further one those that were written meanwhile', () => {
    assert.deepEqual(copied(3, { rounds: 3, threshold: 0 }), { before: PAGES + 3 + 3, frozen: 3 });
  });

  it('stops when a round has found no more than the threshold, however many are allowed', () => {
    assert.deepEqual(copied(3, { rounds: 9, threshold: 3 }), { before: PAGES + 3, frozen: 3 });
  });
});
