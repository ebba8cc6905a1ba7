/** Send and receive rights to one port share one name in a space, and the space's index knows it [mechanisms 1.2]. */
import { nameOf, SEND_RECEIVE } from '../mach/ipc/space.ts';
import { broken, type Checker } from './checker.ts';

export const oneName: Checker = {
  rule: 'I3',
  story: 'in one space at most one entry holds send or receive rights to a port',
  check(w) {
    const seen = new Int32Array(w.ports.rows.length).fill(-1);
    for (const task of w.tasks.rows) {
      if (!task.live) continue;
      const { entries, byPort } = task.space;
      let named = 0;
      for (let index = 0; index < entries.length; index++) {
        const entry = entries[index]!;
        if ((entry.type & SEND_RECEIVE) === 0) continue;
        if (seen[entry.port] === task.id) broken('I3', `${task.name} has two names for port ${entry.port}`);
        seen[entry.port] = task.id;
        named++;
        if (byPort !== null && byPort.get(entry.port) !== nameOf(task.space, index)) {
          broken('I3', `${task.name}'s index does not find port ${entry.port}`);
        }
      }
      if (byPort !== null && byPort.size !== named)
        broken('I3', `${task.name}'s index finds ports that it cannot name`);
    }
  },
};
