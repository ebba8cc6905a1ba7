/** Events about what is gone are taken back; all others happen as they would have [mechanisms 2.13]. */
import assert from 'node:assert/strict';
import { eventQueue, isEmpty, nextTime, pop, pushAt, pushNow, withdraw } from '../../simulator/base/queue.ts';

const GONE = 1;
const KEPT = 2;

describe('withdrawing events', () => {
  it('leaves the others in the order of time and sequence, and their slots can be used again', () => {
    const queue = eventQueue();
    const order: number[] = [];
    for (let i = 0; i < 200; i++) {
      const kind = i % 3 === 0 ? GONE : KEPT;
      if (i % 5 === 0) pushNow(queue, kind, i, 0);
      else pushAt(queue, 1000 - (i % 7), kind, i, 0);
    }
    withdraw(queue, (kind) => kind === GONE);
    for (let i = 200; i < 300; i++) pushAt(queue, 2000, KEPT, i, 0);
    let now = 0;
    while (!isEmpty(queue)) {
      now = nextTime(queue, now);
      const slot = pop(queue, now);
      assert.equal(queue.kind[slot], KEPT);
      order.push(queue.a[slot]!);
    }
    const time = (i: number): number => (i >= 200 ? 2000 : i % 5 === 0 ? 0 : 1000 - (i % 7));
    const expected = Array.from({ length: 300 }, (_, i) => i).filter((i) => i >= 200 || i % 3 !== 0);
    expected.sort((a, b) => time(a) - time(b) || a - b);
    assert.deepEqual(order, expected);
  });
});
