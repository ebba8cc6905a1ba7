/** The procs of every PMA: the local state of the processes. */
import { creationRate } from '../osf1/creation-rate.ts';
import { NONE, at, select } from '../base/table.ts';
import { lookup } from '../mach/ipc/space.ts';
import { threadOf } from '../mach/thread.ts';
import { masterEntryOf } from '../osf1/pm-master/entry.ts';
import { pmaAt } from '../osf1/pma/pma.ts';
import { RLIM_INFINITY, resources, type Limits } from '../osf1/limits.ts';
import { currentUsage, procNames, totalUsage, userTime, type Proc, type SavedRequest } from '../osf1/proc.ts';
import { membersOf } from '../osf1/signal-numbers.ts';
import { vprocOf } from '../osf1/vproc.ts';
import type { OsfWorld } from '../osf1/world.ts';
import { nodeName } from './label.ts';
import type { LimitState, ProcCapabilityState, ProcState, RequestState, SignalState } from './state-processes.ts';

export function procStates(w: OsfWorld): ProcState[] {
  return select(w.procs, ({ list }) => list !== 'free').map((proc) => procState(w, proc));
}

function procState(w: OsfWorld, proc: Proc): ProcState {
  const { pid, name, list, uid, usage, created, migrations, migratable, children, exited, changed } = proc;
  const vproc = vprocOf(w, proc.node, pid);
  const entry = masterEntryOf(w, pid);
  const isHere = vproc?.proc === proc.id;
  return {
    node: nodeName(w, proc.node),
    pid,
    name,
    list: list === 'migrating' ? 'migrating' : 'active',
    state: !isHere || vproc.state === 'active' ? proc.state : vproc.state,
    relations: entry === null ? null : { parent: entry.parent, group: entry.group, session: entry.session },
    credentials: { uid, realUid: proc.realUid, savedUid: proc.savedUid },
    signals: signalState(proc),
    limits: limitStates(proc.limits),
    nice: proc.nice,
    usage: {
      here: currentUsage(w, proc),
      total: totalUsage(w, proc),
      children: usage.children,
      user: userTime(w, proc),
      childrenUser: usage.computed.children,
    },
    created,
    lastMigrated: proc.lastMigrated === NONE ? null : proc.lastMigrated,
    migrations,
    migratable,
    migrationGroup: proc.migrationGroup,
    creations: { total: proc.creations.total, average: creationRate(proc.creations, w.time) },
    children: [...children],
    exited: [...exited],
    changed: changed.map(({ child }) => child),
    calls: proc.callsInProgress.map(({ thread, request, modifiesState, cancelled }) => ({
      request: requestState(w, proc.node, request),
      thread,
      modifiesState,
      cancelled,
    })),
    pending: isHere ? vproc.pending.map((request) => requestState(w, proc.node, request)) : [],
    capabilities: capabilities(w, proc),
  };
}

/** No limit is null, as in the JSON of the state. */
function limitStates(limits: Limits): LimitState[] {
  const finite = (value: number): number | null => (value === RLIM_INFINITY ? null : value);
  return resources.map((resource) => {
    const { soft, hard } = limits[resource];
    return { resource, soft: finite(soft), hard: finite(hard) };
  });
}

function signalState({ signals, timer }: Proc): SignalState {
  const { ignored, caught, mask, pending, delivered, further, masks } = signals;
  return {
    ignored: membersOf(ignored),
    caught: membersOf(caught),
    blocked: membersOf(mask),
    threads: [signals, ...further].map(({ thread, mask, suspended }) => {
      return { thread, blocked: membersOf(mask), after: suspended === NONE ? null : membersOf(suspended) };
    }),
    masks: Object.entries(masks)
      .filter(([, blocked]) => blocked !== 0)
      .map(([signal, blocked]) => ({ signal: Number(signal), blocked: membersOf(blocked) })),
    pending: membersOf(pending),
    delivered,
    timer: timer.expires === NONE ? null : { expires: timer.expires, interval: timer.interval },
  };
}

function requestState(w: OsfWorld, node: number, { operation, body, client, reply }: SavedRequest): RequestState {
  const asks = client === NONE ? null : threadOf(w, client);
  return {
    operation,
    body: inWords(body),
    from: asks?.name ?? '',
    fromNode: asks === null ? '' : nodeName(w, asks.node),
    reply: reply === NONE ? null : labelOf(w, node, reply),
  };
}

function inWords(body: unknown): string {
  if (typeof body !== 'object' || body === null) return '';
  return Object.entries(body)
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(', ');
}

function capabilities(w: OsfWorld, { node, names }: Proc): ProcCapabilityState[] {
  return procNames
    .filter((what) => names[what] !== NONE)
    .map((what) => ({ what, name: names[what], label: labelOf(w, node, names[what]) }));
}

/** What a name denotes in the name space of the node's PMA. */
function labelOf(w: OsfWorld, node: number, name: number): string {
  const pma = pmaAt(w, node);
  const entry = pma === null ? null : lookup(at(w.tasks, pma.task).space, name);
  if (entry === null || entry.port === NONE) return 'dead';
  const { label, active } = at(w.ports, entry.port);
  return active ? label : 'dead';
}
