/** A placeholder's body is on the node that it says, and a body that was asked for is on its way [mechanisms 2.5]. */
import { NONE } from '../base/table.ts';
import { prepareMemory, type Preparing } from '../dipc/pull-memory.ts';
import type { Message } from '../mach/ipc/message.ts';
import { framesOf } from '../mach/routine.ts';
import { broken, type CheckedWorld, type Checker } from './checker.ts';

export const bodies: Checker = {
  rule: '2.5',
  story: 'a placeholder knows the node of its body, and a body that was asked for comes',
  check(w, census) {
    for (const message of w.messages.rows) {
      if (!message.live) continue;
      const { operation, bodyNode, pulling, wire } = message;
      if (bodyNode === NONE ? pulling : !wire) broken('2.5', `${operation} is here, and waits for its body`);
      if (bodyNode === NONE || !census.noneFailed) continue;
      if (w.nodes.rows[bodyNode] === undefined) broken('2.5', `the body of ${operation} is on no node`);
      if (pulling && !comes(w, message)) broken('2.5', `nobody brings the body of ${operation}`);
    }
  },
};

/** A packet brings it, or a thread of the kernel reads the memory that it is to bring. */
function comes(w: CheckedWorld, message: Message): boolean {
  if (message.memory.length > 0 && isPrepared(w, message)) return true;
  return w.packets.rows.some(({ live, kind, message: about, body }) => {
    const brings = kind === 'pull message' || kind === 'pull message reply';
    return live && brings && about === message.id && body.serial === message.serial;
  });
}

function isPrepared(w: CheckedWorld, { id, serial }: Message): boolean {
  return w.threads.rows.some((t) => {
    const [frame] = framesOf(t);
    if (!t.live || frame?.routine !== prepareMemory.index) return false;
    const { message, serial: of } = frame.data as Preparing;
    return message === id && of === serial;
  });
}
