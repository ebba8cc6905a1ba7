/** A node knows only its own copies of ports: in spaces, in messages, in the kernel's hands. */
import { NONE } from '../base/table.ts';
import { keptPorts } from '../mach/kept.ts';
import { FREE, entriesOf, portAt, typeAt } from '../mach/ipc/space.ts';
import { broken, type CheckedWorld, type Checker } from './checker.ts';

export const ownCopies: Checker = {
  rule: 'D6',
  story: "every right on a node is to that node's copy of the port",
  check(w) {
    for (const task of w.tasks.rows) {
      if (!task.live) continue;
      const { space } = task;
      for (let index = 0; index < entriesOf(space); index++) {
        if (typeAt(space, index) !== FREE) own(w, task.node, portAt(space, index), task.name);
      }
      for (const port of keptPorts(task)) own(w, task.node, port, task.name);
    }
    for (const m of w.messages.rows) {
      if (!m.live) continue;
      own(w, m.node, m.dest, m.operation);
      if (m.wire) continue;
      own(w, m.node, m.reply, m.operation);
      for (let i = 0; i < m.rights.length; i += 2) own(w, m.node, m.rights[i + 1]!, m.operation);
    }
    for (const t of w.threads.rows) {
      if (!t.live) continue;
      for (const port of keptPorts(t)) own(w, t.node, port, t.name);
      for (let i = 0; i < t.hand.length; i += 2) own(w, t.node, t.hand[i + 1]!, t.name);
    }
  },
};

function own(w: CheckedWorld, node: number, port: number, holder: string): void {
  if (port === NONE) return;
  const row = w.ports.rows[port];
  if (row?.live === true && row.node !== node)
    broken('D6', `${holder} on node ${node} has a right on node ${row.node}`);
}
