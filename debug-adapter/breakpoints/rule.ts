/**
 * What every kind of breakpoint shares: a condition, a hit condition, and the memory of its hits.
 *
 * Hits are counted from the start of the run. As the run is deterministic, "the condition held at this moment" is a
 * fact about the run and not about the way in which somebody walked through it: the moments are kept in order, and the
 * third hit is the third whether it is reached forwards, backwards or for the second time. `countedTo` says up to which
 * moment the list is complete; a breakpoint that was set in mid-run is counted up by a replay before the run goes on.
 */
import { evaluate, isTrue, type Surrounding } from '../expression/evaluate.ts';
import { ExpressionError } from '../expression/expression-error.ts';
import { parseExpression, type Syntax } from '../expression/syntax.ts';
import { hitCounts, parseHitCondition, type HitCondition } from './hit-condition.ts';

export interface Rule {
  readonly id: number;
  readonly condition: Syntax | null;
  readonly hitCondition: HitCondition | null;
  /** Moments (numbers of events) at which the condition held, ascending. Kept only for a hit condition. */
  readonly hits: number[];
  countedTo: number;
}

/** What a client gave: source text, either of them missing or empty. */
export interface RuleText {
  readonly condition?: string | undefined;
  readonly hitCondition?: string | undefined;
}

export interface Strike {
  readonly stops: boolean;
  /** Why the condition could not be evaluated; then the breakpoint stops, so that somebody reads it. */
  readonly trouble: string | null;
}

/** Throws an Error whose text says what is wrong with a condition. */
export function createRule(id: number, text: RuleText): Rule {
  const condition = isGiven(text.condition) ? parseExpression(text.condition) : null;
  const hitCondition = isGiven(text.hitCondition) ? parseHitCondition(text.hitCondition) : null;
  return { id, condition, hitCondition, hits: [], countedTo: 0 };
}

/** Asks the rule at a moment at which its place or its name came up. */
export function strike(rule: Rule, moment: number, around: Surrounding): Strike {
  try {
    if (rule.condition !== null && !isTrue(evaluate(rule.condition, around))) return { stops: false, trouble: null };
  } catch (error) {
    if (error instanceof ExpressionError) return { stops: true, trouble: error.message };
    throw error;
  }
  if (rule.hitCondition === null) return { stops: true, trouble: null };
  return { stops: hitCounts(rule.hitCondition, ordinal(rule.hits, moment)), trouble: null };
}

/** Notes that the rule has been asked at every moment up to this one. */
export function markCounted(rule: Rule, moment: number): void {
  if (moment > rule.countedTo) rule.countedTo = moment;
}

/** Which hit this moment is, one-based; a later moment than all others is entered. */
function ordinal(hits: number[], moment: number): number {
  const last = hits.at(-1);
  if (last === undefined || moment > last) return hits.push(moment);
  let low = 0;
  for (let high = hits.length - 1; low < high;) {
    const middle = (low + high) >> 1;
    if ((hits[middle] ?? moment) < moment) low = middle + 1;
    else high = middle;
  }
  return low + 1;
}

function isGiven(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '';
}
