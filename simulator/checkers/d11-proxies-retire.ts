/** A proxy that nobody needs any more gives its credits back and goes; a forwarding one stays [mechanisms 2.7, 2.9]. */
import { broken, type Checker } from './checker.ts';

export const proxiesRetire: Checker = {
  rule: '2.7',
  story: 'a proxy without rights and without messages is about to be forgotten',
  check(w, census) {
    for (const state of w.distributed.rows) {
      if (!state.live) continue;
      const port = w.ports.rows[state.port]!;
      if (port.srights > 0 || port.sorights > 0 || state.held.length > 0 || census.lastSend[port.id] === 1) continue;
      if (!port.active) broken('2.7', `${port.label} on node ${port.node} is dead, and remembered for nobody`);
      if (!port.proxy) continue;
      if (state.transit > 0)
        broken('2.7', `${port.label} on node ${port.node} keeps ${state.transit} credits for nobody`);
      if (!state.forward) broken('2.7', `the proxy of ${port.label} on node ${port.node} is needed by nobody`);
    }
  },
};
