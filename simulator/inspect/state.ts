/**
 * The shape of everything a view may show: the cluster at one moment, as plain JSON.
 *
 * `inspect(world)` (beside this file) fills it from the tables of the world and from nothing else. The command line
 * prints it (`run --json`), the debug adapter sends it (`osf1ad/state`), the trees, the inspectors and the capability tables are
 * drawn from it: so all of them say the same thing about the same moment. docs/state.schema.json describes it.
 *
 * Times are nanoseconds of virtual time, sizes bytes, nodes are named. Ids (`task`, `port`, `thread`) are stable as
 * long as the object lives. A port `label` reads like `cc1.reply` or `pma@source`; `uid` is the cluster-wide identity
 * `node.number` once the port has left its first node, else null. Ports, memory and processes have files of their own
 * beside this one. [mechanisms.md section 8]
 */

import type { MasterState, MonitorState, PmaState } from './state-management.ts';
import type { MemoryObjectState, RegionState } from './state-memory.ts';
import type { PortIdentityState, PortState, RightType } from './state-ports.ts';
import type { ProcState } from './state-processes.ts';
import type { StartedTaskState } from './state-started.ts';
import type { OpenFileState, StreamState } from './state-streams.ts';

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
  /** The Mach tasks of the script, in the order in which they were started. */
  readonly started: readonly StartedTaskState[];
  /** Every copy of every port, and every port set. */
  readonly ports: readonly PortState[];
  /** Every port once, over all nodes. */
  readonly identities: readonly PortIdentityState[];
  readonly memoryObjects: readonly MemoryObjectState[];
  /** The local state of the processes, as their PMAs keep it. */
  readonly procs: readonly ProcState[];
  readonly vprocs: readonly VprocState[];
  /** The open file structures of the file servers, pipes and sockets among them. */
  readonly openFiles: readonly OpenFileState[];
  /** Pipes and sockets, as their file servers keep them. */
  readonly streams: readonly StreamState[];
  readonly processes: readonly MasterEntry[];
  readonly migrations: readonly MigrationState[];
  /** The PMAs that are up. */
  readonly pmas: readonly PmaState[];
  /** The PM Masters that are up. */
  readonly pmMasters: readonly MasterState[];
  /** What the statistics monitor has been told; null if there is none. */
  readonly monitor: MonitorState | null;
  readonly ledger: readonly LedgerEntry[];
  readonly expectations: readonly ExpectationState[];
  readonly output: readonly OutputLine[];
}

export interface NodeState {
  readonly node: string;
  readonly up: boolean;
  /** Names of the nodes that it is cut off from, because the network is broken between them. */
  readonly unreachable: readonly string[];
  /** Which boot of the node this is: 1 until it fails and comes back. */
  readonly incarnation: number;
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
  /** Migrations that stand in line to come in, by their numbers: the first has its turn. */
  readonly incoming: readonly number[];
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
  readonly specialPorts: readonly SpecialPortState[];
  readonly regions: readonly RegionState[];
  /** Open files, for a process: kept by the emulator, so they move with the task. */
  readonly files: readonly FileDescriptorState[];
  /** Files that it has mapped; the regions say where their pages are. */
  readonly mappings: readonly FileMappingState[];
  /** What its program does with signals that it catches. */
  readonly handlers: readonly HandlerState[];
  /** What it depends on on other nodes, by node; a node that it does not depend on is not listed. */
  readonly residual: readonly ResidualState[];
}

/** A handler of a program, as its emulator keeps it. */
export interface HandlerState {
  readonly signal: number;
  /** Line in the workload script of what it does first; null if it does nothing. */
  readonly line: number | null;
  /** Calls that the signal interrupts are made again. */
  readonly restart: boolean;
  /** How often it has been begun. */
  readonly handled: number;
}

/** A file that is mapped into the memory of a process [docs/decisions/0059-a-mapped-file-has-one-more-mapper.md]. */
export interface FileMappingState {
  /** Name of its region. */
  readonly region: string;
  readonly path: string;
  /** Virtual address of the first byte that the program sees, where that is in the file, and how many there are. */
  readonly address: number;
  readonly offset: number;
  readonly length: number;
  readonly sharing: 'shared' | 'private';
}

/** What a task still needs of a node that is not its own [mechanisms 2.9, 3.5, 4.4, 5.9; paper 2.3]. */
export interface ResidualState {
  readonly node: string;
  /** Procs, local vprocs and kept requests of its process in the PMA of the node. */
  readonly pma: number;
  /** Proxies on the node that forward to ports whose receive right it holds now. */
  readonly forwarders: number;
  /** Kernel ports of it and of its threads that a migration server on the node stands in for. */
  readonly relays: number;
  /** Pages whose only copy, or whose pager, is there. */
  readonly pages: number;
}

export interface ThreadState {
  readonly thread: number;
  readonly name: string;
  /** `running`, `ready`, `computing`, `waiting`, `suspended`, `ended`. */
  readonly state: string;
  /** What it waits for, in words; empty if it does not wait. */
  readonly waits: string;
  readonly suspendCount: number;
  readonly schedule: ScheduleState;
  /** Nanoseconds of computation that it still has to do. */
  readonly remaining: number;
  /** The thread whose request it serves, and the thread that serves its own. */
  readonly serves: number | null;
  readonly servedBy: number | null;
  readonly specialPorts: readonly SpecialPortState[];
  /** The system call that a signal interrupts now, by the operation that ends it and the label of the port; null outside. */
  readonly interruptible: { readonly operation: string; readonly port: string } | null;
  /** What the emulator keeps of it, if it runs the program of a process: its number, and the error of its last call that failed. */
  readonly program: { readonly number: number; readonly errno: string } | null;
  /** The frames, innermost first: routine and step in words. */
  readonly frames: readonly FrameState[];
}

/** With which priority a thread queues for the processor: 0 is the best, 31 the worst. */
export interface ScheduleState {
  readonly policy: 'timeshare' | 'fixed priority';
  readonly base: number;
  readonly maximum: number;
  readonly current: number;
  readonly depressed: boolean;
  /** Nanoseconds that it has computed, and that kernels have worked for it. */
  readonly userTime: number;
  readonly systemTime: number;
}

/** A port that the kernel keeps for a task or a thread. [mechanisms 1.12] */
export interface SpecialPortState {
  /**
   * `self` (the port that the kernel answers on), `sself` (what is handed out in its place: it is interposed),
   * `bootstrap`, `registered 1`, `exceptions` or `exception: arithmetic`.
   */
  readonly what: string;
  readonly port: number;
  readonly label: string;
  /** Who receives on it, and where. */
  readonly receiver: string;
  readonly node: string;
}

export interface FrameState {
  readonly routine: string;
  readonly step: string;
  /** Line in the workload script, or null when the frame is inside the system. */
  readonly line: number | null;
}

export interface CapabilityState {
  /** The port name in this task's name space. */
  readonly name: number;
  /** The effective type: an entry whose port has died shows as dead-name. [mechanisms 1.3] */
  readonly type: RightType;
  readonly userReferences: number;
  /** A dead-name request is registered on the entry. [mechanisms 1.9] */
  readonly requested: boolean;
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

export interface FileDescriptorState {
  readonly descriptor: number;
  readonly path: string;
  readonly position: number;
  /** Port name of the file capability. */
  readonly capability: number;
  readonly server: string;
  /** Its token, if the emulator has it: then the position is the emulator's, and what it keeps stands here. */
  readonly token: FileTokenState | null;
}

/** What an emulator has of an open file besides the position. [mechanisms 5.1] */
export interface FileTokenState {
  /** The file token: `write`, `read`, or `none` for the position alone. */
  readonly access: 'none' | 'read' | 'write';
  /** Blocks of 4 KB that it keeps, and bytes that were written and that the file server does not have. */
  readonly blocks: number;
  readonly unwritten: number;
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

/** One line of a PM Master's table. */
export interface MasterEntry {
  /** Node of the PM Master whose it is; empty if that has failed, and nobody has taken it over. */
  readonly master: string;
  readonly pid: number;
  readonly parent: number;
  /** Process group and session, by the pids of their leaders. */
  readonly group: number;
  readonly session: number;
  /** The signal that has stopped it; 0 while it runs. */
  readonly stopped: number;
  readonly name: string;
  readonly node: string;
  readonly state: 'alive' | 'zombie' | 'reaped';
  /** How it has ended: its exit status or -1, the signal that ended it or 0, whether it was lost with a node. */
  readonly status: number;
  readonly signal: number;
  readonly lost: boolean;
}

export interface MigrationState {
  readonly migration: number;
  /** Process id; null if a Mach task moves. */
  readonly pid: number | null;
  readonly name: string;
  /** Id of its Mach task: the old one until the new one is there; null if there is none now. */
  readonly task: number | null;
  readonly by: 'process' | 'task';
  readonly from: string;
  readonly to: string;
  /** The phase that it is in, or last was in. */
  readonly phase: string;
  /** Step 1..17 of the process-migration protocol. [mechanisms 5.5] */
  readonly step: number;
  readonly committed: boolean;
  /** What becomes of its system calls in progress: `await`, `restart`, `early`. */
  readonly calls: string;
  /** The migration group that it belongs to; 0: none. */
  readonly group: number;
  /** How its Mach task is moved: by whom, with which strategy for its memory, and on which node that agent runs. */
  readonly how: { readonly using: string; readonly strategy: string; readonly agent: string };
  /** Pages that were moved while the task ran, and while it was frozen. */
  readonly pages: { readonly before: number; readonly frozen: number };
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
  /** Where its time went since the decision: each nanosecond on one of these, and together as many as have passed. */
  readonly path: Nanoseconds;
  /** Nanoseconds of work that was booked on it and took none of its time: something else of it was done meanwhile. */
  readonly beside: number;
}

/** Nanoseconds by what they were spent on. */
export type Nanoseconds = Readonly<
  Record<'kernelCalls' | 'localMessages' | 'remoteMessages' | 'rights' | 'bytes' | 'processor' | 'waiting', number>
>;

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
  readonly nanoseconds: Nanoseconds;
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
