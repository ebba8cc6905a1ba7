/**
 * The name space of files. Each server has a table of its own: absolute paths, and what each denotes. A path is looked up
 * by the root server first; what is below the directory of another server is that server's, and so is a file that a
 * script has put on a certain node: then the root server's table says which server has it.
 *
 * A directory is a file without bytes. A file that has no name any more lives on until nobody has it open.
 */
import { NONE, release, take, type Row } from '../../base/table.ts';
import type { OsfWorld } from '../world.ts';
import { fileAllocate, serverOfPath, type File, type FileServer } from './file.ts';

export interface FileName extends Row {
  /** Row of the server whose table it is in. */
  server: number;
  /** Absolute, without `.`, `..` and a slash at its end. */
  path: string;
  /** Row of the file; NONE if another server has it. */
  file: number;
  /** Row of the server that has it. */
  at: number;
}

const blankName = (id: number): FileName => ({ id, live: true, server: NONE, path: '', file: NONE, at: NONE });

export function nameOf(w: OsfWorld, server: number, path: string): FileName | null {
  for (const name of w.fileNames.rows) if (name.live && name.server === server && name.path === path) return name;
  return null;
}

/** Enters a name for a file of this server, or of another. */
export function enterName(w: OsfWorld, server: number, path: string, file: File | null, at = server): FileName {
  const name = take(w.fileNames, blankName);
  Object.assign(name, { server, path, file: file?.id ?? NONE, at });
  if (file !== null) file.links++;
  return name;
}

/** Takes a name out; the file goes with its last name, unless somebody has it open. */
export function removeName(w: OsfWorld, name: FileName): void {
  const file = name.file === NONE ? null : w.files.rows[name.file]!;
  release(w.fileNames, name, blankName);
  if (file === null) return;
  file.links--;
  forgetUnused(w, file);
}

/** Frees a file that has no name, that nobody has open, that no kernel has mapped, and that is no end of a connection. */
export function forgetUnused(w: OsfWorld, file: File): void {
  if (file.links > 0 || file.memoryObject !== NONE || file.mapped !== null || file.socket !== null) return;
  if (w.fileHandles.rows.some((handle) => handle.live && handle.file === file.id)) return;
  file.live = false;
}

/** The directory that a path is in. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** Whether a path is the directory, or somewhere below it. */
export function isBelow(path: string, directory: string): boolean {
  return directory === '/' || path === directory || path.startsWith(`${directory}/`);
}

/** The last parts of the names in a directory, in their order. */
export function namesIn(w: OsfWorld, server: number, directory: string): string[] {
  const found: string[] = [];
  for (const { live, server: of, path } of w.fileNames.rows) {
    if (live && of === server && path !== '/' && parentOf(path) === directory)
      found.push(path.slice(path.lastIndexOf('/') + 1));
  }
  return found.sort();
}

/** Makes a directory and those above it, as far as they are missing in the server's part of the name space. */
export function makeDirectories(w: OsfWorld, server: FileServer, path: string): void {
  if (nameOf(w, server.id, path) !== null) return;
  if (path !== server.directory && path !== '/') makeDirectories(w, server, parentOf(path));
  enterName(w, server.id, path, fileAllocate(w, server.id, 'directory', 0));
}

/** The server that has what a path denotes, or would have it, as far as this server can tell; null if there is none. */
export function holderOf(w: OsfWorld, server: FileServer, path: string): FileServer | null {
  const name = nameOf(w, server.id, path);
  return name === null ? serverOfPath(w, path) : w.fileServers.rows[name.at]!;
}

/** Why a new name cannot be entered; empty if it can. */
export function entering(w: OsfWorld, server: number, path: string): string {
  const parent = nameOf(w, server, parentOf(path));
  if (parent === null) return 'ENOENT';
  return parent.file !== NONE && w.files.rows[parent.file]!.kind === 'directory' ? '' : 'ENOTDIR';
}
