/** A sender waits only where there is a reason: a live port whose queue is full, whose free place is promised, or that moves. */
import { NONE } from '../base/table.ts';
import { broken, type Checker } from './checker.ts';

export const blockedSenders: Checker = {
  rule: 'I13',
  story: 'a blocked sender waits for a live port with a full queue',
  check(w) {
    for (const port of w.ports.rows) {
      if (port.lastSender === NONE) continue;
      if (!port.live || !port.active) broken('I13', `a sender waits for ${port.label}, which is dead`);
      const promised = port.callers || (port.dipc !== NONE && w.distributed.rows[port.dipc]!.promised > 0);
      if (port.msgcount < port.qlimit && !promised && !port.blocked) {
        broken('I13', `a sender waits for ${port.label}, which holds ${port.msgcount} of ${port.qlimit} messages`);
      }
    }
  },
};
