/**
 * Hit conditions: which of its hits a breakpoint stops at.
 *
 *   3  or  ==3   the third          >=3   the third and all later ones       >3  <3  <=3  likewise
 *   %5           every fifth
 */

export interface HitCondition {
  readonly operator: '==' | '>=' | '>' | '<' | '<=' | '%';
  readonly count: number;
}

export function parseHitCondition(source: string): HitCondition {
  const found = /^\s*(==?|>=|>|<=|<|%)?\s*(\d+)\s*$/.exec(source);
  const count = Number(found?.[2]);
  const operator = found?.[1] ?? '==';
  if (found === null || (operator === '%' && count === 0)) {
    throw new Error(`the hit condition '${source}' is not one of N, ==N, >=N, >N, <=N, <N, %N`);
  }
  return { operator: (operator === '=' ? '==' : operator) as HitCondition['operator'], count };
}

/** Whether the n-th hit counts; the first is 1. */
export function hitCounts(condition: HitCondition, hit: number): boolean {
  switch (condition.operator) {
    case '==':
      return hit === condition.count;
    case '>=':
      return hit >= condition.count;
    case '>':
      return hit > condition.count;
    case '<':
      return hit < condition.count;
    case '<=':
      return hit <= condition.count;
    case '%':
      return hit % condition.count === 0;
  }
}
