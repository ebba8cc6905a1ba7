/**
 * Of an activity that is followed, each nanosecond since its beginning is on exactly one column of its path, and what is
 * booked on a column is on the path, beside it, or still to come.
 */
import { WAITING } from '../base/ledger.ts';
import { broken, type Checker } from './checker.ts';

export const path: Checker = {
  rule: 'L3',
  story: 'a path has every nanosecond of its activity once',
  check(w) {
    for (const { name, spent, path: followed } of w.ledger.rows) {
      if (followed === null) continue;
      const { from, until, ahead, beside } = followed;
      const onPath = followed.spent.reduce((sum, each) => sum + each, 0);
      if (onPath !== until - from) broken('L3', `${name} has ${onPath} ns on a path of ${until - from} ns`);
      if (until > w.time) broken('L3', `the path of ${name} is ahead of the time`);
      const known = followed.spent.map((each, column) => each + beside[column]!);
      let end = until;
      for (let i = 0; i < ahead.length; i += 3) {
        if (ahead[i]! < end) broken('L3', `${name} has work over other work at ${ahead[i]} ns`);
        end = ahead[i + 1]!;
        known[ahead[i + 2]!]! += end - ahead[i]!;
      }
      for (let column = 0; column < WAITING; column++) {
        if (known[column] !== spent[column]) broken('L3', `${name} has booked ${spent[column]} ns in column ${column}`);
      }
    }
  },
};
