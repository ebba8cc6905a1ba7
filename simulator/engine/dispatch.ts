/**
 * The one place that performs events: it takes the next event of the queue, moves the clock, and hands the event to
 * the room that it belongs to. Lower rooms emit, and never call up.
 */
import {
  ABANDON,
  ARRIVE,
  COPYOUT,
  CRASH,
  CUT,
  DEPART,
  DN_REQUEST,
  INTERRUPT_SEND,
  DELIVER,
  HANDLE,
  HEAL,
  LAST_SEND,
  MOVED_OUT,
  NODE_DOWN,
  REBOOT,
  TASK_ENDED,
  ROOM,
  RUN,
  SEND_REMOTE,
  SEVER,
  SLICE,
  UNUSED,
  WAKE,
} from '../base/event.ts';
import { BrokenRule } from '../base/assert.ts';
import { isEmpty, nextTime, pop } from '../base/queue.ts';
import { at } from '../base/table.ts';
import { abandon, copyoutEvent } from '../dipc/copyout.ts';
import { lastSend } from '../dipc/credits.ts';
import { watchForDeath } from '../dipc/dead-names.ts';
import { handlePacket } from '../dipc/dispatch.ts';
import { arriveOrFail } from '../dipc/failure.ts';
import { departEvent } from '../dipc/packet.ts';
import { callBack } from '../dipc/flow-control.ts';
import { interruptSend } from '../dipc/interrupt.ts';
import { movedOut } from '../dipc/receive-migration.ts';
import { sendRemote } from '../dipc/send.ts';
import { crash } from '../faults/crash.ts';
import { cut, heal, sever } from '../faults/partition.ts';
import { nodeDown } from '../faults/node-down.ts';
import { reboot } from '../faults/reboot.ts';
import { deliverEvent } from '../mach/dispatch.ts';
import { sliceEnds } from '../mach/processor.ts';
import { run } from '../mach/run.ts';
import { wake } from '../mach/thread.ts';
import { endLostTasks } from '../osf1/started-tasks.ts';
import { memoryObjectUnused } from '../xmm/memory-object.ts';
import { record, type Trace } from './trace.ts';
import type { World } from './world.ts';

/** Performs the next event, and writes it down. False if there is none. */
export function performEvent(w: World, trace: Trace): boolean {
  const { queue } = w;
  if (isEmpty(queue)) return false;
  w.time = nextTime(queue, w.time);
  const slot = pop(queue, w.time);
  const kind = queue.kind[slot]!;
  const a = queue.a[slot]!;
  const b = queue.b[slot]!;
  w.events++;
  record(trace, w.events, w.time, kind, a, b);
  if (w.notices.length > 0) w.notices.length = 0;
  perform(w, kind, a, b);
  return true;
}

function perform(w: World, kind: number, a: number, b: number): void {
  switch (kind) {
    case RUN:
      return run(w, a, b);
    case DELIVER:
      return deliverEvent(w, a, b);
    case SLICE:
      return sliceEnds(w, a, b);
    case SEND_REMOTE:
      return sendRemote(w, at(w.messages, a));
    case INTERRUPT_SEND:
      return interruptSend(w, b);
    case DN_REQUEST:
      return watchForDeath(w, a);
    case MOVED_OUT:
      return movedOut(w, a);
    case DEPART:
      return departEvent(w, at(w.packets, a));
    case ARRIVE:
      return arriveOrFail(w, at(w.packets, a));
    case HANDLE:
      return handlePacket(w, at(w.packets, a));
    case COPYOUT:
      return copyoutEvent(w, a, b);
    case WAKE:
      return wake(w, a, b);
    case LAST_SEND:
      return lastSend(w, a);
    case ABANDON:
      return abandon(w, at(w.messages, a));
    case UNUSED:
      return memoryObjectUnused(w, a);
    case ROOM:
      return callBack(w, a);
    case CRASH:
      return crash(w, a);
    case NODE_DOWN:
      return nodeDown(w, a, b);
    case REBOOT:
      return reboot(w, a);
    case CUT:
      return cut(w, a, b);
    case SEVER:
      return sever(w);
    case HEAL:
      return heal(w);
    case TASK_ENDED:
      return endLostTasks(w);
    default:
      throw new BrokenRule('closed', `no event of kind ${kind}`);
  }
}
