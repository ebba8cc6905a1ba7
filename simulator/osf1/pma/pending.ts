/**
 * Requests that were kept: executing them here after all, or sending them on to where the process is now [mechanisms
 * 5.5 (e) and step 17]. A kept request loses nothing: its reply right goes along, so the answer reaches the requester
 * from whoever executes it, and its rights are those that came with it [P4].
 */
import { at } from '../../base/table.ts';
import { call, routine, step, replace } from '../../mach/routine.ts';
import { serverLoop, type Request } from '../../mach/server.ts';
import { threadCreate, threadStart } from '../../mach/thread.ts';
import { adoptReply, unwrap } from '../forward.ts';
import type { SavedRequest } from '../proc.ts';
import type { OsfWorld } from '../world.ts';
import { admission } from './admission.ts';
import type { Pma } from './pma.ts';

/** Executes a kept request on a thread of its own; the caller keeps the order by calling this in order. */
export function serveSaved(w: OsfWorld, pma: Pma, pid: number, saved: SavedRequest): void {
  const t = threadCreate(w, at(w.tasks, pma.task), `pma@${at(w.nodes, pma.node).name}`);
  t.activity = saved.activity;
  t.serves = saved.client;
  // As if the server loop had just received it: the loop answers, and the thread joins the pool.
  call(t, serverLoop, { on: pma.set, request: saved });
  t.frames[0]!.step = serverLoop.steps.length - 1;
  call(t, admission, { ...saved, pid });
  threadStart(w, t);
}

export const forwardedCall = routine<OsfWorld, Request>(
  'pma.forwarded',
  'executes a request that another PMA has kept',
  [
    step('take it apart', (w, t, f) => {
      const request = unwrap(w, t, f);
      adoptReply(t, request.reply);
      replace(t, admission, request);
    }),
  ],
);
