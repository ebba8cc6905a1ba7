/**
 * What a PMA does when the PM Master does not answer: its node has failed. Who asks for something is told so and may ask
 * again; what the PM Master must know (a process is here, has moved here, has ended) is said again if there is a new
 * one, and otherwise kept: the new one asks every PMA what there is [docs/decisions/0050-the-pm-master-comes-back.md].
 */
import { NONE, at } from '../../base/table.ts';
import { lookup } from '../../mach/ipc/space.ts';
import type { OsfWorld } from '../world.ts';
import type { Pma } from './pma.ts';

/** What a system call answers while the PM Master is down. */
export const MASTER_DOWN = 'EHOSTDOWN';

/** The answer will not come. */
export const isGone = (code: string): boolean => code === 'MACH_SEND_INVALID_DEST' || code === 'MIG_SERVER_DIED';

/** A code of the PM Master as a system call answers it. */
export const fromMaster = (code: string): string => (isGone(code) ? MASTER_DOWN : code);

/** The PMA has a right to a PM Master that it does not know to be down. */
export function hasMaster(w: OsfWorld, { task, master }: Pma): boolean {
  const entry = lookup(at(w.tasks, task).space, master);
  return entry !== null && entry.port !== NONE && at(w.ports, entry.port).active;
}

/** The PM Master that was told is gone, and there is a new one: it is to be told again. */
export const mustRepeat = (w: OsfWorld, pma: Pma, code: string): boolean => isGone(code) && hasMaster(w, pma);
