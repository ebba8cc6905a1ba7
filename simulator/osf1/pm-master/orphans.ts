/**
 * Orphans: children whose parent has ended, and groups that nobody is left to continue [mechanisms 5.3; POSIX exit(), 3.242].
 *
 * A group is *tied* by each member that has a parent in another group of its session (groups.ts). When a process ends, ties
 * end with it: its own, and those of its children. After that its PM Master has each of the groups looked at: if no tie is left, and a
 * member is stopped, all members get SIGHUP and SIGCONT. A group may have members at several PM Masters:
 *
 *   pmm.orphan          the PM Master of a child elsewhere: it is init's now; the answer is the group that it has tied     1 RPC each
 *   pmm.orphaned        the PM Master of the pid that the group is named after looks at it, once at a time         at most 1 RPC
 *   pmm.members_here    that one asks every other one: who is in it, who is stopped, who ties it                    1 RPC a node
 *   pmm.hang_up_here    and has them signal their members                                                            1 RPC a node
 *
 * Every tie that ends is followed by a look, so whichever was the last one is noticed; and of two looks the second finds that
 * the stopped are to go on already. So they are hung up once [docs/decisions/0053-groups-at-several-pm-masters.md].
 */
import { NONE, at } from '../../base/table.ts';
import { answer, rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { again, call, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { blockOn, wakeAll, type Thread } from '../../mach/thread.ts';
import { isGone } from '../pma/master-call.ts';
import type { OsfWorld } from '../world.ts';
import { INIT, masterOf, ownEntryOf, type MasterEntry } from './entry.ts';
import { callParents, type CallBacks } from './exit.ts';
import { gatherMembers, isTied, membersHereOf, type Gather, type Member } from './groups.ts';
import { hangUp, hangUpOrphaned } from './hang-up.ts';
import { findOwner, type Owner } from './owner.ts';
import { RECOVERED } from './recover.ts';

/** What is left to do: children that other PM Masters own, and groups that have lost a tie. */
export interface Orphans {
  readonly children: number[];
  readonly groups: number[];
  tries: number;
}

export const orphans = (children: readonly number[], groups: readonly number[]): Orphans => ({
  children: [...children],
  groups: [...new Set(groups)],
  tries: 0,
});

/** The groups that lose a tie when the process ends: its own, and those of its children here. */
export function tiesOf(w: OsfWorld, entry: MasterEntry): number[] {
  const { pid, owner } = entry;
  const isOfIt = (each: MasterEntry): boolean =>
    each.live && each.owner === owner && each.state === 'alive' && (each.pid === pid || each.parent === pid);
  return w.masterEntries.rows.filter((each) => isOfIt(each) && isTied(w, each)).map(({ group }) => group);
}

/** Its parent has ended. Returns the group that it has tied until now, or NONE. */
export function makeOrphan(w: OsfWorld, entry: MasterEntry): number {
  const group = entry.state === 'alive' && isTied(w, entry) ? entry.group : NONE;
  Object.assign(entry, { parent: INIT, parentGroup: NONE, parentSession: NONE });
  return group;
}

const MAXIMUM_TRIES = 8;

export const leaveOrphans = routine<OsfWorld, Orphans>('pmm.leave_orphans', 'sees to those who are left behind', [
  step('find the PM Master of the next child', (w, t, f) => {
    // It may have to take over the child, or the group, itself.
    if (masterOf(w, t).recovering) {
      blockOn(w, t, RECOVERED);
      return again(t);
    }
    const [child] = f.children;
    if (child === undefined) return goTo(w, t, 'find the PM Master of the next group');
    call(t, findOwner, { pid: child });
  }),
  step('tell it', (w, t, f) => {
    const owner = t.result as Owner;
    const child = f.children[0]!;
    if (!owner.own && owner.name !== NONE) return rpc(w, t, owner.name, 'pmm.orphan', { body: { child } });
    goTo(w, t, 'find the PM Master of the next child');
    f.children.shift();
    if (owner.own) note(f, orphanHere(w, t, child));
  }),
  step('note its group', (w, t, f) => {
    goTo(w, t, 'find the PM Master of the next child');
    if (isGone(t.code) && ++f.tries < MAXIMUM_TRIES) return;
    f.tries = 0;
    f.children.shift();
    if (t.code !== 'KERN_SUCCESS') return;
    note(f, (t.body as OrphanAnswer).groups);
  }),
  step('find the PM Master of the next group', (_w, t, f) => {
    const [group] = f.groups;
    if (group === undefined) return finish(t, null);
    call(t, findOwner, { pid: group });
  }),
  step('have it look', (w, t, f) => {
    const owner = t.result as Owner;
    const group = f.groups[0]!;
    t.code = 'KERN_SUCCESS';
    if (owner.own || owner.name === NONE) return call(t, lookAtGroup, { group } satisfies Look);
    rpc(w, t, owner.name, 'pmm.orphaned', { body: { of: group } satisfies Orphaned });
  }),
  step('go on with the next group', (w, t, f) => {
    goTo(w, t, 'find the PM Master of the next group');
    if (isGone(t.code) && ++f.tries < MAXIMUM_TRIES) return;
    f.tries = 0;
    f.groups.shift();
  }),
]);

function note(f: Orphans, groups: readonly number[]): void {
  f.groups.push(...groups.filter((group) => !f.groups.includes(group)));
}

interface OrphanAnswer {
  /** The group that it has tied, if it has. */
  readonly groups: readonly number[];
}

/** Makes a process a child of init, who is told if it has ended. Returns the group that it has tied, if it has. */
function orphanHere(w: OsfWorld, t: Thread, child: number): number[] {
  const entry = ownEntryOf(w, t, child);
  if (entry === null) return [];
  const group = makeOrphan(w, entry);
  if (entry.state === 'zombie') {
    call(t, callParents, { children: [child], how: 'exited', tries: 0 } satisfies CallBacks);
  }
  return group === NONE ? [] : [group];
}

const orphan = routine<OsfWorld, Request>('pmm.orphan', 'makes a process a child of init', [
  step('change its parent and answer', (w, t, f) => {
    const groups = orphanHere(w, t, (f.body as { child: number }).child);
    answer(w, t, f.reply, { body: { groups } satisfies OrphanAnswer });
  }),
  step('be done', (_w, t) => finish(t, null)),
]);

/** Body of `pmm.orphaned`. */
interface Orphaned {
  readonly of: number;
}

const orphaned = routine<OsfWorld, Request>('pmm.orphaned', 'sees whether a group of its pids is orphaned', [
  step('look at it', (_w, t, f) => call(t, lookAtGroup, { group: (f.body as Orphaned).of } satisfies Look)),
  step('answer', (_w, t) => finish(t, {} satisfies Payload)),
]);

interface Look {
  readonly group: number;
}

const turnAt = (group: number): string => `look at group ${group}`;

/** Hangs up a group that has lost a tie, if it was the last one, and a member is stopped. */
export const lookAtGroup = routine<OsfWorld, Look>(
  'pmm.look_at_group',
  'hangs a group up that is orphaned and stopped',
  [
    step('wait for its turn', (w, t, { group }) => {
      const { judging } = masterOf(w, t);
      if (judging.includes(group)) {
        blockOn(w, t, turnAt(group));
        return again(t);
      }
      judging.push(group);
    }),
    step('ask who is in it', (_w, t, { group }) => call(t, gatherMembers, { group, found: [] } satisfies Gather)),
    step('hang it up if it is orphaned', (w, t, { group }) => {
      const { id } = masterOf(w, t);
      const members = [...membersHereOf(w, id, group), ...(t.result as Member[])];
      if (members.some(({ tied }) => tied) || members.every(({ stopped }) => stopped === 0)) return;
      call(t, hangUp, hangUpOrphaned(w, id, group));
    }),
    step('let the next one look', (w, t, { group }) => {
      const { judging, task } = masterOf(w, t);
      judging.splice(judging.indexOf(group), 1);
      wakeAll(w, at(w.tasks, task), turnAt(group));
    }),
  ],
);

export const orphanRoutines: readonly Routine[] = [orphan, orphaned];
