/**
 * A send to another node is aborted while it waits for room there [mechanisms 1.6, 2.10].
 *
 * How long that takes is up to whoever receives there; it may be for ever. So the sending kernel takes the message out
 * of what waits at its proxy, gives it the form again that it had before it left its node, and the thread sends it again
 * when it goes on: from wherever it is then. Every other wait of a send ends by itself, with the next packet: a message
 * that is on its way comes back refused or is taken, a port that is looked for is found or dead.
 *
 * The message has left its place at the proxy, but not its place in line: the principal knows that this node waits.
 */
import { NONE, at } from '../base/table.ts';
import { unfoldReply, type Message } from '../mach/ipc/message.ts';
import type { Port } from '../mach/ipc/port.ts';
import { beingSent } from '../mach/ipc/senders.ts';
import { MOVE_SEND } from '../mach/ipc/right.ts';
import { SEND } from '../mach/ipc/space.ts';
import { abortSend } from '../mach/thread-control.ts';
import { threadOf } from '../mach/thread.ts';
import { localForm } from './copyout.ts';
import { acquireCredits } from './credits.ts';
import { copyOn, distributedOf, type Distributed } from './distributed.ts';
import { retireIfUnused } from './send.ts';
import type { DipcWorld } from './world.ts';

/** An abort waits for the thread's send: it is taken back if it waits for room on another node. */
export function interruptSend(w: DipcWorld, identity: number): void {
  const t = threadOf(w, identity);
  const message = t === null ? null : beingSent(w, t);
  if (t === null || message === null) return;
  const port = message.wire ? copyOn(w, t.node, message.destUid) : at(w.ports, message.dest);
  if (port === null || !port.active || port.dipc === NONE) return;
  const state = distributedOf(w, port);
  if (!state.held.includes(message.id) || !waitsForRoom(state)) return;
  // The right to be given back needs a credit, which the proxy may have returned meanwhile; the abort looks again.
  if (message.wire && isMoved(message) && state.counted && state.transit < 1) {
    return acquireCredits(w, port, message.activity);
  }
  state.held = state.held.filter((id) => id !== message.id);
  becomeLocal(w, message, port);
  abortSend(w, t);
  retireIfUnused(w, port);
}

function waitsForRoom({ fullAt, shortage }: Distributed): boolean {
  return fullAt.length > 0 || shortage !== NONE;
}

/** Whether the sender gave its right to the destination away with the message. */
function isMoved({ sentTo }: Message): boolean {
  return sentTo !== null && sentTo.disposition === MOVE_SEND;
}

function becomeLocal(w: DipcWorld, message: Message, port: Port): void {
  if (message.wire) {
    localForm(w, message, message.node);
    message.dest = port.id;
    if (isMoved(message)) {
      message.destType = SEND;
      port.srights++;
    }
  }
  if (message.replyType === SEND && message.reply === NONE) unfoldReply(message);
}
