/**
 * Who a process is, in the emulator: the PMA knows the users of the process; the emulator keeps the effective one, because
 * file servers ask for it, and the mask of the modes of new files, which is nobody else's business.
 */
import { at } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { finish, routine, step, type Routine } from '../../mach/routine.ts';
import type { Setuid, Users } from '../pma/identity-change.ts';
import type { OsfWorld } from '../world.ts';
import { failed } from './errno.ts';
import { emulatorOf } from './state.ts';
import { askPma } from './terminal.ts';

const asking = (name: string, story: string, which: keyof Users): Routine =>
  routine<OsfWorld, object>(`emulator.${name}`, story, [
    step('ask the PMA', (_w, t) => askPma(t, 'pma.getuid')),
    step('return', (_w, t) => {
      const { code, body } = t.result as Payload;
      finish(t, code === 'KERN_SUCCESS' ? (body as Users)[which] : failed(code));
    }),
  ]);

const becoming = (name: string, story: string, effective: boolean): Routine =>
  routine<OsfWorld, { readonly uid: number }>(`emulator.${name}`, story, [
    step('ask the PMA', (_w, t, f) => askPma(t, 'pma.setuid', { uid: f.uid, effective } satisfies Setuid)),
    step('return', (w, t) => {
      const { code, body } = t.result as Payload;
      if (code !== 'KERN_SUCCESS') return finish(t, failed(code));
      emulatorOf(at(w.tasks, t.task)).uid = (body as { uid: number }).uid;
      finish(t, 0);
    }),
  ]);

/** Finishes with the mask before, in octal digits. */
const umask = routine<OsfWorld, { readonly mask: number }>('emulator.umask', 'sets the mask of modes', [
  step('keep it', (w, t, f) => {
    const emulator = emulatorOf(at(w.tasks, t.task));
    const before = emulator.umask;
    emulator.umask = f.mask & 0o777;
    finish(t, inOctal(before));
  }),
]);

export const inOctal = (mode: number): string => mode.toString(8).padStart(3, '0');

export const emulatorIdentity = {
  getuid: asking('getuid', 'who started me', 'realUid'),
  geteuid: asking('geteuid', 'as whom do I act', 'uid'),
  setuid: becoming('setuid', 'becomes another user', false),
  seteuid: becoming('seteuid', 'acts as another user', true),
  umask,
} as const;
