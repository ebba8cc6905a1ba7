/**
 * The PM Master's table: pids, relations, where each process is, and how those that have ended did [mechanisms 5.1].
 *
 * A pid is given out once per run and never again. An entry lives for the whole run, so that what happened can be read
 * off it: *alive*, then *zombie* from exit until somebody has waited for it, then *reaped*.
 *
 * There may be a PM Master on each node: then every entry has one that owns it, and only that one looks at it. People may
 * look at all of them (`masterEntryOf`) [docs/decisions/0049-a-pm-master-on-each-node.md].
 */
import { NONE, take, type Row } from '../../base/table.ts';
import type { Thread } from '../../mach/thread.ts';
import type { OsfWorld } from '../world.ts';

export interface PmMaster extends Row {
  node: number;
  task: number;
  // Names in the space of its task.
  self: number;
  service: number;
  /** The pids that it gives out next: the rest of a block, and first pids of blocks that it has not begun. */
  nextPid: number;
  lastPid: number;
  readonly spare: number[];
  /** The block that it gives out next while it is the broker (owner.ts). */
  nextBlock: number;
  /** Whose the blocks are, as far as it knows: the broker knows all. */
  readonly blocks: { readonly block: number; node: number }[];
  /** Send rights to the other PM Masters, by node, as far as they have been asked for; NONE elsewhere. */
  readonly peers: number[];
  /** It has come back, or takes over what another one had, and its table is not whole yet: requests wait (recover.ts). */
  recovering: boolean;
  /** Nodes that have failed since it began to ask what there is. */
  lost: number;
  /** The node that was chosen last, in turn; NONE before the first. */
  lastPlace: number;
  /** Groups of its pids that it is just looking at: whether anybody is left to continue them (orphans.ts). */
  readonly judging: number[];
}

export function masterAllocate(
  w: OsfWorld,
  fields: Pick<PmMaster, 'node' | 'task' | 'self' | 'service'> & Partial<PmMaster>,
): PmMaster {
  return take(w.pmMasters, (id) => ({
    id,
    live: true,
    nextPid: 0,
    lastPid: NONE,
    spare: [],
    nextBlock: 0,
    blocks: [],
    peers: [],
    recovering: false,
    lost: 0,
    lastPlace: NONE,
    judging: [],
    ...fields,
  }));
}

export interface MasterEntry extends Row {
  /** Row of the PM Master whose entry it is. */
  owner: number;
  pid: number;
  name: string;
  parent: number;
  /** Children whose entries other PM Masters own: those that it had when it was last looked. */
  elsewhere: number[];
  /** Process group and session, each by the pid of who leads it or has led it. */
  group: number;
  session: number;
  /** The same of a parent whose entry another PM Master owns, as that one has said; NONE otherwise, and until it has. */
  parentGroup: number;
  parentSession: number;
  /** Of a session leader: the group in the foreground of the session's terminal; NONE without a terminal. */
  foreground: number;
  node: number;
  state: 'alive' | 'zombie' | 'reaped';
  /** How it has ended, meaningless while alive: the three parts of osf1/ended.ts. */
  status: number;
  signal: number;
  lost: boolean;
  /** The signal that has stopped it, 0 while it runs; and whether its parent has still to be told of the last change. */
  stopped: number;
  unreported: boolean;
  /** Processor time that it and its waited-for children have used (ns), once it has ended; of that, computation. */
  usage: number;
  computed: number;
  /** Name, in the PM Master's space, of the send right to the PMA of the process; NONE before it is registered. */
  capability: number;
  migrations: number;
  /** Signals delivered, reported at exit. */
  delivered: number;
}

/** The first process: parent of all that have no other. */
export const INIT = 1;

/** What is known of a process when it gets its pid. */
export interface NewEntry {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly group: number;
  readonly session: number;
  readonly node?: number;
}

export function masterEntryAllocate(w: OsfWorld, master: PmMaster, known: NewEntry): MasterEntry {
  const entry = take(w.masterEntries, (id): MasterEntry => ({
    id,
    live: true,
    owner: master.id,
    ...known,
    parentGroup: NONE,
    parentSession: NONE,
    elsewhere: [],
    foreground: NONE,
    node: known.node ?? NONE,
    state: 'alive',
    stopped: 0,
    unreported: false,
    status: NONE,
    signal: 0,
    lost: false,
    usage: 0,
    computed: 0,
    capability: NONE,
    migrations: 0,
    delivered: 0,
  }));
  w.entryByPid.set(known.pid, entry.id);
  return entry;
}

/** The entry of a pid that was given out, whoever owns it, or null: for people, and for servers only where there is one. */
export function masterEntryOf(w: OsfWorld, pid: number): MasterEntry | null {
  return w.masterEntries.rows[w.entryByPid.get(pid) ?? NONE] ?? null;
}

/** The PM Master that the thread belongs to. */
export function masterOf(w: OsfWorld, t: Thread): PmMaster {
  for (const master of w.pmMasters.rows) if (master.live && master.task === t.task) return master;
  throw new RangeError(`${t.name} is no thread of a PM Master`);
}

/** The entry of a pid in the table of the PM Master that the thread belongs to, or null. */
export function ownEntryOf(w: OsfWorld, t: Thread, pid: number): MasterEntry | null {
  const entry = masterEntryOf(w, pid);
  return entry !== null && entry.owner === masterOf(w, t).id ? entry : null;
}

/** The table of that PM Master. */
export function ownEntries(w: OsfWorld, { id }: PmMaster): MasterEntry[] {
  return w.masterEntries.rows.filter((entry) => entry.live && entry.owner === id);
}

/** The entry of a pid in the new table; what people knew of it stays on record until something better is known. */
export function reenter(w: OsfWorld, master: PmMaster, pid: number, name: string): MasterEntry {
  const known = masterEntryOf(w, pid);
  if (known === null) return masterEntryAllocate(w, master, { pid, parent: INIT, name, group: pid, session: pid });
  if (known.owner !== master.id) {
    const unknown = { parentGroup: NONE, parentSession: NONE };
    Object.assign(known, { owner: master.id, capability: NONE, elsewhere: [], ...unknown });
  }
  return known;
}
