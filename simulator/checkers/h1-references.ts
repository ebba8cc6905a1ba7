/** An id in a field is the id of a live row, and rows that belong together say so on both sides. */
import { NONE, type Row, type Table } from '../base/table.ts';
import { keptPorts } from '../mach/kept.ts';
import { NUMBERS_PER_DEAD_NAME } from '../mach/ipc/requests.ts';
import { FREE, entriesOf, portAt, typeAt } from '../mach/ipc/space.ts';
import type { Task } from '../mach/task.ts';
import { threadOf } from '../mach/thread.ts';
import { broken, type CheckedWorld, type Checker } from './checker.ts';

export const references: Checker = {
  rule: 'H1',
  story: 'no id refers to a row that is gone',
  check(w) {
    const members = new Set<number>();
    for (const task of w.tasks.rows) {
      if (!task.live) continue;
      ring(w, task, members);
      const { space } = task;
      for (let index = 0; index < entriesOf(space); index++) {
        if (typeAt(space, index) !== FREE) refer(w.ports, portAt(space, index), task.name);
      }
      for (const port of keptPorts(task)) refer(w.ports, port, task.name);
      refer(w.ports, task.self, task.name);
    }
    for (const t of w.threads.rows) {
      if (!t.live) continue;
      alive(w.tasks, t.task, t.name);
      if (!members.has(t.id)) broken('H1', `${t.name} is in no task`);
      if (t.identity !== NONE && threadOf(w, t.identity) !== t) broken('H1', `${t.name} is not found by its identity`);
      refer(w.ports, t.waitPort, t.name);
      if (t.waitPort !== NONE || t.outgoing === NONE) refer(w.threads, t.nextWaiting, t.name);
      refer(w.ports, t.self, t.name);
      for (const port of keptPorts(t)) refer(w.ports, port, t.name);
      for (let i = 0; i < t.hand.length; i += 2) refer(w.ports, t.hand[i + 1]!, t.name);
    }
    checkPorts(w);
    checkMessages(w);
  },
};

function checkPorts(w: CheckedWorld): void {
  for (const port of w.ports.rows) {
    if (!port.live) continue;
    refer(w.ports, port.pset, port.label);
    if (port.requests !== NONE && alive(w.requests, port.requests, port.label).port !== port.id)
      broken('H1', port.label);
    refer(w.ports, port.destination, port.label);
    if (port.receiver >= 0) alive(w.tasks, port.receiver, port.label);
    if (port.dipc !== NONE && alive(w.distributed, port.dipc, port.label).port !== port.id) broken('H1', port.label);
  }
  for (const row of w.requests.rows) {
    if (!row.live) continue;
    const { label, requests } = alive(w.ports, row.port, 'a row of requests');
    if (requests !== row.id) broken('H1', `${label} does not know its requests`);
    refer(w.ports, row.noSenders, label);
    refer(w.ports, row.portDestroyed, label);
    for (let i = 0; i < row.deadNames.length; i += NUMBERS_PER_DEAD_NAME) {
      alive(w.tasks, row.deadNames[i]!, label);
      alive(w.ports, row.deadNames[i + 2]!, label);
    }
  }
  for (const state of w.distributed.rows) {
    if (!state.live) continue;
    const port = alive(w.ports, state.port, 'a distributed state');
    if (w.nodes.rows[port.node]!.portByUid.get(state.uid) !== port.id)
      broken('H1', `${port.label} is not found by UID`);
    for (const id of state.held) alive(w.messages, id, port.label);
  }
}

function checkMessages(w: CheckedWorld): void {
  for (const message of w.messages.rows) {
    if (!message.live) continue;
    refer(w.ports, message.dest, message.operation);
    if (message.wire) continue;
    refer(w.ports, message.reply, message.operation);
    for (let i = 0; i < message.rights.length; i += 2) refer(w.ports, message.rights[i + 1]!, message.operation);
  }
}

/** The threads of the task: a ring of its own. */
function ring(w: CheckedWorld, { id, name, lastThread }: Task, members: Set<number>): void {
  let t = lastThread === NONE ? null : alive(w.threads, lastThread, name);
  while (t !== null && (t.id !== lastThread || !members.has(t.id))) {
    if (t.task !== id) broken('H1', `${t.name} is not in ${name}`);
    if (members.has(t.id)) broken('H1', `the threads of ${name} do not lead to ${lastThread}`);
    members.add(t.id);
    t = alive(w.threads, t.nextInTask, name);
  }
}

function refer<T extends Row>(to: Table<T>, id: number, from: string): void {
  if (id !== NONE) alive(to, id, from);
}

function alive<T extends Row>(to: Table<T>, id: number, from: string): T {
  const row = to.rows[id];
  if (row?.live !== true) broken('H1', `${from} refers to row ${id}, which is gone`);
  return row;
}
