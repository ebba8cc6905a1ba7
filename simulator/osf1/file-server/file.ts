/**
 * Files, and the servers that hold them. What a file is called is in the server's table of names (name.ts); here is what it
 * holds (bytes.ts), and for each page the version that was written through a mapping last. A file lives as long as it has a
 * name or somebody has it open.
 */
import { NONE, take, type Row } from '../../base/table.ts';
import type { Thread } from '../../mach/thread.ts';
import type { Socket } from '../sockets/socket.ts';
import type { Keeper } from './kept-images.ts';
import type { OsfWorld } from '../world.ts';
import type { Mapped } from './mapped.ts';
import { isBelow } from './name.ts';

export interface FileServer extends Row {
  node: number;
  task: number;
  /** Directory whose files it holds; `/` for the root server. */
  directory: string;
  // Names in the space of its task.
  self: number;
  /** Port that other servers call on, and the set with all ports. */
  service: number;
  set: number;
  /** Send rights to the service ports of the other file servers, by row. */
  readonly peers: number[];
  /** Numbers of calls on paths that are to end [interrupt.ts]. */
  readonly interrupts: number[];
  /** Receive rights of what stands for directories and the terminal. */
  root: number;
  home: number;
  terminal: number;
}

export type FileKind = 'file' | 'directory' | 'pipe' | 'socket' | 'terminal';

export interface File extends Row {
  /** Row of the file server. */
  server: number;
  kind: FileKind;
  /** Who may do what (permission.ts). */
  owner: number;
  mode: number;
  /** Names that it has. */
  links: number;
  /** Bytes. */
  size: number;
  /** What they are, block by block, without zeros at the end (bytes.ts). */
  readonly blocks: string[];
  /** Virtual time (ns) of the last change of what it holds. */
  modified: number;
  /** How often its tokens had to be wanted back since it was opened first. */
  recalls: number;
  /** Name, in the server's space, of the receive right of its memory object; NONE until it is first mapped. */
  memoryObject: number;
  /** Of pages that were written through a mapping; all others are version 0. */
  readonly versions: number[];
  /** PMAs that execute it without asking: to be called back before it changes. */
  readonly keepers: Keeper[];
  /** What the server knows as its pager while programs have it mapped (mapped.ts); else null. */
  mapped: Mapped | null;
  /** What there is to say of a socket; null of everything else, and of a name whose socket has been closed. */
  socket: Socket | null;
}

/** Who made it, and what they let others do. */
export interface Ownership {
  readonly owner: number;
  readonly mode: number;
}

const everybody: Ownership = { owner: 0, mode: 0o777 };

export function fileAllocate(
  w: OsfWorld,
  server: number,
  kind: FileKind,
  size: number,
  { owner, mode } = everybody,
): File {
  return take(w.files, (id) => ({
    id,
    live: true,
    server,
    kind,
    owner,
    mode,
    links: 0,
    size,
    blocks: [],
    modified: w.time,
    recalls: 0,
    memoryObject: NONE,
    versions: [],
    keepers: [],
    mapped: null,
    socket: null,
  }));
}

/** The server that the thread is one of. */
export function fileServerOf(w: OsfWorld, t: Thread): FileServer {
  for (const server of w.fileServers.rows) if (server.live && server.task === t.task) return server;
  throw new RangeError(`${t.name} is no thread of a file server`);
}

/** The server with the longest directory that is a prefix of the path. */
export function serverOfPath(w: OsfWorld, path: string): FileServer | null {
  let best: FileServer | null = null;
  for (const server of w.fileServers.rows) {
    if (!server.live || !isBelow(path, server.directory)) continue;
    if (best === null || server.directory.length > best.directory.length) best = server;
  }
  return best;
}

/** The root server: the one whose directory is `/`, or else the first. */
export function rootServer(w: OsfWorld): FileServer | null {
  return serverOfPath(w, '/') ?? w.fileServers.rows.find(({ live }) => live) ?? null;
}
