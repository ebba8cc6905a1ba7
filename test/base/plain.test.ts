// Copies and digests of plain data.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { copy, digestOf } from '../../simulator/base/plain.ts';

/** What a world is made of: numbers, texts, truth values, nothing, arrays, columns, and rows of these. */
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.integer(),
    fc.maxSafeInteger(),
    fc.integer({ min: -1000, max: 1000 }).map((n) => n / 8),
    fc.boolean(),
    fc.constant(null),
    fc.string({ maxLength: 5 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.integer(), { maxLength: 4 }).map((values) => Int32Array.from(values)),
    fc.record({ id: fc.nat(), live: fc.boolean(), name: fc.string({ maxLength: 4 }), more: tie('value') }),
  ),
})).value;

/** Every place in the data that holds a number or a truth value, as something that changes it. */
function changes(value: unknown): (() => void)[] {
  if (typeof value !== 'object' || value === null) return [];
  const found: (() => void)[] = [];
  for (const key of Object.keys(value)) {
    const holder = value as Record<string, unknown>;
    const old = holder[key];
    if (typeof old === 'number') found.push(() => (holder[key] = Number.isSafeInteger(old + 1) ? old + 1 : old - 1));
    else if (typeof old === 'boolean') found.push(() => (holder[key] = !old));
    else if (typeof old === 'string') found.push(() => (holder[key] = `${old}x`));
    else found.push(...changes(old));
  }
  return found;
}

describe('a copy', () => {
  it('has the same digest, and shares nothing that changes', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const before = digestOf(value);
        const twin = copy(value);
        assert.equal(digestOf(twin), before);
        for (const change of changes(twin)) change();
        assert.equal(digestOf(value), before);
      }),
    );
  });

  it('keeps an index, which is a Map, and adds nothing to the digest', () => {
    const row = { byPort: new Map([[3, 768]]) };
    const twin = copy(row);
    twin.byPort.set(4, 1);
    assert.equal(row.byPort.size, 1);
    assert.equal(digestOf(twin), digestOf(row));
  });
});

describe('a digest', () => {
  it('changes with any single value', () => {
    fc.assert(
      fc.property(fc.array(plain, { minLength: 1 }), fc.nat(), (value, which) => {
        const all = changes(value);
        if (all.length === 0) return;
        const before = digestOf(value);
        all[which % all.length]!();
        assert.notEqual(digestOf(value), before);
      }),
    );
  });

  it('tells values apart that look alike', () => {
    const values = [
      0,
      -1,
      1,
      2 ** 32,
      -(2 ** 32),
      2 ** 32 - 1,
      0.5,
      -0.5,
      true,
      false,
      null,
      '',
      '0',
      [],
      [0],
      [[]],
      {},
    ];
    assert.equal(new Set(values.map((value) => digestOf(value))).size, values.length);
  });

  it('depends on where an object ends', () => {
    assert.notEqual(digestOf([{ a: { b: 1 }, c: 2 }]), digestOf([{ a: { b: 1, c: 2 } }]));
    assert.notEqual(digestOf([[1], 2]), digestOf([[1, 2]]));
  });

  it('refuses what is not plain', () => {
    assert.throws(() => digestOf({ f: () => 0 }), TypeError);
    assert.throws(() => digestOf({ n: 1n }), TypeError);
  });
});
