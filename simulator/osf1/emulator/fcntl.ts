/**
 * fcntl, as far as it is about flags: whether exec closes a descriptor, which is the emulator's own to know, and how an open
 * file is used, which its server knows and all who share it have in common.
 */
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { finish, routine, step } from '../../mach/routine.ts';
import type { OsfWorld } from '../world.ts';
import { failed } from './errno.ts';
import { CLOSE_ON_EXEC, fileAt } from './files.ts';

const F_GETFD = 1;
const F_SETFD = 2;
const F_GETFL = 3;
const F_SETFL = 4;

export interface EmulatorFcntl {
  readonly descriptor: number;
  readonly command: number;
  readonly flags: number;
}

/** Finishes with the flags that were asked for, or 0. */
export const emulatorFcntl = routine<OsfWorld, EmulatorFcntl>('emulator.fcntl', 'asks for flags, or sets them', [
  step('ask the file server', (w, t, { descriptor, command, flags }) => {
    const file = fileAt(w, t, descriptor);
    if (file === null) return finish(t, failed('EBADF'));
    if (command === F_GETFD) return finish(t, file.closeOnExec ? CLOSE_ON_EXEC : 0);
    if (command === F_SETFD) {
      file.closeOnExec = (flags & CLOSE_ON_EXEC) !== 0;
      return finish(t, 0);
    }
    if (command !== F_GETFL && command !== F_SETFL) return finish(t, failed('EINVAL'));
    rpc(w, t, file.capability, 'file.flags', { body: { set: command === F_SETFL ? flags : null } });
  }),
  step('return', (_w, t, { command }) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, failed(t.code));
    finish(t, command === F_SETFL ? 0 : (t.body as { flags: number }).flags);
  }),
]);
