/**
 * What is known of a process at one moment: what its PMA keeps of it (two PMAs, while it moves), its line in the PM
 * Master's table, its Mach task, and the vprocs of all nodes. It is found again by its pid, wherever it is.
 */
import type { ProcState } from '../../simulator/inspect/state-processes.ts';
import type { ClusterState, MasterEntry, TaskState, VprocState } from '../../simulator/inspect/state.ts';

export interface ProcessOwner {
  readonly pid: number;
}

export interface KnownProcess {
  readonly pid: number;
  readonly state: ClusterState;
  /** The active one first, or the one that is being installed. */
  readonly procs: readonly ProcState[];
  readonly entry: MasterEntry | undefined;
  readonly task: TaskState | undefined;
  readonly vprocs: readonly VprocState[];
}

/** Null if nobody knows a process of this pid. */
export function knownProcess(state: ClusterState | null, { pid }: ProcessOwner): KnownProcess | null {
  if (state === null) return null;
  const procs = state.procs.filter((proc) => proc.pid === pid);
  const entry = state.processes.find((process) => process.pid === pid);
  if (procs.length === 0 && entry === undefined) return null;
  return {
    pid,
    state,
    procs: [...procs].sort((a, b) => Number(isLeft(a)) - Number(isLeft(b))),
    entry,
    task: state.tasks.find((task) => task.pid === pid && task.kind === 'process'),
    vprocs: state.vprocs.filter((vproc) => vproc.pid === pid),
  };
}

/** It is kept for recovery only: the process is on its way to another node. */
const isLeft = ({ list, state }: ProcState): boolean => list === 'migrating' && state !== 'attaching';
