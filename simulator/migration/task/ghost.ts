/**
 * What a task was when it was frozen: the ghost that the rules about its migration are checked with [mechanisms 4.7].
 *
 * It is taken when every thread stands at a clean point, so that nothing of the task changes any more by itself, and
 * compared when all of it has arrived. Nobody in the system looks at it, and an unwatched run has none.
 *
 *   names    of the port name space: type, user references, and which port            T1
 *   queues   serial numbers of the messages that wait on its ports                    T3
 *   pages    of every region: the versions that a reader would find                   T5
 *   self     the port that its kernel answered on, and those of its threads           T6
 *
 * A port is known by its UID, or by its row at the source if no right to it had left that node.
 */
import { NONE, at } from '../../base/table.ts';
import type { DipcWorld } from '../../dipc/world.ts';
import { messagesIn, queueOf } from '../../mach/ipc/queue.ts';
import type { Port } from '../../mach/ipc/port.ts';
import { PORT_SET, RECEIVE, lookup, names } from '../../mach/ipc/space.ts';
import type { Task } from '../../mach/task.ts';
import { threadsOf } from '../../mach/task-threads.ts';
import type { Migration, MigrationWorld } from '../record.ts';

export interface GhostPort {
  /** Row at the source, and UID or NONE. */
  readonly row: number;
  readonly uid: number;
}

export interface GhostName extends GhostPort {
  readonly name: number;
  readonly type: number;
  readonly urefs: number;
  /** Serial numbers of the messages that wait on it, if it is a receive right. */
  readonly queued: readonly number[];
}

export interface Ghost {
  /** The source has the task; the destination has it, and the old one is gone. */
  stage: 'frozen' | 'arrived';
  /** Where the task was: not where its process is known, if the task has moved alone. */
  readonly node: number;
  readonly names: readonly GhostName[];
  /** Of every region, its logical memory and the versions that its pages had. */
  readonly memory: readonly {
    readonly region: string;
    readonly memory: number;
    readonly versions: readonly number[];
  }[];
  readonly self: GhostPort;
  readonly threads: readonly { readonly identity: number; readonly self: GhostPort }[];
}

/** A migration begins: which task it is that the name in the agent's space means, relays seen through. */
export function departs(w: MigrationWorld, id: number, agent: number, name: number): void {
  const entry = lookup(at(w.tasks, agent).space, name);
  at(w.migrations, id).task = entry === null || entry.port === NONE ? NONE : taskBehind(w, at(w.ports, entry.port));
}

/** The task stands still: what it is now it must be when it has arrived. */
export function remember(w: MigrationWorld, id: number): void {
  const m = at(w.migrations, id);
  const task = w.tasks.rows[m.task];
  // Somebody may have ended it since.
  if (w.setup.watched && task?.live === true) m.ghost = ghostOf(w, task);
}

/** All of it is at the destination, and the old one is gone: now the ghost is compared. */
export function arrived(w: MigrationWorld, id: number): void {
  const { ghost } = at(w.migrations, id);
  if (ghost !== null) ghost.stage = 'arrived';
}

/** From here on it may change again. */
export function settled(w: MigrationWorld, id: number): void {
  const m = at(w.migrations, id);
  m.ghost = null;
  m.made = NONE;
}

/** Row of the task that whoever calls this port reaches, or NONE. */
function taskBehind(w: MigrationWorld, copy: Port): number {
  const port = principalOf(w, copy);
  if (port === null) return NONE;
  if (port.objectKind === 'task') return port.object;
  const relay = w.relays.rows.find(
    (each) => each.live && each.server === port.receiver && each.name === port.receiverName,
  );
  if (relay === undefined) return NONE;
  const target = lookup(at(w.tasks, relay.server).space, relay.target);
  return target === null || target.port === NONE ? NONE : taskBehind(w, at(w.ports, target.port));
}

/** The copy that has the receive right, found by looking on every node. */
export function principalOf(w: DipcWorld, copy: Port): Port | null {
  if (!copy.proxy) return copy;
  const { uid } = at(w.distributed, copy.dipc);
  for (const node of w.nodes.rows) {
    const port = w.ports.rows[node.portByUid.get(uid) ?? NONE];
    if (port?.live === true && !port.proxy) return port;
  }
  return null;
}

function ghostOf(w: MigrationWorld, task: Task): Ghost {
  const { space } = task;
  return {
    stage: 'frozen',
    node: task.node,
    names: names(space).map((name) => {
      const { type, urefs, port: row } = lookup(space, name)!;
      const port = type === PORT_SET || row === NONE ? null : at(w.ports, row);
      const queued = port !== null && (type & RECEIVE) !== 0 ? queuedFor(w, port) : [];
      return { name, type, urefs, queued, ...ghostPort(w, port) };
    }),
    memory: task.regions.map((id) => {
      const { name: region, memory } = at(w.regions, id);
      return { region, memory, versions: [...at(w.memories, memory).written] };
    }),
    self: ghostPort(w, task.self === NONE ? null : at(w.ports, task.self)),
    threads: threadsOf(w, task).map(({ identity, self }) => {
      return { identity, self: ghostPort(w, self === NONE ? null : at(w.ports, self)) };
    }),
  };
}

/** Whether the new task is there to be compared: its node may have failed. */
export function isThere(w: MigrationWorld, { made, name }: Migration): boolean {
  const task = w.tasks.rows[made];
  return task?.live === true && task.name === name;
}

/** Serial numbers of the messages in the port's queue, in order. */
export function queuedFor(w: DipcWorld, port: Port): number[] {
  const serials: number[] = [];
  for (const { dest, serial } of messagesIn(w, queueOf(w, port))) {
    if (dest === port.id) serials.push(serial);
  }
  return serials;
}

/** Whether the copy, wherever it is, is the port that the ghost knows. `source` is the node that the ghost was taken on. */
export function isPort(w: DipcWorld, ghost: GhostPort, port: Port, source: number): boolean {
  const uid = port.dipc === NONE ? NONE : at(w.distributed, port.dipc).uid;
  // A task that moves on the same node may have had the last right there: its copy has retired, and there is a new one.
  if (uid !== NONE && ghost.uid !== NONE) return uid === ghost.uid;
  if (port.node === source) return port.id === ghost.row;
  if (uid === NONE || ghost.uid !== NONE) return false;
  // With its node the source's row is gone, and nobody can say any more.
  return at(w.nodes, source).failedAt !== NONE || at(w.nodes, source).portByUid.get(uid) === ghost.row;
}

function ghostPort(w: DipcWorld, port: Port | null): GhostPort {
  if (port === null) return { row: NONE, uid: NONE };
  return { row: port.id, uid: port.dipc === NONE ? NONE : at(w.distributed, port.dipc).uid };
}
