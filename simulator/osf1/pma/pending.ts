/**
 * Requests that were kept: executing them here after all, or sending them on to where the process is now [mechanisms
 * 5.5 (e) and step 17]. A kept request loses nothing: its reply right goes along, so the answer reaches the requester
 * from whoever executes it, and its rights are those that came with it [P4].
 */
import { at } from '../../base/table.ts';
import { answer, type Payload } from '../../mach/ipc/mach-msg.ts';
import { call, routine, step, replace } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { threadCreate, threadStart } from '../../mach/thread.ts';
import { adoptReply, unwrap } from '../forward.ts';
import type { SavedRequest } from '../proc.ts';
import type { OsfWorld } from '../world.ts';
import { admission } from './admission.ts';
import type { Pma } from './pma.ts';

interface Kept {
  readonly pid: number;
  readonly saved: SavedRequest;
}

/** Executes a kept request on a thread of its own; the caller keeps the order by calling this in order. */
export function serveSaved(w: OsfWorld, pma: Pma, pid: number, saved: SavedRequest): void {
  const t = threadCreate(w, at(w.tasks, pma.task), at(w.tasks, pma.task).name);
  t.activity = saved.activity;
  t.serves = saved.client;
  call(t, keptCall, { pid, saved } satisfies Kept);
  threadStart(w, t);
}

export const keptCall = routine<OsfWorld, Kept>('pma.kept', 'executes a request that was kept here', [
  step('execute it', (_w, t, f) => call(t, admission, { ...f.saved, pid: f.pid })),
  step('answer', (w, t, f) => {
    const result = t.result as Payload | null;
    if (result !== null) answer(w, t, f.saved.reply, result);
  }),
]);

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
