/**
 * Process groups and sessions: relations, so the PM Master's [mechanisms 5.1]. A process is born into the group and the
 * session of its parent; what init has started leads a group and a session of its own. Moving changes none of it [P2].
 */
import { NONE } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import type { Routine } from '../../mach/routine.ts';
import type { OsfWorld } from '../world.ts';
import { masterEntryOf, type MasterEntry } from './entry.ts';
import { operation } from './operation.ts';

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

function alive(w: OsfWorld, pid: number): MasterEntry | null {
  const entry = masterEntryOf(w, pid);
  return entry?.state === 'alive' ? entry : null;
}

const getGroup = operation<Asked>('pmm.get_group', 'says to whom a process belongs', (w, { of }) => {
  const entry = alive(w, of);
  return entry === null ? failure('ESRCH') : { body: { group: entry.group, session: entry.session } };
});

/** A process, or a child of it, joins a group of its session or makes one; who leads a session stays what it is. */
const setGroup = operation<SetGroup>('pmm.set_group', 'moves a process into a group', (w, { pid, of, group }) => {
  const entry = alive(w, of);
  const caller = alive(w, pid);
  if (entry === null || caller === null || (of !== pid && entry.parent !== pid)) return failure('ESRCH');
  if (entry.session === of || entry.session !== caller.session) return failure('EPERM');
  const wanted = group === 0 ? of : group;
  if (wanted !== of && !membersOf(w, wanted).some(({ session }) => session === entry.session)) return failure('EPERM');
  entry.group = wanted;
  return {};
});

const setSession = operation<Asked>('pmm.set_session', 'makes a process the leader of a session', (w, { of }) => {
  const entry = alive(w, of);
  if (entry === null) return failure('ESRCH');
  if (membersOf(w, of).length > 0) return failure('EPERM');
  entry.group = of;
  entry.session = of;
  entry.foreground = NONE;
  return { body: { group: of, session: of } };
});

/** The members of a group at this moment, in the order of their pids: whom killpg reaches [P8]. */
const members = operation<{ readonly group: number }>('pmm.members', 'says who is in a group', (w, { group }) => ({
  body: { pids: membersOf(w, group).map(({ pid }) => pid) },
}));

/**
 * No member has a parent in another group of its session: nobody could continue it if it were stopped. [POSIX 3.242]
 */
export function isOrphaned(w: OsfWorld, group: number): boolean {
  return membersOf(w, group).every((member) => {
    const parent = alive(w, member.parent);
    return parent === null || parent.session !== member.session || parent.group === group;
  });
}

export function membersOf(w: OsfWorld, group: number): MasterEntry[] {
  return w.masterEntries.rows.filter((entry) => entry.live && entry.state === 'alive' && entry.group === group);
}

export const groupRoutines: readonly Routine[] = [getGroup, setGroup, setSession, members];
