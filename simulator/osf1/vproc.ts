/**
 * The virtual process: what a PMA knows of any process, wherever it is [paper 2.2, mechanisms 5.2].
 *
 * `operations` says which table is in place. *local*: the process lives here, an operation is a call of the PMA.
 * *stub*: an operation becomes a message to the PMA that `capability` names, whose server stub executes it; what is
 * believed here (`at`, `capability`) may be out of date and is put right when a call is answered "absent process".
 *
 * A local vproc in state *frozen* (its process is being detached) or *attaching* (it is being installed) accepts every
 * request and executes none: each is kept whole, with its reply right, at the end of `pending` (the queue Q). A stub is
 * kept while processes of this node refer to it.
 */
import { NONE, release, take, type Row } from '../base/table.ts';
import type { SavedRequest } from './proc.ts';
import type { OsfWorld } from './world.ts';

export type VprocState = 'active' | 'frozen' | 'attaching';

export interface Vproc extends Row {
  node: number;
  pid: number;
  operations: 'local' | 'stub';
  /** Row of the proc, or NONE for a stub. */
  proc: number;
  /** Node on which the process is believed to be. */
  at: number;
  /** Name, in the PMA's space, of the send right to that node's PMA; NONE if the process is local. */
  capability: number;
  /** Pids of the local processes that have used this vproc; calls that are using it now count in `references`. */
  readonly holders: number[];
  references: number;
  state: VprocState;
  /** It is frozen, and a call of it that waits has to end first: what that call depends on is let through (admission.ts). */
  awaitsCalls: boolean;
  readonly pending: SavedRequest[];
}

function blankVproc(id: number): Vproc {
  return {
    id,
    live: true,
    node: NONE,
    pid: NONE,
    operations: 'stub',
    proc: NONE,
    at: NONE,
    capability: NONE,
    holders: [],
    references: 0,
    state: 'active',
    awaitsCalls: false,
    pending: [],
  };
}

/** A new vproc; at most one per node and pid. */
export function vprocAllocate(w: OsfWorld, node: number, pid: number): Vproc {
  const vproc = take(w.vprocs, blankVproc);
  vproc.node = node;
  vproc.pid = pid;
  return vproc;
}

export function vprocFree(w: OsfWorld, vproc: Vproc): void {
  release(w.vprocs, vproc, blankVproc);
}

export function vprocOf(w: OsfWorld, node: number, pid: number): Vproc | null {
  for (const vproc of w.vprocs.rows) if (vproc.live && vproc.node === node && vproc.pid === pid) return vproc;
  return null;
}

/** The process is here now: the table of local operations is put in place. */
export function becomeLocal(vproc: Vproc, proc: number): void {
  vproc.operations = 'local';
  vproc.proc = proc;
  vproc.at = vproc.node;
  vproc.capability = NONE;
}

/** The process is elsewhere: the client stubs are put in place. The caller gives up the capability held before. */
export function becomeStub(vproc: Vproc, at: number, capability: number): void {
  vproc.operations = 'stub';
  vproc.proc = NONE;
  vproc.at = at;
  vproc.capability = capability;
  vproc.state = 'active';
}

/** Whether nothing keeps a vproc alive: it is not local and nobody refers to it. */
export function isUnused(vproc: Vproc): boolean {
  return vproc.operations === 'stub' && vproc.references === 0 && vproc.holders.length === 0;
}
