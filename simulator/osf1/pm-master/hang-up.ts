/**
 * Whom the end of a process leaves without somebody to look after it [mechanisms 5.3; POSIX exit()]:
 *
 *   a session leader that had a terminal    the group in the foreground gets SIGHUP, the terminal is free again
 *   a group that becomes orphaned with it   if a member is stopped, all get SIGHUP and SIGCONT: nobody else would continue them
 *
 * The PM Master knows the relations, so it finds them; the signals go to each member's PMA like anybody's. Where there are several
 * PM Masters the others are told of a group in the foreground, and each signals those whose entries it has.
 */
import { NONE } from '../../base/table.ts';
import { answer, rpc } from '../../mach/ipc/mach-msg.ts';
import { again, call, finish, goTo, routine, step } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { SUPERUSER } from '../users.ts';
import type { Signal } from '../pma/signal.ts';
import { SIGCONT, SIGHUP } from '../signal-numbers.ts';
import { numbered, type Asker } from '../request-number.ts';
import type { OsfWorld } from '../world.ts';
import { masterOf, ownEntryOf, type MasterEntry } from './entry.ts';
import { isOrphaned, membersOf } from './groups.ts';
import { otherMasters } from './owner.ts';

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
export function owedAfter(w: OsfWorld, leader: MasterEntry, groups: readonly number[]): HangUp {
  const owed: Owed[] = [];
  let group = NONE;
  if (leader.session === leader.pid && leader.foreground !== NONE) {
    group = leader.foreground;
    owed.push(...owedToGroup(w, leader.owner, group));
    leader.foreground = NONE;
  }
  owed.push(...owedToOrphans(w, leader.owner, groups));
  return { owed, group, tries: 0 };
}

const owedToGroup = (w: OsfWorld, owner: number, group: number): Owed[] =>
  membersOf(w, owner, group).map(({ pid }) => ({ pid, signal: SIGHUP }));

/** Of groups that were not orphaned before. */
export function owedToOrphans(w: OsfWorld, owner: number, groups: readonly number[]): Owed[] {
  const owed: Owed[] = [];
  for (const group of groups) {
    const members = membersOf(w, owner, group);
    if (!isOrphaned(w, owner, group) || members.every(({ stopped }) => stopped === 0)) continue;
    for (const { pid } of members) owed.push({ pid, signal: SIGHUP }, { pid, signal: SIGCONT });
  }
  return owed;
}

export interface HangUp extends Asker {
  readonly owed: Owed[];
  /** Group that was in the foreground of a terminal whose session has ended; NONE. */
  readonly group: number;
  others?: number[];
  tries: number;
}

const MAXIMUM_TRIES = 8;

export const hangUp = routine<OsfWorld, HangUp>('pmm.hang_up', 'signals those whom nobody looks after', [
  step('send the next signal', (w, t, f) => {
    const [next] = f.owed;
    if (next === undefined) return goTo(w, t, 'tell the next PM Master of the group');
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
  step('tell the next PM Master of the group', (w, t, f) => {
    f.others ??= f.group === NONE ? [] : otherMasters(w, masterOf(w, t));
    const other = f.others.shift();
    if (other === undefined) return finish(t, null);
    again(t);
    rpc(w, t, other, 'pmm.hang_up_here', { body: { group: f.group } satisfies HungUp });
  }),
]);

interface HungUp {
  readonly group: number;
}

/** From the PM Master of a session's leader, who has ended. */
export const hangUpHere = routine<OsfWorld, Request>('pmm.hang_up_here', 'signals its part of a group', [
  step('answer, and signal them', (w, t, f) => {
    const { group } = f.body as HungUp;
    call(t, hangUp, { owed: owedToGroup(w, masterOf(w, t).id, group), group: NONE, tries: 0 } satisfies HangUp);
    answer(w, t, f.reply, {});
  }),
  step('be done', (_w, t) => finish(t, null)),
]);
