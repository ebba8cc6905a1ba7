/** When the receive right has moved, the queue has moved with it; a proxy has no queue, no receiver and no counts. */
import { NONE } from '../base/table.ts';
import { broken, type Checker } from './checker.ts';

export const proxiesHoldNothing: Checker = {
  rule: 'D8',
  story: 'a copy without the receive right has an empty queue',
  check(w) {
    for (const port of w.ports.rows) {
      if (!port.live || !port.proxy || port.blocked) continue;
      const { lastMessage, lastReceiver, lastSender, msgcount, receiver, receiverName } = port;
      if (lastMessage !== NONE || lastReceiver !== NONE || lastSender !== NONE || msgcount !== 0) {
        broken('D8', `the proxy of ${port.label} on node ${port.node} has a queue`);
      }
      if (receiver !== NONE || receiverName !== NONE) broken('D8', `the proxy of ${port.label} has a receiver`);
    }
  },
};
