// The path of an activity against the simplest thing that could be right: a line of nanoseconds, each with its column.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { endPath, lay, pathFrom } from '../../simulator/base/path.ts';

const COLUMNS = 4;
const WAITING = 3;

interface Deed {
  /** The clock goes on by so much; then work is accepted that begins after a delay. */
  readonly later: number;
  readonly delay: number;
  readonly duration: number;
  readonly column: number;
}

const deeds = fc.array(
  fc.record({ later: fc.nat(12), delay: fc.nat(15), duration: fc.nat(10), column: fc.nat(WAITING - 1) }),
  { maxLength: 60 },
);

/** What the columns of the path and those beside it are, one nanosecond after the other. */
function lined(all: readonly Deed[], from: number, end: number): { spent: number[]; beside: number[] } {
  const line = new Map<number, number>();
  const beside = Array.from({ length: COLUMNS }, () => 0);
  let now = from;
  for (const { later, delay, duration, column } of all) {
    now += later;
    for (let at = now + delay; at < now + delay + duration; at++) {
      if (line.has(at)) beside[column]!++;
      else line.set(at, column);
    }
  }
  const spent = Array.from({ length: COLUMNS }, () => 0);
  for (let at = from; at < end; at++) spent[line.get(at) ?? WAITING]!++;
  for (const [at, column] of line) if (at >= end) beside[column]!++;
  return { spent, beside };
}

describe('the path of an activity', () => {
  it('has each nanosecond on one column, and the rest of what is booked beside it', () => {
    fc.assert(
      fc.property(deeds, fc.nat(30), (all, more) => {
        const from = 1000;
        const path = pathFrom(from, [0, 0, 0, 0]);
        let now = from;
        for (const { later, delay, duration, column } of all) {
          now += later;
          lay(path, now, now + delay, duration, column, WAITING);
        }
        now += more;
        endPath(path, now, WAITING);
        const expected = lined(all, from, now);
        assert.deepEqual(path.spent, expected.spent);
        assert.deepEqual(path.beside, expected.beside);
        assert.equal(
          path.spent.reduce((sum, each) => sum + each, 0),
          now - from,
        );
      }),
    );
  });

  it('begins with everything that was booked before beside it, and takes nothing more when it has ended', () => {
    const path = pathFrom(50, [7, 0, 0, 2]);
    lay(path, 50, 50, 10, 1, WAITING);
    endPath(path, 55, WAITING);
    lay(path, 60, 60, 3, 1, WAITING);
    endPath(path, 70, WAITING);
    assert.deepEqual(
      [path.spent, path.beside],
      [
        [0, 5, 0, 0],
        [7, 8, 0, 2],
      ],
    );
    assert.equal(path.until, 55);
  });
});
