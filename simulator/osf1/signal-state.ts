/**
 * The signals of one process, as its PMA keeps them: local process state, which moves with the process [paper 3.1].
 *
 * A signal that is accepted is pending until it is acted upon: at once, or when the process does not block it any more, or
 * when it is continued. Pending signals are a set: one of a kind. What a process catches is pending until its main thread
 * takes it [docs/decisions/0045-signals-are-taken.md].
 */
import { NONE } from '../base/table.ts';
import { SIGCONT, STOPS, contains, defaultAction, membersOf, setOf, type DefaultAction } from './signal-numbers.ts';

/** Number of the main thread of a process; the others count on from there. */
export const MAIN = 1;

/** What a thread of a process has of its signals. */
export interface ThreadSignals {
  readonly thread: number;
  /** The set of those that it blocks. */
  mask: number;
  /** The mask to come back to after sigsuspend; NONE outside of it. */
  suspended: number;
  /** Its emulator was told that there is something for it to take, and it has not asked since. */
  nudged: boolean;
}

/** What is the main thread's is here itself. */
export interface Signals extends ThreadSignals {
  /** Its other threads, the oldest first. */
  further: ThreadSignals[];
  /** Sets: ignored, caught by the program, accepted but not acted upon. */
  ignored: number;
  caught: number;
  pending: number;
  /** What is blocked besides while the handler of a caught signal runs, by number of the signal. */
  masks: Record<string, number>;
  /** How many signals were sent to it and accepted so far. */
  delivered: number;
}

export function noSignals(): Signals {
  const main = { thread: MAIN, mask: 0, suspended: NONE, nudged: false };
  return { ...main, further: [], ignored: 0, caught: 0, pending: 0, masks: {}, delivered: 0 };
}

/** What the thread of that number has. */
export const signalsOf = (signals: Signals, thread: number): ThreadSignals =>
  signals.further.find((each) => each.thread === thread) ?? signals;

/** A new thread blocks what the one blocks that has made it. */
export function addThread(signals: Signals, thread: number, maker: number): void {
  const { mask } = signalsOf(signals, maker);
  signals.further.push({ thread, mask, suspended: NONE, nudged: false });
}

/** What a child has of its parent's: all but the signals themselves. Its one thread is a copy of the one that has called. */
export function inheritedSignals(signals: Signals, thread: number): Signals {
  const { ignored, caught, masks } = signals;
  return { ...noSignals(), mask: signalsOf(signals, thread).mask, ignored, caught, masks: { ...masks } };
}

/** exec: of all threads only the caller is left, and it is the main thread from now on. */
export function onlyThread(signals: Signals, thread: number): void {
  if (signals.further.length === 0) return;
  const { mask } = signalsOf(signals, thread);
  Object.assign(signals, { mask, suspended: NONE, nudged: false, further: [] });
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

/** The pending signals that not all threads block, by number. */
export const deliverable = (signals: Signals): number[] => {
  const { pending } = signals;
  const blocked = signals.further.reduce((set, { mask }) => set & mask, signals.mask);
  return (pending & ~blocked) === 0 ? none : membersOf(pending & ~blocked);
};

const none: number[] = [];

/** Whose a signal is that somebody lets in: the oldest thread's of those. */
function owner(signals: Signals, signal: number): ThreadSignals {
  if (!contains(signals.mask, signal)) return signals;
  return signals.further.find(({ mask }) => !contains(mask, signal)) ?? signals;
}

/** The signal that the thread would take now, or NONE. */
export const takable = (signals: Signals, thread: number): number =>
  deliverable(signals).find(
    (signal) => actionOf(signals, signal) === 'catch' && owner(signals, signal).thread === thread,
  ) ?? NONE;

/** The threads that have a signal to take, the oldest first. */
export function takers(signals: Signals): ThreadSignals[] {
  return [signals, ...signals.further].filter(({ thread }) => takable(signals, thread) !== NONE);
}
