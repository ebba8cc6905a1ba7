/** The make-send count and the sequence number belong to one stay in one space; they start again with the next. */
import { NONE } from '../base/table.ts';
import { broken, type Checker } from './checker.ts';

export const countsStartAgain: Checker = {
  rule: 'I8',
  story: 'make-send count and sequence number are 0 while the receive right is in no space',
  check(w) {
    for (const port of w.ports.rows) {
      if (!port.live || port.receiver !== NONE) continue;
      if (port.mscount !== 0 || port.seqno !== 0) {
        broken(
          'I8',
          `${port.label} is in no space with make-send count ${port.mscount}, sequence number ${port.seqno}`,
        );
      }
    }
  },
};
