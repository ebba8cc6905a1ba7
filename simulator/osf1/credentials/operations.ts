/**
 * What the credentials server does: an entry's operations arrive on the entry's own port [mechanisms 5.1].
 *
 * `get` and `install` are the two halves of what a migration asks for: the source reads the entry, the destination gets
 * a right to it that did not pass through the source.
 */
import { NONE } from '../../base/table.ts';
import { MAKE_SEND } from '../../mach/ipc/right.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { CREDENTIALS_BYTES } from '../proc.ts';
import type { OsfWorld } from '../world.ts';
import { holderOperations } from './holders.ts';
import { credentialsEntryAllocate, entryAt, type CredentialsEntry, type Holder } from './entry.ts';

function operation(name: string, story: string, act: (entry: CredentialsEntry, body: unknown) => Payload): Routine {
  return routine<OsfWorld, Request>(name, story, [
    step(story, (w, t, f) => {
      const entry = entryAt(w, t, f.arrivedOn);
      finish(t, entry === null ? { code: 'KERN_INVALID_ARGUMENT' } : act(entry, f.body));
    }),
  ]);
}

/** Body of `credentials.change`: the effective and the real user that the process has from now on. */
export interface Become extends Holder {
  readonly uid: number;
}

interface Change extends Request {
  /** Row of the entry of the other user. */
  entry?: number;
}

/** The process uses the entry of another user from now on; an entry is made for a user that has none. */
const change = routine<OsfWorld, Change>('credentials.change', 'gives a process the entry of another user', [
  step('find the entry', (w, t, f) => {
    const { uid } = f.body as Become;
    const from = entryAt(w, t, f.arrivedOn);
    if (from === null) return finish(t, { code: 'KERN_INVALID_ARGUMENT' } satisfies Payload);
    const known = w.credentials.rows.find(({ live, server, uid: of }) => live && server === from.server && of === uid);
    f.entry = known?.id ?? NONE;
    if (known !== undefined) return goTo(w, t, 'move the process over');
    const { self } = w.credentialsServers.rows[from.server]!;
    kernelCall(w, t, self, 'mach_port_allocate', { body: { label: `credentials of user ${uid}` } });
  }),
  step('make one', (w, t, f) => {
    const { name } = t.body as { name: number };
    const { server } = entryAt(w, t, f.arrivedOn)!;
    const made = credentialsEntryAllocate(w, server, (f.body as Become).uid);
    made.port = name;
    f.entry = made.id;
    const { self, set } = w.credentialsServers.rows[server]!;
    kernelCall(w, t, self, 'mach_port_move_member', { body: { member: name, set } });
  }),
  step('move the process over', (w, t, f) => {
    const { pid, user, node } = f.body as Become;
    const from = entryAt(w, t, f.arrivedOn)!;
    const to = w.credentials.rows[f.entry!]!;
    for (const { holders } of [from, to]) {
      holders.splice(0, holders.length, ...holders.filter((each) => each.pid !== pid));
    }
    to.holders.push({ pid, user, node });
    finish(t, { body: { uid: to.uid }, rights: [{ name: to.port, disposition: MAKE_SEND }] } satisfies Payload);
  }),
]);

export const credentialsRoutines: readonly Routine[] = [
  change,
  ...holderOperations,
  operation('credentials.release', 'one process less uses the entry', (entry, body) => {
    const { pid, usage } = body as { pid: number; usage: number };
    const place = entry.holders.findIndex((each) => each.pid === pid);
    if (place >= 0) entry.holders.splice(place, 1);
    entry.usage += usage;
    return {};
  }),
  operation('credentials.get', 'reads the entry', ({ uid, holders }) => {
    return { body: { uid, holders: holders.map(({ pid }) => pid) }, bytes: CREDENTIALS_BYTES };
  }),
  operation(
    'credentials.install',
    'gives a right to the entry to the PMA of a process that has moved',
    (entry, body) => {
      const holder = body as Holder;
      const { pid, node } = holder;
      const place = entry.holders.findIndex((each) => each.pid === pid);
      if (place >= 0) entry.holders[place] = { ...entry.holders[place]!, node };
      else entry.holders.push({ ...holder });
      return { body: { uid: entry.uid }, rights: [{ name: entry.port, disposition: MAKE_SEND }] };
    },
  ),
];
