/** Tasks: threads, capability table, regions, open files, mapped files. */
import { NONE, at, select } from '../base/table.ts';
import { distributedOf } from '../dipc/distributed.ts';
import { EXC_MASK_ALL, actionsIn } from '../mach/exception-ports.ts';
import { specialOf, sselfOf } from '../mach/kept.ts';
import { effectiveType } from '../mach/ipc/entry.ts';
import type { Port } from '../mach/ipc/port.ts';
import { find, lookup, names } from '../mach/ipc/space.ts';
import { POLICY_FIXEDPRI } from '../mach/schedule.ts';
import type { Task } from '../mach/task.ts';
import type { Thread } from '../mach/thread.ts';
import { threadsOf } from '../mach/task-threads.ts';
import type { MigrationWorld } from '../migration/record.ts';
import { residualsOf } from '../migration/residual.ts';
import type { EmulatorState, Waiting } from '../osf1/emulator/state.ts';
import { bytesIn } from '../osf1/emulator/tokens.ts';
import { MAIN } from '../osf1/signal-state.ts';
import type { OsfWorld } from '../osf1/world.ts';
import { frameStates } from './frames.ts';
import { nodeName, receiverOf, rightType, threadState, uidOfPort, waitsFor } from './label.ts';
import { specialNames } from './kept-rights.ts';
import { regionStates } from './memory.ts';
import type {
  CapabilityState,
  FileDescriptorState,
  FileMappingState,
  HandlerState,
  ScheduleState,
  SpecialPortState,
  TaskState,
  ThreadState,
} from './state.ts';

export function taskStates(w: MigrationWorld): TaskState[] {
  const tasks = select(w.tasks, () => true);
  const residuals = residualsOf(w, tasks);
  return tasks.map((task) => ({
    task: task.id,
    name: task.name,
    node: nodeName(w, task.node),
    pid: task.pid === NONE ? null : task.pid,
    kind: task.kind,
    suspendCount: task.suspendCount,
    threads: threadsOf(w, task).map((t) => threadOf(w, t)),
    capabilities: names(task.space).map((name) => capability(w, task, name)),
    specialPorts: specialPorts(w, task),
    regions: regionStates(w, task),
    files: task.kind === 'process' ? filesOf(task) : [],
    mappings: task.kind === 'process' ? mappingsOf(task) : [],
    handlers: task.kind === 'process' ? handlersOf(w, task) : [],
    residual: residuals.get(task.id)!.map(({ node, pma, forwarders, relay, pages }) => {
      return { node: nodeName(w, node), pma, forwarders, relays: relay, pages };
    }),
  }));
}

function threadOf(w: OsfWorld, t: Thread): ThreadState {
  return {
    thread: t.identity,
    name: t.name,
    state: threadState(w, t),
    waits: waitsFor(w, t),
    suspendCount: t.suspendCount,
    schedule: scheduleOf(w, t),
    remaining: t.remaining,
    serves: t.serves === NONE ? null : t.serves,
    servedBy: t.servedBy === NONE ? null : t.servedBy,
    specialPorts: specialPorts(w, t),
    ...programThread(w, t),
    frames: frameStates(w, t),
  };
}

/** Of a thread of a process's program: what its emulator would have ended if a signal came, and what it keeps of the thread. */
function programThread(w: OsfWorld, t: Thread): Pick<ThreadState, 'interruptible' | 'program'> {
  const task = at(w.tasks, t.task);
  const emulator = task.kind === 'process' ? (task.emulator as EmulatorState | null) : null;
  const isMain = threadsOf(w, task)[0] === t;
  const own = emulator?.threads.find(({ identity, number }) => (number === MAIN ? isMain : identity === t.identity));
  if (own === undefined) return { interruptible: null, program: null };
  const { number, errno, waiting } = own;
  return { interruptible: waiting && interruption(w, task, waiting), program: { number, errno } };
}

function interruption(w: OsfWorld, { space }: Task, { port, operation }: Waiting): ThreadState['interruptible'] {
  const entry = lookup(space, port);
  return { operation, port: entry === null || entry.port === NONE ? 'dead' : at(w.ports, entry.port).label };
}

function scheduleOf(w: OsfWorld, { schedule, systemTime }: Thread): ScheduleState {
  const { policy, base, maximum, current, depressed, userTime } = schedule;
  return {
    policy: policy === POLICY_FIXEDPRI ? 'fixed priority' : 'timeshare',
    base,
    maximum,
    current,
    depressed: depressed !== NONE && depressed > w.time,
    userTime,
    systemTime,
  };
}

function capability(w: OsfWorld, task: Task, name: number): CapabilityState {
  const entry = lookup(task.space, name)!;
  const type = rightType(effectiveType(w, task.space, find(task.space, name)));
  const port = entry.port === NONE ? null : at(w.ports, entry.port);
  const principal = port === null ? null : principalOf(w, port);
  return {
    name,
    type,
    userReferences: entry.urefs,
    requested: entry.requested,
    port: port === null ? null : port.id,
    label: port?.label ?? '',
    uid: port === null ? null : uidOfPort(w, port),
    makeSendCount: principal?.mscount ?? 0,
    queued: principal?.msgcount ?? 0,
    queueLimit: principal?.qlimit ?? 0,
    receiver:
      principal === null || !principal.active || type === 'dead-name'
        ? null
        : { node: nodeName(w, principal.node), task: receiverOf(w, principal) },
  };
}

/** The copy that holds the receive right, found by looking on every node (no protocol is involved in looking). */
function principalOf(w: OsfWorld, port: Port): Port | null {
  if (!port.proxy) return port;
  const { uid } = distributedOf(w, port);
  for (const node of w.nodes.rows) {
    const id = node.portByUid.get(uid);
    if (id !== undefined && !at(w.ports, id).proxy) return at(w.ports, id);
  }
  return null;
}

/** The ports that the kernel keeps for a task or a thread; what is not set is not listed. */
function specialPorts(w: OsfWorld, holder: Task | Thread): SpecialPortState[] {
  const all: [string, number][] = [
    ['self', holder.self],
    ['sself', sselfOf(holder)],
    ...specialOf(holder).map((port, which): [string, number] => [specialNames[which] ?? 'special', port]),
    ...actionsIn(holder, EXC_MASK_ALL).map(({ mask, port }): [string, number] => [exceptionsIn(mask), port]),
  ];
  return all
    .filter(([, port]) => port !== NONE)
    .map(([what, id]) => {
      const port = at(w.ports, id);
      const principal = principalOf(w, port);
      const receiver = principal === null ? '' : receiverOf(w, principal);
      return { what, port: id, label: port.label, receiver, node: nodeName(w, principal?.node ?? NONE) };
    });
}

const exceptionNames = ['bad access', 'bad instruction', 'arithmetic', 'emulation', 'software', 'breakpoint'];

function exceptionsIn(mask: number): string {
  if (mask === EXC_MASK_ALL) return 'exceptions';
  return `exception: ${exceptionNames.filter((_, index) => (mask & (2 << index)) !== 0).join(', ')}`;
}

/** None while the task has no emulator yet: it has just been made, or is on its way in. */
function filesOf(task: Task): FileDescriptorState[] {
  const emulator = task.emulator as EmulatorState | null;
  const open: FileDescriptorState[] = [];
  emulator?.files.forEach((file, descriptor) => {
    if (file === null) return;
    const { path, position, capability: name, server } = file;
    const held = emulator.tokens.find(({ capability }) => capability === name);
    const token =
      held === undefined ? null : { access: held.access, blocks: held.cached.length, unwritten: bytesIn(held.dirty) };
    open.push({ descriptor, path, position, capability: name, server, token });
  });
  return open;
}

function mappingsOf(task: Task): FileMappingState[] {
  const emulator = task.emulator as EmulatorState | null;
  return (emulator?.mappings ?? []).map(({ region, path, address, offset, length, shared }) => {
    return { region, path, address, offset, length, sharing: shared ? 'shared' : 'private' };
  });
}

function handlersOf({ setup }: OsfWorld, task: Task): HandlerState[] {
  const emulator = task.emulator as EmulatorState | null;
  if (emulator === null) return [];
  const { handlers, handled, image } = emulator;
  const program = setup.image.programs.find(({ name }) => name === image);
  return Object.entries(handlers).map(([signal, { entry, restart }]) => {
    const line = program?.code[entry]?.span.line ?? null;
    return { signal: Number(signal), line, restart, handled: handled[signal] ?? 0 };
  });
}
