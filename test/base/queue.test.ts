// The event queue against the simplest thing that could be right: an array that is sorted.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { copy } from '../../simulator/base/plain.ts';
import {
  eventQueue,
  isEmpty,
  nextSlot,
  nextTime,
  pending,
  pop,
  pushAt,
  pushNow,
  type EventQueue,
} from '../../simulator/base/queue.ts';

type Deed = { readonly deed: 'push'; readonly delay: number } | { readonly deed: 'pop' };

const deeds = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ deed: fc.constant('push' as const), delay: fc.nat(20) }) },
    { weight: 2, arbitrary: fc.constant({ deed: 'pop' as const }) },
  ),
  { maxLength: 400 },
);

/** Performs the deeds on a queue and on a sorted array, and compares every event that comes out. */
function perform(all: readonly Deed[], queue: EventQueue): void {
  const model: { time: number; sequence: number }[] = [];
  let now = 0;
  let sequence = 0;
  for (const each of all) {
    if (each.deed === 'push') {
      if (each.delay === 0) pushNow(queue, 1, sequence, 0);
      else pushAt(queue, now + each.delay, 1, sequence, 0);
      model.push({ time: now + each.delay, sequence: sequence++ });
      model.sort((x, y) => x.time - y.time || x.sequence - y.sequence);
      continue;
    }
    const expected = model.shift();
    assert.equal(isEmpty(queue), expected === undefined);
    if (expected === undefined) continue;
    now = nextTime(queue, now);
    assert.equal(now, expected.time);
    assert.equal(queue.a[nextSlot(queue, now)], expected.sequence);
    const slot = pop(queue, now);
    assert.equal(queue.a[slot], expected.sequence);
  }
  const rest = pending(queue, now).map(([time, , a]) => ({ time, sequence: a }));
  assert.deepEqual(rest, model);
}

describe('the event queue', () => {
  it('gives events in the order of time, and of one instant in the order in which they were emitted', () => {
    fc.assert(fc.property(deeds, (all) => perform(all, eventQueue())));
  });

  it('grows beyond its first size in the ring and in the heap', () => {
    const many: Deed[] = Array.from({ length: 1000 }, (_, i) => ({ deed: 'push', delay: i % 3 }));
    perform([...many, ...many.map(() => ({ deed: 'pop' }) as const), ...many], eventQueue());
  });

  it('shrinks when most of it is free, and keeps times and order', () => {
    const wave: Deed[] = Array.from({ length: 5000 }, (_, i) => ({ deed: 'push', delay: (i * 7919) % 31 }));
    const ebb = wave.slice(20).map(() => ({ deed: 'pop' }) as const);
    const queue = eventQueue();
    perform([...wave, ...ebb], queue);
    assert.ok(queue.kind.length <= 256, `${queue.kind.length} slots for 20 events`);
    assert.ok(queue.ring.length <= 256 && queue.heapTime.length <= 256);
    perform([...wave, ...ebb, ...wave, ...ebb, ...ebb], eventQueue());
  });

  it('goes on the same way as a copy of it', () => {
    const queue = eventQueue();
    for (let i = 0; i < 100; i++) pushAt(queue, (i * 7919) % 31, 1, i, 0);
    const twin = copy(queue);
    for (let now = 0; !isEmpty(queue);) {
      now = nextTime(queue, now);
      const [slot, other] = [pop(queue, now), pop(twin, now)];
      assert.equal(queue.a[slot], twin.a[other]);
    }
    assert.ok(isEmpty(twin));
  });
});
