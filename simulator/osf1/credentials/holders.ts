/**
 * Who a user's processes are, on all nodes: the credentials server is told of every new process, and knows the others
 * [paper 2.2]. Where there are several servers each knows the processes that were made beside it, and the one that is
 * asked asks the others.
 */
import { NONE, at } from '../../base/table.ts';
import { renewRight } from '../../dipc/boot.ts';
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { lookup } from '../../mach/ipc/space.ts';
import { call, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import type { Thread } from '../../mach/thread.ts';
import { RLIM_INFINITY } from '../limits.ts';
import type { OsfWorld } from '../world.ts';
import { entryAt, serverOf, type CredentialsServer, type Holder } from './entry.ts';

/** Whose processes: those that act as the user, or those whose real user it is. */
export interface UserOf {
  readonly uid: number;
  readonly as: 'effective' | 'real';
}

/** What `credentials.processes` answers. */
export interface ProcessesOf {
  readonly pids: readonly number[];
}

interface Gather extends UserOf {
  /** Rows of the servers that are still to be asked. */
  others?: number[];
  readonly found: number[];
}

/** Finishes with the pids, in no order that means anything. */
const gather = routine<OsfWorld, Gather>('credentials.gather', 'asks every credentials server for processes', [
  step('look into the own entries', (w, t, f) => {
    const server = serverOf(w, t);
    f.found.push(...ownProcesses(w, server, f));
    f.others = w.credentialsServers.rows.filter(({ live, id }) => live && id !== server.id).map(({ id }) => id);
  }),
  step('ask the next server', (w, t, f) => {
    const other = f.others!.shift();
    if (other === undefined) return finish(t, f.found);
    t.code = 'KERN_FAILURE';
    const name = rightTo(w, t, w.credentialsServers.rows[other]!);
    const body: UserOf = { uid: f.uid, as: f.as };
    if (name !== NONE) rpc(w, t, name, 'credentials.own_processes', { body });
  }),
  step('add what it says', (w, t, f) => {
    if (t.code === 'KERN_SUCCESS') f.found.push(...(t.body as ProcessesOf).pids);
    goTo(w, t, 'ask the next server');
  }),
]);

const processes = routine<OsfWorld, Request>('credentials.processes', 'says which processes a user has', [
  step('ask everybody', (_w, t, f) => call(t, gather, { ...(f.body as UserOf), found: [] } satisfies Gather)),
  step('answer', (_w, t) => {
    const pids = (t.result as number[]).sort((a, b) => a - b);
    finish(t, { body: { pids } satisfies ProcessesOf } satisfies Payload);
  }),
]);

const own = routine<OsfWorld, Request>('credentials.own_processes', 'says which of its processes a user has', [
  step('look into the entries', (w, t, f) => {
    const pids = ownProcesses(w, serverOf(w, t), f.body as UserOf);
    finish(t, { body: { pids } satisfies ProcessesOf } satisfies Payload);
  }),
]);

function ownProcesses(w: OsfWorld, { id }: CredentialsServer, { uid, as }: UserOf): number[] {
  const entries = w.credentials.rows.filter(({ live, server }) => live && server === id);
  const acting = entries.filter((entry) => as === 'real' || entry.uid === uid);
  const holders = acting.flatMap((entry) => entry.holders);
  return holders.filter(({ user }) => as === 'effective' || user === uid).map(({ pid }) => pid);
}

/** Body of `credentials.dup`: a new process, whose real user may have so many in all. */
export interface Dup extends Holder {
  readonly limit: number;
}

/** Only a process that has a limit makes the server count [docs/decisions/0057-who-enforces-a-limit.md]. */
const dup = routine<OsfWorld, Request>('credentials.dup', 'lets one more process use the entry', [
  step('count the processes of its user, if they are limited', (_w, t, f) => {
    const { user, limit } = f.body as Dup;
    if (limit !== RLIM_INFINITY) call(t, gather, { uid: user, as: 'real', found: [] } satisfies Gather);
  }),
  step('enter it, unless there are too many', (w, t, f) => {
    const { pid, user, node, limit } = f.body as Dup;
    const others = limit === RLIM_INFINITY ? 0 : (t.result as number[]).length;
    if (others >= limit) return finish(t, { code: 'EAGAIN' } satisfies Payload);
    const entry = entryAt(w, t, f.arrivedOn);
    if (entry === null) return finish(t, { code: 'KERN_INVALID_ARGUMENT' } satisfies Payload);
    if (!entry.holders.some((each) => each.pid === pid)) entry.holders.push({ pid, user, node });
    finish(t, {} satisfies Payload);
  }),
]);

/** Name, in the space of the thread's task, of a right to another credentials server. */
function rightTo(w: OsfWorld, t: Thread, other: CredentialsServer): number {
  const { peers } = serverOf(w, t);
  const service = lookup(at(w.tasks, other.task).space, other.service)!.port;
  while (peers.length <= other.id) peers.push(NONE);
  peers[other.id] = renewRight(w, peers[other.id]!, at(w.ports, service), at(w.tasks, t.task));
  return peers[other.id]!;
}

/** A node has failed: its processes are no longer there. */
export function forgetHolders(w: OsfWorld, { id }: CredentialsServer, node: number): void {
  for (const { live, server, holders } of w.credentials.rows) {
    if (live && server === id) holders.splice(0, holders.length, ...holders.filter((each) => each.node !== node));
  }
}

/** Not among the services: called by the others. */
export const holderRoutine: Routine = gather;
export const holderOperations: readonly Routine[] = [dup, processes, own];
