/**
 * A monitor knows what was: it says which rule two moments break that one moment cannot show.
 *
 * It is told of every event in turn, and looks at the world and its notices after it. What it remembers is its own and no
 * part of the world; when a run goes on from another moment (time travel) it begins anew there and knows nothing of the
 * past, so a rule that takes two moments is held from the second one on.
 */
import type { CheckedWorld } from '../checker.ts';

/** Called after each event; throws BrokenRule if the rule is broken. */
export type Observer = (w: CheckedWorld) => void;

export interface Monitor {
  /** Rule id, as in mechanisms.md 1.14 and 2.15. */
  readonly rule: string;
  /** The rule in one sentence. */
  readonly story: string;
  readonly begin: (w: CheckedWorld) => Observer;
}
