/**
 * Controlling terminals: a relation of a session, so the PM Master's [mechanisms 5.1, 5.4]. The leader's entry says which
 * process group is in the foreground; NONE is a session without a terminal. A leader gets one by opening /dev/tty. A process
 * whose entry another PM Master owns than that of its leader has no terminal.
 */
import { NONE } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import type { Routine } from '../../mach/routine.ts';
import type { OsfWorld } from '../world.ts';
import { masterEntryOf, ownEntryOf, type MasterEntry } from './entry.ts';
import { isOrphaned, membersOf } from './groups.ts';
import { operation } from './operation.ts';

/** What a PMA is told of the terminal of a process. */
export interface TerminalAnswer {
  /** The process group in the foreground, and that of the process. */
  readonly foreground: number;
  readonly group: number;
  /** Nobody could continue the process's group if it were stopped. */
  readonly orphaned: boolean;
}

/** The leader of a process's session, if the session has a terminal. */
function leaderOf(w: OsfWorld, entry: MasterEntry): MasterEntry | null {
  const leader = masterEntryOf(w, entry.session);
  return leader?.owner !== entry.owner || leader.foreground === NONE ? null : leader;
}

function terminalOf(w: OsfWorld, entry: MasterEntry): Payload {
  const leader = leaderOf(w, entry);
  if (leader === null) return { code: 'ENOTTY' };
  const { group } = entry;
  const body: TerminalAnswer = { foreground: leader.foreground, group, orphaned: isOrphaned(w, entry.owner, group) };
  return { body };
}

interface Asked {
  readonly pid: number;
}

const openTerminal = operation<Asked>('pmm.open_terminal', 'gives a session its terminal', (w, { pid }, t) => {
  const entry = ownEntryOf(w, t, pid);
  if (entry?.state !== 'alive') return { code: 'ESRCH' };
  if (entry.session === pid && entry.foreground === NONE) entry.foreground = entry.group;
  return leaderOf(w, entry) === null ? { code: 'ENXIO' } : {};
});

const getTerminal = operation<Asked>('pmm.get_terminal', 'says who is in the foreground', (w, { pid }, t) => {
  const entry = ownEntryOf(w, t, pid);
  return entry?.state === 'alive' ? terminalOf(w, entry) : { code: 'ESRCH' };
});

/** Body of `pmm.set_foreground`. */
export interface SetForeground extends Asked {
  readonly group: number;
}

const setForeground = operation<SetForeground>(
  'pmm.set_foreground',
  'puts a group into the foreground',
  (w, { pid, group }, t) => {
    const entry = ownEntryOf(w, t, pid);
    if (entry?.state !== 'alive') return { code: 'ESRCH' };
    const leader = leaderOf(w, entry);
    if (leader === null) return { code: 'ENOTTY' };
    if (!membersOf(w, entry.owner, group).some(({ session }) => session === entry.session)) return { code: 'EPERM' };
    leader.foreground = group;
    return {};
  },
);

export const terminalRoutines: readonly Routine[] = [openTerminal, getTerminal, setForeground];
