/**
 * Where the time of a migration goes: every nanosecond of it is accounted for, once, whoever moves the task, and each price
 * of Table 2 has exactly the share that its counts say [mechanisms 7.2, 7.6].
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  KERNEL_CALLS,
  LOCAL_BYTES,
  LOCAL_MESSAGES,
  LOCAL_RIGHTS,
  PROCESSOR,
  REMOTE_BYTES,
  REMOTE_MESSAGES,
  REMOTE_RIGHTS,
  WAITING,
} from '../../simulator/base/ledger.ts';
import type { Path } from '../../simulator/base/path.ts';
import { NONE, at } from '../../simulator/base/table.ts';
import type { Migration } from '../../simulator/migration/record.ts';
import type { Prices } from '../../simulator/profiles/prices.ts';
import type { TaskMigrationImplementation } from '../../simulator/workload/program.ts';
import { millisecond, receive, reply, rpc, send, sleep } from '../mach/cluster.ts';
import { NULL_TASK, measure, type Measured } from './null-task.ts';

/** The price that a column's count is multiplied with; two columns have two. */
const PRICES = {
  kernel_call: KERNEL_CALLS,
  local_send: NONE,
  local_rpc: LOCAL_MESSAGES,
  local_right: LOCAL_RIGHTS,
  local_kilobyte: LOCAL_BYTES,
  remote_send: NONE,
  remote_rpc: REMOTE_MESSAGES,
  remote_right: REMOTE_RIGHTS,
  remote_kilobyte: REMOTE_BYTES,
} as const satisfies Partial<Record<keyof Prices, number>>;

const IMPLEMENTATIONS = ['sms', 'oms', 'user_level', 'in_kernel'] as const satisfies TaskMigrationImplementation[];

function nanoseconds({ stamps }: Migration): number {
  return stamps.ended - stamps.decision;
}

function pathOf({ c, m }: Measured): Path {
  return at(c.w.ledger, m.activity).path!;
}

/** Every nanosecond from the decision to the end has one column, and what is booked besides was done at the same time. */
function everyNanosecond(measured: Measured): void {
  const { c, m } = measured;
  const { spent, beside } = pathOf(measured);
  assert.equal(
    spent.reduce((sum, each) => sum + each, 0),
    nanoseconds(m),
  );
  const account = at(c.w.ledger, m.activity);
  account.spent.forEach((each, column) => {
    if (column !== WAITING) assert.equal(spent[column]! + beside[column]!, each, `column ${column}`);
  });
}

for (const using of IMPLEMENTATIONS) {
  describe(`the ledger of a migration by ${using}`, () => {
    const whole = measure(NULL_TASK, {}, { using });
    const { c, m } = whole;
    const account = at(c.w.ledger, m.activity);

    it('is the counts times the prices of Table 2, to the nanosecond', () => {
      const { prices } = c.w.setup;
      const priced: readonly (readonly [column: number, price: number])[] = [
        [KERNEL_CALLS, prices.kernel_call],
        [LOCAL_MESSAGES, prices.local_rpc / 2],
        [REMOTE_MESSAGES, prices.remote_rpc / 2],
        [LOCAL_RIGHTS, prices.local_right],
        [REMOTE_RIGHTS, prices.remote_right],
      ];
      for (const [column, price] of priced) assert.equal(account.spent[column], account.counts[column]! * price);
      const { task_processor: task, region_processor: region } = prices;
      assert.equal(account.spent[PROCESSOR], task + NULL_TASK.regions * region);
    });

    it('has every nanosecond of it, once', () => everyNanosecond(whole));

    it('has little beside the path: what distributed IPC does while the mover goes on', () => {
      const { beside } = pathOf(whole);
      const besideWork = beside.reduce((sum, each, column) => (column === WAITING ? sum : sum + each), 0);
      assert.ok(besideWork < nanoseconds(m) / 20, `${besideWork} ns`);
    });

    for (const [price, column] of Object.entries(PRICES) as [keyof typeof PRICES, number][]) {
      it(`moves by exactly the counted share when ${price} is halved`, () => {
        const half = measure(NULL_TASK, { [price]: c.w.setup.prices[price] / 2 }, { using });
        const share = column === NONE ? 0 : pathOf(whole).spent[column]! / 2;
        // Half a price of bytes may be no whole nanosecond, and is rounded.
        assert.ok(Math.abs(nanoseconds(m) - nanoseconds(half.m) - share) < 1);
        everyNanosecond(half);
      });
    }
  });
}

describe('the ledger of any migration', () => {
  it('has every nanosecond of it, whatever the task has, whoever moves it, and whatever else goes on', () => {
    const few = fc.nat(3);
    const content = fc.record({ threads: few, sends: few, receives: few, regions: few, shadows: fc.nat(2) });
    const how = fc.record({
      using: fc.constantFrom(...IMPLEMENTATIONS),
      strategy: fc.constantFrom('copy_on_reference' as const, 'eager' as const, 'flush' as const),
      agent: fc.constantFrom('source', 'destination', 'third'),
    });
    const load = fc.record({
      calls: fc.nat(30),
      sends: fc.nat(8),
      from: fc.constantFrom('source', 'destination', 'third'),
    });
    fc.assert(
      fc.property(content, how, load, (has, { strategy, ...by }, { calls, sends, from }) => {
        const pager = by.using === 'oms' || by.using === 'user_level';
        const whole = measure(has, {}, pager ? { ...by, strategy } : by, (c, moved) => {
          // A client of the task that moves, which goes on calling it, and one that fills a queue of it.
          const [service, queue] = [moved.port('service'), moved.port('queue')];
          moved.thread(...Array.from({ length: calls }, () => [receive(service), reply()]).flat());
          const client = c.task(from, 'client');
          const [toService, toQueue] = [c.right(moved, service, client), c.right(moved, queue, client)];
          client.thread(sleep(90 * millisecond), ...Array.from({ length: calls }, () => rpc(toService, 'call')));
          client.thread(...Array.from({ length: sends }, () => send(toQueue, 'note')));
        });
        everyNanosecond(whole);
      }),
      { numRuns: 25 },
    );
  });

  it('says of a task that cannot be moved where the time went until it was known', () => {
    const { c, m } = measure({});
    assert.equal(at(c.w.ledger, m.activity).path!.until, m.stamps.ended);
    const again = c.move({ ...c.task('source', 'gone'), task: c.named('moved') }, 'destination');
    assert.equal(again.outcome, 'done');
    assert.equal(at(c.w.ledger, again.activity).path!.until, again.stamps.ended);
  });
});
