/** pipe in the emulator: two descriptors, which read, write, close, dup and fork treat like those of files. */
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND } from '../../mach/ipc/right.ts';
import { finish, routine, step } from '../../mach/routine.ts';
import type { AtNode } from '../pipes/open.ts';
import type { OsfWorld } from '../world.ts';
import { failed } from './errno.ts';
import { hasRoomFor, remember } from './sockets.ts';
import { PROCESS_PORT, ROOT_DIRECTORY } from './state.ts';

/** Finishes with the parts of the language's `pipe`: the lowest two descriptors that are free. */
export const emulatorPipe = routine<OsfWorld, object>('emulator.pipe', 'makes a pipe', [
  step('call the root file server', (w, t) => {
    if (!hasRoomFor(w, t, 2)) return finish(t, failed('EMFILE'));
    const client = { name: PROCESS_PORT, disposition: COPY_SEND };
    rpc(w, t, ROOT_DIRECTORY, 'pipe.open', { body: { node: t.node } satisfies AtNode, rights: [client, client] });
  }),
  step('remember both ends', (w, t) => finish(t, t.code === 'KERN_SUCCESS' ? remember(w, t) : failed(t.code))),
]);
