/** The principal knows how many of its send-once rights are on other nodes or on the way. */
import { NONE } from '../base/table.ts';
import { broken, type Checker } from './checker.ts';

export const sendOnceAway: Checker = {
  rule: 'D4',
  story: 'the send-once rights that a principal counts as away are away',
  check(w, census) {
    if (!census.noneFailed) return;
    for (let i = 0; i < census.uids.count; i++) {
      const tally = census.uids.rows[i]!;
      if (tally.principal === NONE || tally.sendOnceExpected === tally.sendOnceAway) continue;
      const { label } = w.ports.rows[tally.principal]!;
      broken('D4', `${label} counts ${tally.sendOnceExpected} send-once rights away; ${tally.sendOnceAway} are`);
    }
  },
};
