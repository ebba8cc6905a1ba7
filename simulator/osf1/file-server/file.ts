/**
 * Files, and the servers that hold them. A file has a path, a size, and for each page the version that was written through
 * a mapping last; what reading and writing by system calls does to it is not modelled, only how much.
 */
import { NONE, take, type Row } from '../../base/table.ts';
import type { OsfWorld } from '../world.ts';

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
  /** Receive rights of what stands for directories and the terminal. */
  root: number;
  home: number;
  terminal: number;
}

export interface File extends Row {
  path: string;
  /** Row of the file server. */
  server: number;
  /** Bytes. */
  size: number;
  /** Name, in the server's space, of the receive right of its memory object; NONE until it is first mapped. */
  memoryObject: number;
  /** Of pages that were written through a mapping; all others are version 0. */
  readonly versions: number[];
}

export function fileAllocate(w: OsfWorld, server: number, path: string, size: number): File {
  return take(w.files, (id) => ({ id, live: true, path, server, size, memoryObject: NONE, versions: [] }));
}

/** The file of this path, or null. */
export function fileOf(w: OsfWorld, path: string): File | null {
  for (const file of w.files.rows) if (file.live && file.path === path) return file;
  return null;
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

function isBelow(path: string, directory: string): boolean {
  if (directory === '/') return true;
  return path === directory || path.startsWith(directory.endsWith('/') ? directory : `${directory}/`);
}

/** The root server: the one whose directory is `/`, or else the first. */
export function rootServer(w: OsfWorld): FileServer | null {
  return serverOfPath(w, '/') ?? w.fileServers.rows.find(({ live }) => live) ?? null;
}
