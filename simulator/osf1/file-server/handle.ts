/**
 * The open file structure: made by open, named by a capability, shared by everybody who holds it [paper 3.1].
 *
 * Its port stands for the file reference and the position; because the position is here, a parent and a child that
 * share the capability share the position, wherever they are [P10]. One of them may have the position token: then the
 * position is with its emulator, and comes back with the token (token.ts). A second port stands for the token: whose PMA
 * may be asked about the file. The structure is freed when the last send right to it has gone (no-senders notice).
 */
import { NONE, release, take, type Row } from '../../base/table.ts';
import type { OsfWorld } from '../world.ts';

/** A file token: to read, of which there may be many, or to write, and then there is no other. */
export type FileAccess = 'none' | 'read' | 'write';

export interface FileHandle extends Row {
  /** Row of the file and of its server. */
  file: number;
  server: number;
  /** Names, in the server's space, of the receive rights of the open file structure and of its token. */
  port: number;
  token: number;
  /** Send rights made to the file port, as far as is known: a notice that says otherwise is asked for again [1.9]. */
  made: number;
  /** As the server knows it: while somebody has the position token it is where that one began. */
  position: number;
  flags: number;
  /** Numbers of calls on a pipe that are to end [interrupt.ts]. */
  interrupts: number[];
  /** The grant of the position token: the event in which it was made; NONE if the position is here. */
  serial: number;
  /** Which file token whoever has the position token has with it. */
  access: FileAccess;
  /** Name of the send right to the per-process port of the PMA that is told about the token, or NONE. */
  client: number;
  /** Node of the PMA that has acquired the token; NONE with the PMA that opened the file, and while it is handed over. */
  holder: number;
}

function blankHandle(id: number): FileHandle {
  return {
    id,
    live: true,
    file: NONE,
    server: NONE,
    port: NONE,
    token: NONE,
    made: 0,
    position: 0,
    flags: 0,
    interrupts: [],
    serial: NONE,
    access: 'none',
    client: NONE,
    holder: NONE,
  };
}

export function handleAllocate(w: OsfWorld, file: number, server: number): FileHandle {
  const handle = take(w.fileHandles, blankHandle);
  handle.file = file;
  handle.server = server;
  return handle;
}

export function handleFree(w: OsfWorld, handle: FileHandle): void {
  release(w.fileHandles, handle, blankHandle);
}

/** The open file structure whose file or token port this is (a name in the server's space), or null. */
export function handleByPort(w: OsfWorld, server: number, port: number): FileHandle | null {
  for (const handle of w.fileHandles.rows) {
    if (handle.live && handle.server === server && (handle.port === port || handle.token === port)) return handle;
  }
  return null;
}
