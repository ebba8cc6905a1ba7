/**
 * What is asked and set of an open file besides its bytes. Whoever has the position token knows the answer to lseek; what
 * the server has to do itself gets the token first, with what was written under it (tokens.ts).
 */
import { at } from '../../base/table.ts';
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { call, finish, routine, step, type Routine } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import type { FileStatus, Seek } from '../file-server/status.ts';
import type { OsfWorld } from '../world.ts';
import { failed, type CallResult } from './errno.ts';
import { fileAt, giveBack, type GiveBack } from './files.ts';
import { inOctal } from './identity.ts';
import { emulatorOf } from './state.ts';
import { tokenFor, type HeldToken } from './tokens.ts';
import { movePosition } from './transfer.ts';
import { writeBack, type WritingBack } from './write-back.ts';

interface OfDescriptor {
  readonly descriptor: number;
}

/** A call that is one question to the file server about an open file. */
function ofFile<D extends OfDescriptor>(
  name: string,
  story: string,
  operation: string,
  /** Whether what the emulator holds is in the way. */
  inTheWay: (held: HeldToken) => boolean,
  body: (f: D) => unknown,
  value: (w: OsfWorld, t: Thread, f: D) => CallResult,
): Routine {
  return routine<OsfWorld, D>(name, story, [
    step('give the token back', (w, t, f) => {
      const file = fileAt(w, t, f.descriptor);
      if (file === null) return finish(t, failed('EBADF'));
      const held = tokenFor(emulatorOf(at(w.tasks, t.task)), file);
      if (held === null || !inTheWay(held)) return;
      call(t, giveBack, { capability: file.capability } satisfies GiveBack);
    }),
    step('ask the file server', (w, t, f) => {
      const file = fileAt(w, t, f.descriptor);
      if (file === null) return finish(t, failed('EBADF'));
      rpc(w, t, file.capability, operation, { body: body(f) });
    }),
    step('return', (w, t, f) => finish(t, t.code === 'KERN_SUCCESS' ? value(w, t, f) : failed(t.code))),
  ]);
}

const seekAtServer = ofFile<OfDescriptor & { readonly seek: Seek }>(
  'emulator.lseek at the server',
  'moves the position of an open file',
  'file.seek',
  () => true,
  ({ seek }) => seek,
  (w, t, { descriptor }) => {
    const { position } = t.body as { position: number };
    movePosition(w, t, descriptor, position);
    return position;
  },
);

/** Finishes with the new position. */
export const emulatorSeek = routine<OsfWorld, OfDescriptor & { readonly seek: Seek }>(
  'emulator.lseek',
  'moves the position of an open file',
  [
    step('move it here, if it is here', (w, t, f) => {
      const file = fileAt(w, t, f.descriptor);
      const held = file === null ? null : tokenFor(emulatorOf(at(w.tasks, t.task)), file);
      const { offset, whence } = f.seek;
      if (held === null || (whence === 'end' && held.access === 'none')) return call(t, seekAtServer, { ...f });
      const position = offset + (whence === 'set' ? 0 : whence === 'end' ? held.size : held.position);
      if (position < 0) return finish(t, failed('EINVAL'));
      held.position = position;
      movePosition(w, t, f.descriptor, position);
      finish(t, position);
    }),
    step('return', (_w, t) => finish(t, t.result)),
  ],
);

/** Finishes with 0. */
export const emulatorTruncate = ofFile<OfDescriptor & { readonly size: number }>(
  'emulator.ftruncate',
  'sets the size of an open file',
  'file.truncate',
  () => true,
  ({ size }) => ({ size }),
  () => 0,
);

/** Finishes with the parts of the language's `file_status`. */
export const emulatorStatus = ofFile<OfDescriptor>(
  'emulator.fstat',
  'says what an open file is',
  'file.status',
  ({ access }) => access === 'write',
  () => ({}),
  (_w, t) => statusRow(t.body),
);

/** fsync: finishes with 0 when the server has all that was written. */
export const emulatorSync = routine<OsfWorld, OfDescriptor>('emulator.fsync', 'writes back what was gathered', [
  step('write it back', (w, t, f) => {
    const file = fileAt(w, t, f.descriptor);
    if (file === null) return finish(t, failed('EBADF'));
    call(t, writeBack, { capability: file.capability } satisfies WritingBack);
  }),
  step('return', (_w, t) => finish(t, t.result === false ? failed('EIO') : 0)),
]);

export function statusRow(body: unknown): readonly (number | boolean | string)[] {
  const { size, links, directory, owner, mode, modified } = body as FileStatus;
  return [size, links, directory, owner, inOctal(mode), modified];
}

export const statusCalls: readonly Routine[] = [
  seekAtServer,
  emulatorSeek,
  emulatorTruncate,
  emulatorStatus,
  emulatorSync,
];
