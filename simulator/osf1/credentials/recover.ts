/**
 * The only credentials server comes back after its node has booted again. It makes an entry for each user, gives the PMAs rights to
 * them, and is told who uses which; until the last PMA has answered every request to an entry waits
 * [docs/decisions/0050-the-pm-master-comes-back.md].
 *
 *   known again   who every process is, where it is, how many a user has: limits hold again
 *   lost          the processor time of those that have gone
 */
import { NONE, at } from '../../base/table.ts';
import { bootRight } from '../../dipc/boot.ts';
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { MAKE_SEND } from '../../mach/ipc/right.ts';
import { lookup } from '../../mach/ipc/space.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { isInTouch } from '../../mach/node.ts';
import { again, call, finish, goTo, replace, routine, step } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { blockOn, threadCreate, threadStart, wakeAll } from '../../mach/thread.ts';
import type { Entries, Held } from '../pma/holders.ts';
import { pmaAt } from '../pma/pma.ts';
import type { OsfWorld } from '../world.ts';
import { credentialsEntryAllocate, serverOf, type CredentialsEntry, type CredentialsServer } from './entry.ts';

/** Channel on which requests wait until everybody is known. */
const RECOVERED = 'recovery of the credentials server';

interface Recover {
  readonly nodes: number[];
  readonly surplus: number[];
  /** The PMA that is asked. */
  asked: number;
  /** Users who have no entry yet. */
  unknown: number[];
}

/** The credentials server of a node that has booted again begins to ask. */
export function beginToAsk(w: OsfWorld, server: CredentialsServer): void {
  server.recovering = true;
  const task = at(w.tasks, server.task);
  const t = threadCreate(w, task, task.name);
  const nodes = w.nodes.rows.map(({ id }) => id);
  call(t, recoverHolders, { nodes, surplus: [], asked: NONE, unknown: [] } satisfies Recover);
  threadStart(w, t);
}

export const recoverHolders = routine<OsfWorld, Recover>('credentials.recover', 'asks the PMAs who is which user', [
  step('choose the next PMA', (w, t, f) => {
    const server = serverOf(w, t);
    const node = f.nodes.shift();
    if (node === undefined) return goTo(w, t, 'serve those who wait');
    const pma = isInTouch(w, server.node, node) ? pmaAt(w, node) : null;
    if (pma === null) return goTo(w, t, 'choose the next PMA');
    const service = lookup(at(w.tasks, pma.task).space, pma.service)!.port;
    f.asked = bootRight(w, at(w.ports, service), at(w.tasks, server.task));
    f.surplus.push(f.asked);
  }),
  step('give it the entries', (w, t, f) => {
    const server = serverOf(w, t);
    const entries = entriesOf(w, server);
    const body: Entries = { uids: entries.map(({ uid }) => uid) };
    const names = [server.service, ...entries.map(({ port }) => port)];
    rpc(w, t, f.asked, 'pma.holders', { body, rights: names.map((name) => ({ name, disposition: MAKE_SEND })) });
  }),
  step('note who uses them', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return goTo(w, t, 'choose the next PMA');
    const server = serverOf(w, t);
    const { node, held } = t.body as Held;
    const entries = entriesOf(w, server);
    f.unknown = [...new Set(held.map(({ uid }) => uid))].filter((uid) => !entries.some((each) => each.uid === uid));
    if (f.unknown.length > 0) return;
    for (const { pid, uid, user, leaving } of isInTouch(w, server.node, node) ? held : []) {
      const known = entries.some(({ holders }) => holders.some((each) => each.pid === pid));
      // On its way it is reported twice; where it is going says so itself (credentials.install).
      if (known && leaving) continue;
      for (const { holders } of entries) {
        holders.splice(0, holders.length, ...holders.filter((each) => each.pid !== pid));
      }
      entries.find((each) => each.uid === uid)!.holders.push({ pid, user, node });
    }
    goTo(w, t, 'choose the next PMA');
  }),
  step('make an entry for the next user that has none', (w, t, f) => {
    const uid = f.unknown[0];
    if (uid === undefined) return goTo(w, t, 'give it the entries');
    kernelCall(w, t, serverOf(w, t).self, 'mach_port_allocate', { body: { label: `credentials of user ${uid}` } });
  }),
  step('receive on its port', (w, t, f) => {
    const { id, self, set } = serverOf(w, t);
    const entry = credentialsEntryAllocate(w, id, f.unknown.shift()!);
    entry.port = (t.body as { name: number }).name;
    kernelCall(w, t, self, 'mach_port_move_member', { body: { member: entry.port, set } });
  }),
  step('go on with the next user', (w, t) => goTo(w, t, 'make an entry for the next user that has none')),
  step('serve those who wait', (w, t) => {
    const server = serverOf(w, t);
    server.recovering = false;
    wakeAll(w, at(w.tasks, server.task), RECOVERED);
  }),
  step('give up the rights that are left', (w, t, f) => {
    const name = f.surplus.shift();
    if (name === undefined) return finish(t);
    again(t);
    kernelCall(w, t, serverOf(w, t).self, 'mach_port_deallocate', { body: { name } });
  }),
]);

const entriesOf = (w: OsfWorld, { id }: CredentialsServer): CredentialsEntry[] =>
  w.credentials.rows.filter(({ live, server }) => live && server === id);

/** Every request to an entry; who executes it is the service `local <operation>`. */
export const credentialsRequest = routine<OsfWorld, Request>('credentials.request', 'waits until everybody is known', [
  step('execute it', (w, t, f) => {
    if (serverOf(w, t).recovering) {
      blockOn(w, t, RECOVERED);
      return again(t);
    }
    replace(t, w.setup.services.get(`local ${f.operation}`)!, { ...f });
  }),
]);
