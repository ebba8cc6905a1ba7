/**
 * A thread has dequeued a message in network form: if it is a placeholder its body is pulled (meta-message.ts), and its
 * rights become local, one after the other [mechanisms 2.6].
 *
 * Send and send-once rights are made local at once. A receive right has to be fetched from the node that holds it
 * (receive-migration.ts), and the thread waits; the progress stands in the message: rights that are local already have
 * been moved from `rights` to the thread's hand.
 */
import { assert } from '../base/assert.ts';
import { NONE, at } from '../base/table.ts';
import { noRights, type Message } from '../mach/ipc/message.ts';
import { finishReceive } from '../mach/ipc/receivers.ts';
import { messageDestroy, portDestroy, portDie } from '../mach/ipc/port-death.ts';
import type { Port } from '../mach/ipc/port.ts';
import { discardAll } from '../mach/ipc/release.ts';
import { DEAD_NAME, RECEIVE, SEND, SEND_ONCE } from '../mach/ipc/space.ts';
import { RECEIVING, type Thread } from '../mach/thread.ts';
import { WIRE_STRIDE, arriveSend, arriveSendOnce } from './crossing.ts';
import { copyOn, distributedOf } from './distributed.ts';
import { releaseBuffer } from './flow-control.ts';
import { pullBody } from './meta-message.ts';
import { notifyDeath } from './dead-names.ts';
import { arrivesDead, beginReceiveMigration } from './receive-migration.ts';
import type { DipcWorld } from './world.ts';

/** The rights of a dequeued message are to be made local for a thread, unless it has ended: then they were given up. */
export function copyoutEvent(w: DipcWorld, thread: number, messageId: number): void {
  const t = w.threads.rows[thread]!;
  if (t.live && t.state === RECEIVING && t.outgoing === messageId) copyoutMessage(w, t, at(w.messages, messageId));
}

/** Goes on with making the message's rights local; called again when a receive right has arrived. */
function copyoutMessage(w: DipcWorld, t: Thread, message: Message): void {
  if (message.bodyNode === t.node) message.bodyNode = NONE;
  if (message.bodyNode !== NONE) return pullBody(w, t, message);
  if (message.code === 'MACH_RCV_BODY_ERROR') giveUpRights(w, message);
  const wire = message.rights;
  for (let i = 0; i < wire.length; i += WIRE_STRIDE) {
    const type = wire[i]!;
    const uid = wire[i + 1]!;
    if (type !== RECEIVE) continue;
    const here = copyOn(w, t.node, uid);
    if (here?.active === false) {
      // This node has lost the port, and so it cannot have the right: the port dies where it is.
      notifyDeath(w, t.node, wire[i + 2]!, uid);
      arrivesDead(message, uid);
    } else if (here === null || here.proxy || here.blocked) {
      return beginReceiveMigration(w, t, message, uid, wire[i + 2]!);
    }
  }
  localForm(w, message, t.node);
  releaseBuffer(w, message);
  finishReceive(w, t, message);
}

/** The rights in the message become this node's again; receive rights are here already. */
export function localForm(w: DipcWorld, message: Message, node: number): void {
  const wire = message.rights;
  const local: number[] = [];
  for (let i = 0; i < wire.length; i += WIRE_STRIDE) {
    const type = wire[i]!;
    local.push(type, type === DEAD_NAME ? NONE : arriveRight(w, node, type, wire[i + 1]!, wire[i + 2]!));
  }
  if (local.length > 0) message.rights = local;
  if (message.reply !== NONE) message.reply = arriveSendOnce(w, node, message.reply, message.replyHome).id;
  message.wire = false;
}

/** Destroys a message in network form: the rights in it are made local and given up. */
export function abandon(w: DipcWorld, message: Message): void {
  message.rights = localRights(w, message);
  if (message.reply !== NONE) message.reply = arriveSendOnce(w, message.node, message.reply, message.replyHome).id;
  message.wire = false;
  releaseBuffer(w, message);
  messageDestroy(w, message);
}

/** The rights in the body of a message, which nobody will have; a reply right among them came with the placeholder. */
function giveUpRights(w: DipcWorld, message: Message): void {
  const isFolded = message.replyType === SEND && message.reply === NONE;
  const kept = isFolded ? message.rights.slice(0, WIRE_STRIDE) : noRights;
  message.rights = message.rights.slice(kept.length);
  const rights = localRights(w, message);
  message.rights = kept;
  discardAll(w, rights);
}

/** The message's rights, made local on its node; a receive right dies, and its port with it. */
function localRights(w: DipcWorld, message: Message): number[] {
  const wire = message.rights;
  const local: number[] = [];
  for (let i = 0; i < wire.length; i += WIRE_STRIDE) {
    const type = wire[i]!;
    if (type === RECEIVE) destroyPrincipal(w, wire[i + 1]!);
    else if (type !== DEAD_NAME) local.push(type, arriveRight(w, message.node, type, wire[i + 1]!, wire[i + 2]!));
  }
  return local;
}

/**
 * A receive right that was on its way is destroyed with the message that carried it. If another node has begun to fetch
 * it, both copies die: it is too late to send it back to who asked for that.
 */
function destroyPrincipal(w: DipcWorld, uid: number): void {
  const copies: Port[] = [];
  for (const node of w.nodes.rows) {
    const port = copyOn(w, node.id, uid);
    if (port !== null && port.active && !port.proxy) copies.push(port);
  }
  for (const port of copies) {
    if (copies.some((each) => each.blocked)) portDie(w, port);
    else portDestroy(w, port);
    if (port.active) distributedOf(w, port).convert = false;
  }
}

function arriveRight(w: DipcWorld, node: number, type: number, uid: number, third: number): number {
  if (type === SEND) return arriveSend(w, node, uid, third).id;
  if (type === SEND_ONCE) return arriveSendOnce(w, node, uid, third).id;
  const port = copyOn(w, node, uid);
  assert(port !== null && !port.proxy, 'D1', () => `receive right ${uid} is not on node ${node}`);
  distributedOf(w, port).convert = false;
  return port.id;
}
