/**
 * Every message is received exactly once [mechanisms 2.4, 2.8]: never twice; and it is lost only if its port has died, if
 * its sender took it back or ended before it was queued, if it was refused elsewhere and its sender took it back at home, or
 * if a node has failed.
 *
 * (That a message is never in two places is what the checker of D10 sees at every moment.)
 */
import { NONE } from '../../base/table.ts';
import type { Message } from '../../mach/ipc/message.ts';
import type { Port } from '../../mach/ipc/port.ts';
import { RECEIVE } from '../../mach/ipc/space.ts';
import { RETRY_STEP, threadOf } from '../../mach/thread.ts';
import { broken, type CheckedWorld } from '../checker.ts';
import type { Monitor } from './monitor.ts';

/** A message that is on its way, as it was after the last event. */
interface OnItsWay {
  readonly id: number;
  readonly serial: number;
  readonly operation: string;
  readonly sender: number;
  received: boolean;
  /** Where it was sent: a port row on its node, and the UID once it has left. */
  port: Port | null;
  uid: number;
  queued: boolean;
  /** Its sender waits with it. */
  kept: boolean;
  /** It has been refused, and waits at a proxy on its sender's node. */
  refused: boolean;
  /** It carries a receive right: it may be destroyed because of a circle [I9]. */
  readonly receive: boolean;
}

export const exactlyOnce: Monitor = {
  rule: 'D10',
  story: 'every message is received exactly once, unless its port dies or a node fails',
  begin(w) {
    const onTheirWay = new Map<number, OnItsWay>();
    look(w, onTheirWay);
    return (world) => {
      for (const notice of world.notices) {
        if (notice.kind !== 'received') continue;
        const each = onTheirWay.get(notice.serial);
        if (each === undefined) continue;
        if (each.received) broken('D10', `message ${each.serial} (${each.operation}) is received a second time`);
        each.received = true;
      }
      for (const each of onTheirWay.values()) {
        const message = world.messages.rows[each.id]!;
        if (message.live && message.serial === each.serial) continue;
        onTheirWay.delete(each.serial);
        if (each.received || mayBeLost(world, each)) continue;
        broken('D10', `message ${each.serial} (${each.operation}) is gone, and nobody has received it`);
      }
      look(world, onTheirWay);
    };
  },
};

function look(w: CheckedWorld, onTheirWay: Map<number, OnItsWay>): void {
  for (const message of w.messages.rows) {
    if (!message.live) continue;
    const { id, serial, operation, sender } = message;
    let each = onTheirWay.get(serial);
    if (each === undefined) {
      const receive = message.rights.includes(RECEIVE);
      each = {
        id,
        serial,
        operation,
        sender,
        received: false,
        port: null,
        uid: NONE,
        queued: false,
        kept: false,
        refused: false,
        receive,
      };
      onTheirWay.set(serial, each);
    }
    if (message.dest !== NONE) each.port = w.ports.rows[message.dest]!;
    if (message.wire) each.uid = message.destUid;
    each.queued ||= message.queuedAt !== NONE || message.wire;
    each.kept = isKept(w, message);
    each.refused = each.kept && message.wire && waitsAtHome(w, message);
  }
}

/** The sender's call is not over, so it still is the sender's. */
function isKept(w: CheckedWorld, { id, sender }: Message): boolean {
  const t = sender === NONE ? null : threadOf(w, sender);
  return t !== null && t.outgoing === id;
}

function waitsAtHome(w: CheckedWorld, { id, node, sender }: Message): boolean {
  if (threadOf(w, sender)?.node !== node) return false;
  return w.distributed.rows.some(
    ({ live, held, port }) => live && held.includes(id) && w.ports.rows[port]!.node === node,
  );
}

/** The thread will send it again, or sees that it was not sent. */
function tookBack(w: CheckedWorld, sender: number): boolean {
  const t = threadOf(w, sender);
  return t !== null && t.outgoing === NONE && (t.retry === RETRY_STEP || t.code === 'MACH_SEND_INTERRUPTED');
}

function mayBeLost(w: CheckedWorld, each: OnItsWay): boolean {
  const { port, uid, queued, kept, refused, sender, receive } = each;
  if (w.nodes.rows.some(({ failedAt }) => failedAt !== NONE)) return true;
  if (refused && tookBack(w, sender)) return true;
  if (!queued && (kept || receive || sender === NONE || threadOf(w, sender) === null)) return true;
  if (uid !== NONE) return !lives(w, uid);
  return port === null || w.ports.rows[port.id] !== port || !port.active;
}

/** Somewhere there is a copy that has, or will have, the receive right. */
function lives(w: CheckedWorld, uid: number): boolean {
  return w.nodes.rows.some((node) => {
    const copy = w.ports.rows[node.portByUid.get(uid) ?? NONE];
    return copy?.live === true && copy.active && !copy.proxy;
  });
}
