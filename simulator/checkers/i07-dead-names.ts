/** A dead name remembers no port and no request; an entry with a request is known to its port, which has not died. */
import { NONE } from '../base/table.ts';
import { NUMBERS_PER_DEAD_NAME } from '../mach/ipc/requests.ts';
import {
  DEAD_NAME,
  FREE,
  PORT_SET,
  entriesOf,
  find,
  isRequestedAt,
  nameAt,
  portAt,
  typeAt,
  type Space,
} from '../mach/ipc/space.ts';
import type { Task } from '../mach/task.ts';
import { broken, type CheckedWorld, type Checker } from './checker.ts';

export const deadNames: Checker = {
  rule: 'I7',
  story: 'a dead name has no port and no request, and an entry with a request has a port that knows of it',
  check(w) {
    for (const task of w.tasks.rows) if (task.live) checkSpace(w, task);
    for (const row of w.requests.rows) {
      for (let i = 0; row.live && i < row.deadNames.length; i += NUMBERS_PER_DEAD_NAME) {
        const { space, name } = w.tasks.rows[row.deadNames[i]!]!;
        const index = find(space, row.deadNames[i + 1]!);
        if (index === NONE || !isRequestedAt(space, index) || portAt(space, index) !== row.port) {
          broken('I7', `port ${row.port} has a dead-name request of ${name} for name ${row.deadNames[i + 1]}`);
        }
      }
    }
  },
};

function checkSpace(w: CheckedWorld, task: Task): void {
  const { space } = task;
  let unused = 0;
  for (let index = 0; index < entriesOf(space); index++) {
    const type = typeAt(space, index);
    const requested = isRequestedAt(space, index);
    if (requested && (type === FREE || type === DEAD_NAME || type === PORT_SET || !isKnown(w, task, index))) {
      broken('I7', `${task.name} has an entry of type ${type} with a request that no port knows of`);
    }
    if (type === FREE) unused++;
    else if ((type === DEAD_NAME) !== (portAt(space, index) === NONE)) {
      broken('I7', `${task.name} has an entry of type ${type} for port ${portAt(space, index)}`);
    }
  }
  const listed = freeEntries(space);
  if (listed !== unused) broken('I7', `${task.name} has ${unused} free entries and lists ${listed}`);
}

/** Whether the port lists the entry's request; once it has died the list is used up, and the entry finds out later. */
function isKnown(w: CheckedWorld, task: Task, index: number): boolean {
  const port = w.ports.rows[portAt(task.space, index)];
  if (port === undefined || !port.active) return true;
  const { deadNames } = w.requests.rows[port.requests] ?? { deadNames: [] };
  const name = nameAt(task.space, index);
  for (let i = 0; i < deadNames.length; i += NUMBERS_PER_DEAD_NAME) {
    if (deadNames[i] === task.id && deadNames[i + 1] === name) return true;
  }
  return false;
}

/** How many entries the list of free ones has; NONE if it leads to one that is in use, or nowhere. */
function freeEntries(space: Space): number {
  let listed = 0;
  for (let index = space.free; index !== NONE; index = portAt(space, index)) {
    if (listed++ > entriesOf(space) || typeAt(space, index) !== FREE) return NONE;
  }
  return listed;
}
