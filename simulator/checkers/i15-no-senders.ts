/** A no-senders request stands while there may be senders; when there are none the notice is on its way. */
import { NONE } from '../base/table.ts';
import { broken, type Checker } from './checker.ts';

export const noSenders: Checker = {
  rule: 'I15',
  story: 'a no-senders request whose condition has come true is acted upon',
  check(w, census) {
    for (const port of w.ports.rows) {
      if (!port.live || port.requests === NONE) continue;
      const request = w.requests.rows[port.requests];
      if (request === undefined || request.noSenders === NONE || port.mscount < request.sync) continue;
      if (port.srights > 0 || port.mscount === 0 || port.proxy || census.lastSend[port.id] === 1) continue;
      const credits = port.dipc === NONE ? 0 : w.distributed.rows[port.dipc]!.transit;
      if (credits === 0 && !port.blocked) broken('I15', `${port.label} has no sender left, and nobody was told`);
    }
  },
};
