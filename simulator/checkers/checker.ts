/**
 * A checker looks at the whole world between two events and says which rule is broken.
 *
 * It never changes anything, and it remembers nothing: what it needs to know must stand in the world. The counts that
 * several checkers compare are taken once per event (census.ts).
 */
import { BrokenRule } from '../base/assert.ts';
import type { MigrationWorld } from '../migration/record.ts';
import type { Census } from './census.ts';

export type CheckedWorld = MigrationWorld;

export interface Checker {
  /** Rule id, as in mechanisms.md 1.14, 2.15, 4.7 and 5.8; H and L are the simulator's own tables (its housekeeping) and ledger. */
  readonly rule: string;
  /** The rule in one sentence. */
  readonly story: string;
  /** Throws BrokenRule with the rule's id if the world breaks it. */
  readonly check: (w: CheckedWorld, census: Census) => void;
}

export function broken(rule: string, what: string): never {
  throw new BrokenRule(rule, what);
}
