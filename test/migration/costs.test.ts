/**
 * What moving a task costs, taken from runs: the slopes of mechanisms 7.4, every nanosecond accounted for, and each price
 * of Table 2 with exactly the share that its counts say.
 */
import assert from 'node:assert/strict';
import { KERNEL_CALLS, LOCAL_RIGHTS, PROCESSOR, REMOTE_MESSAGES, REMOTE_RIGHTS } from '../../simulator/base/ledger.ts';
import { at } from '../../simulator/base/table.ts';
import { setNoSenders } from '../../simulator/mach/ipc/requests.ts';
import { objectCreate, shadows } from '../../simulator/mach/vm/object.ts';
import { regionAdd } from '../../simulator/mach/vm/region.ts';
import type { Migration } from '../../simulator/migration/record.ts';
import type { TaskMigrationImplementation } from '../../simulator/workload/program.ts';
import type { Prices } from '../../simulator/profiles/prices.ts';
import { millisecond, sleep, type Actor } from '../mach/cluster.ts';
import { booked, lab, milliseconds, type Lab } from './move.ts';

interface Content {
  readonly threads?: number;
  readonly sends?: number;
  readonly receives?: number;
  readonly regions?: number;
  /** Of the regions, so many shadow another object. */
  readonly shadows?: number;
}

/** The null task of section 4: two threads, eight send rights, four ports, thirteen regions, eight of them with a shadow. */
const NULL_TASK: Required<Content> = { threads: 2, sends: 8, receives: 4, regions: 13, shadows: 8 };

interface Measured {
  readonly c: Lab;
  readonly m: Migration;
  /** From the agent's first call to its last, in milliseconds. */
  readonly time: number;
}

function fill(c: Lab, moved: Actor, content: Content): void {
  const peer = c.task('third', 'peer');
  for (let i = 0; i < (content.sends ?? 0); i++) c.right(peer, peer.port(`peer ${i}`), moved);
  const notices = peer.port('notices');
  for (let i = 0; i < (content.receives ?? 0); i++) {
    const name = moved.port(`port ${i}`);
    c.right(moved, name, peer);
    // A send-once right that the kernel holds: somebody wants to know when the port has no senders.
    const proxy = at(c.w.ports, moved.entry(c.right(peer, notices, moved))!.port);
    proxy.sorights++;
    at(c.w.distributed, peer.portOf(notices).dipc).remoteSendOnce++;
    setNoSenders(c.w, moved.portOf(name), proxy.id);
  }
  for (let i = 0; i < (content.threads ?? 0); i++) moved.thread(sleep(60_000 * millisecond));
  for (let i = 0; i < (content.regions ?? 0); i++) {
    const object = objectCreate(c.w, moved.task.node, `region ${i}`, 'anonymous', 4);
    let top = object;
    if (i < (content.shadows ?? 0)) {
      top = objectCreate(c.w, moved.task.node, `region ${i} copy`, 'anonymous', 4);
      shadows(top, object);
    }
    regionAdd(c.w, moved.task, top, { name: `r${i}`, pages: 4, protection: 'rw-', inheritance: 'copy' });
  }
}

function measure(content: Content, prices: Partial<Prices> = {}, using: TaskMigrationImplementation = 'sms'): Measured {
  const c = lab(['source', 'destination', 'third'], { prices });
  const moved = c.task('source', 'moved');
  fill(c, moved, content);
  c.run(100 * millisecond);
  const m = c.move(moved, 'destination', { using });
  while (m.outcome === '') assert.ok(c.step());
  assert.equal(m.outcome, 'done', m.reason);
  return { c, m, time: milliseconds(m, 'installed', 'moved') };
}

/** Milliseconds that one thing more takes. */
function slope(content: Content, count: number, without: Content = {}): number {
  return (measure(content).time - measure(without).time) / count;
}

function near(actual: number, model: number): void {
  assert.ok(Math.abs(actual - model) <= model * 0.05, `${actual} ms, and the model has ${model} ms`);
}

// Table 2 in milliseconds, by the names of mechanisms 7.2.
const { K, cL, R, cR, KB } = { K: 0.54, cL: 0.35, R: 7.5, cR: 1.3, KB: 5.55 };

describe('what a task costs that moves, by the messages of 7.4', () => {
  it('a send right: get_refs, extract, insert', () => {
    near(slope({ sends: 4 }, 4), R + (R + cR) + (K + cL));
  });

  it('a receive right: status, extract, the two messages of 2.8, insert, attributes, its request', () => {
    near(slope({ receives: 4 }, 4), R + (R + cR) + R + R + K + K + R);
  });

  it('a thread: abort, state, its ports, its kernel port, five local calls; its husk ends with the task', () => {
    const perThread = slope({ threads: 4 }, 4);
    near(perThread, R + (R + KB / 8) + (R + 2 * cR) + (R + cR) + R + 5 * K);
    // Exactly: no call of its own ends the husk (7.4 has one), but the receive right of the kernel port moves like any other,
    // with three messages of which two cross the network together [2.8]. The fifth local call, with which the agent gives its
    // name up, comes when the task has moved.
    const moves = (3 * R) / 2 - 0.577 * (R / 2);
    const calls = R + (R + KB / 8) + (R + cR) + (R + cR);
    const listed = cR;
    assert.ok(Math.abs(perThread - (calls + listed + moves + 4 * K + 2 * cL)) < 1e-6, `${perThread} ms`);
  });

  it('a region: vm_region, the import of its object, three local calls, entering it', () => {
    const imported = 3.09 + (R + 2 * cR) + 11.4;
    near(slope({ regions: 4 }, 4), imported + (R + 0.05 * KB) + 3 * K + 3);
  });

  it('the null task: 1240 ms', () => near(measure(NULL_TASK).time, 1240));

  it('moved by the kernel: the same messages, and no call into its own kernel [4.5]', () => {
    const [sms, inKernel] = [measure(NULL_TASK), measure(NULL_TASK, {}, 'in_kernel')];
    const counts = ({ c, m }: Measured, column: number): number => at(c.w.ledger, m.activity).counts[column]!;
    assert.equal(counts(inKernel, REMOTE_MESSAGES), counts(sms, REMOTE_MESSAGES));
    assert.equal(counts(inKernel, REMOTE_RIGHTS), counts(sms, REMOTE_RIGHTS));
    assert.ok(counts(inKernel, KERNEL_CALLS) < counts(sms, KERNEL_CALLS) / 4);
    assert.ok(inKernel.time < sms.time && inKernel.time > 0.9 * sms.time, `${inKernel.time} ms of ${sms.time} ms`);
  });
});

describe('the ledger of a migration', () => {
  const { c, m } = measure(NULL_TASK);
  const account = at(c.w.ledger, m.activity);

  it('is the counts times the prices of Table 2, to the nanosecond', () => {
    const { prices } = c.w.setup;
    const priced: readonly (readonly [column: number, price: number])[] = [
      [KERNEL_CALLS, prices.kernel_call],
      [REMOTE_MESSAGES, prices.remote_rpc / 2],
      [LOCAL_RIGHTS, prices.local_right],
      [REMOTE_RIGHTS, prices.remote_right],
    ];
    for (const [column, price] of priced) assert.equal(account.spent[column], account.counts[column]! * price);
    const { task_processor: task, region_processor: region } = prices;
    assert.equal(account.spent[PROCESSOR], task + NULL_TASK.regions * region);
  });

  it('has every nanosecond of it: what is booked twice is what happened at the same time', () => {
    const elapsed = milliseconds(m, 'decision', 'ended');
    // While a receive right moves, its state follows the answer that it may come: the two cross the network together.
    const together = (NULL_TASK.receives + NULL_TASK.threads + 1) * (R / 2);
    const most = booked(c, m) - elapsed;
    assert.ok(most >= 0 && most <= together, `${most} ms of ${booked(c, m)} ms`);
  });

  const halved = ['kernel_call', 'local_right', 'remote_right', 'remote_kilobyte', 'task_processor'] as const;
  for (const price of halved) {
    it(`moves by exactly the counted share when ${price} is halved`, () => {
      const half = measure(NULL_TASK, { [price]: c.w.setup.prices[price] / 2 });
      const saved = booked(c, m) - booked(half.c, half.m);
      const faster = milliseconds(m, 'decision', 'ended') - milliseconds(half.m, 'decision', 'ended');
      assert.ok(saved > 0);
      assert.ok(Math.abs(saved - faster) < 1e-6, `${faster} ms faster, and ${saved} ms less booked`);
    });
  }
});
