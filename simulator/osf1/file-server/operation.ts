/**
 * An operation on an open file structure, in one step: the port that the request arrives on says which it is. It says which
 * access to the file it needs, and whether the position; tokens that are in its way come home first (token.ts). If it takes more
 * than that step it has called a routine, says null, and answers what that finishes with.
 */
import { NONE, at } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { again, finish, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import type { Thread } from '../../mach/thread.ts';
import type { OsfWorld } from '../world.ts';
import { fileServerOf } from './file.ts';
import { handleByPort, type FileAccess, type FileHandle } from './handle.ts';
import { callImageIn } from './kept-images.ts';
import { callIn, inTheWay } from './token.ts';

export function operation<B>(
  name: string,
  story: string,
  act: (w: OsfWorld, handle: FileHandle, body: B, t: Thread) => Payload | null,
  needs: FileAccess = 'none',
  position = false,
): Routine {
  return routine<OsfWorld, Request>(name, story, [
    step(story, (w, t, f) => {
      const handle = handleByPort(w, fileServerOf(w, t).id, f.arrivedOn);
      if (handle === null) return finish(t, { code: 'EBADF' } satisfies Payload);
      const file = at(w.files, handle.file);
      if (needs === 'write' && file.keepers.length > 0) {
        again(t);
        return callImageIn(t, file);
      }
      const granted = position && handle.serial !== NONE ? handle : inTheWay(w, file, needs);
      if (granted === null) {
        const done = act(w, handle, f.body as B, t);
        if (done !== null) finish(t, done);
        return;
      }
      again(t);
      callIn(t, granted);
    }),
    step('answer', (_w, t) => finish(t, t.result)),
  ]);
}
