/**
 * The shape of everything a view may show: the cluster at one moment, as plain JSON.
 *
 * `inspect(world)` (beside this file) fills it from the tables of the world and from nothing else. The command line
 * prints it (`run --json`), the debug adapter sends it (`osf1ad/state`), the four trees and the capability tables are
 * drawn from it: so all of them say the same thing about the same moment. docs/state.schema.json describes it.
 *
 * Times are nanoseconds of virtual time, sizes bytes, nodes are named. Ids (`task`, `port`, `thread`) are stable as
 * long as the object lives. A port `label` reads like `cc1.reply` or `pma@source`; `uid` is the cluster-wide identity
 * `node.number` once the port has left its first node, else null. [mechanisms.md section 8]
 */

export interface ClusterState {
  readonly format: 'osf1ad-state/1';
  readonly event: number;
  readonly time: number;
  readonly digest: string;
  readonly scenario: string;
  readonly seed: number;
  /** Why the run is over, or null while something can still happen. */
  readonly finished: string | null;
  readonly nodes: readonly NodeState[];
  readonly tasks: readonly TaskState[];
  readonly ports: readonly PortState[];
  readonly vprocs: readonly VprocState[];
  readonly processes: readonly MasterEntry[];
  readonly migrations: readonly MigrationState[];
  readonly ledger: readonly LedgerEntry[];
  readonly expectations: readonly ExpectationState[];
  readonly output: readonly OutputLine[];
}

export interface NodeState {
  readonly node: string;
  readonly up: boolean;
  /** `pma`, `pm_master`, `credentials`, `file_server`; none of them on a pure compute node. */
  readonly roles: readonly string[];
  /** What the processor does now: the thread's name, `kernel`, or `idle`. */
  readonly processor: string;
  /** Names of the threads that are ready to run, in order. */
  readonly ready: readonly string[];
  /** Ids of the tasks whose home this node is. */
  readonly tasks: readonly number[];
  readonly busy: number;
  readonly freeMemory: number;
  readonly memory: number;
}

export interface TaskState {
  readonly task: number;
  readonly name: string;
  readonly node: string;
  /** UNIX process id, or null for a server, the kernel or a bare Mach task. */
  readonly pid: number | null;
  readonly kind: 'process' | 'server' | 'kernel' | 'mach';
  readonly suspendCount: number;
  readonly threads: readonly ThreadState[];
  readonly capabilities: readonly CapabilityState[];
  readonly regions: readonly RegionState[];
  /** Open files, for a process: kept by the emulator, so they move with the task. */
  readonly files: readonly FileDescriptorState[];
}

export interface ThreadState {
  readonly thread: number;
  readonly name: string;
  /** `running`, `ready`, `computing`, `waiting`, `suspended`, `ended`. */
  readonly state: string;
  /** What it waits for, in words; empty if it does not wait. */
  readonly waits: string;
  /** The frames, innermost first: routine and step in words. */
  readonly frames: readonly FrameState[];
}

export interface FrameState {
  readonly routine: string;
  readonly step: string;
  /** Line in the workload script, or null when the frame is inside the system. */
  readonly line: number | null;
}

export type RightType = 'send' | 'receive' | 'send-receive' | 'send-once' | 'dead-name' | 'port-set';

export interface CapabilityState {
  /** The port name in this task's name space. */
  readonly name: number;
  /** The effective type: an entry whose port has died shows as dead-name. [mechanisms 1.3] */
  readonly type: RightType;
  readonly userReferences: number;
  /** Id of the port copy on the task's node; null for a dead name or a set. */
  readonly port: number | null;
  readonly label: string;
  readonly uid: string | null;
  readonly makeSendCount: number;
  /** Messages queued at the port's principal, and its queue limit. */
  readonly queued: number;
  readonly queueLimit: number;
  /** Node and task that hold the receive right (`kernel` for a kernel port); `in transit` while it travels. */
  readonly receiver: { readonly node: string; readonly task: string } | null;
}

export interface RegionState {
  readonly name: string;
  /** First page and number of pages of 4 KB. */
  readonly start: number;
  readonly pages: number;
  readonly protection: string;
  readonly inheritance: string;
  /** Pages whose valid copy is here, and pages that are still on another node, by node. */
  readonly resident: number;
  readonly remote: readonly { readonly node: string; readonly pages: number }[];
}

export interface FileDescriptorState {
  readonly descriptor: number;
  readonly path: string;
  readonly position: number;
  /** Port name of the file capability. */
  readonly capability: number;
  readonly server: string;
}

export interface PortState {
  readonly port: number;
  readonly node: string;
  readonly label: string;
  readonly uid: string | null;
  readonly copy: 'principal' | 'proxy' | 'forwarding' | 'arriving' | 'migrating-out';
  readonly dead: boolean;
  /** Task that holds the receive right, `kernel`, `in transit`, or empty for a proxy. */
  readonly receiver: string;
  readonly receiverName: number | null;
  /** For a proxy: where the principal is believed to be. */
  readonly destination: string | null;
  readonly makeSendCount: number;
  readonly sequenceNumber: number;
  readonly queueLimit: number;
  readonly sendRights: number;
  readonly sendOnceRights: number;
  readonly transit: number;
  readonly queue: readonly MessageState[];
  readonly blockedSenders: readonly string[];
  readonly waitingReceivers: readonly string[];
}

export interface MessageState {
  readonly message: number;
  readonly operation: string;
  readonly from: string;
  readonly bytes: number;
  readonly rights: number;
}

/** One vproc of one node's PMA. [mechanisms 5.2] */
export interface VprocState {
  readonly node: string;
  readonly pid: number;
  readonly name: string;
  /** Whether the operation table is the local one or the client stubs. */
  readonly operations: 'local' | 'stub';
  /** Where the vproc believes that the process is. */
  readonly at: string;
  readonly stale: boolean;
  readonly references: number;
  /** PMA list that the proc is on: `active`, `migrating`, `free`; empty for a stub. */
  readonly list: string;
  /** `running`, `frozen`, `attaching`, `zombie`, `exiting`, ... ; empty for a stub. */
  readonly state: string;
  readonly callsInProgress: readonly string[];
  /** Requests accepted while frozen, in order. */
  readonly pending: readonly string[];
  readonly task: number | null;
}

/** One line of the PM Master's table. */
export interface MasterEntry {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly node: string;
  readonly state: 'alive' | 'zombie' | 'reaped';
  readonly status: number;
}

export interface MigrationState {
  readonly migration: number;
  readonly pid: number;
  readonly name: string;
  readonly by: 'process' | 'task';
  readonly from: string;
  readonly to: string;
  /** The phase that it is in, or last was in. */
  readonly phase: string;
  /** Step 1..17 of the process-migration protocol. [mechanisms 5.5] */
  readonly step: number;
  readonly committed: boolean;
  readonly outcome: '' | 'done' | 'refused' | 'failed';
  readonly reason: string;
  /** Virtual time of each stamp, null if not reached. */
  readonly stamps: Readonly<
    Record<'decision' | 'frozen' | 'detached' | 'installed' | 'attached' | 'resumed' | 'ended', number | null>
  >;
  readonly freezingTime: number | null;
  readonly freezeTime: number | null;
  readonly taskTime: number | null;
  readonly totalTime: number | null;
}

/** What one activity (a process, a migration, the system) cost. */
export interface LedgerEntry {
  readonly activity: string;
  readonly kernelCalls: number;
  readonly localMessages: number;
  readonly remoteMessages: number;
  readonly localRights: number;
  readonly remoteRights: number;
  readonly localBytes: number;
  readonly remoteBytes: number;
  /** Nanoseconds by what they were spent on; they add up to `total`. */
  readonly nanoseconds: Readonly<
    Record<'kernelCalls' | 'localMessages' | 'remoteMessages' | 'rights' | 'bytes' | 'processor' | 'waiting', number>
  >;
  readonly total: number;
}

export interface ExpectationState {
  readonly text: string;
  readonly line: number;
  readonly time: number;
  readonly held: boolean;
  /** The values that the condition compared, in words. */
  readonly actual: string;
}

export interface OutputLine {
  readonly time: number;
  readonly pid: number | null;
  readonly text: string;
}
