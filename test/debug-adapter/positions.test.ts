import assert from 'node:assert/strict';
import { hitCounts, parseHitCondition } from '../../debug-adapter/breakpoints/hit-condition.ts';
import { placesOf, placesWithin, resolveLine } from '../../debug-adapter/positions.ts';
import { compileScript } from '../../language/compile.ts';
import type { Image } from '../../simulator/workload/program.ts';

const script = `cluster lab {
  node master { pma pm_master credentials file_server "/" }
}

program worker(rounds: int) {
  // nothing on this line
  for i in 1 .. rounds {
    compute 1 ms
  }
}

scenario "two on a line" on lab {
  let a = spawn worker(2) on master  wait a

  expect a.status == 0
}
`;

function compiled(): Image {
  const { image, diagnostics } = compileScript(script, '/script.adw');
  assert.ok(image, JSON.stringify(diagnostics));
  return image;
}

describe('positions', () => {
  const image = compiled();
  const places = placesOf(image);
  const where = (line: number, column?: number): string => {
    const resolution = resolveLine(image, places, line, column);
    return resolution.kind === 'nowhere'
      ? resolution.message
      : `${resolution.places[0]?.span.line}:${resolution.places[0]?.span.column}`;
  };

  it('a breakpoint on a statement stays there', () => assert.equal(where(8), '8:5'));
  it('on a comment it moves down to the next statement', () => assert.equal(where(6), '7:3'));
  it('on the head of a program it moves to the first statement', () => assert.equal(where(5), '7:3'));
  it('a column chooses among the statements of a line', () => {
    assert.equal(where(13), '13:3');
    assert.equal(where(13, 20), '13:38');
  });
  it('an empty line within a scenario moves down', () => assert.equal(where(14), '15:3'));
  it('outside of programs and scenarios there is nothing to stop at', () => {
    assert.match(where(2), /Line 2 is in no program and no scenario/);
    assert.match(where(99), /Line 99 is in no program/);
  });
  it('the places of a range have each start once', () => {
    const starts = placesWithin(places, { line: 1, column: 1 }, { line: 99, column: 1 }).map(
      ({ span }) => `${span.line}:${span.column}`,
    );
    assert.equal(new Set(starts).size, starts.length);
    assert.ok(starts.includes('13:3') && starts.includes('13:38'));
  });
});

describe('hit conditions', () => {
  const hits = (source: string): number[] =>
    [1, 2, 3, 4, 5, 6].filter((hit) => hitCounts(parseHitCondition(source), hit));

  it('choose among the hits', () => {
    assert.deepEqual(hits('3'), [3]);
    assert.deepEqual(hits('== 3'), [3]);
    assert.deepEqual(hits('>=5'), [5, 6]);
    assert.deepEqual(hits('> 5'), [6]);
    assert.deepEqual(hits('<3'), [1, 2]);
    assert.deepEqual(hits('<=2'), [1, 2]);
    assert.deepEqual(hits('%2'), [2, 4, 6]);
  });
  for (const source of ['', 'x', '%', '%0', '3 times', '-1']) {
    it(`'${source}' is none`, () => assert.throws(() => parseHitCondition(source), /is not one of/));
  }
});
