/**
 * How a system call ends in the emulator: with a value, with a row of values (waitpid, pipe), or with an error. An error
 * is -1 to the program, and `errno` says which; a call that succeeds leaves `errno` alone, as in UNIX.
 */
import type { Value } from '../../workload/program.ts';

/** The name of an error, `ECHILD`; what is no error of UNIX (a server ended, a node is down) is an I/O error. */
export interface Failed {
  readonly errno: string;
  /** A signal has ended the call, and it is never made again. */
  readonly final?: boolean;
  /** A signal has interrupted the call, and it is always made again. */
  readonly goesOn?: boolean;
}

/** The machine found that memory cannot be touched like that: the program is at fault, and ends. */
export interface Trapped {
  readonly trap: string;
  /** The exception's code, and the page. */
  readonly code: string;
  readonly page: number;
}

export type CallResult = Value | readonly Value[] | Failed | Trapped;

export function isTrap(result: CallResult | null): result is Trapped {
  return typeof result === 'object' && result !== null && 'trap' in result;
}

export function failed(code: string | undefined): Failed {
  return { errno: code !== undefined && /^E[A-Z0-9]+$/.test(code) ? code : 'EIO' };
}

/** The values of a call that has come back, one or a row; null if it has failed. */
export function valuesOf(result: CallResult): readonly Value[] | null {
  if (typeof result !== 'object') return [result];
  return isRow(result) ? result : null;
}

const isRow = (result: readonly Value[] | Failed | Trapped): result is readonly Value[] => Array.isArray(result);
