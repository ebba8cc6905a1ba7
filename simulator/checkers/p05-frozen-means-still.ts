/** Once a process is detached nothing is done for it at the source: its state has been copied. */
import { broken, type Checker } from './checker.ts';

export const frozenMeansStill: Checker = {
  rule: 'P5',
  story: 'no call is in progress for a process on a migrating list',
  check(w) {
    for (const proc of w.procs.rows) {
      if (!proc.live || proc.list !== 'migrating' || proc.callsInProgress.length === 0) continue;
      const { operation } = proc.callsInProgress[0]!.request;
      broken('P5', `${operation} is in progress for process ${proc.pid}, which is being detached`);
    }
  },
};
