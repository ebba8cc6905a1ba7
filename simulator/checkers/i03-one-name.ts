/** Send and receive rights to one port share one name in a space, and the space's index knows it [mechanisms 1.2]. */
import { SEND_RECEIVE, entriesOf, nameAt, portAt, typeAt } from '../mach/ipc/space.ts';
import { broken, type Checker } from './checker.ts';

export const oneName: Checker = {
  rule: 'I3',
  story: 'in one space at most one entry holds send or receive rights to a port',
  check(w) {
    const seen = new Int32Array(w.ports.rows.length).fill(-1);
    for (const task of w.tasks.rows) {
      if (!task.live) continue;
      const { space } = task;
      const { byPort } = space;
      let named = 0;
      for (let index = 0; index < entriesOf(space); index++) {
        if ((typeAt(space, index) & SEND_RECEIVE) === 0) continue;
        const port = portAt(space, index);
        if (seen[port] === task.id) broken('I3', `${task.name} has two names for port ${port}`);
        seen[port] = task.id;
        named++;
        if (byPort !== null && byPort.get(port) !== nameAt(space, index)) {
          broken('I3', `${task.name}'s index does not find port ${port}`);
        }
      }
      if (byPort !== null && byPort.size !== named)
        broken('I3', `${task.name}'s index finds ports that it cannot name`);
    }
  },
};
