/**
 * Time that threads have used was worked by processors: what all live threads together have computed, and had done for
 * them, is no more than that. (Threads that have ended took theirs with them; packets are taken in on nobody's behalf.)
 */
import { NONE } from '../base/table.ts';
import { broken, type Checker } from './checker.ts';

export const threadsTime: Checker = {
  rule: 'L2',
  story: 'threads have used no more than the processors have worked',
  check(w) {
    let used = 0;
    for (const t of w.threads.rows) {
      // The husk of a thread that has moved has given its times away.
      if (!t.live || t.identity === NONE) continue;
      const { userTime } = t.schedule;
      if (t.remaining < 0 || t.systemTime < 0 || userTime < 0) broken('L2', `${t.name} has used a negative time`);
      used += t.systemTime + userTime;
    }
    let busy = 0;
    for (const node of w.nodes.rows) busy += node.busy;
    if (used > busy) broken('L2', `threads have used ${used} ns of ${busy} ns`);
  },
};
