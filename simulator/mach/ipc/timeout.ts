/**
 * Time limits of a wait: for a message to come, or for room in a queue [mechanisms 1.6].
 *
 * A wait with a limit has a WAKE event pending, and the thread's `wakeEpoch` is odd as long as it counts: whatever ends
 * the wait before that makes it even again. A message that is on its way to another node has no limit any more.
 */
import { WAKE } from '../../base/event.ts';
import { NONE, at } from '../../base/table.ts';
import { RECEIVING, SENDING, newEpoch, runAt, type Thread } from '../thread.ts';
import { emitAt, type MachWorld } from '../world.ts';
import { leaveQueue, receiveFails } from './receivers.ts';
import { leaveSenders } from './senders.ts';
import { takeBack } from './take-back.ts';

/** The wait that the thread begins now ends at the given time at the latest. */
export function limitWait(w: MachWorld, t: Thread, time: number): void {
  t.wakeEpoch = newEpoch(w) + 1;
  emitAt(w, time, WAKE, t.id, t.wakeEpoch);
}

export function isLimited(t: Thread): boolean {
  return (t.wakeEpoch & 1) === 1;
}

/** The wait is over: a limit that is still pending does not count. */
export function endLimit(t: Thread): void {
  if (isLimited(t)) t.wakeEpoch--;
}

/** The time of the wait that the event was for is over. */
export function waitExpires(w: MachWorld, t: Thread): void {
  if (t.state === RECEIVING && t.waitPort !== NONE) {
    leaveQueue(w, t);
    receiveFails(w, t, 'MACH_RCV_TIMED_OUT');
  } else if (t.state === SENDING && t.outgoing !== NONE) sendExpires(w, t);
}

/** The message is taken back: nothing has been sent. */
function sendExpires(w: MachWorld, t: Thread): void {
  const message = at(w.messages, t.outgoing);
  leaveSenders(w, t, at(w.ports, message.dest));
  t.outgoing = NONE;
  t.expectsReply = false;
  takeBack(w, t, message);
  t.code = 'MACH_SEND_TIMED_OUT';
  runAt(w, t, w.time);
}
