// Cluster states made by hand: small ones, in which a test changes exactly what it is about.
import type { MessageState, PortState } from '../../simulator/inspect/state-ports.ts';
import type { ProcState, RequestState } from '../../simulator/inspect/state-processes.ts';
import type {
  CapabilityState,
  ClusterState,
  MasterEntry,
  NodeState,
  TaskState,
  ThreadState,
  VprocState,
} from '../../simulator/inspect/state.ts';

export function node(name: string, given: Partial<NodeState> = {}): NodeState {
  return {
    node: name,
    up: true,
    incarnation: 1,
    unreachable: [],
    roles: ['pma'],
    processor: 'idle',
    ready: [],
    tasks: [],
    busy: 0,
    freeMemory: 12 * 1024 * 1024,
    incoming: [],
    memory: 16 * 1024 * 1024,
    ...given,
  };
}

export function capability(name: number, given: Partial<CapabilityState> = {}): CapabilityState {
  return {
    name,
    type: 'send',
    userReferences: 1,
    requested: false,
    port: name,
    label: `port ${name}`,
    uid: null,
    makeSendCount: 1,
    queued: 0,
    queueLimit: 5,
    receiver: { node: 'source', task: 'pma' },
    ...given,
  };
}

export function task(number: number, name: string, given: Partial<TaskState> = {}): TaskState {
  return {
    task: number,
    name,
    node: 'source',
    pid: null,
    kind: 'server',
    suspendCount: 0,
    threads: [],
    capabilities: [],
    specialPorts: [],
    regions: [],
    files: [],
    mappings: [],
    handlers: [],
    residual: [],
    ...given,
  };
}

export function thread(number: number, name: string, given: Partial<ThreadState> = {}): ThreadState {
  return {
    thread: number,
    name,
    state: 'waiting',
    waits: '',
    suspendCount: 0,
    schedule: {
      policy: 'timeshare',
      base: 12,
      maximum: 12,
      current: 12,
      depressed: false,
      userTime: 0,
      systemTime: 0,
    },
    remaining: 0,
    serves: null,
    servedBy: null,
    specialPorts: [],
    interruptible: null,
    program: null,
    frames: [],
    ...given,
  };
}

export function message(number: number, operation: string, given: Partial<MessageState> = {}): MessageState {
  return {
    message: number,
    serial: number,
    operation,
    from: 'cc1',
    fromNode: 'source',
    right: 'send',
    reply: null,
    bytes: 64,
    rights: 0,
    carries: [],
    memory: [],
    networkForm: false,
    bodyOn: null,
    since: 0,
    ...given,
  };
}

export function port(number: number, given: Partial<PortState> = {}): PortState {
  return {
    port: number,
    node: 'source',
    label: `port ${number}`,
    uid: null,
    copy: 'principal',
    flags: [],
    dead: false,
    receiver: 'pma',
    receiverName: 1,
    object: '',
    portSet: null,
    destination: null,
    way: ['source'],
    makeSendCount: 1,
    sequenceNumber: 0,
    queueLimit: 5,
    sendRights: 1,
    sendOnceRights: 0,
    remoteSendOnceRights: 0,
    transit: 0,
    queue: [],
    held: [],
    refused: [],
    blockedSenders: [],
    waitingReceivers: [],
    requests: [],
    registered: [],
    obstacles: [],
    ...given,
  };
}

export function vproc(on: string, pid: number, given: Partial<VprocState> = {}): VprocState {
  return {
    node: on,
    pid,
    name: 'cc1',
    operations: 'local',
    at: on,
    stale: false,
    references: 1,
    list: 'active',
    state: 'running',
    callsInProgress: [],
    pending: [],
    task: null,
    ...given,
  };
}

export function request(operation: string, given: Partial<RequestState> = {}): RequestState {
  return { operation, body: '', from: 'cc1', fromNode: 'source', reply: 'cc1.reply', ...given };
}

export function proc(on: string, pid: number, given: Partial<ProcState> = {}): ProcState {
  return {
    node: on,
    pid,
    name: 'cc1',
    list: 'active',
    state: 'running',
    relations: { parent: 1, group: pid, session: pid },
    credentials: { uid: 100, realUid: 100, savedUid: 100 },
    signals: { ignored: [], caught: [], blocked: [], threads: [], masks: [], pending: [], delivered: 0, timer: null },
    limits: [],
    nice: 0,
    usage: { here: 0, total: 0, children: 0, user: 0, childrenUser: 0 },
    created: 0,
    lastMigrated: null,
    migrations: 0,
    migratable: true,
    migrationGroup: 0,
    creations: { total: 0, average: 0 },
    children: [],
    exited: [],
    changed: [],
    calls: [],
    pending: [],
    capabilities: [],
    ...given,
  };
}

/** A line of a PM Master's table. */
export function process(pid: number, name: string, given: Partial<MasterEntry> = {}): MasterEntry {
  return {
    ...{ master: 'master', pid, parent: 1, group: pid, session: pid, stopped: 0, name, node: 'source' },
    ...{ state: 'alive', status: -1, signal: 0, lost: false },
    ...given,
  };
}

export function cluster(given: Partial<ClusterState> = {}): ClusterState {
  return {
    format: 'osf1ad-state/1',
    event: 0,
    time: 0,
    digest: '0',
    scenario: 'a test',
    seed: 7,
    finished: null,
    nodes: [],
    tasks: [],
    ports: [],
    identities: [],
    memoryObjects: [],
    started: [],
    procs: [],
    vprocs: [],
    processes: [],
    migrations: [],
    openFiles: [],
    streams: [],
    pmas: [],
    pmMasters: [],
    monitor: null,
    ledger: [],
    expectations: [],
    output: [],
    ...given,
  };
}
