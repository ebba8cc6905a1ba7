/** Open file structures with who shares them; pipes and sockets: their bytes, both ends, and who waits. */
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
import type { OpenFileState, StreamHolder, StreamState, StreamWaiter } from './state-streams.ts';

/** Both lists are of the same open file structures: who holds them is found once. */
export function fileStates(w: OsfWorld): { readonly openFiles: OpenFileState[]; readonly streams: StreamState[] } {
  const holders = holdersOf(w);
  return { openFiles: openFileStates(w, holders), streams: streamStates(w, holders) };
}

function openFileStates(w: OsfWorld, holders: Holders): OpenFileState[] {
  return select(w.fileHandles, () => true).map((handle) => {
    const file = at(w.files, handle.file);
    const [path] = pathsOf(w, file);
    return {
      open: handle.id,
      server: nodeName(w, at(w.fileServers, handle.server).node),
      name: path ?? channelOf(file),
      kind: file.kind,
      size: file.size,
      flags: flagNames(handle.flags),
      position: handle.position,
      token: handle.serial === NONE ? null : { access: handle.access, pid: tokenHolder(w, handle) },
      holders: holdersOfHandle(w, handle, holders),
    };
  });
}

const pathsOf = (w: OsfWorld, { id, server }: File): string[] =>
  select(w.fileNames, (name) => name.file === id && name.server === server).map(({ path }) => path);

/** Whose emulator keeps the token that was granted last; null while it is on its way. */
function tokenHolder(w: OsfWorld, { id, serial }: FileHandle): number | null {
  const [task] = select(w.tasks, ({ emulator }) =>
    ((emulator as EmulatorState | null)?.tokens ?? []).some((held) => held.open === id && held.serial === serial),
  );
  return task === undefined ? null : task.pid;
}

function streamStates(w: OsfWorld, holders: Holders): StreamState[] {
  return select(w.files, ({ kind, socket }) => kind === 'pipe' || socket !== null).map((file) => {
    const { kind, size, blocks, socket } = file;
    const server = at(w.fileServers, file.server);
    const handles = select(w.fileHandles, (handle) => handle.file === file.id);
    return {
      name: channelOf(file),
      kind: kind === 'pipe' ? 'pipe' : 'socket',
      server: nodeName(w, server.node),
      state: socket?.state ?? 'open',
      paths: pathsOf(w, file),
      bytes: size,
      capacity: kind === 'pipe' ? PIPE_BYTES : SOCKET_BYTES,
      text: textOf(blocks[0] ?? ''),
      data: hexadecimal(blocks[0] ?? ''),
      taken: kind === 'pipe' ? (handles.find(({ flags }) => (flags & FILE_READ) !== 0)?.position ?? 0) : 0,
      peer: socket === null || socket.peer === NONE ? null : channelOf(at(w.files, socket.peer)),
      shut: flagNames(socket?.shut ?? 0),
      backlog: socket?.backlog ?? 0,
      queue: (socket?.queue ?? []).map((end) => channelOf(at(w.files, end))),
      ends: handles.map((handle) => ({
        flags: flagNames(handle.flags),
        position: handle.position,
        holders: holdersOfHandle(w, handle, holders),
      })),
      waiting: waitersOf(w, file, at(w.tasks, server.task)),
    };
  });
}

const hexadecimal = (bytes: string): string =>
  Array.from(bytes, (each) => each.charCodeAt(0).toString(16).padStart(2, '0')).join('');

function flagNames(flags: number): string[] {
  const names: readonly (readonly [flag: number, name: string])[] = [
    [FILE_READ, 'read'],
    [FILE_WRITE, 'write'],
    [FILE_NON_BLOCK, 'non_block'],
  ];
  return names.filter(([flag]) => (flags & flag) !== 0).map(([, name]) => name);
}

/** Which descriptors stand for which open file structure, by what its port is called on all nodes. */
type Holders = ReadonlyMap<string, readonly StreamHolder[]>;

function holdersOf(w: OsfWorld): Holders {
  const holders = new Map<string, StreamHolder[]>();
  for (const task of select(w.tasks, ({ kind }) => kind === 'process')) {
    const files = (task.emulator as EmulatorState | null)?.files ?? [];
    files.forEach((file, descriptor) => {
      const port = file === null ? null : portOf(w, task, file.capability);
      if (port === null) return;
      const known = holders.get(port) ?? [];
      holders.set(port, [...known, { pid: task.pid, node: nodeName(w, task.node), descriptor }]);
    });
  }
  return holders;
}

function holdersOfHandle(w: OsfWorld, { server, port }: FileHandle, holders: Holders): readonly StreamHolder[] {
  const known = portOf(w, at(w.tasks, at(w.fileServers, server).task), port);
  return (known === null ? undefined : holders.get(known)) ?? [];
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
