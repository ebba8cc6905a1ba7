/**
 * The rights that a message carries are those that its sender gave, and those that its receiver gets: copyin, the queue,
 * the network and copyout lose none, add none and change none [mechanisms 1.4, 2.6].
 *
 *   copyin     what each disposition makes of a name, and what it leaves under it (the table below)
 *   on its way the same rights to the same ports, whether in local form or in network form; a right becomes a dead name
 *              only if its port is dead
 *   copyout    a name in the receiver's space for each of them
 */
import { NONE } from '../../base/table.ts';
import { WIRE_STRIDE } from '../../dipc/crossing.ts';
import type { Message } from '../../mach/ipc/message.ts';
import type { Port } from '../../mach/ipc/port.ts';
import { kernelPortOf } from '../../mach/ipc/receivers.ts';
import { COPY_SEND, MAKE_SEND, MAKE_SEND_ONCE, MOVE_RECEIVE, MOVE_SEND, MOVE_SEND_ONCE } from '../../mach/ipc/right.ts';
import { DEAD_NAME, RECEIVE, SEND, SEND_ONCE, lookup } from '../../mach/ipc/space.ts';
import { threadOf } from '../../mach/thread.ts';
import { broken, type CheckedWorld } from '../checker.ts';
import type { Monitor } from './monitor.ts';

/** What travels, and what must still stand under the name in the sender's space (NONE: nothing has to). */
const dispositions = new Map([
  [MOVE_RECEIVE, { travels: RECEIVE, stays: NONE }],
  [MOVE_SEND, { travels: SEND, stays: NONE }],
  [MOVE_SEND_ONCE, { travels: SEND_ONCE, stays: NONE }],
  [COPY_SEND, { travels: SEND, stays: SEND }],
  [MAKE_SEND, { travels: SEND, stays: RECEIVE }],
  [MAKE_SEND_ONCE, { travels: SEND_ONCE, stays: RECEIVE }],
]);

/** A right on its way: its port's row on the node that it came from, and its UID once the port has one. */
interface Carried {
  type: number;
  port: Port | null;
  uid: number;
}

interface Letter {
  readonly id: number;
  readonly serial: number;
  readonly rights: Carried[];
  /** Identity of the thread that has dequeued it. */
  taker: number;
}

export const rightsInMessages: Monitor = {
  rule: 'I16',
  story: 'a message brings the rights that were given to it, no other and no fewer',
  begin(w) {
    const letters = new Map<number, Letter>();
    for (const message of w.messages.rows) if (message.live) keep(w, letters, message);
    return (world) => {
      for (const notice of world.notices) {
        const letter = notice.kind === 'received' ? letters.get(notice.serial) : undefined;
        if (letter === undefined || notice.kind !== 'received') continue;
        letter.taker = notice.thread;
      }
      for (const letter of letters.values()) {
        const message = world.messages.rows[letter.id]!;
        if (message.live && message.serial === letter.serial) compare(world, letter, message);
        else {
          letters.delete(letter.serial);
          if (letter.taker !== NONE) compareNames(world, letter);
        }
      }
      for (const message of world.messages.rows) {
        if (!message.live || message.rights.length === 0 || letters.has(message.serial)) continue;
        compareCopyin(world, message);
        keep(world, letters, message);
      }
    };
  },
};

function keep(w: CheckedWorld, letters: Map<number, Letter>, message: Message): void {
  if (message.rights.length === 0) return;
  const { id, serial } = message;
  letters.set(serial, { id, serial, rights: carriedBy(w, message), taker: NONE });
}

/** The rights of the body: a send right to answer with crosses before them. */
function carriedBy(w: CheckedWorld, { rights, wire, reply, replyType }: Message): Carried[] {
  const carried: Carried[] = [];
  const stride = wire ? WIRE_STRIDE : 2;
  for (let i = replyType === SEND && reply === NONE ? stride : 0; i < rights.length; i += stride) {
    const type = rights[i]!;
    if (wire) carried.push({ type, port: null, uid: rights[i + 1]! });
    else carried.push(localRight(w, type, rights[i + 1]!));
  }
  return carried;
}

function localRight(w: CheckedWorld, type: number, id: number): Carried {
  const port = id < 0 ? null : (w.ports.rows[id] ?? null);
  return { type, port, uid: port === null ? NONE : uidOf(w, port) };
}

function uidOf(w: CheckedWorld, port: Port): number {
  const state = port.dipc === NONE ? undefined : w.distributed.rows[port.dipc];
  return state?.live === true ? state.uid : NONE;
}

/** The copyin of the sender has just taken place. */
function compareCopyin(w: CheckedWorld, message: Message): void {
  const { carried, rights, wire, operation, sender } = message;
  const t = sender === NONE ? null : threadOf(w, sender);
  const task = t === null ? undefined : w.tasks.rows[t.task];
  if (wire || carried.length === 0 || task?.live !== true) return;
  if (rights.length !== 2 * carried.length) broken('I16', `${operation} was given ${carried.length} rights`);
  carried.forEach(({ name, disposition }, i) => {
    const rule = dispositions.get(disposition);
    const type = rights[2 * i]!;
    if (rule === undefined || (type !== rule.travels && type !== DEAD_NAME)) {
      broken('I16', `disposition ${disposition} put a right of type ${type} into ${operation}`);
    }
    const left = lookup(task.space, name)?.type ?? 0;
    const others = carried.filter((each) => each.name === name).length > 1;
    if (rule.stays !== NONE && type !== DEAD_NAME && !others && (left & (rule.stays | DEAD_NAME)) === 0) {
      broken('I16', `disposition ${disposition} left nothing under the name ${name}`);
    }
    if (disposition === MOVE_RECEIVE && (left & RECEIVE) !== 0) broken('I16', `name ${name} still receives`);
    if (disposition === MOVE_SEND_ONCE && left === SEND_ONCE) broken('I16', `name ${name} still is a send-once right`);
  });
}

/** The message still carries what it carried; what is learnt of UIDs on the way is noted. */
function compare(w: CheckedWorld, letter: Letter, message: Message): void {
  const now = carriedBy(w, message);
  // The rights of a message that is being received are in the thread's hand, or given up: names are compared later.
  if (now.length !== letter.rights.length) {
    broken('I16', `${message.operation} carried ${letter.rights.length} rights and carries ${now.length}`);
  }
  letter.rights.forEach((before, i) => {
    const after = now[i]!;
    if (!isSame(w, before, after)) broken('I16', `right ${i} of ${message.operation} has become another one`);
    letter.rights[i] = { ...after, port: after.port ?? before.port };
  });
}

function compareNames(w: CheckedWorld, letter: Letter): void {
  const t = threadOf(w, letter.taker);
  const task = t === null ? undefined : w.tasks.rows[t.task];
  if (t === null || task?.live !== true || kernelPortOf(t) !== NONE || t.operation === '') return;
  // The node that kept the body has failed, and the rights were in the body [2.13 f].
  if (t.code === 'MACH_RCV_BODY_ERROR') return;
  if (t.names.length !== letter.rights.length) {
    broken('I16', `${t.name} was sent ${letter.rights.length} rights and got ${t.names.length}`);
  }
  letter.rights.forEach((before, i) => {
    const entry = lookup(task.space, t.names[i]!);
    if (entry === null || entry.type === DEAD_NAME) {
      if (before.type === DEAD_NAME || isDead(w, before)) return;
      return broken('I16', `${t.name} got nothing for right ${i}`);
    }
    if ((entry.type & before.type) === 0) broken('I16', `${t.name} got a right of type ${entry.type}`);
    if (!isSame(w, before, localRight(w, before.type, entry.port)))
      broken('I16', `${t.name} got a right to another port`);
  });
}

function isSame(w: CheckedWorld, before: Carried, after: Carried): boolean {
  if (after.type === DEAD_NAME && before.type !== DEAD_NAME) return isDead(w, before);
  if (before.type !== after.type) return false;
  if (before.uid !== NONE && after.uid !== NONE) return before.uid === after.uid;
  if (before.port !== null && after.port !== null && before.port === after.port) return true;
  // Its port has got a UID in this event, or has lost it because it is dead.
  if (before.port !== null && after.uid !== NONE && uidOf(w, before.port) === after.uid) return true;
  return isDead(w, before) || before.type === DEAD_NAME;
}

/** The port that the right was to is gone, or a node has failed and may have taken it along. */
function isDead(w: CheckedWorld, { port, uid }: Carried): boolean {
  if (w.nodes.rows.some(({ failedAt }) => failedAt !== NONE)) return true;
  if (uid === NONE) return port === null || w.ports.rows[port.id] !== port || !port.active;
  return !w.nodes.rows.some((node) => {
    const copy = w.ports.rows[node.portByUid.get(uid) ?? NONE];
    return copy?.live === true && copy.active && !copy.proxy;
  });
}
