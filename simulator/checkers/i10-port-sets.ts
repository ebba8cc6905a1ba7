/** While a port belongs to a set, its messages are in the set's queue, and only members' messages are [mechanisms 1.8]. */
import { NONE } from '../base/table.ts';
import { broken, type Checker } from './checker.ts';
import { messagesIn } from '../mach/ipc/queue.ts';

export const portSets: Checker = {
  rule: 'I10',
  story: 'a member of a port set has an empty queue, and the set is in the same space',
  check(w) {
    for (const port of w.ports.rows) {
      if (!port.live) continue;
      if (port.set) {
        for (const { dest } of messagesIn(w, port)) {
          const member = w.ports.rows[dest];
          if (member?.pset !== port.id)
            broken('I10', `${port.label} holds a message for ${member?.label ?? 'no port'}`);
        }
      }
      if (port.pset === NONE) continue;
      const set = w.ports.rows[port.pset];
      if (set?.live !== true || !set.set) broken('I10', `${port.label} belongs to no set`);
      if (set.active && set.receiver !== port.receiver)
        broken('I10', `${port.label} and ${set.label} are in different spaces`);
      if (port.lastMessage !== NONE) broken('I10', `${port.label} belongs to a set and has a queue of its own`);
    }
  },
};
