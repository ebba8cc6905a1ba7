/** A queue is a list through its rows: it ends where its last field says, and who is in it knows that. */
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
      receivers += checkThreads(w, port, port.firstReceiver, port.lastReceiver, RECEIVING);
      checkThreads(w, port, port.firstSender, port.lastSender, SENDING);
    }
    for (const t of w.threads.rows) if (t.live && t.state === RECEIVING && t.waitPort !== NONE) receivers--;
    if (receivers !== 0) broken('H2', `${-receivers} threads more wait for a message than are in queues`);
  },
};

function checkMessages(w: CheckedWorld, port: Port): void {
  let last = NONE;
  let left = w.messages.rows.length;
  for (let id = port.firstMessage; id !== NONE; id = w.messages.rows[id]!.next) {
    if (w.messages.rows[id]?.live !== true || left-- === 0) broken('H2', `the queue of ${port.label} does not end`);
    last = id;
  }
  if (last !== port.lastMessage) broken('H2', `the queue of ${port.label} ends at ${last}, not at ${port.lastMessage}`);
}

function checkThreads(w: CheckedWorld, port: Port, first: number, end: number, state: number): number {
  let length = 0;
  let last = NONE;
  for (let id = first; id !== NONE; id = w.threads.rows[id]!.nextWaiting) {
    const t = w.threads.rows[id];
    if (t?.live !== true || length++ > w.threads.rows.length) broken('H2', `a list of ${port.label} does not end`);
    if (t.state !== state) broken('H2', `${t.name} is in a list of ${port.label} and does something else`);
    if (state === RECEIVING && t.waitPort !== port.id) broken('H2', `${t.name} does not wait at ${port.label}`);
    last = id;
  }
  if (last !== end) broken('H2', `a list of ${port.label} ends at thread ${last}, not at ${end}`);
  return length;
}
