/** Where a program had better go: the policy is the PM Master's, which knows where all processes are [mechanisms 5.1]. */
import { at } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { finish, routine, step } from '../../mach/routine.ts';
import type { OsfWorld } from '../world.ts';
import { failed } from './errno.ts';
import { askPma } from './terminal.ts';

/** Finishes with the name of the node. */
export const emulatorLeastLoaded = routine<OsfWorld, object>('emulator.least_loaded', 'asks for a place', [
  step('ask the PMA', (_w, t) => askPma(t, 'pma.least_loaded')),
  step('return', (w, t) => {
    const { code, body } = t.result as Payload;
    finish(t, code === 'KERN_SUCCESS' ? at(w.nodes, (body as { node: number }).node).name : failed(code));
  }),
]);
