/**
 * Something to show: a row of the Variables view, before it has a handle.
 *
 * The presenters beside this file make rows from the inspected state, one noun a file. A row names an expression with
 * the same value, so that it can be watched. Children are made when somebody opens the row.
 */
export interface Shown {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  readonly children?: () => readonly Shown[];
  /** An expression (expression/) that means the same, if there is one. */
  readonly expression?: string;
  /** What commands an editor may offer for it. */
  readonly menu?: 'osf1ad.port';
  /** An icon's worth of meaning. */
  readonly kind?: 'property' | 'data' | 'virtual';
}

const bucketSize = 100;

/**
 * Editors page indexed children only: more than a hundred named ones are put into buckets of a hundred here, named by
 * the first and the last row in them.
 */
export function inBuckets(rows: readonly Shown[]): readonly Shown[] {
  if (rows.length <= bucketSize) return rows;
  const buckets: Shown[] = [];
  for (let first = 0; first < rows.length; first += bucketSize) {
    const part = rows.slice(first, first + bucketSize);
    buckets.push({
      name: `${part[0]?.name} ... ${part.at(-1)?.name}`,
      value: `${part.length} of ${rows.length}`,
      kind: 'virtual',
      children: () => part,
    });
  }
  return buckets;
}

/** A row that only groups others; without any it says so and cannot be opened. */
export function group(name: string, rows: readonly Shown[], expression?: string): Shown {
  const value = rows.length === 0 ? 'none' : String(rows.length);
  const row = expression === undefined ? { name, value } : { name, value, expression };
  return rows.length === 0 ? row : { ...row, children: () => inBuckets(rows) };
}
