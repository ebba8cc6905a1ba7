/** Of a dead port nothing is left but the rights that have not been looked at since [mechanisms 1.10]. */
import { NONE } from '../base/table.ts';
import { broken, type Checker } from './checker.ts';

export const deadPorts: Checker = {
  rule: 'I17',
  story: 'a dead port has no queue, no waiting threads, no request and no set',
  check(w, census) {
    for (const port of w.ports.rows) {
      if (port.active && port.live) continue;
      const { firstMessage, firstReceiver, firstSender, nsrequest, pset } = port;
      if (firstMessage !== NONE || firstReceiver !== NONE || firstSender !== NONE) {
        broken('I17', `${port.label} is dead, and something waits in its queue`);
      }
      if (nsrequest !== NONE || pset !== NONE) broken('I17', `${port.label} is dead, with a request or a set`);
      if (port.live && port.dipc === NONE && port.srights === 0 && port.sorights === 0) {
        broken('I17', `${port.label} is dead and nobody has a right to it, but its row (port ${port.id}) lives`);
      }
      if (!port.live && census.receives[port.id]! > 0)
        broken('I17', `somebody receives on port ${port.id}, which is gone`);
    }
  },
};
