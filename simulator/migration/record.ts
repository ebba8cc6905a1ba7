/**
 * The record of a migration: which phase it is in, when it got there, and how it ended.
 *
 * It is what the statistics monitor of the paper's section 4 collects, not something that the servers act on; they act
 * on their own state. A record lives for the whole run. Stamps are virtual times in nanoseconds, NONE until reached:
 *
 *   decision   somebody asked for it                         freezing time = frozen - decision
 *   frozen     no thread runs, no call is in progress
 *   detached   its copy is on its way to the destination
 *   installed  the destination has accepted it                task time = moved - installed
 *   moved      its Mach task is at the destination
 *   resumed    it runs again (here or there)                  freeze time = resumed - suspended
 *   ended      everything is cleaned up                       total time = ended - decision
 *
 * A Mach task that is no process has a record too: its pid is NONE.
 */
import type { Phase } from '../base/notice.ts';
import { follow, followed } from '../base/ledger.ts';
import { NONE, at, table, take, type Row, type Table } from '../base/table.ts';
import { tell } from '../mach/world.ts';
import { announce, migrationChannel, phaseChannel } from '../osf1/announce.ts';
import { endLostTasks } from '../osf1/started-tasks.ts';
import type { OsfWorld } from '../osf1/world.ts';
import type { CallTreatment } from '../workload/program.ts';
import type { Agent } from './agent/agent.ts';
import type { Prepared } from './agent/early.ts';
import type { Ghost } from './task/ghost.ts';
import { simply, type TaskMove } from './task/how.ts';
import type { OmsObject } from './task/oms/object.ts';
import type { Relay } from './task/relay.ts';

export interface Stamps {
  decision: number;
  suspended: number;
  frozen: number;
  detached: number;
  installed: number;
  moved: number;
  resumed: number;
  ended: number;
}

export interface Migration extends Row {
  /** NONE: the task is no process. */
  pid: number;
  name: string;
  by: 'process' | 'task';
  from: number;
  to: number;
  /** Empty until it is decided. */
  phase: Phase | '';
  /** Step 1..17 of mechanisms 5.5 (process), or of 4.2 (task). */
  step: number;
  /** From here on the source cannot take the process back: its first receive right is about to move [4.6]. */
  committed: boolean;
  outcome: '' | 'done' | 'refused' | 'failed';
  reason: string;
  readonly stamps: Stamps;
  /** Account that its cost is booked on. */
  activity: number;
  /** Identity of the process's main thread: what the notices are about. */
  thread: number;
  /** How its Mach task is moved. */
  readonly how: TaskMove;
  /** What becomes of its system calls in progress. */
  readonly calls: CallTreatment;
  /** The migration group that it belongs to; 0: none. */
  group: number;
  /** Row of the Mach task: the old one until it is here, then the new one; NONE if nobody has said or it is gone. */
  task: number;
  /** Row of the new task while it is being made, or NONE. */
  made: number;
  /** Pages that were moved while the task ran, and while it was frozen; the others follow when they are touched. */
  readonly pages: { before: number; frozen: number };
  /** What the task was when it was frozen: kept while it moves, and only if somebody watches. */
  ghost: Ghost | null;
}

export interface MigrationTables {
  readonly migrations: Table<Migration>;
  /** The migration servers: of the nodes that have no PMA, and of those that were asked for more than a PMA does. */
  readonly agents: Table<Agent>;
  /** Tasks that were copied before their processes can come. */
  readonly prepared: Table<Prepared>;
  /** Kernel ports of tasks that have moved, which a migration server stands in for. */
  readonly relays: Table<Relay>;
  /** Memory objects that migration servers supply the pages of. */
  readonly omsObjects: Table<OmsObject>;
}

export function migrationTables(): MigrationTables {
  return { migrations: table(), agents: table(), prepared: table(), relays: table(), omsObjects: table() };
}

export interface MigrationWorld extends OsfWorld, MigrationTables {}

export function migrationOpen(
  w: MigrationWorld,
  fields: Pick<Migration, 'pid' | 'name' | 'by' | 'from' | 'to' | 'activity' | 'thread'> &
    Partial<Pick<Migration, 'how' | 'task' | 'calls'>>,
): Migration {
  follow(at(w.ledger, fields.activity), w.time);
  return take(w.migrations, (id) => ({
    id,
    live: true,
    phase: '',
    step: 1,
    committed: false,
    outcome: '',
    reason: '',
    stamps: {
      decision: w.time,
      suspended: NONE,
      frozen: NONE,
      detached: NONE,
      installed: NONE,
      moved: NONE,
      resumed: NONE,
      ended: NONE,
    },
    calls: 'await',
    group: 0,
    task: NONE,
    made: NONE,
    pages: { before: 0, frozen: 0 },
    ghost: null,
    ...fields,
    how: { ...(fields.how ?? simply) },
  }));
}

/** The decision is taken now, and not when somebody wished for it: from here its time is counted. */
export function decided(w: MigrationWorld, id: number): void {
  const m = at(w.migrations, id);
  m.stamps.decision = w.time;
  follow(at(w.ledger, m.activity), w.time);
}

/** What people call it: migrations are counted from 1. */
export function numberOf(m: Migration): number {
  return m.id + 1;
}

/** The migration enters a phase: this is what a breakpoint on the phase stops at. `node` is where it happens. */
export function enterPhase(w: MigrationWorld, id: number, phase: Phase, node: number): void {
  const m = at(w.migrations, id);
  m.phase = phase;
  const { pid, thread } = m;
  w.notices.push({ kind: 'phase', phase, migration: numberOf(m), pid, node: at(w.nodes, node).name, thread });
  announce(w, phaseChannel(pid));
}

/** The migration is over; who waits for its end goes on. A second end changes nothing. */
export function migrationEnd(w: MigrationWorld, id: number, outcome: 'done' | 'refused' | 'failed', reason = ''): void {
  const m = at(w.migrations, id);
  if (m.outcome !== '') return;
  m.outcome = outcome;
  m.reason = reason;
  m.stamps.ended = w.time;
  followed(at(w.ledger, m.activity), w.time);
  m.made = NONE;
  m.ghost = null;
  // What had been built of a task elsewhere may have been all that was left of it.
  if (outcome === 'failed') endLostTasks(w);
  announce(w, migrationChannel(id));
  announce(w, phaseChannel(m.pid));
}

/** The migration performs this step of the protocol. */
export function atStep(w: MigrationWorld, id: number, number: number): void {
  const m = at(w.migrations, id);
  m.step = number;
  if (w.setup.watched)
    tell(w, 'step', m.from, null, m.thread, `step ${number} of migration ${numberOf(m)}, pid ${m.pid} ${m.name}`);
}

export function stamp(w: MigrationWorld, id: number, which: keyof Stamps): void {
  at(w.migrations, id).stamps[which] = w.time;
}

/** Nanoseconds between two stamps, or NONE if one of them was not reached. */
export function between(m: Migration, from: keyof Stamps, to: keyof Stamps): number {
  const { stamps } = m;
  return stamps[from] === NONE || stamps[to] === NONE ? NONE : stamps[to] - stamps[from];
}
