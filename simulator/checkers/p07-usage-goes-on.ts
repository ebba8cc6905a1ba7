/** What a process has used on all nodes together never goes back. */
import { PROCESSOR } from '../base/ledger.ts';
import { broken, type Checker } from './checker.ts';

export const usageGoesOn: Checker = {
  rule: 'P7',
  story: 'accumulated and current usage are parts of what was booked on the process',
  check(w) {
    for (const proc of w.procs.rows) {
      if (!proc.live) continue;
      const { accumulated, base } = proc.usage;
      const booked = w.ledger.rows[proc.activity]!.spent[PROCESSOR]!;
      if (accumulated < 0 || base > booked) {
        broken('P7', `process ${proc.pid}: ${accumulated} ns on earlier nodes, ${booked - base} ns on this one`);
      }
    }
  },
};
