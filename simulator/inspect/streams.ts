/** Pipes and sockets: their bytes, both ends with who has them, and who waits. */
import { NONE, at, select } from '../base/table.ts';
import { lookup } from '../mach/ipc/space.ts';
import { BLOCKED, threadOf } from '../mach/thread.ts';
import { threadsOf } from '../mach/task-threads.ts';
import type { Task } from '../mach/task.ts';
import type { EmulatorState } from '../osf1/emulator/state.ts';
import { textOf } from '../osf1/file-server/bytes.ts';
import type { File } from '../osf1/file-server/file.ts';
import type { FileHandle } from '../osf1/file-server/handle.ts';
import { FILE_NON_BLOCK, FILE_READ, FILE_WRITE } from '../osf1/file-server/open.ts';
import { channelOf } from '../osf1/file-server/waiting.ts';
import type { Request } from '../mach/server.ts';
import { PIPE_BYTES } from '../osf1/pipes/pipe.ts';
import { SOCKET_BYTES } from '../osf1/sockets/socket.ts';
import type { OsfWorld } from '../osf1/world.ts';
import { nodeName, uidOfPort } from './label.ts';
import type { StreamEnd, StreamHolder, StreamState, StreamWaiter } from './state-streams.ts';

export function streamStates(w: OsfWorld): StreamState[] {
  return select(w.files, ({ kind, socket }) => kind === 'pipe' || socket !== null).map((file) => {
    const { kind, size, blocks, socket } = file;
    const server = at(w.fileServers, file.server);
    return {
      name: channelOf(file),
      kind: kind === 'pipe' ? 'pipe' : 'socket',
      server: nodeName(w, server.node),
      state: socket?.state ?? 'open',
      paths: select(w.fileNames, (name) => name.file === file.id && name.server === server.id).map(({ path }) => path),
      bytes: size,
      capacity: kind === 'pipe' ? PIPE_BYTES : SOCKET_BYTES,
      text: textOf(blocks[0] ?? ''),
      peer: socket === null || socket.peer === NONE ? null : channelOf(at(w.files, socket.peer)),
      shut: flagNames(socket?.shut ?? 0),
      backlog: socket?.backlog ?? 0,
      queue: (socket?.queue ?? []).map((end) => channelOf(at(w.files, end))),
      ends: select(w.fileHandles, (handle) => handle.file === file.id).map((handle) => endOf(w, handle)),
      waiting: waitersOf(w, file, at(w.tasks, server.task)),
    };
  });
}

function flagNames(flags: number): string[] {
  const names: readonly (readonly [flag: number, name: string])[] = [
    [FILE_READ, 'read'],
    [FILE_WRITE, 'write'],
    [FILE_NON_BLOCK, 'non_block'],
  ];
  return names.filter(([flag]) => (flags & flag) !== 0).map(([, name]) => name);
}

function endOf(w: OsfWorld, handle: FileHandle): StreamEnd {
  const { task } = at(w.fileServers, handle.server);
  const port = portOf(w, at(w.tasks, task), handle.port);
  const holders = select(w.tasks, ({ kind }) => kind === 'process').flatMap((each) => holdersIn(w, each, port));
  return { flags: flagNames(handle.flags), position: handle.position, holders };
}

/** The descriptors of the process that stand for the port. */
function holdersIn(w: OsfWorld, task: Task, port: string | null): StreamHolder[] {
  const files = (task.emulator as EmulatorState | null)?.files ?? [];
  return files.flatMap((file, descriptor) => {
    if (file === null || port === null || portOf(w, task, file.capability) !== port) return [];
    return [{ pid: task.pid, node: nodeName(w, task.node), descriptor }];
  });
}

/** What a name denotes, the same on all nodes; null for a dead name. */
function portOf(w: OsfWorld, task: Task, name: number): string | null {
  const entry = lookup(task.space, name);
  if (entry === null || entry.port === NONE) return null;
  return uidOfPort(w, at(w.ports, entry.port)) ?? `port ${entry.port}`;
}

function waitersOf(w: OsfWorld, file: File, server: Task): StreamWaiter[] {
  const channel = channelOf(file);
  const waiting = threadsOf(w, server).filter((t) => t.state === BLOCKED && t.channel === channel);
  return waiting.map((t) => {
    const client = t.serves === NONE ? null : threadOf(w, t.serves);
    const pid = client === null ? NONE : at(w.tasks, client.task).pid;
    return { operation: (t.top!.data as Request).operation, thread: t.identity, pid: pid === NONE ? null : pid };
  });
}
