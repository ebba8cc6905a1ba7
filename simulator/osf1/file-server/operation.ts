/** An operation on an open file structure, in one step: the port that the request arrives on says which it is. */
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { finish, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import type { OsfWorld } from '../world.ts';
import { handleByPort, type FileHandle } from './handle.ts';
import { fileServerOf } from './open.ts';

export function operation<B>(
  name: string,
  story: string,
  act: (w: OsfWorld, handle: FileHandle, body: B) => Payload,
): Routine {
  return routine<OsfWorld, Request>(name, story, [
    step(story, (w, t, f) => {
      const handle = handleByPort(w, fileServerOf(w, t).id, f.arrivedOn);
      finish(t, handle === null ? { code: 'EBADF' } : act(w, handle, f.body as B));
    }),
  ]);
}
