/** In a queue either messages wait for a thread, or threads for a message. */
import { NONE } from '../base/table.ts';
import { broken, type Checker } from './checker.ts';

export const oneWaits: Checker = {
  rule: 'I11',
  story: 'no thread waits for a message where a message waits for a thread',
  check(w) {
    for (const port of w.ports.rows) {
      if (port.lastMessage !== NONE && port.lastReceiver !== NONE) {
        broken('I11', `messages and threads wait in the queue of ${port.label}`);
      }
    }
  },
};
