/**
 * The world at rest: nothing is left to happen, and whatever still waits must have a reason to.
 *
 * The table says for which reasons a thread may wait for ever. A thread that none of them explains has been forgotten by
 * somebody: an answer that will not come, a wake-up that was lost. Nothing may be on the network, and nothing may be
 * half done.
 */
import { NONE, at, select } from '../../simulator/base/table.ts';
import type { World } from '../../simulator/engine/world.ts';
import { lookup } from '../../simulator/mach/ipc/space.ts';
import type { Instruction } from '../../simulator/workload/program.ts';
import { exitChannel, taskChannel } from '../../simulator/osf1/announce.ts';
import { FILE_READ, FILE_WRITE } from '../../simulator/osf1/file-server/open.ts';
import { channelOf } from '../../simulator/osf1/file-server/waiting.ts';
import type { EmulatorSelect } from '../../simulator/osf1/emulator/select.ts';
import { handleByPort } from '../../simulator/osf1/file-server/handle.ts';
import { readiness, type Poll } from '../../simulator/osf1/file-server/poll.ts';
import { hasEnd } from '../../simulator/osf1/pipes/pipe.ts';
import { SOCKET_BYTES, destinationOf, hasEnded } from '../../simulator/osf1/sockets/socket.ts';
import type { File } from '../../simulator/osf1/file-server/file.ts';
import { agentNode } from '../../simulator/migration/task/how.ts';
import { procOf } from '../../simulator/osf1/proc.ts';
import { masterEntryOf } from '../../simulator/osf1/pm-master/entry.ts';
import type { StartedTask } from '../../simulator/osf1/operator.ts';
import type { Wait } from '../../simulator/osf1/pma/wait.ts';
import { startedAs } from '../../simulator/osf1/started-tasks.ts';
import { BLOCKED, RECEIVING, isSuspended, threadOf, type Thread } from '../../simulator/mach/thread.ts';
import type { Request } from '../../simulator/mach/server.ts';
import { framesOf } from '../../simulator/mach/routine.ts';
import { threadsOf } from '../../simulator/mach/task-threads.ts';

interface Reason {
  readonly because: string;
  /** `asked` are the threads whose waiting depends on this one's. */
  readonly explains: (w: World, t: Thread, asked: ReadonlySet<number>) => boolean;
}

const INIT = 1;

/** The routine of the innermost frame. */
function routineOf(w: World, t: Thread): string {
  const { top } = t;
  return top === null ? '' : w.setup.routines[top.routine]!.name;
}

const isServer = (w: World, t: Thread): boolean => ['server', 'kernel'].includes(at(w.tasks, t.task).kind);
const isReceiving = (t: Thread): boolean => t.state === RECEIVING && t.waitPort !== NONE;

const reasons: readonly Reason[] = [
  {
    because: 'a server waits for requests',
    explains: (w, t) => isReceiving(t) && t.receiveName !== t.replyName && isServer(w, t),
  },
  {
    because: 'an emulator waits for signals, as long as its process waits',
    explains: (w, t, asked) =>
      isReceiving(t) &&
      routineOf(w, t) === 'emulator.signals' &&
      threadsOf(w, at(w.tasks, t.task)).every((each) => each === t || isExplained(w, each, asked)),
  },
  {
    because:
      'a process is stopped, and the operator who would continue it, or somebody of its session, was lost with a node',
    explains: (w, t) => isStopped(w, t) && (isLeftAlone(w) || hasLostItsSession(w, t)),
  },
  {
    because:
      'a name is looked up that nobody publishes any more: whoever would has not been started or has ended, since a node failed',
    explains: (w, t) => t.state === BLOCKED && t.channel.startsWith(PUBLICATION) && hasNoPublisher(w, t),
  },
  {
    because:
      'a Mach task waits for messages, or is suspended, and the operator who would end it has failed with a node',
    explains: (w, t) => isLeftAlone(w) && at(w.tasks, t.task).kind === 'mach',
  },
  {
    because:
      'a Mach task that has moved waits for messages, or is suspended, and the way by which the operator would end it failed with a node (2.13 g)',
    explains: (w, t) => isOutOfReach(w, t) && (isSuspended(w, t) || (isReceiving(t) && t.receiveName !== t.replyName)),
  },
  {
    because:
      'a process has ended, and its task, moved alone by way of a node that has failed since, waits for the end that its PMA cannot bring any more (2.13 g)',
    explains: (w, t) => (isSuspended(w, t) || t.channel === 'end of the process') && isLeftOver(w, t),
  },
  {
    because: 'init waits for children that are still to come',
    explains: (w, t) => t.state === BLOCKED && t.channel.startsWith('children') && servesInit(w, t),
  },
  {
    because: 'a process waits for children that have reason to wait',
    explains: (w, t, asked) => t.state === BLOCKED && t.channel.startsWith('children') && childrenWait(w, t, asked),
  },
  {
    because: 'a process waits in a pipe: it is empty and can be written, or is not empty and can be read',
    explains: (w, t) => t.state === BLOCKED && t.channel.startsWith('pipe') && waitsAtFile(w, t, waitsInPipe),
  },
  {
    because: 'a process waits at a socket: for bytes or room while the other end is there, for or to be a connection',
    explains: (w, t) => t.state === BLOCKED && t.channel.startsWith('socket') && waitsAtFile(w, t, waitsAtSocket),
  },
  {
    because: 'a process waits in select, and each server that it has asked has reason to wait',
    explains: (w, t, asked) => isReceiving(t) && routineOf(w, t) === 'emulator.select' && selectWaits(w, t, asked),
  },
  {
    because: 'the operator waits for a phase that never came (on phase)',
    explains: (w, t) => t.state === BLOCKED && t.task === w.operator.task && t.channel.startsWith('migration of'),
  },
  {
    because: 'the operator waits for a process that has reason to wait itself, in a run in which a node has failed',
    explains: (w, t, asked) => t.state === BLOCKED && t.task === w.operator.task && awaitedProcessWaits(w, t, asked),
  },
  {
    because: 'the operator waits for a task that has reason to wait itself',
    explains: (w, t, asked) => t.state === BLOCKED && t.task === w.operator.task && awaitedTaskWaits(w, t, asked),
  },
  {
    because:
      'a Mach task waits for requests, and the operator who would end it waits for another that has reason to wait',
    explains: (w, t, asked) =>
      isReceiving(t) &&
      t.receiveName !== t.replyName &&
      startedAs(at(w.tasks, t.task)) !== NONE &&
      isAfterAnother(w, asked),
  },
  {
    because: 'whom it asked has a reason to wait',
    explains(w, t, asked) {
      const server = t.servedBy === NONE ? null : threadOf(w, t.servedBy);
      return isReceiving(t) && server !== null && server.serves === t.identity && isExplained(w, server, asked);
    },
  },
];

/** The operator was at a node that failed, or has given up: what it asked for could not be made at such a node. */
function isLeftAlone(w: World): boolean {
  return w.operator.task === NONE || w.expectations.some(({ actual }) => actual === 'fault');
}

const hasAnyFailed = (w: World): boolean => w.nodes.rows.some(({ failedAt }) => failedAt !== NONE);

/**
 * It was made by a process, not by the operator, and that parent has ended, which might have continued it. It or another of
 * the session was lost with a node, so that nobody was left who does, or the group was orphaned before it stopped.
 */
function hasLostItsSession(w: World, t: Thread): boolean {
  const { pid } = at(w.tasks, t.task);
  const entry = masterEntryOf(w, pid);
  const [proc] = select(w.procs, (each) => each.pid === pid);
  if (entry === null || proc === undefined || entry.parent !== INIT || proc.relations.parent === INIT) return false;
  if (masterEntryOf(w, proc.relations.parent)?.state === 'alive') return false;
  return select(w.masterEntries, ({ session, lost }) => session === entry.session && lost).length > 0;
}

const PUBLICATION = 'publication of ';

/** Of the tasks whose programs publish the name none is there any more, in a run in which a node has failed. */
function hasNoPublisher(w: World, t: Thread): boolean {
  const name = t.channel.slice(PUBLICATION.length);
  const publishes = ({ program, ended }: StartedTask): boolean =>
    !ended && w.setup.image.programs[program]!.code.some((each) => isPublication(each, name));
  return hasAnyFailed(w) && !w.operator.started.some(publishes);
}

function isPublication(each: Instruction, name: string): boolean {
  if (each.op !== 'mach' || each.call !== 'publish') return false;
  const [, published] = each.operands;
  return published?.kind !== 'value' || published.value === name;
}

/** The operator's right to the task, which still lives, has died. */
function isOutOfReach(w: World, t: Thread): boolean {
  const started = w.operator.started[startedAs(at(w.tasks, t.task))];
  if (started === undefined || w.operator.task === NONE || !hasAnyFailed(w)) return false;
  const entry = lookup(at(w.tasks, w.operator.task).space, started.right);
  return entry === null || entry.port === NONE || !at(w.ports, entry.port).active;
}

/** Nobody manages the process any more, and its task went by way of a node that has failed since: rights to it lead there. */
function isLeftOver(w: World, t: Thread): boolean {
  const { pid, kind, node } = at(w.tasks, t.task);
  if (kind !== 'process' || w.procs.rows.some((proc) => proc.live && proc.pid === pid)) return false;
  if (masterEntryOf(w, pid)?.state === 'alive') return false;
  return w.migrations.rows.some(({ by, committed, from, to, how, stamps, ...m }) => {
    const way = [from, to, agentNode(how, to)].filter((each) => each !== node);
    const hasGone = m.pid === pid && by === 'task' && committed;
    return hasGone && way.some((each) => at(w.nodes, each).failedAt >= stamps.decision);
  });
}

function servesInit(w: World, t: Thread): boolean {
  const client = t.serves === NONE ? null : threadOf(w, t.serves);
  return client !== null && at(w.tasks, client.task).pid === INIT;
}

/** Whoever waits asked a server on whose reply right it can still be answered, and there is nothing to answer. */
function waitsAtFile(w: World, t: Thread, waits: (w: World, file: File, operation: string) => boolean): boolean {
  const file = w.files.rows.find((each) => each.live && channelOf(each) === t.channel);
  const { operation, reply } = t.top!.data as Request;
  const entry = lookup(at(w.tasks, t.task).space, reply);
  if (file === undefined || entry === null || entry.port === NONE || !at(w.ports, entry.port).active) return false;
  return operation === 'file.poll' ? pollWaits(w, t, file) : waits(w, file, operation);
}

function pollWaits(w: World, t: Thread, file: File): boolean {
  const { body, arrivedOn } = t.top!.data as Request;
  const handle = handleByPort(w, file.server, arrivedOn);
  return handle !== null && (readiness(w, file, handle.flags) & (body as Poll).want) === 0;
}

function selectWaits(w: World, t: Thread, asked: ReadonlySet<number>): boolean {
  const { call, open } = t.top!.data as EmulatorSelect;
  const isOfCall = ({ body }: Request): boolean => (body as Poll).call === call;
  const polls = select(w.threads, (each) => routineOf(w, each) === 'file.poll' && isOfCall(each.top!.data as Request));
  return polls.length === open && polls.every((each) => isExplained(w, each, asked));
}

function waitsInPipe(w: World, file: File, operation: string): boolean {
  return operation === 'file.read'
    ? file.size === 0 && hasEnd(w, file, FILE_WRITE)
    : file.size > 0 && hasEnd(w, file, FILE_READ);
}

function waitsAtSocket(w: World, { socket, size }: File, operation: string): boolean {
  if (socket === null) return false;
  switch (operation) {
    case 'file.read':
      return size === 0 && !socket.reset && !hasEnded(w, socket);
    case 'file.write':
      return destinationOf(w, socket)?.size === SOCKET_BYTES;
    case 'socket.accept':
      return socket.queue.length === 0;
    default:
      return operation === 'socket.connect' && socket.queue.length === socket.backlog;
  }
}

/** The process is not always managed where its task is: a task that was moved alone has left it behind [5.9]. */
function isStopped(w: World, t: Thread): boolean {
  const { pid } = at(w.tasks, t.task);
  return pid !== NONE && w.procs.rows.some((proc) => proc.live && proc.pid === pid && proc.state === 'stopped');
}

/** The operator would end the task, but waits for the end of one before it. */
function isAfterAnother(w: World, asked: ReadonlySet<number>): boolean {
  const waits = select(w.threads, ({ task, state }) => task === w.operator.task && state === BLOCKED);
  return waits.some((each) => awaitedTaskWaits(w, each, asked));
}

/** The task whose end is awaited lives, and everything that runs in it has reason to wait. */
function awaitedTaskWaits(w: World, t: Thread, asked: ReadonlySet<number>): boolean {
  const awaited = select(w.tasks, (task) => startedAs(task) !== NONE && taskChannel(startedAs(task)) === t.channel);
  const threads = awaited.flatMap((task) => threadsOf(w, task));
  return threads.length > 0 && threads.every((each) => isExplained(w, each, asked));
}

/** Whom it waits for may be gone: a server waits for a client that was lost before it came. */
function awaitedProcessWaits(w: World, t: Thread, asked: ReadonlySet<number>): boolean {
  if (w.nodes.rows.every(({ failedAt }) => failedAt === NONE)) return false;
  const threads = select(w.tasks, ({ pid }) => pid !== NONE && exitChannel(pid) === t.channel).flatMap((task) =>
    threadsOf(w, task),
  );
  return threads.length > 0 && threads.every((each) => isExplained(w, each, asked));
}

/** There are children that it waits for; none of them has ended; and each has reason to wait, with all of its threads. */
function childrenWait(w: World, t: Thread, asked: ReadonlySet<number>): boolean {
  const client = t.serves === NONE ? null : threadOf(w, t.serves);
  const proc = client === null ? null : procOf(w, t.node, at(w.tasks, client.task).pid);
  if (proc === null) return false;
  const { pid: wanted } = (t.top!.data as Request).body as Wait;
  const children = proc.children.filter((child) => isWanted(w, proc.pid, child, wanted));
  if (children.length === 0 || children.some((child) => proc.exited.includes(child))) return false;
  return children.every((child) => {
    if (masterEntryOf(w, child)?.state === 'zombie') return false;
    const threads = select(w.tasks, ({ pid }) => pid === child).flatMap((task) => threadsOf(w, task));
    return threads.length > 0 && threads.every((each) => isExplained(w, each, asked));
  });
}

/** As waitpid chooses them: one, any, or those of a group. */
function isWanted(w: World, parent: number, child: number, wanted: number): boolean {
  if (wanted === NONE || wanted === child) return true;
  const group = wanted === 0 ? masterEntryOf(w, parent)?.group : -wanted;
  return wanted <= 0 && masterEntryOf(w, child)?.group === group;
}

function isExplained(w: World, t: Thread, asked: ReadonlySet<number>): boolean {
  if (asked.has(t.id)) return false;
  const more = new Set([...asked, t.id]);
  return reasons.some(({ explains }) => explains(w, t, more));
}

/** What should not be so in a world at rest, in words; empty if all is well. */
export function unexplained(w: World): string[] {
  const found: string[] = [];
  for (const t of w.threads.rows) {
    if (!t.live || t.identity === NONE || isExplained(w, t, new Set())) continue;
    found.push(`${describe(w, t)} waits, and nothing explains it`);
  }
  for (const packet of w.packets.rows) if (packet.live) found.push(`a packet is still on its way: ${packet.kind}`);
  for (const m of w.migrations.rows) {
    if (m.outcome === '' && w.operator.task !== NONE)
      found.push(`the migration of ${m.name} has not ended (${m.phase})`);
  }
  return found;
}

function describe(w: World, t: Thread): string {
  const task = at(w.tasks, t.task);
  const what = t.channel === '' ? '' : ` for ${t.channel}`;
  const suspended = isSuspended(w, t) ? ', suspended' : '';
  const routines = framesOf(t).map(({ routine, current }) => {
    const { name, steps } = w.setup.routines[routine]!;
    return `${name}: ${steps[current]?.name ?? 'end'}`;
  });
  const place = at(w.nodes, t.node).name;
  return `${t.name} of ${task.name} (pid ${task.pid}) at ${place} [state ${t.state}${suspended}${what}; ${routines.join(' > ')}]`;
}
