/**
 * The local process state as it travels in `migration.request`: the proc and user structures, the credentials and the
 * resource usage, with the nine capabilities [paper 3.2 (b), mechanisms 5.4]. Everything else of a process moves with its
 * Mach task, or stays with the PM Master and does not change.
 */
import { copy } from '../../base/plain.ts';
import { NONE } from '../../base/table.ts';
import type { Carried } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND } from '../../mach/ipc/right.ts';
import type { Creations } from '../../osf1/creation-rate.ts';
import { procNames, type Proc, type ProcNames } from '../../osf1/proc.ts';
import type { Relations } from '../../osf1/proc.ts';

export interface LocalState {
  readonly migration: number;
  /** Under which it stands in line at the destination (turn.ts). */
  readonly turn: number;
  readonly pid: number;
  readonly name: string;
  readonly uid: number;
  readonly realUid: number;
  readonly savedUid: number;
  readonly executed: boolean;
  readonly activity: number;
  readonly stopped: boolean;
  readonly signals: Proc['signals'];
  readonly timer: Pick<Proc['timer'], 'expires' | 'interval'>;
  /** Processor time on all nodes so far, and what the account showed then: usage goes on without a step [P7]. */
  readonly accumulated: number;
  readonly base: number;
  readonly ofChildren: number;
  readonly created: number;
  readonly migrations: number;
  readonly migratable: boolean;
  readonly migrationGroup: number;
  readonly creations: Creations;
  readonly relations: Relations;
  readonly children: readonly number[];
  readonly exited: readonly number[];
  readonly changed: Proc['changed'];
  /** Which of the capabilities come along, in order. */
  readonly which: readonly (keyof ProcNames)[];
}

/** A copy of the state; `processor` is what the kernel says that the process has used. The process is frozen [P5]. */
export function localState(migration: number, turn: number, proc: Proc, processor: number): LocalState {
  const { pid, name, uid, activity, usage, created, migrations } = proc;
  return {
    migration,
    turn,
    pid,
    name,
    uid,
    realUid: proc.realUid,
    savedUid: proc.savedUid,
    executed: proc.executed,
    activity,
    stopped: proc.state === 'stopped',
    signals: copy(proc.signals),
    timer: { expires: proc.timer.expires, interval: proc.timer.interval },
    accumulated: usage.accumulated + processor - usage.base,
    base: processor,
    ofChildren: usage.children,
    created,
    migrations,
    migratable: proc.migratable,
    migrationGroup: proc.migrationGroup,
    creations: { ...proc.creations },
    relations: { ...proc.relations },
    children: [...proc.children],
    exited: [...proc.exited],
    changed: proc.changed.map((each) => ({ ...each })),
    which: procNames.filter((each) => proc.names[each] !== NONE),
  };
}

export function localRights(proc: Proc): Carried[] {
  const held = procNames.map((each) => proc.names[each]).filter((name) => name !== NONE);
  return held.map((name) => ({ name, disposition: COPY_SEND }));
}

/** Fills a new proc at the destination. Scheduling priority is not carried over [paper 3.2 (c)]. */
export function installState(proc: Proc, state: LocalState, names: readonly number[], now: number): void {
  const { name, uid, realUid, savedUid, executed, activity, accumulated, base, created } = state;
  Object.assign(proc, { name, uid, realUid, savedUid, executed, activity, created });
  proc.state = 'attaching';
  proc.list = 'migrating';
  proc.signals = copy(state.signals);
  proc.timer = { ...state.timer, clock: NONE };
  proc.usage = { accumulated, base, children: state.ofChildren };
  proc.migratable = state.migratable;
  proc.migrationGroup = state.migrationGroup;
  proc.creations = { ...state.creations };
  proc.migrations = state.migrations + 1;
  proc.lastMigrated = now;
  proc.relations = { ...state.relations };
  proc.children = [...state.children];
  proc.exited = [...state.exited];
  proc.changed = state.changed.map((each) => ({ ...each }));
  state.which.forEach((which, place) => (proc.names[which] = names[place]!));
}
