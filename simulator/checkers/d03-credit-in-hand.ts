/** A proxy with send rights can prove to the principal that they exist; the principal itself only hands out. */
import { broken, type Checker } from './checker.ts';

export const creditInHand: Checker = {
  rule: 'D3',
  story: 'a proxy with send rights holds a credit, and a principal holds none',
  check(w) {
    for (const state of w.distributed.rows) {
      if (!state.live) continue;
      const port = w.ports.rows[state.port]!;
      if (!port.active) continue;
      if (port.proxy && state.counted && port.srights > 0 && state.transit < 1) {
        broken('D3', `${port.label} on node ${port.node} has ${port.srights} send rights and ${state.transit} credits`);
      }
      if (!port.proxy && !state.arriving && state.transit > 0) {
        broken('D3', `the principal of ${port.label} holds ${state.transit} credits`);
      }
    }
  },
};
