/**
 * The ledger: no account is negative, and every nanosecond that a processor worked is booked on somebody.
 *
 * What is booked and is not processor work is time on the wire, so without inter-node messages the two are equal.
 * A processor works at most as long as the clock has run (priced work is counted when it is accepted).
 */
import { REMOTE_BYTES, REMOTE_MESSAGES, REMOTE_RIGHTS, WAITING } from '../base/ledger.ts';
import { broken, type Checker } from './checker.ts';

export const ledger: Checker = {
  rule: 'L1',
  story: 'all processor work is booked, once',
  check(w) {
    let booked = 0;
    let remote = 0;
    for (const { name, counts, spent } of w.ledger.rows) {
      for (let column = 0; column < spent.length; column++) {
        const time = spent[column]!;
        if (time < 0 || counts[column]! < 0) broken('L1', `${name} has a negative column ${column}`);
        if (column === WAITING) continue;
        booked += time;
        if (column === REMOTE_MESSAGES || column === REMOTE_RIGHTS || column === REMOTE_BYTES) remote += time;
      }
    }
    let busy = 0;
    for (const node of w.nodes.rows) {
      busy += node.busy;
      if (node.busy > Math.max(w.time, node.kernelFreeAt)) broken('L1', `${node.name} was busy for ${node.busy} ns`);
    }
    if (booked < busy) broken('L1', `${busy} ns were worked and only ${booked} booked`);
    if (booked - remote > busy) broken('L1', `${booked - remote} ns were booked on processors that worked ${busy}`);
  },
};
