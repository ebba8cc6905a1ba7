/**
 * Whom the end of a process leaves without somebody to look after it [mechanisms 5.3; POSIX exit()]:
 *
 *   a session leader that had a terminal    the group in the foreground gets SIGHUP, the terminal is free again
 *   a group that becomes orphaned with it   if a member is stopped, all get SIGHUP and SIGCONT: nobody else would continue them
 *
 * The PM Master knows the relations, so it finds them; the signals go to each member's PMA like anybody's.
 */
import { NONE } from '../../base/table.ts';
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { finish, goTo, routine, step } from '../../mach/routine.ts';
import { SUPERUSER } from '../users.ts';
import type { Signal } from '../pma/signal.ts';
import { SIGCONT, SIGHUP } from '../signal-numbers.ts';
import { numbered, type Asker } from '../request-number.ts';
import type { OsfWorld } from '../world.ts';
import { ownEntryOf, type MasterEntry } from './entry.ts';
import { isOrphaned, membersOf } from './groups.ts';

/** A signal that is owed to a process. */
export interface Owed {
  readonly pid: number;
  readonly signal: number;
}

/** The groups that may become orphaned when the process ends: its own, and those of its children. */
export function groupsAround(w: OsfWorld, { pid, group, owner }: MasterEntry): number[] {
  const children = w.masterEntries.rows.filter((each) => each.live && each.owner === owner && each.parent === pid);
  const groups = children.map((child) => child.group);
  return [...new Set([group, ...groups])].filter((each) => !isOrphaned(w, owner, each));
}

/** The process has ended, and its children are init's: what is owed to whom. `groups` were not orphaned before. */
export function owedAfter(w: OsfWorld, leader: MasterEntry, groups: readonly number[]): Owed[] {
  const owed: Owed[] = [];
  if (leader.session === leader.pid && leader.foreground !== NONE) {
    for (const { pid } of membersOf(w, leader.owner, leader.foreground)) owed.push({ pid, signal: SIGHUP });
    leader.foreground = NONE;
  }
  for (const group of groups) {
    const members = membersOf(w, leader.owner, group);
    if (!isOrphaned(w, leader.owner, group) || members.every(({ stopped }) => stopped === 0)) continue;
    for (const { pid } of members) owed.push({ pid, signal: SIGHUP }, { pid, signal: SIGCONT });
  }
  return owed;
}

interface HangUp extends Asker {
  readonly owed: Owed[];
  tries: number;
}

const MAXIMUM_TRIES = 8;

export const hangUp = routine<OsfWorld, HangUp>('pmm.hang_up', 'signals those whom nobody looks after', [
  step('send the next signal', (w, t, f) => {
    const [next] = f.owed;
    if (next === undefined) return finish(t, null);
    const entry = ownEntryOf(w, t, next.pid);
    t.code = 'KERN_SUCCESS';
    if (entry?.state !== 'alive' || entry.capability === NONE) return;
    const body: Signal = { ...next, uid: SUPERUSER, realUid: SUPERUSER };
    rpc(w, t, entry.capability, 'vproc.signal', { body: numbered(w, f, body) });
  }),
  step('go on with the next one', (w, t, f) => {
    if (t.code === 'KERN_SUCCESS' || t.code === 'ESRCH' || ++f.tries >= MAXIMUM_TRIES) {
      f.owed.shift();
      f.tries = 0;
      f.request = undefined;
    }
    goTo(w, t, 'send the next signal');
  }),
]);
