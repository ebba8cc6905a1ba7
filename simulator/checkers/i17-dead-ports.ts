/** Of a dead port nothing is left but the rights that have not been looked at since [mechanisms 1.10]. */
import { NONE } from '../base/table.ts';
import type { Port } from '../mach/ipc/port.ts';
import { broken, type CheckedWorld, type Checker } from './checker.ts';

export const deadPorts: Checker = {
  rule: 'I17',
  story: 'a dead port has no queue, no waiting threads, no request and no set',
  check(w, census) {
    for (const port of w.ports.rows) {
      if (port.active && port.live) continue;
      const { lastMessage, lastReceiver, lastSender, requests, pset } = port;
      if (port.live && port.set) {
        checkDeadSet(w, port);
        continue;
      }
      if (lastMessage !== NONE || lastReceiver !== NONE || lastSender !== NONE) {
        broken('I17', `${port.label} is dead, and something waits in its queue`);
      }
      if (requests !== NONE || pset !== NONE) broken('I17', `${port.label} is dead, with a request or a set`);
      if (port.live && port.dipc === NONE && port.srights === 0 && port.sorights === 0) {
        broken('I17', `${port.label} is dead and nobody has a right to it, but its row (port ${port.id}) lives`);
      }
      if (!port.live && census.receives[port.id]! > 0)
        broken('I17', `somebody receives on port ${port.id}, which is gone`);
    }
  },
};

/** Its members have not all found out yet; until then it keeps their messages [mechanisms 1.8]. */
function checkDeadSet(w: CheckedWorld, set: Port): void {
  if (set.lastReceiver !== NONE) broken('I17', `somebody receives on ${set.label}, which is dead`);
  if (!w.ports.rows.some((port) => port.live && port.pset === set.id)) {
    broken('I17', `${set.label} is dead and has no member, but its row (port ${set.id}) lives`);
  }
}
