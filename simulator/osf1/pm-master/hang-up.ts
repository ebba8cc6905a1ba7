/**
 * Whom the end of a process leaves without somebody to look after it [mechanisms 5.3; POSIX exit()]:
 *
 *   a session leader that had a terminal    the group in the foreground gets SIGHUP, the terminal is free again
 *   a group that becomes orphaned with it   if a member is stopped, all get SIGHUP and SIGCONT: nobody else would continue them
 *
 * The PM Master knows the relations, so it finds them; the signals go to each member's PMA like anybody's. Where there are several
 * PM Masters each signals those whose entries it has: the others are told of the group. Who is orphaned is judged in orphans.ts.
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
import { membersOf } from './groups.ts';
import { otherMasters } from './owner.ts';

/** A signal that is owed to a process. */
interface Owed {
  readonly pid: number;
  readonly signal: number;
}

/** A group, and what its members are sent. */
interface Hung {
  readonly group: number;
  readonly signals: readonly number[];
}

export interface HangUp extends Asker {
  readonly owed: Owed[];
  /** Of whom the other PM Masters are to be told, or null. */
  readonly hung: Hung | null;
  others?: number[];
  tries: number;
}

const MAXIMUM_TRIES = 8;

/** The process has ended: if it has led a session, whoever is in the foreground of its terminal is hung up. */
export function hangUpForeground(w: OsfWorld, leader: MasterEntry): HangUp | null {
  const { pid, session, foreground, owner } = leader;
  if (session !== pid || foreground === NONE) return null;
  leader.foreground = NONE;
  return hangUpOf(w, owner, { group: foreground, signals: [SIGHUP] });
}

/** What an orphaned group is owed that has a stopped member. */
export const hangUpOrphaned = (w: OsfWorld, owner: number, group: number): HangUp =>
  hangUpOf(w, owner, { group, signals: [SIGHUP, SIGCONT] });

const hangUpOf = (w: OsfWorld, owner: number, hung: Hung): HangUp => ({
  owed: owedTo(w, owner, hung),
  hung,
  tries: 0,
});

/** Its own members. Who is sent SIGCONT is not stopped any more: the next one who looks does not hang it up again. */
function owedTo(w: OsfWorld, owner: number, { group, signals }: Hung): Owed[] {
  const members = membersOf(w, owner, group);
  if (signals.includes(SIGCONT)) for (const member of members) member.stopped = 0;
  return members.flatMap(({ pid }) => signals.map((signal) => ({ pid, signal })));
}

export const hangUp = routine<OsfWorld, HangUp>('pmm.hang_up', 'signals those whom nobody looks after', [
  step('tell the next PM Master of the group', (w, t, f) => {
    f.others ??= f.hung === null ? [] : otherMasters(w, masterOf(w, t));
    const other = f.others.shift();
    if (other === undefined) return goTo(w, t, 'send the next signal');
    again(t);
    rpc(w, t, other, 'pmm.hang_up_here', { body: f.hung });
  }),
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

/** From another PM Master, which has found that the group is to be hung up. */
export const hangUpHere = routine<OsfWorld, Request>('pmm.hang_up_here', 'signals its part of a group', [
  step('answer, and signal them', (w, t, f) => {
    const owed = owedTo(w, masterOf(w, t).id, f.body as Hung);
    call(t, hangUp, { owed, hung: null, tries: 0 } satisfies HangUp);
    answer(w, t, f.reply, {});
  }),
  step('be done', (_w, t) => finish(t, null)),
]);
