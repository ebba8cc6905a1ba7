/** Tasks: threads, capability table, regions, open files. */
import { NONE, at, select } from '../base/table.ts';
import { distributedOf } from '../dipc/distributed.ts';
import type { Port } from '../mach/ipc/port.ts';
import { lookup, names } from '../mach/ipc/space.ts';
import type { Task } from '../mach/task.ts';
import type { Thread } from '../mach/thread.ts';
import { ABSENT, type VmObject } from '../mach/vm/object.ts';
import type { EmulatorState } from '../osf1/emulator/state.ts';
import type { OsfWorld } from '../osf1/world.ts';
import { frameStates } from './frames.ts';
import { effectiveType, nodeName, receiverOf, threadState, uidOfPort, waitsFor } from './label.ts';
import type { CapabilityState, FileDescriptorState, RegionState, TaskState, ThreadState } from './state.ts';

export function taskStates(w: OsfWorld): TaskState[] {
  return select(w.tasks, () => true).map((task) => ({
    task: task.id,
    name: task.name,
    node: nodeName(w, task.node),
    pid: task.pid === NONE ? null : task.pid,
    kind: task.kind,
    suspendCount: task.suspendCount,
    threads: task.threads.map((id) => threadOf(w, at(w.threads, id))),
    capabilities: names(task.space).map((name) => capability(w, task, name)),
    regions: regionsOf(w, task),
    files: task.kind === 'process' ? filesOf(task) : [],
  }));
}

function threadOf(w: OsfWorld, t: Thread): ThreadState {
  return {
    thread: t.identity,
    name: t.name,
    state: threadState(w, t),
    waits: waitsFor(w, t),
    frames: frameStates(w, t),
  };
}

function capability(w: OsfWorld, task: Task, name: number): CapabilityState {
  const entry = lookup(task.space, name)!;
  const type = effectiveType(w, entry);
  const port = entry.port === NONE ? null : at(w.ports, entry.port);
  const principal = port === null ? null : principalOf(w, port);
  return {
    name,
    type,
    userReferences: entry.urefs,
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

function regionsOf(w: OsfWorld, task: Task): RegionState[] {
  return task.regions.map((id) => {
    const { name, start, pages, protection, inheritance, object } = at(w.regions, id);
    const { resident, remote } = whereabouts(w, at(w.objects, object), pages);
    return { name, start, pages, protection, inheritance, resident, remote };
  });
}

/** How many pages of an object's chain are here, and how many are still at the node that they are imported from. */
function whereabouts(
  w: OsfWorld,
  top: VmObject,
  pages: number,
): { resident: number; remote: { node: string; pages: number }[] } {
  let resident = 0;
  const remote = new Map<string, number>();
  for (let page = 0; page < pages; page++) {
    for (let object = top; ; object = at(w.objects, object.shadow)) {
      const version = object.contents[page] ?? ABSENT - 1;
      if (version >= 0) {
        resident++;
        break;
      }
      if (version === ABSENT && object.kind === 'import') {
        const home = homeOf(w, object);
        remote.set(home, (remote.get(home) ?? 0) + 1);
        break;
      }
      if (object.shadow === NONE) break;
    }
  }
  return { resident, remote: [...remote].map(([node, count]) => ({ node, pages: count })) };
}

/** The node that supplies the absent pages of an import. */
function homeOf(w: OsfWorld, object: VmObject): string {
  const pager = w.ports.rows[object.pager];
  if (pager === undefined || !pager.live) return '';
  return pager.proxy ? nodeName(w, distributedOf(w, pager).destination) : nodeName(w, pager.node);
}

/** None while the task has no emulator yet: it has just been made, or is on its way in. */
function filesOf(task: Task): FileDescriptorState[] {
  const emulator = task.emulator as EmulatorState | null;
  const open: FileDescriptorState[] = [];
  emulator?.files.forEach((file, descriptor) => {
    if (file === null) return;
    const { path, position, capability: name, server } = file;
    open.push({ descriptor, path, position, capability: name, server });
  });
  return open;
}
