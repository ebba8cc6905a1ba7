/** A port and the entry that receives on it know each other; the same holds for a set and its entry. */
import { PORT_SET, RECEIVE, entriesOf, lookup, nameAt, portAt, typeAt } from '../mach/ipc/space.ts';
import { broken, type Checker } from './checker.ts';

export const receiverName: Checker = {
  rule: 'I2',
  story: 'a port names a receiver if and only if that space has a receive entry of that name for it',
  check(w) {
    for (const port of w.ports.rows) {
      if (!port.live || port.receiver < 0) {
        if (port.live && port.receiverName >= 0) broken('I2', `${port.label} has a name in no space`);
        continue;
      }
      const task = w.tasks.rows[port.receiver];
      const entry = task?.live === true ? lookup(task.space, port.receiverName) : null;
      const bit = port.set ? PORT_SET : RECEIVE;
      if (entry === null || (entry.type & bit) === 0 || entry.port !== port.id) {
        broken(
          'I2',
          `${port.label} names task ${port.receiver}, whose name ${port.receiverName} does not receive on it`,
        );
      }
    }
    for (const task of w.tasks.rows) {
      if (!task.live) continue;
      const { space } = task;
      for (let index = 0; index < entriesOf(space); index++) {
        if ((typeAt(space, index) & (RECEIVE | PORT_SET)) === 0) continue;
        const port = w.ports.rows[portAt(space, index)];
        if (port?.receiver === task.id && port.receiverName === nameAt(space, index)) continue;
        broken('I2', `${task.name} receives on ${port?.label ?? 'nothing'}, which does not know it`);
      }
    }
  },
};
