/** Credits are handed out, held and on their way; together they make nothing [mechanisms 2.7]. */
import { NONE } from '../base/table.ts';
import { broken, type Checker } from './checker.ts';

export const credits: Checker = {
  rule: 'D2',
  story: 'the credits of a port add up to zero over all nodes, messages and packets',
  check(w, census) {
    if (!census.noneFailed) return;
    for (let i = 0; i < census.uids.count; i++) {
      const tally = census.uids.rows[i]!;
      const { uid } = tally;
      if (tally.principal === NONE || tally.credits === 0) continue;
      broken('D2', `the credits of ${w.ports.rows[tally.principal]!.label} (${uid}) add up to ${tally.credits}`);
    }
  },
};
