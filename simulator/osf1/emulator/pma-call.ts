/**
 * A system call that the PMA executes, as the emulator makes it: one RPC on the per-process port, under a name that
 * means the right PMA wherever the process is [paper 3.2, reattach].
 *
 * Several threads of a process may be in such calls at the same time, each with a reply port of its own; whose call it is
 * stands in the body.
 *
 * The call is made again if nobody has executed it: the PMA was left behind between two events, or ended. The rights
 * that go along are copied or made, never moved, so that making the call again is the same call.
 */
import { at } from '../../base/table.ts';
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { finish, goTo, routine, step } from '../../mach/routine.ts';
import { numbered, type Asker } from '../request-number.ts';
import { MAIN } from '../signal-state.ts';
import type { OsfWorld } from '../world.ts';
import { PROCESS_PORT, emulatorOf, threadIn } from './state.ts';

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
    const { number } = threadIn(emulatorOf(at(w.tasks, t.task)), t);
    // The main thread need not say who it is.
    const who = number === MAIN ? {} : { thread: number };
    const body = numbered(w, f, { ...(f.payload.body as object | undefined), ...who });
    rpc(w, t, PROCESS_PORT, f.operation, { ...f.payload, body });
  }),
  step('return', (w, t, f) => {
    if (isUnserved(t.code) && ++f.tries < MAXIMUM_TRIES) return goTo(w, t, 'call the PMA');
    finish(t, { code: t.code, body: t.body } satisfies Payload);
  }),
]);
