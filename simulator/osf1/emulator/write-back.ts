/**
 * What was gathered under a token goes to the file server: because there is much of it, or because the program wants it there
 * (fsync). The token stays. Until the server has taken a piece in, it is here, and goes with the token if that is wanted back.
 */
import { at } from '../../base/table.ts';
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { finish, goTo, routine, step } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import type { WriteBack } from '../file-server/data.ts';
import type { OsfWorld } from '../world.ts';
import { emulatorOf } from './state.ts';
import { bytesIn, forgetToken, nextPieces, type HeldToken } from './tokens.ts';

export interface WritingBack {
  readonly capability: number;
  serial?: number;
}

/** Finishes with false if the server cannot take it any more: then it is lost. */
export const writeBack = routine<OsfWorld, WritingBack>('emulator.write_back', 'writes back what was gathered', [
  step('send a block of it', (w, t, f) => {
    const held = heldFor(w, t, f);
    if (held === null || held.dirty.length === 0) return finish(t, true);
    f.serial = held.serial;
    const pieces = nextPieces(held);
    const body: WriteBack = { serial: held.serial, pieces };
    rpc(w, t, f.capability, 'file.write_back', { body, bytes: bytesIn(pieces) });
  }),
  step('it is there', (w, t, f) => {
    const held = heldFor(w, t, f);
    // Wanted back meanwhile, all that was gathered has gone with the token.
    if (held?.serial !== f.serial) return finish(t, true);
    if (t.code === 'KERN_SUCCESS') {
      held!.dirty.splice(0, held!.sending);
      held!.sending = 0;
      return goTo(w, t, 'send a block of it');
    }
    forgetToken(emulatorOf(at(w.tasks, t.task)), f.capability);
    finish(t, false);
  }),
]);

function heldFor(w: OsfWorld, t: Thread, { capability }: WritingBack): HeldToken | null {
  return emulatorOf(at(w.tasks, t.task)).tokens.find((each) => each.capability === capability) ?? null;
}
