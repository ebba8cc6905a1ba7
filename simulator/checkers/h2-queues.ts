/** A queue is a ring through its rows: the last one leads to the first, and who is in it knows that. */
import { NONE } from '../base/table.ts';
import type { Port } from '../mach/ipc/port.ts';
import { RECEIVING, SENDING } from '../mach/thread.ts';
import { broken, type CheckedWorld, type Checker } from './checker.ts';

export const queues: Checker = {
  rule: 'H2',
  story: 'message queues and waiting lists are well-formed',
  check(w) {
    let receivers = 0;
    for (const port of w.ports.rows) {
      checkMessages(w, port);
      receivers += checkThreads(w, port, port.lastReceiver, RECEIVING);
      checkThreads(w, port, port.lastSender, SENDING);
    }
    for (const t of w.threads.rows) if (t.live && t.state === RECEIVING && t.waitPort !== NONE) receivers--;
    if (receivers !== 0) broken('H2', `${-receivers} threads more wait for a message than are in queues`);
  },
};

function checkMessages(w: CheckedWorld, port: Port): void {
  let left = w.messages.rows.length;
  for (let id = port.lastMessage; id !== NONE;) {
    const message = w.messages.rows[id];
    if (message?.live !== true || left-- === 0) broken('H2', `the queue of ${port.label} is no ring`);
    id = message.next === port.lastMessage ? NONE : next(message.next, port);
  }
}

function checkThreads(w: CheckedWorld, port: Port, last: number, state: number): number {
  let length = 0;
  for (let id = last; id !== NONE;) {
    const t = w.threads.rows[id];
    if (t?.live !== true || length++ > w.threads.rows.length) broken('H2', `a list of ${port.label} is no ring`);
    if (t.state !== state) broken('H2', `${t.name} is in a list of ${port.label} and does something else`);
    if (state === RECEIVING && t.waitPort !== port.id) broken('H2', `${t.name} does not wait at ${port.label}`);
    id = t.nextWaiting === last ? NONE : next(t.nextWaiting, port);
  }
  return length;
}

function next(id: number, port: Port): number {
  return id === NONE ? broken('H2', `a queue of ${port.label} ends, and does not lead to its beginning`) : id;
}
