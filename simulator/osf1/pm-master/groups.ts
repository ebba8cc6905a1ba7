/**
 * Process groups and sessions: relations, so the PM Master's [mechanisms 5.1]. A process is born into the group and the
 * session of its parent; what init has started leads a group and a session of its own. Moving changes none of it [P2].
 */
import { NONE } from '../../base/table.ts';
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { call, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import type { Thread } from '../../mach/thread.ts';
import type { OsfWorld } from '../world.ts';
import { INIT, masterEntryOf, masterOf, ownEntryOf, type MasterEntry } from './entry.ts';
import { operation } from './operation.ts';
import { findOwner, otherMasters, type Owner } from './owner.ts';

/** Who asks, and whom it is about. */
interface Asked {
  readonly pid: number;
  readonly of: number;
}

/** Body of `pmm.set_group`: 0 is the process's own pid. */
export interface SetGroup extends Asked {
  readonly group: number;
}

const failure = (code: string): Payload => ({ code });

function alive(w: OsfWorld, t: Thread, pid: number): MasterEntry | null {
  const entry = ownEntryOf(w, t, pid);
  return entry?.state === 'alive' ? entry : null;
}

const getGroup = operation<Asked>('pmm.get_group', 'says to whom a process belongs', (w, { of }, t) => {
  const entry = alive(w, t, of);
  return entry === null ? failure('ESRCH') : { body: { group: entry.group, session: entry.session } };
});

interface GroupCall extends Request {
  session?: number;
}

/** A process, or a child of it, joins a group of its session or makes one; who leads a session stays what it is. */
const setGroup = routine<OsfWorld, GroupCall>('pmm.set_group', 'moves a process into a group', [
  step('find who asks', (w, t, f) => {
    const { pid } = f.body as SetGroup;
    const caller = alive(w, t, pid);
    if (caller === null) return call(t, findOwner, { pid });
    f.session = caller.session;
    goTo(w, t, 'see who is in the group');
  }),
  step('ask the PM Master of who asks', (w, t, f) => {
    const owner = t.result as Owner;
    const { pid } = f.body as SetGroup;
    if (owner.own || owner.name === NONE) return finish(t, failure('ESRCH'));
    rpc(w, t, owner.name, 'pmm.get_group', { body: { pid, of: pid } });
  }),
  step('remember its session', (_w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, failure('ESRCH'));
    f.session = (t.body as { session: number }).session;
  }),
  step('see who is in the group', (_w, t, f) => {
    const { of, group } = f.body as SetGroup;
    if (group === 0 || group === of) {
      t.result = [];
      return;
    }
    call(t, gatherMembers, { group, found: [] } satisfies Gather);
  }),
  step('move it', (w, t, f) => {
    const { pid, of, group } = f.body as SetGroup;
    const entry = alive(w, t, of);
    if (entry === null || (of !== pid && entry.parent !== pid)) return finish(t, failure('ESRCH'));
    if (entry.session === of || entry.session !== f.session) return finish(t, failure('EPERM'));
    const wanted = group === 0 ? of : group;
    const members: Member[] = [...membersOf(w, masterOf(w, t).id, wanted), ...((t.result as Member[] | null) ?? [])];
    if (wanted !== of && !members.some(({ session }) => session === entry.session)) return finish(t, failure('EPERM'));
    entry.group = wanted;
    finish(t, { body: { group: wanted, session: entry.session } } satisfies Payload);
  }),
]);

const setSession = routine<OsfWorld, GroupCall>('pmm.set_session', 'makes a process the leader of a session', [
  step('see who is in a group of its name', (_w, t, f) => {
    call(t, gatherMembers, { group: (f.body as Asked).of, found: [] } satisfies Gather);
  }),
  step('make it the leader', (w, t, f) => {
    const { of } = f.body as Asked;
    const entry = alive(w, t, of);
    if (entry === null) return finish(t, failure('ESRCH'));
    if (membersOf(w, masterOf(w, t).id, of).length + (t.result as Member[]).length > 0)
      return finish(t, failure('EPERM'));
    entry.group = of;
    entry.session = of;
    entry.foreground = NONE;
    finish(t, { body: { group: of, session: of } } satisfies Payload);
  }),
]);

/** The members of a group at this moment, in the order of their pids: whom killpg reaches [P8]. */
const members = routine<OsfWorld, Request>('pmm.members', 'says who is in a group', [
  step('ask the other PM Masters', (_w, t, f) => {
    call(t, gatherMembers, { group: (f.body as { group: number }).group, found: [] } satisfies Gather);
  }),
  step('answer', (w, t, f) => {
    const own: Member[] = membersOf(w, masterOf(w, t).id, (f.body as { group: number }).group);
    const pids = [...own, ...(t.result as Member[])].map(({ pid }) => pid);
    finish(t, { body: { pids: pids.sort((a, b) => a - b) } } satisfies Payload);
  }),
]);

export interface Member {
  readonly pid: number;
  readonly session: number;
}

const membersHere = operation<{ readonly group: number }>(
  'pmm.members_here',
  'says who of its own is in a group',
  (w, { group }, t) => ({
    body: { members: membersOf(w, masterOf(w, t).id, group).map(({ pid, session }) => ({ pid, session })) },
  }),
);

/**
 * No member has a parent in another group of its session: nobody could continue it if it were stopped. [POSIX 3.242]
 * A parent whose entry another PM Master owns is taken to be able to, until it has ended; and of a group that has members at
 * several PM Masters each looks at its own.
 */
export function isOrphaned(w: OsfWorld, owner: number, group: number): boolean {
  return membersOf(w, owner, group).every((member) => {
    const parent = masterEntryOf(w, member.parent);
    if (member.parent === INIT || parent?.owner !== owner) return member.parent === INIT;
    return parent.state !== 'alive' || parent.session !== member.session || parent.group === group;
  });
}

/** The members of a group among those whose entries the PM Master owns. */
export function membersOf(w: OsfWorld, owner: number, group: number): MasterEntry[] {
  const { rows } = w.masterEntries;
  return rows.filter((each) => each.live && each.owner === owner && each.state === 'alive' && each.group === group);
}

export interface Gather {
  readonly group: number;
  others?: number[];
  readonly found: Member[];
}

/**
 * Who of the other PM Masters' processes is in a group: a group belongs to nobody, so a creation need tell nobody, and an
 * operation on a whole group asks everybody.
 */
export const gatherMembers = routine<OsfWorld, Gather>('pmm.gather_members', 'asks the other PM Masters for members', [
  step('ask the next one', (w, t, f) => {
    f.others ??= otherMasters(w, masterOf(w, t));
    const other = f.others.shift();
    if (other === undefined) return finish(t, f.found);
    rpc(w, t, other, 'pmm.members_here', { body: { group: f.group } });
  }),
  step('add what it says', (w, t, f) => {
    if (t.code === 'KERN_SUCCESS') f.found.push(...(t.body as { members: Member[] }).members);
    goTo(w, t, 'ask the next one');
  }),
]);

export const groupRoutines: readonly Routine[] = [getGroup, setGroup, setSession, members, membersHere];
