/**
 * No request for a process is executed twice, however often it is made and however far it is sent on [mechanisms 5.8]. A
 * request is known by its number (osf1/request-number.ts). It has been executed when its handler is at its end, unless it was
 * cancelled: then nothing has changed, and the request is in the queue again (pma/cancel.ts).
 */
import { NONE } from '../../base/table.ts';
import type { Thread } from '../../mach/thread.ts';
import { admission, type Admission } from '../../osf1/pma/admission.ts';
import { procOf } from '../../osf1/proc.ts';
import type { Numbered } from '../../osf1/request-number.ts';
import { broken, type CheckedWorld } from '../checker.ts';
import type { Monitor } from './monitor.ts';

export const executedOnce: Monitor = {
  rule: 'P4',
  story: 'no request for a process is executed twice',
  begin() {
    const seen = new WeakSet<object>();
    const executed = new Set<number>();
    return (w) => {
      for (const t of w.threads.rows) {
        const { top } = t;
        if (!t.live || top === null || top.routine !== admission.index || top.step !== 1) continue;
        const call = top.data as Admission;
        const number = (call.body as Numbered | null | undefined)?.request;
        if (number === undefined || call.refused !== undefined || seen.has(call)) continue;
        seen.add(call);
        if (wasCancelled(w, t, call)) continue;
        if (executed.has(number)) broken('P4', `${call.operation} for process ${call.pid ?? NONE} is executed twice`);
        executed.add(number);
      }
    };
  },
};

function wasCancelled(w: CheckedWorld, t: Thread, { pid }: Admission): boolean {
  if (t.result !== null) return false;
  const calls = procOf(w, t.node, pid ?? NONE)?.callsInProgress ?? [];
  return calls.some(({ thread, cancelled }) => thread === t.identity && cancelled);
}
