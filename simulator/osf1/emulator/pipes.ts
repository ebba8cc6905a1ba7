/** pipe in the emulator: two descriptors, which read, write, close, dup and fork treat like those of files. */
import { at } from '../../base/table.ts';
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND } from '../../mach/ipc/right.ts';
import { finish, routine, step } from '../../mach/routine.ts';
import type { PipeOpen, PipeOpened } from '../pipes/open.ts';
import type { OsfWorld } from '../world.ts';
import { failed } from './errno.ts';
import { MOST_FILES, freeDescriptor } from './files.ts';
import { PROCESS_PORT, ROOT_DIRECTORY, emulatorOf } from './state.ts';

/** Finishes with the parts of the language's `pipe`: the lowest two descriptors that are free. */
export const emulatorPipe = routine<OsfWorld, object>('emulator.pipe', 'makes a pipe', [
  step('call the root file server', (w, t) => {
    const open = emulatorOf(at(w.tasks, t.task)).files.filter((file) => file !== null).length;
    if (open + 2 > MOST_FILES) return finish(t, failed('EMFILE'));
    const client = { name: PROCESS_PORT, disposition: COPY_SEND };
    rpc(w, t, ROOT_DIRECTORY, 'pipe.open', {
      body: { node: t.node } satisfies PipeOpen,
      rights: [client, client],
    });
  }),
  step('remember both ends', (w, t) => {
    const [read, readToken, write, writeToken] = t.names;
    if (t.code !== 'KERN_SUCCESS' || writeToken === undefined) return finish(t, failed(t.code));
    const { files } = emulatorOf(at(w.tasks, t.task));
    const { name, server } = t.body as PipeOpened;
    const remember = (end: string, capability: number, token: number): number => {
      const descriptor = freeDescriptor(w, t);
      files[descriptor] = { path: `${name}.${end}`, capability, token, position: 0, server, closeOnExec: false };
      return descriptor;
    };
    finish(t, [remember('read', read!, readToken!), remember('write', write!, writeToken)]);
  }),
]);
