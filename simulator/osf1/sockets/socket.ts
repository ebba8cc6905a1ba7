/**
 * A local stream socket (AF_UNIX, SOCK_STREAM): a file of its own kind at a file server.
 *
 *   unbound      made by socket(); it can be bound, or connected
 *   bound        it is what its name denotes
 *   listening    connections come to it, and wait until they are accepted; at most `backlog` of them
 *   connected    one of two ends, each with 4 KB of bytes that have come and are not read yet
 *
 * A connection is at the server that has the name that was connected to, as a whole: both ends are files of that server, so
 * no two servers have to agree on it. An end is closed when nobody has a right to it any more, wherever those were who had
 * one [no-senders, 1.9]: then the other one reads what has come, and after that the end of the file.
 *
 * The name of a socket is a name of its file: it stays when the socket is closed, refuses whoever connects, and goes when it
 * is unlinked, as in UNIX.
 */
import { NONE, at } from '../../base/table.ts';
import { fileAllocate, type File } from '../file-server/file.ts';
import { forgetUnused } from '../file-server/name.ts';
import { FILE_READ, FILE_WRITE } from '../file-server/open.ts';
import { wakeFile } from '../file-server/waiting.ts';
import type { OsfWorld } from '../world.ts';

/** Bytes that wait at an end at most: what 4.3BSD gives a stream socket (PIPSIZ). */
export const SOCKET_BYTES = 4096;

export interface Socket {
  state: 'unbound' | 'bound' | 'listening' | 'connected';
  /** Row of the file that is the other end; NONE without one, or when it has gone. */
  peer: number;
  /** How many connections may wait to be accepted, and the ends of those that do. */
  backlog: number;
  readonly queue: number[];
  /** FILE_READ, FILE_WRITE: what has been shut down. */
  shut: number;
  /** The other end went without having been accepted: the next read says so. */
  reset: boolean;
}

export function socketAllocate(w: OsfWorld, server: number): File {
  const file = fileAllocate(w, server, 'socket', 0);
  file.socket = { state: 'unbound', peer: NONE, backlog: 0, queue: [], shut: 0, reset: false };
  return file;
}

/** Two ends of one connection. */
export function socketPair(w: OsfWorld, server: number): readonly [File, File] {
  const ends = [socketAllocate(w, server), socketAllocate(w, server)] as const;
  ends.forEach((end, index) => {
    Object.assign(end.socket!, { state: 'connected', peer: ends[1 - index]!.id } satisfies Partial<Socket>);
  });
  return ends;
}

/** The file of the other end, or null. */
function peerOf(w: OsfWorld, { peer }: Socket): File | null {
  return peer === NONE ? null : at(w.files, peer);
}

/** Nothing more will come: the other end has gone, or writes no more, or this one reads no more. */
export function hasEnded(w: OsfWorld, socket: Socket): boolean {
  const peer = peerOf(w, socket);
  return peer === null || (socket.shut & FILE_READ) !== 0 || (peer.socket!.shut & FILE_WRITE) !== 0;
}

/** Where what is written goes; null if nobody will read it. */
export function destinationOf(w: OsfWorld, socket: Socket): File | null {
  const peer = peerOf(w, socket);
  return peer === null || (socket.shut & FILE_WRITE) !== 0 || (peer.socket!.shut & FILE_READ) !== 0 ? null : peer;
}

/** Nobody has it open any more. Connections that it has not accepted are reset. */
export function socketClose(w: OsfWorld, file: File): void {
  const { socket } = file;
  if (socket === null) return;
  wakeFile(w, file);
  for (const end of socket.queue) {
    const waiting = at(w.files, end);
    const client = peerOf(w, waiting.socket!);
    if (client !== null) client.socket!.reset = true;
    socketClose(w, waiting);
    forgetUnused(w, waiting);
  }
  const peer = peerOf(w, socket);
  if (peer !== null) peer.socket!.peer = NONE;
  file.socket = null;
}
