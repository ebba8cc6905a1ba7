/**
 * A process becomes another user: by setuid or seteuid, or because it executes an image that is set-uid [paper 2.2: the
 * credentials server; mechanisms 5.3]. The three users of a process are local state; what the others know of it is the
 * entry of the credentials server, and only a change of the effective or the real user has that server asked.
 *
 *   credentials   change: the process uses the entry of the other user                   1 RPC, 1 right
 *   kernel        the task's right to its entry is replaced under its name               2 calls
 */
import { NONE } from '../../base/table.ts';
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { call, finish, routine, step } from '../../mach/routine.ts';
import { CREDENTIALS } from '../emulator/state.ts';
import type { Become } from '../credentials/operations.ts';
import { procNames, procOf, type Proc } from '../proc.ts';
import type { OsfWorld } from '../world.ts';
import type { ProcessCall } from './admission.ts';
import { SUPERUSER } from '../users.ts';
import { pmaOf, type Pma } from './pma.ts';

/** The users of a process: effective, real and saved. */
export interface Users {
  readonly uid: number;
  readonly realUid: number;
  readonly savedUid: number;
}

export interface IdentityChange extends Users {
  readonly pid: number;
  /** Names, in the PMA's space, to give up: the old entry's, if nobody else needs it; a second reference to the new one. */
  readonly surplus: number[];
}

/** Finishes with a Payload; its body is the effective user. */
export const changeIdentity = routine<OsfWorld, IdentityChange>('pma.change_identity', 'makes it another user', [
  step('have the entry of the other user', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    if (f.uid !== proc.uid || f.realUid !== proc.realUid) {
      const body: Become = { pid: f.pid, uid: f.uid, user: f.realUid, node: t.node };
      return rpc(w, t, proc.names.credentials, 'credentials.change', { body });
    }
    become(proc, f);
    finish(t, { body: { uid: f.uid } } satisfies Payload);
  }),
  step('take the right to the old one away', (w, t, f) => {
    const [entry] = t.names;
    if (t.code !== 'KERN_SUCCESS' || entry === undefined) return finish(t, { code: 'EAGAIN' } satisfies Payload);
    const pma = pmaOf(w, t);
    const proc = procOf(w, t.node, f.pid)!;
    const old = proc.names.credentials;
    if (isNeeded(w, pma, proc, entry)) f.surplus.push(entry);
    if (!isNeeded(w, pma, proc, old)) f.surplus.push(old);
    proc.names.credentials = entry;
    become(proc, f);
    kernelCall(w, t, proc.names.task, 'mach_port_deallocate', { body: { name: CREDENTIALS } });
  }),
  step('and put the new one under its name', (w, t, f) => {
    const { task, credentials } = procOf(w, t.node, f.pid)!.names;
    const rights = [{ name: credentials, disposition: COPY_SEND }];
    kernelCall(w, t, task, 'mach_port_insert_right', { body: { name: CREDENTIALS }, rights });
  }),
  step('give up what is left over', (w, t, f) => {
    const name = f.surplus.shift();
    if (name !== undefined) kernelCall(w, t, pmaOf(w, t).self, 'mach_port_deallocate', { body: { name } });
  }),
  step('and the rest', (w, t, f) => {
    const name = f.surplus.shift();
    if (name !== undefined) kernelCall(w, t, pmaOf(w, t).self, 'mach_port_deallocate', { body: { name } });
  }),
  step('report', (_w, t, f) => finish(t, { body: { uid: f.uid } } satisfies Payload)),
]);

function become(proc: Proc, { uid, realUid, savedUid }: Users): void {
  Object.assign(proc, { uid, realUid, savedUid });
}

/** Whether the PMA, or another process of its node, uses the right of that name. */
function isNeeded(w: OsfWorld, pma: Pma, proc: Proc, name: number): boolean {
  if (name === NONE || name === pma.user) return true;
  return w.procs.rows.some(
    (each) =>
      each.live && each.node === proc.node && each.id !== proc.id && procNames.some((key) => each.names[key] === name),
  );
}

export const pmaGetuid = routine<OsfWorld, ProcessCall>('pma.getuid', 'says which users the process is', [
  step('answer', (w, t, f) => {
    const { uid, realUid, savedUid } = procOf(w, t.node, f.pid)!;
    finish(t, { body: { uid, realUid, savedUid } satisfies Users } satisfies Payload);
  }),
]);

/** Body of `pma.setuid`: seteuid changes the effective user only. */
export interface Setuid {
  readonly uid: number;
  readonly effective: boolean;
}

export const pmaSetuid = routine<OsfWorld, ProcessCall>('pma.setuid', 'makes the process another user', [
  step('see whether it may', (w, t, f) => {
    const { uid: wanted, effective } = f.body as Setuid;
    const { uid, realUid, savedUid } = procOf(w, t.node, f.pid)!;
    if (wanted < 0) return finish(t, { code: 'EINVAL' } satisfies Payload);
    if (uid !== SUPERUSER && wanted !== realUid && wanted !== savedUid) {
      return finish(t, { code: 'EPERM' } satisfies Payload);
    }
    const all = uid === SUPERUSER && !effective;
    const users: Users = all ? { uid: wanted, realUid: wanted, savedUid: wanted } : { uid: wanted, realUid, savedUid };
    call(t, changeIdentity, { ...users, pid: f.pid, surplus: [] } satisfies IdentityChange);
  }),
  step('report', (_w, t) => finish(t, t.result)),
]);
