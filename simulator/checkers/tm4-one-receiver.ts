/** When a task has moved, no other node has a name for a receive right that is its own [mechanisms 4.7]. */
import { NONE, at } from '../base/table.ts';
import { RECEIVE, entriesOf, lookup, portAt, typeAt } from '../mach/ipc/space.ts';
import { isThere } from '../migration/task/ghost.ts';
import { broken, type CheckedWorld, type Checker } from './checker.ts';

export const receivesThere: Checker = {
  rule: 'T4',
  story: 'a task that has moved has left no receive right on another node',
  check(w) {
    for (const m of w.migrations.rows) {
      if (m.ghost?.stage !== 'arrived' || !isThere(w, m)) continue;
      const { space } = at(w.tasks, m.made);
      const own = new Set<number>();
      for (const { name, type } of m.ghost.names) {
        const entry = lookup(space, name);
        if ((type & RECEIVE) === 0 || entry === null || entry.port === NONE) continue;
        const { dipc } = at(w.ports, entry.port);
        if (dipc !== NONE) own.add(at(w.distributed, dipc).uid);
      }
      elsewhere(w, own, m.to);
    }
  },
};

function elsewhere(w: CheckedWorld, own: ReadonlySet<number>, to: number): void {
  for (const task of w.tasks.rows) {
    if (!task.live || task.node === to) continue;
    for (let index = 0; index < entriesOf(task.space); index++) {
      if ((typeAt(task.space, index) & RECEIVE) === 0) continue;
      const { dipc, label } = at(w.ports, portAt(task.space, index));
      if (dipc !== NONE && own.has(at(w.distributed, dipc).uid)) {
        broken('T4', `${task.name} on ${at(w.nodes, task.node).name} receives on ${label}`);
      }
    }
  }
}
