/** The state of the servers that manage processes, besides procs and vprocs: PMAs, PM Masters, the statistics monitor. */

/** What a PMA has besides its procs and vprocs. */
export interface PmaState {
  readonly node: string;
  /** Migrations that come in, or stand in line to: the first has its turn. */
  readonly incoming: readonly { readonly migration: number; readonly from: string; readonly group: boolean }[];
  /** Processes that are to be moved away, the migration if they stand in line for it, and the node of the PMA that sees to it. */
  readonly outgoing: readonly { readonly pid: number; readonly migration: number | null; readonly by: string }[];
  /** Pids of processes that have ended while no PM Master could be told. */
  readonly untold: readonly number[];
  /** Rows on its free list: procs that have ended or moved away, to be used again. [mechanisms 5.1] */
  readonly free: number;
}

/** A PM Master: what it may give out, and which pids it knows the owners of. */
export interface MasterState {
  readonly node: string;
  /** It gives the blocks of pids to the others. */
  readonly broker: boolean;
  /** It has come back and asks the PMAs what there is: other requests wait. */
  readonly recovering: boolean;
  /** The pid that it gives out next; null if it has none left and has to ask for a block. */
  readonly nextPid: number | null;
  /** Blocks whose owner it knows, its own among them. */
  readonly blocks: readonly PidBlock[];
  /** The pids of the processes in its table that have not been waited for. */
  readonly processes: readonly number[];
  /** Children elsewhere: processes whose entries another PM Master owns. */
  readonly elsewhere: readonly number[];
}

export interface PidBlock {
  readonly first: number;
  /** Null: no end, there is one PM Master. */
  readonly last: number | null;
  /** Node of the PM Master that owns it. */
  readonly owner: string;
}

/** What the statistics monitor has been told; times in nanoseconds. */
export interface MonitorState {
  readonly node: string;
  readonly processes: readonly ProcessStatistics[];
  readonly migrations: readonly MigrationStatistics[];
}

/** A process that has ended. */
export interface ProcessStatistics {
  readonly pid: number;
  readonly name: string;
  /** Where it ended. */
  readonly node: string;
  /** From its creation to its end. */
  readonly execution: number;
  /** Processor time that it and the children that it waited for have used. */
  readonly usage: number;
  readonly migrations: number;
}

/** A migration that is over. A time is null if the migration did not come so far. */
export interface MigrationStatistics {
  readonly migration: number;
  readonly pid: number;
  readonly name: string;
  readonly by: 'process' | 'task';
  readonly from: string;
  readonly to: string;
  readonly outcome: string;
  /** From the decision until it was frozen. */
  readonly freezingTime: number | null;
  /** While it did not run. */
  readonly freezeTime: number | null;
  /** While its Mach task was moved. */
  readonly taskTime: number | null;
  /** From the decision until everything was cleaned up. */
  readonly totalTime: number | null;
}
