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
import { isGone } from '../pma/master-call.ts';
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
  /** What it is now. */
  moved?: Moved;
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
    const members = [...membersOf(w, masterOf(w, t).id, wanted), ...((t.result as Member[] | null) ?? [])];
    if (wanted !== of && !members.some(({ session }) => session === entry.session)) return finish(t, failure('EPERM'));
    entry.group = wanted;
    tellOfParent(t, f, entry);
  }),
  step('answer', (_w, t, f) => finish(t, { body: f.moved } satisfies Payload)),
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
    tellOfParent(t, f, entry);
  }),
  step('answer', (_w, t, f) => finish(t, { body: f.moved } satisfies Payload)),
]);

interface Moved {
  readonly group: number;
  readonly session: number;
}

interface TellOfParent extends Moved {
  readonly children: number[];
  tries: number;
}

function tellOfParent(t: Thread, f: GroupCall, { group, session, elsewhere }: MasterEntry): void {
  f.moved = { group, session };
  call(t, tellOwners, { ...f.moved, children: [...elsewhere], tries: 0 } satisfies TellOfParent);
}

const MAXIMUM_TRIES = 8;

/** A process is in another group: the PM Masters of children that are not in this table keep in which one (isTied). */
export const tellOwners = routine<OsfWorld, TellOfParent>('pmm.tell_owners', 'tells of the group of a parent', [
  step('find the PM Master of the next child elsewhere', (_w, t, f) => {
    const [child] = f.children;
    if (child === undefined) return finish(t, null);
    call(t, findOwner, { pid: child });
  }),
  step('tell it', (w, t, f) => {
    const owner = t.result as Owner;
    t.code = 'KERN_SUCCESS';
    if (owner.own || owner.name === NONE) return;
    const body: ParentMoved = { child: f.children[0]!, group: f.group, session: f.session };
    rpc(w, t, owner.name, 'pmm.parent_moved', { body });
  }),
  step('go on with the next one', (w, t, f) => {
    if (!isGone(t.code) || ++f.tries >= MAXIMUM_TRIES) {
      f.children.shift();
      f.tries = 0;
    }
    goTo(w, t, 'find the PM Master of the next child elsewhere');
  }),
]);

/** Group and session of the parent of a child. */
export interface ParentMoved extends Moved {
  readonly child: number;
}

const parentMoved = operation<ParentMoved>('pmm.parent_moved', 'hears of the group of a parent', (w, said, t) => {
  noteParent(ownEntryOf(w, t, said.child), said);
  return {};
});

/** Keeps what the PM Master of a parent says of it. */
export function noteParent(entry: MasterEntry | null, { group, session }: Moved): void {
  if (entry !== null && entry.parent !== INIT) Object.assign(entry, { parentGroup: group, parentSession: session });
}

/** The members of a group at this moment, in the order of their pids: whom killpg reaches [P8]. */
const members = routine<OsfWorld, Request>('pmm.members', 'says who is in a group', [
  step('ask the other PM Masters', (_w, t, f) => {
    call(t, gatherMembers, { group: (f.body as { group: number }).group, found: [] } satisfies Gather);
  }),
  step('answer', (w, t, f) => {
    const own = membersOf(w, masterOf(w, t).id, (f.body as { group: number }).group);
    const pids = [...own, ...(t.result as Member[])].map(({ pid }) => pid);
    finish(t, { body: { pids: pids.sort((a, b) => a - b) } } satisfies Payload);
  }),
]);

/** What the PM Masters tell one another of a member. */
export interface Member {
  readonly pid: number;
  readonly session: number;
  readonly stopped: number;
  readonly tied: boolean;
}

const membersHere = operation<{ readonly group: number }>(
  'pmm.members_here',
  'says who of its own is in a group',
  (w, { group }, t) => ({
    body: { members: membersHereOf(w, masterOf(w, t).id, group) },
  }),
);

/**
 * It has a parent in another group of its session, who could continue it if it were stopped: a group without such a member is
 * orphaned [POSIX 3.242]. Of a parent that is another PM Master's this one keeps what it has been told; if that is not known,
 * because its own entry has only just been taken over, the parent is taken to be able to.
 */
export function isTied(w: OsfWorld, { owner, parent, group, session, ...entry }: MasterEntry): boolean {
  if (parent === INIT) return false;
  const known = masterEntryOf(w, parent);
  if (known?.owner === owner) return known.state === 'alive' && known.session === session && known.group !== group;
  return entry.parentGroup === NONE || (entry.parentSession === session && entry.parentGroup !== group);
}

/** The members among its own, as it tells of them. */
export function membersHereOf(w: OsfWorld, owner: number, group: number): Member[] {
  return membersOf(w, owner, group).map((entry) => {
    const { pid, session, stopped } = entry;
    return { pid, session, stopped, tied: isTied(w, entry) };
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

export const groupRoutines: readonly Routine[] = [getGroup, setGroup, setSession, members, membersHere, parentMoved];
