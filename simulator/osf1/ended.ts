/**
 * How a process has ended: it exited with a status, a signal ended it, or it was lost with a node. The three are never
 * mixed: every status from 0 to 255 is a status [mechanisms 5.3, 5.6; docs/decisions/0046-how-a-process-ended.md].
 *
 *   exited         status 0..255   signal 0     lost false
 *   by a signal    status NONE     signal 1..   lost false
 *   lost           status NONE     signal 0     lost true
 */
import { NONE } from '../base/table.ts';

export interface Ended {
  readonly status: number;
  readonly signal: number;
  /** Its node failed, or what it needed of one; nobody can say more. */
  readonly lost: boolean;
}

/** Of a status the lowest eight bits are kept, as in UNIX. */
export const exitedWith = (status: number): Ended => ({ status: status & 0xff, signal: 0, lost: false });
export const endedBy = (signal: number): Ended => ({ status: NONE, signal, lost: false });
export const lostWithNode = (): Ended => ({ status: NONE, signal: 0, lost: true });

/** wait() has one number for it: the status; after a signal 256 and the signal's number; 256 if it was lost. */
export const numberOfEnd = ({ status, signal }: Ended): number => (status === NONE ? 256 + signal : status);
