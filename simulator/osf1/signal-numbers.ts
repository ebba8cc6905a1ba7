/** Signals by number, and what a process that does not say otherwise does with them. */

export const SIGHUP = 1;
const SIGINT = 2;
const SIGQUIT = 3;
export const SIGKILL = 9;
const SIGTERM = 15;
export const SIGCONT = 18;
export const SIGSTOP = 19;
export const SIGTSTP = 20;
export const SIGTTIN = 21;
export const SIGTTOU = 22;

/** Signals that stop a process which has not arranged otherwise. */
export const stopsProcess = (signal: number): boolean => signal >= SIGSTOP && signal <= SIGTTOU;

/** Signals that end a process which has not arranged otherwise; the others are for the program, and only counted. */
export const endsProcess = (signal: number): boolean =>
  signal === SIGHUP || signal === SIGINT || signal === SIGQUIT || signal === SIGKILL || signal === SIGTERM;
