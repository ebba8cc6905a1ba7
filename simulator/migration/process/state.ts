/**
 * The local process state as it travels in `migration.request`: the proc and user structures, the credentials and the
 * resource usage, with the nine capabilities [paper 3.2 (b), mechanisms 5.4]. Everything else of a process moves with its
 * Mach task, or stays with the PM Master and does not change.
 */
import { copy } from '../../base/plain.ts';
import { NONE } from '../../base/table.ts';
import type { Carried } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND } from '../../mach/ipc/right.ts';
import type { TaskInfo } from '../../mach/kernel-services/task-services.ts';
import type { Creations } from '../../osf1/creation-rate.ts';
import type { Limits } from '../../osf1/limits.ts';
import { procNames, type Counted, type Proc, type ProcNames } from '../../osf1/proc.ts';
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
  readonly usage: Proc['usage'];
  readonly limits: Limits;
  readonly nice: number;
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

/** A copy of the state; `info` is what the kernel says that the process has used. The process is frozen [P5]. */
export function localState(migration: number, turn: number, proc: Proc, info: Used): LocalState {
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
    usage: {
      ...upTo(usage, info.processor),
      computed: upTo(usage.computed, info.computed),
    },
    limits: copy(proc.limits),
    nice: proc.nice,
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

type Used = Pick<TaskInfo, 'processor' | 'computed'>;

/** What was counted on this node is accumulated now. */
const upTo = ({ accumulated, base, children }: Counted, now: number): Counted => ({
  accumulated: accumulated + now - base,
  base: now,
  children,
});

export function localRights(proc: Proc): Carried[] {
  const held = procNames.map((each) => proc.names[each]).filter((name) => name !== NONE);
  return held.map((name) => ({ name, disposition: COPY_SEND }));
}

/** Fills a new proc at the destination. How nice it is goes along; the priority that it had come to does not [paper 3.2 (c)]. */
export function installState(proc: Proc, state: LocalState, names: readonly number[], now: number): void {
  const { name, uid, realUid, savedUid, executed, activity, nice, created } = state;
  Object.assign(proc, { name, uid, realUid, savedUid, executed, activity, nice, created });
  proc.state = 'attaching';
  proc.list = 'migrating';
  proc.signals = copy(state.signals);
  proc.timer = { ...state.timer, clock: NONE };
  proc.usage = copy(state.usage);
  proc.limits = copy(state.limits);
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
