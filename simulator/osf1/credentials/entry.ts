/**
 * The credentials server's entries: who a process is, for everybody who must know it without asking its PMA.
 *
 * An entry is shared by all processes of a user, like the ucred structure of UNIX: fork adds a holder and exit takes
 * one away. Each entry has a port; processes, PMAs and file servers name it by a right to that port.
 */
import { NONE, take, type Row } from '../../base/table.ts';
import type { Thread } from '../../mach/thread.ts';
import type { OsfWorld } from '../world.ts';

export interface CredentialsServer extends Row {
  node: number;
  task: number;
  // Names in the space of its task.
  self: number;
  service: number;
  set: number;
  /** Send rights to the other servers, by row, as far as they have been asked for; NONE elsewhere. */
  readonly peers: number[];
  /** It has come back, and does not know everybody yet: requests wait (recover.ts). */
  recovering: boolean;
}

/** A process that uses an entry: its real user, whose limit of processes it counts for, and where it is. */
export interface Holder {
  readonly pid: number;
  readonly user: number;
  readonly node: number;
}

export interface CredentialsEntry extends Row {
  /** Row of the server. */
  server: number;
  /** Name of the entry's port in the server's space. */
  port: number;
  uid: number;
  /** The processes that use it. */
  readonly holders: Holder[];
  /** Processor time of the holders that have gone (ns). */
  usage: number;
}

export function credentialsEntryAllocate(w: OsfWorld, server: number, uid: number): CredentialsEntry {
  return take(w.credentials, (id) => ({ id, live: true, server, port: NONE, uid, holders: [], usage: 0 }));
}

/** The server that the thread belongs to. */
export function serverOf(w: OsfWorld, t: Thread): CredentialsServer {
  const server = w.credentialsServers.rows.find(({ live, task }) => live && task === t.task);
  if (server === undefined) throw new RangeError(`${t.name} is no thread of a credentials server`);
  return server;
}

/** The entry that a request was sent to, by the port that it arrived on, or null. */
export function entryAt(w: OsfWorld, t: Thread, port: number): CredentialsEntry | null {
  for (const entry of w.credentials.rows) {
    if (entry.live && entry.port === port && w.credentialsServers.rows[entry.server]!.task === t.task) return entry;
  }
  return null;
}
