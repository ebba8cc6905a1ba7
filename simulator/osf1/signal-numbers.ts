/** Signals by number, and what a process that does not say otherwise does with them (POSIX, `<signal.h>`). */

export const SIGHUP = 1;
export const SIGKILL = 9;
export const SIGPIPE = 13;
export const SIGALRM = 14;
export const SIGCHLD = 17;
export const SIGCONT = 18;
export const SIGSTOP = 19;
const SIGTSTP = 20;
export const SIGTTIN = 21;
export const SIGTTOU = 22;
const SIGURG = 23;
export const SIGXCPU = 24;
const SIGWINCH = 28;
export const LAST_SIGNAL = 31;

export type DefaultAction = 'terminate' | 'stop' | 'continue' | 'ignore';

export function defaultAction(signal: number): DefaultAction {
  switch (signal) {
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
      return 'stop';
    case SIGCONT:
      return 'continue';
    case SIGCHLD:
    case SIGURG:
    case SIGWINCH:
      return 'ignore';
    default:
      return 'terminate';
  }
}

/** A set of signals is a number: bit n - 1 is signal n. */
export const setOf = (...signals: number[]): number => signals.reduce((set, signal) => set | (1 << (signal - 1)), 0);

/** The signals of a set, by number. */
export const membersOf = (set: number): number[] =>
  Array.from({ length: LAST_SIGNAL }, (_, index) => index + 1).filter((signal) => contains(set, signal));

export const contains = (set: number, signal: number): boolean => (set & setOf(signal)) !== 0;

/** What nothing can be done about: neither blocked, nor ignored, nor caught. */
export const UNSTOPPABLE = setOf(SIGKILL, SIGSTOP);
export const STOPS = setOf(SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU);
