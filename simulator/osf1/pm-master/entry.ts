/**
 * The PM Master's table: pids, relations, where each process is, and how those that have ended did [mechanisms 5.1].
 *
 * A pid is given out once per run and never again. An entry lives for the whole run, so that what happened can be read
 * off it: *alive*, then *zombie* from exit until somebody has waited for it, then *reaped*.
 */
import { NONE, take, type Row } from '../../base/table.ts';
import type { OsfWorld } from '../world.ts';

export interface PmMaster extends Row {
  node: number;
  task: number;
  // Names in the space of its task.
  self: number;
  service: number;
  nextPid: number;
}

export interface MasterEntry extends Row {
  pid: number;
  name: string;
  parent: number;
  /** Process group and session, each by the pid of who leads it or has led it. */
  group: number;
  session: number;
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
  /** Processor time that it and its waited-for children have used (ns), once it has ended. */
  usage: number;
  /** Name, in the PM Master's space, of the send right to the PMA of the process; NONE before it is registered. */
  capability: number;
  migrations: number;
  /** Signals delivered, reported at exit. */
  delivered: number;
}

/** The first process: parent of all that have no other. */
export const INIT = 1;

export function masterEntryAllocate(w: OsfWorld, pid: number, parent: number, name: string): MasterEntry {
  const family = parent === INIT || parent === pid ? null : masterEntryOf(w, parent);
  return take(w.masterEntries, (id) => ({
    id,
    live: true,
    pid,
    name,
    parent,
    group: family?.group ?? pid,
    session: family?.session ?? pid,
    foreground: NONE,
    node: NONE,
    state: 'alive',
    status: NONE,
    signal: 0,
    lost: false,
    stopped: 0,
    unreported: false,
    usage: 0,
    capability: NONE,
    migrations: 0,
    delivered: 0,
  }));
}

/** The entry of a pid that was given out, or null: pids and rows are given out in the same order. */
export function masterEntryOf(w: OsfWorld, pid: number): MasterEntry | null {
  const entry = w.masterEntries.rows[pid - INIT];
  return entry?.pid === pid ? entry : null;
}
