/** An operation of the PM Master that looks, acts and answers in one step, so that two of them never interleave. */
import { finish, routine, step, type Routine } from '../../mach/routine.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import type { Request } from '../../mach/server.ts';
import type { Thread } from '../../mach/thread.ts';
import type { OsfWorld } from '../world.ts';

export function operation<B>(name: string, story: string, act: (w: OsfWorld, body: B, t: Thread) => Payload): Routine {
  return routine<OsfWorld, Request>(name, story, [step(story, (w, t, f) => finish(t, act(w, f.body as B, t)))]);
}
