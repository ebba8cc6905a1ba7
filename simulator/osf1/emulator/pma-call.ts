/**
 * A system call that the PMA executes, as the emulator makes it: one RPC on the per-process port, under a name that
 * means the right PMA wherever the process is [paper 3.2, reattach].
 *
 * The call is made again if nobody has executed it: the PMA was left behind between two events, or ended. The rights
 * that go along are copied or made, never moved, so that making the call again is the same call.
 */
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { finish, goTo, routine, step } from '../../mach/routine.ts';
import { numbered, type Asker } from '../request-number.ts';
import type { OsfWorld } from '../world.ts';
import { PROCESS_PORT } from './state.ts';

export interface PmaCall extends Asker {
  readonly operation: string;
  readonly payload: Payload;
  tries: number;
}

const MAXIMUM_TRIES = 8;

/** Codes that say that nobody has executed the call. */
function isUnserved(code: string): boolean {
  return code === 'absent process' || code === 'MIG_SERVER_DIED' || code === 'MACH_SEND_INVALID_DEST';
}

/** Finishes with a Payload; the rights that came are under `t.names`. */
export const pmaCall = routine<OsfWorld, PmaCall>('emulator.system call', 'asks the PMA', [
  step('call the PMA', (w, t, f) => {
    const body = numbered(w, f, f.payload.body ?? {});
    rpc(w, t, PROCESS_PORT, f.operation, { ...f.payload, body });
  }),
  step('return', (w, t, f) => {
    if (isUnserved(t.code) && ++f.tries < MAXIMUM_TRIES) return goTo(w, t, 'call the PMA');
    finish(t, { code: t.code, body: t.body } satisfies Payload);
  }),
]);
