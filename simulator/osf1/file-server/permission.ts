/**
 * Who may do what with a file: its owner, the nine bits of its mode (those of the group mean nobody: there are no groups of
 * users), and the effective user of whoever asks [POSIX 4.5]. The superuser may all, but execute only what somebody may.
 *
 * The request says who asks. A server that trusts no emulator would look at the credentials capability instead; the message
 * is the same but for the right.
 */
import { NONE } from '../../base/table.ts';
import { SUPERUSER } from '../users.ts';
import type { OsfWorld } from '../world.ts';
import type { Ownership } from './file.ts';
import { nameOf, parentOf } from './name.ts';

export const READ = 4;
export const WRITE = 2;
export const EXECUTE = 1;
/** exec makes the owner the effective user. */
const SET_UID = 0o4000;

export function permits({ owner, mode }: Ownership, uid: number, wanted: number): boolean {
  if (uid === SUPERUSER) return (wanted & EXECUTE) === 0 || (mode & 0o111) !== 0;
  const bits = uid === owner ? mode >> 6 : mode;
  return (bits & wanted) === wanted;
}

/** Who executes a set-uid image acts as its owner; NONE if it is none. */
export const setUidOf = ({ owner, mode }: Ownership): number => ((mode & SET_UID) === 0 ? NONE : owner);

/** Whether names may be entered into, and taken out of, the directory that a path is in. */
export function permitsEntering(w: OsfWorld, server: number, path: string, uid: number): boolean {
  const parent = nameOf(w, server, parentOf(path));
  return parent === null || parent.file === NONE || permits(w.files.rows[parent.file]!, uid, WRITE);
}
