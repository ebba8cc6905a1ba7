/**
 * The only credentials server has come back, with entries that nobody holds: the PMA takes the rights to them in the place of
 * its dead ones, and says which of its processes use which, both in one step, so that whatever it asks of an entry afterwards
 * is about what it has said (credentials/recover.ts).
 *
 * The task of a process keeps its own right, which is dead: nobody calls by it, and it is replaced when the process becomes
 * another user.
 */
import { NONE, at } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { lookup } from '../../mach/ipc/space.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, finish, routine, step } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import type { Holder } from '../credentials/entry.ts';
import type { Proc } from '../proc.ts';
import { USER } from '../users.ts';
import type { OsfWorld } from '../world.ts';
import { pmaOf, type Pma } from './pma.ts';

/** Body of `pma.holders`: users; with it come a right to the server, and one to the entry of each of them. */
export interface Entries {
  readonly uids: readonly number[];
}

/** A process, as its PMA knows it. */
export interface HeldBy extends Holder {
  readonly uid: number;
  /** It is on its way to another node. */
  readonly leaving: boolean;
}

/** What the PMA answers; users that the server has no entry for are among them. */
export interface Held {
  readonly node: number;
  readonly held: readonly HeldBy[];
}

interface HoldersCall extends Request {
  stale?: number[];
  answered?: Payload;
}

export const pmaHolders = routine<OsfWorld, HoldersCall>('pma.holders', 'says who is which user', [
  step('take the rights, and look', (w, t, f) => {
    const pma = pmaOf(w, t);
    const { uids } = f.body as Entries;
    const [service, ...entries] = f.names;
    const here = w.procs.rows.filter(({ live, node }) => live && node === pma.node);
    const before = new Set([pma.credentials, pma.user, ...here.map(({ names }) => names.credentials)]);
    const entryOf = (uid: number, otherwise: number): number => entries[uids.indexOf(uid)] ?? otherwise;
    pma.credentials = service!;
    pma.user = entryOf(USER, pma.user);
    // Whoever is just being installed takes its entry over itself (migration/process/install.ts).
    for (const { names, uid, state } of here) {
      if (state !== 'attaching') names.credentials = entryOf(uid, names.credentials);
    }
    const kept = new Set([pma.credentials, pma.user, NONE, ...here.map(({ names }) => names.credentials)]);
    f.stale = [...new Set([...before, ...f.names])].filter((name) => !kept.has(name));
    // One that is ending may have tried to give its entry back already.
    const staying = here.filter(({ state }) => state !== 'exiting');
    const held = staying.map(({ pid, uid, realUid, list, state }) => ({
      ...{ pid, uid, user: realUid, node: pma.node },
      leaving: list === 'migrating' && state !== 'attaching',
    }));
    f.answered = { body: { node: pma.node, held } satisfies Held };
  }),
  step('give up those that nobody uses', (w, t, f) => {
    const name = f.stale!.shift();
    if (name === undefined) return finish(t, f.answered);
    again(t);
    kernelCall(w, t, pmaOf(w, t).self, 'mach_port_deallocate', { body: { name } });
  }),
]);

/**
 * Name of a right to the entry of a process whose own has died: the one that others of its user have here; NONE if its own is
 * alive, or there is none.
 */
export function renewedEntry(w: OsfWorld, pma: Pma, { id, node, uid, names }: Proc): number {
  const { space } = at(w.tasks, pma.task);
  const isAlive = (name: number): boolean => {
    const port = lookup(space, name)?.port ?? NONE;
    return port !== NONE && at(w.ports, port).active;
  };
  if (isAlive(names.credentials)) return NONE;
  const others = w.procs.rows.filter((each) => each.live && each.node === node && each.id !== id && each.uid === uid);
  const known = [...(uid === USER ? [pma.user] : []), ...others.map((each) => each.names.credentials)];
  return known.find(isAlive) ?? NONE;
}
