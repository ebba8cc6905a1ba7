/**
 * The local state of the UNIX processes, as their PMAs keep it: the part of ClusterState that is the PMAs' own.
 *
 * While a process migrates two PMAs have a proc of its pid: the source one on its migrating list, for recovery, and the
 * destination a new one [mechanisms 5.4, 5.5]. Times are nanoseconds.
 */

/** One proc of one PMA. */
export interface ProcState {
  readonly node: string;
  readonly pid: number;
  readonly name: string;
  readonly list: 'active' | 'migrating';
  /** `creating`, `running`, `stopped`, `exiting`, `attaching`; what its vproc says: `frozen`. */
  readonly state: string;
  /** From the PM Master: the parent, process group and session; null if it does not know the process. */
  readonly relations: { readonly parent: number; readonly group: number; readonly session: number } | null;
  readonly credentials: CredentialsState;
  readonly signals: SignalState;
  /** What it may use. */
  readonly limits: readonly LimitState[];
  /** How much it gives way to others: -20 to 19. */
  readonly nice: number;
  readonly usage: UsageState;
  readonly created: number;
  /** When it came to this node; null if it was created here. */
  readonly lastMigrated: number | null;
  readonly migrations: number;
  /** pcntl(DISALLOW) clears it. */
  readonly migratable: boolean;
  /** Those of one migration group move together; 0: it moves by itself. [mechanisms 5.7] */
  readonly migrationGroup: number;
  /** How many processes it has created, and how many it creates in a minute, smoothed (avencreate). */
  readonly creations: { readonly total: number; readonly average: number };
  /** Pids of the children that have not been waited for, of those that have exited, and that have stopped or go on. */
  readonly children: readonly number[];
  readonly exited: readonly number[];
  readonly changed: readonly number[];
  /** Requests for the process that threads of the PMA are executing. [P5] */
  readonly calls: readonly CallState[];
  /** The queue Q: requests accepted while it is frozen or being installed, in order. */
  readonly pending: readonly RequestState[];
  /** The capabilities that the PMA keeps of it. [mechanisms 5.4] */
  readonly capabilities: readonly ProcCapabilityState[];
}

/** The users of the process. */
export interface CredentialsState {
  /** Effective. */
  readonly uid: number;
  readonly realUid: number;
  readonly savedUid: number;
}

export interface SignalState {
  /** Numbers of the signals that the process ignores. */
  readonly ignored: readonly number[];
  /** Those that its program has a handler for. */
  readonly caught: readonly number[];
  /** Those that its main thread blocks: while all threads block one, it stays pending. */
  readonly blocked: readonly number[];
  /** What each of its threads blocks, the main one first. */
  readonly threads: readonly ThreadSignalState[];
  /** What is blocked besides while the handler of a caught signal runs; a signal that blocks no other is not listed. */
  readonly masks: readonly { readonly signal: number; readonly blocked: readonly number[] }[];
  /** Accepted, but not acted upon yet: blocked, or the process is stopped, or has not taken them yet. */
  readonly pending: readonly number[];
  /** How many have been accepted for it. */
  readonly delivered: number;
  /** When SIGALRM comes, and after which interval again (0: never); null if no timer is set. */
  readonly timer: { readonly expires: number; readonly interval: number } | null;
}

export interface ThreadSignalState {
  /** Number of the thread: 1 is the main one. */
  readonly thread: number;
  readonly blocked: readonly number[];
  /** It is in sigsuspend, or in the handler that has ended it: what it will block after that; null otherwise. */
  readonly after: readonly number[] | null;
}

/** Processor time. [P7] */
export interface UsageState {
  readonly here: number;
  readonly total: number;
  /** Of the children that it has waited for. */
  readonly children: number;
  /** Of `total` and of `children`, what was computation; the rest is the work of servers. */
  readonly user: number;
  readonly childrenUser: number;
}

/** A resource limit: seconds of `cpu`, bytes of `as`, how many of `nofile` and `nproc`; null is no limit. */
export interface LimitState {
  readonly resource: string;
  readonly soft: number | null;
  readonly hard: number | null;
}

/** A request as the PMA has received it. */
export interface RequestState {
  /** `pma.wait`, `vproc.signal`, ... */
  readonly operation: string;
  /** Its body in words. */
  readonly body: string;
  /** The thread that asked, and where it is; both empty if it has ended, or does not wait for an answer. */
  readonly from: string;
  readonly fromNode: string;
  /** Label of the port that the answer goes to; null if nobody waits for one. */
  readonly reply: string | null;
}

export interface CallState {
  readonly request: RequestState;
  /** Id of the PMA's thread that executes it. */
  readonly thread: number;
  readonly modifiesState: boolean;
  /** It will put its request back at the head of the queue as soon as it looks. [mechanisms 5.5, option B] */
  readonly cancelled: boolean;
}

export interface ProcCapabilityState {
  /** `task`, `mainThread`, `credentials`, ... */
  readonly what: string;
  /** Its name in the PMA's name space. */
  readonly name: number;
  /** The port that it denotes: `dead` if that has died. */
  readonly label: string;
}
