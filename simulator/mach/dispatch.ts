/** The events that Mach itself performs. */
import { at, NONE } from '../base/table.ts';
import { deliver } from './ipc/mqueue.ts';
import { SENDING, type Thread } from './thread.ts';
import type { MachWorld } from './world.ts';

/** A message reaches its port; `sender` is the thread whose send this completes, if it still waits for that. */
export function deliverEvent(w: MachWorld, messageId: number, sender: number): void {
  const message = at(w.messages, messageId);
  const t: Thread | undefined = sender === NONE ? undefined : w.threads.rows[sender];
  const waits = t !== undefined && t.live && t.state === SENDING && t.outgoing === messageId;
  deliver(w, message, waits ? t : null);
}
