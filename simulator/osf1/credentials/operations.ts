/**
 * What the credentials server does: an entry's operations arrive on the entry's own port [mechanisms 5.1].
 *
 * `get` and `install` are the two halves of what a migration asks for: the source reads the entry, the destination gets
 * a right to it that did not pass through the source.
 */
import { MAKE_SEND } from '../../mach/ipc/right.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { finish, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import type { Thread } from '../../mach/thread.ts';
import { CREDENTIALS_BYTES } from '../proc.ts';
import type { OsfWorld } from '../world.ts';
import type { CredentialsEntry } from './entry.ts';

/** The entry that the request was sent to, or null. */
function entryAt(w: OsfWorld, t: Thread, port: number): CredentialsEntry | null {
  for (const entry of w.credentials.rows) {
    if (entry.live && entry.port === port && w.credentialsServers.rows[entry.server]!.task === t.task) return entry;
  }
  return null;
}

function operation(name: string, story: string, act: (entry: CredentialsEntry, body: unknown) => Payload): Routine {
  return routine<OsfWorld, Request>(name, story, [
    step(story, (w, t, f) => {
      const entry = entryAt(w, t, f.arrivedOn);
      finish(t, entry === null ? { code: 'KERN_INVALID_ARGUMENT' } : act(entry, f.body));
    }),
  ]);
}

export const credentialsRoutines: readonly Routine[] = [
  operation('credentials.dup', 'lets one more process use the entry', (entry, body) => {
    const { pid } = body as { pid: number };
    if (!entry.holders.includes(pid)) entry.holders.push(pid);
    return {};
  }),
  operation('credentials.release', 'one process less uses the entry', (entry, body) => {
    const { pid, usage } = body as { pid: number; usage: number };
    const place = entry.holders.indexOf(pid);
    if (place >= 0) entry.holders.splice(place, 1);
    entry.usage += usage;
    return {};
  }),
  operation('credentials.get', 'reads the entry', ({ uid, holders }) => {
    return { body: { uid, holders: [...holders] }, bytes: CREDENTIALS_BYTES };
  }),
  operation('credentials.install', 'gives a right to the entry to the PMA of a process that has moved', (entry) => {
    return { body: { uid: entry.uid }, rights: [{ name: entry.port, disposition: MAKE_SEND }] };
  }),
];
