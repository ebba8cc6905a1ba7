/**
 * The signals of one process, as its PMA keeps them: local process state, which moves with the process [paper 3.1].
 *
 * A signal that is accepted is pending until it is acted upon: at once, or when the process does not block it any more, or
 * when it is continued. Pending signals are a set: one of a kind. What a process catches is pending until its main thread
 * takes it [docs/decisions/0045-signals-are-taken.md].
 */
import { NONE } from '../base/table.ts';
import { SIGCONT, STOPS, contains, defaultAction, membersOf, setOf, type DefaultAction } from './signal-numbers.ts';

export interface Signals {
  /** Sets: blocked, ignored, caught by the program, accepted but not acted upon. */
  mask: number;
  ignored: number;
  caught: number;
  pending: number;
  /** What is blocked besides while the handler of a caught signal runs, by number of the signal. */
  masks: Record<string, number>;
  /** The mask to come back to after sigsuspend; NONE outside of it. */
  suspended: number;
  /** The emulator was told that there is something to take, and has not asked since. */
  nudged: boolean;
  /** How many signals were sent to it and accepted so far. */
  delivered: number;
}

export function noSignals(): Signals {
  return { mask: 0, ignored: 0, caught: 0, pending: 0, masks: {}, suspended: NONE, nudged: false, delivered: 0 };
}

/** What a child has of its parent's: all but the signals themselves. */
export function inheritedSignals({ mask, ignored, caught, masks }: Signals): Signals {
  return { ...noSignals(), mask, ignored, caught, masks: { ...masks } };
}

/** exec: what was caught has its default action again; what was ignored stays so. */
export function forgetHandlers(signals: Signals): void {
  signals.caught = 0;
  signals.masks = {};
}

/** What happens when the signal is acted upon. */
export function actionOf({ ignored, caught }: Signals, signal: number): DefaultAction | 'catch' {
  if (contains(caught, signal)) return 'catch';
  return contains(ignored, signal) ? 'ignore' : defaultAction(signal);
}

/** Takes a signal in. Stopping and continuing cancel each other; what would be ignored leaves nothing. */
export function accept(signals: Signals, signal: number): void {
  if (signal === SIGCONT) signals.pending &= ~STOPS;
  if (contains(STOPS, signal)) signals.pending &= ~setOf(SIGCONT);
  if (actionOf(signals, signal) !== 'ignore') signals.pending |= setOf(signal);
}

/** The pending signals that are not blocked, by number. */
export const deliverable = ({ pending, mask }: Signals): number[] =>
  (pending & ~mask) === 0 ? none : membersOf(pending & ~mask);

const none: number[] = [];

/** The signal that the main thread would take now, or NONE. */
export const takable = (signals: Signals): number =>
  deliverable(signals).find((signal) => actionOf(signals, signal) === 'catch') ?? NONE;
