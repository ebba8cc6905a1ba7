/**
 * What happens when a rule of the system is broken.
 *
 * A broken rule is never a user's mistake: it means that the simulator no longer behaves like the system it models.
 * It is thrown with the rule's id (mechanisms.md: I1, D5, P3 ...), so that a test, a swarm or a debugger can name it.
 */

export class BrokenRule extends Error {
  readonly rule: string;

  constructor(rule: string, what: string) {
    super(`${rule}: ${what}`);
    this.name = 'BrokenRule';
    this.rule = rule;
  }
}

/** Throws unless the condition holds; `what` says what was found, in words (made only when they are needed). */
export function assert(condition: boolean, rule: string, what: string | (() => string)): asserts condition {
  if (!condition) throw new BrokenRule(rule, typeof what === 'string' ? what : what());
}

/** Marks a branch that a closed union leaves nothing for. */
export function unreachable(value: never): never {
  throw new BrokenRule('closed', `no case for ${JSON.stringify(value)}`);
}
