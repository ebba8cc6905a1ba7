/** A receive right in transit hangs on the port that it is sent to; following these must come to an end. */
import { NONE } from '../base/table.ts';
import { broken, type Checker } from './checker.ts';

export const noCircles: Checker = {
  rule: 'I9',
  story: 'the chain of ports in transit has no circle',
  check(w) {
    const { rows } = w.ports;
    for (const port of rows) {
      if (!port.live || port.destination === NONE) continue;
      if (port.receiver !== NONE) broken('I9', `${port.label} is in transit and has a receiver`);
      let hops = 0;
      for (let id = port.destination; id !== NONE; id = rows[id]?.destination ?? NONE) {
        if (++hops > rows.length) broken('I9', `${port.label} is in transit to itself`);
      }
    }
  },
};
