/**
 * The credentials server's entries: who a process is, for everybody who must know it without asking its PMA.
 *
 * An entry is shared by all processes of a user, like the ucred structure of UNIX: fork adds a holder and exit takes
 * one away. Each entry has a port; processes, PMAs and file servers name it by a right to that port.
 */
import { NONE, take, type Row } from '../../base/table.ts';
import type { OsfWorld } from '../world.ts';

export interface CredentialsServer extends Row {
  node: number;
  task: number;
  // Names in the space of its task.
  self: number;
  service: number;
  set: number;
}

export interface CredentialsEntry extends Row {
  /** Row of the server. */
  server: number;
  /** Name of the entry's port in the server's space. */
  port: number;
  uid: number;
  /** Pids of the processes that use it. */
  readonly holders: number[];
  /** Processor time of the holders that have gone (ns). */
  usage: number;
}

export function credentialsEntryAllocate(w: OsfWorld, server: number, uid: number): CredentialsEntry {
  return take(w.credentials, (id) => ({ id, live: true, server, port: NONE, uid, holders: [], usage: 0 }));
}
