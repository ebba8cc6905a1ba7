/**
 * fork in the emulator: the child starts with a copy of the caller's registers (its frames) and of the emulator's
 * memory, and gets the rights of the open files under the same names [paper 3.1]. It has one thread, whichever has called.
 */
import { copy } from '../../base/plain.ts';
import { NONE, at } from '../../base/table.ts';
import type { Carried, Payload } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND } from '../../mach/ipc/right.ts';
import { call, finish, goTo, routine, step, type Frame } from '../../mach/routine.ts';
import { MAIN } from '../signal-state.ts';
import type { OsfWorld } from '../world.ts';
import type { Fork } from '../pma/fork.ts';
import { isPlaced } from '../pma/place.ts';
import { childInit } from './child-init.ts';
import { failed } from './errno.ts';
import { pmaCall, type PmaCall } from './pma-call.ts';
import { emulatorOf, newThread, noTokens, oneThread, threadIn } from './state.ts';

export interface EmulatorFork {
  /** The frames with which the child goes on. */
  readonly frames: readonly Frame[];
  /** Where the child is made; NONE is where its parent is. */
  readonly node: number;
}

/** Finishes with the pid of the child. */
export const emulatorFork = routine<OsfWorld, EmulatorFork>('emulator.fork', 'makes a child', [
  step('ask the PMA', (w, t, f) => {
    const emulator = emulatorOf(at(w.tasks, t.task));
    const { errno, buffer, left } = threadIn(emulator, t);
    const rights: Carried[] = [];
    for (const file of emulator.files) {
      if (file === null) continue;
      file.shared = true;
      rights.push({ name: file.capability, disposition: COPY_SEND }, { name: file.token, disposition: COPY_SEND });
    }
    for (const { memory } of emulator.mappings) rights.push({ name: memory, disposition: COPY_SEND });
    const init: Frame = { routine: childInit.index, step: 0, current: 0, data: {} };
    const body: Fork = {
      frames: copy([...f.frames, init]),
      emulator: {
        ...copy(emulator),
        signalPort: NONE,
        exceptionPort: NONE,
        handled: {},
        ...oneThread(),
        threads: [{ ...newThread(MAIN), errno, buffer, left }],
        counts: [...emulator.counts],
        ...noTokens(),
        placed: f.node === NONE && isPlaced(w),
      },
      files: rights.map(({ name }) => name),
      node: f.node,
    };
    call(t, pmaCall, { operation: 'pma.fork', payload: { body, rights }, tries: 0 } satisfies PmaCall);
  }),
  step('return in the parent', (w, t) => {
    const { code, body } = t.result as Payload;
    // Another thread has closed a file meanwhile: nothing has been sent.
    if (code === 'MACH_SEND_INVALID_RIGHT') return goTo(w, t, 'ask the PMA');
    finish(t, code === 'KERN_SUCCESS' ? (body as { pid: number }).pid : failed(code));
  }),
]);
