/** A task that has moved knows the same ports by the same names [mechanisms 4.7]. */
import { at } from '../base/table.ts';
import { DEAD_NAME, PORT_SET, lookup, names } from '../mach/ipc/space.ts';
import { isThere, isPort, type Ghost } from '../migration/task/ghost.ts';
import type { Migration } from '../migration/record.ts';
import { broken, type CheckedWorld, type Checker } from './checker.ts';

export const nameSpace: Checker = {
  rule: 'T1',
  story: 'a task that has moved has the same rights under the same names',
  check(w) {
    for (const m of w.migrations.rows) {
      if (m.ghost?.stage === 'arrived' && isThere(w, m)) compare(w, m, m.ghost);
    }
  },
};

function compare(w: CheckedWorld, m: Migration, ghost: Ghost): void {
  const { space } = at(w.tasks, m.made);
  const after = names(space);
  if (after.length !== ghost.names.length) {
    broken('T1', `${m.name} had ${ghost.names.length} names and has ${after.length}`);
  }
  for (const before of ghost.names) {
    const { name, type, urefs } = before;
    const entry = lookup(space, name);
    if (entry === null) broken('T1', `${m.name} has lost the name ${name}`);
    // A port that died meanwhile has left a dead name; a request on the name has added a reference to it.
    if (entry.type === DEAD_NAME && type !== DEAD_NAME) {
      if (entry.urefs !== urefs && entry.urefs !== urefs + 1)
        broken('T1', `dead name ${name}: ${entry.urefs} references`);
      continue;
    }
    if (entry.type !== type) broken('T1', `${name} of ${m.name} was of type ${type} and is of type ${entry.type}`);
    if (entry.urefs !== urefs) broken('T1', `${name} of ${m.name} had ${urefs} references and has ${entry.urefs}`);
    if (type === DEAD_NAME || type === PORT_SET) continue;
    const port = at(w.ports, entry.port);
    if (!isPort(w, before, port, ghost.node)) broken('T1', `${name} of ${m.name} means ${port.label} now`);
  }
}
