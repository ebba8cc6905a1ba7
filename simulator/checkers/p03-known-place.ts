/** When nothing is under way the PM Master that owns a process knows under which PMA it lives. */
import { masterEntryOf } from '../osf1/pm-master/entry.ts';
import { broken, type Checker } from './checker.ts';

export const knownPlace: Checker = {
  rule: 'P3',
  story: 'the PM Master knows where a process is that is not on its way',
  check(w) {
    if (!w.pmMasters.rows.some(({ live }) => live)) return;
    for (const proc of w.procs.rows) {
      if (!proc.live || proc.list !== 'active' || proc.state !== 'running') continue;
      const entry = masterEntryOf(w, proc.pid);
      if (entry === null || entry.state !== 'alive' || entry.capability < 0) continue;
      if (w.pmMasters.rows[entry.owner]?.live !== true) continue;
      if (entry.node === proc.node || w.migrations.rows.some((m) => m.pid === proc.pid && m.outcome === '')) continue;
      broken('P3', `process ${proc.pid} is on node ${proc.node}; the PM Master says ${entry.node}`);
    }
  },
};
