/**
 * A call that may wait at another server than the PMA, and that a caught signal ends: a read, a write of a pipe.
 *
 * While a thread is in it the emulator's state says on which port, with which number, and by which operation the
 * server is asked to end it (`waiting`). The signal thread asks; then the call comes back with EINTR, once and for all, and
 * is made again or not as the action of the signal says (signals.ts). With a signal at hand it is not made at all.
 */
import { at } from '../../base/table.ts';
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { noNames, nothingBrought, type Thread } from '../../mach/thread.ts';
import { callNumber, type Interruptible } from '../interrupt.ts';
import type { OsfWorld } from '../world.ts';
import { emulatorOf, threadIn } from './state.ts';

/** Like `rpc`; the next step calls `calledBack` before it looks at `t.code`. */
export function interruptibleRpc(
  w: OsfWorld,
  t: Thread,
  port: number,
  operation: string,
  payload: Payload,
  interrupt: string,
): void {
  const task = at(w.tasks, t.task);
  const emulator = emulatorOf(task);
  const mine = threadIn(emulator, t);
  if (mine.nudged) {
    Object.assign(t, { code: 'EINTR', body: null, names: noNames, brought: nothingBrought });
    return;
  }
  const call = callNumber(task.pid, mine.number, emulator.calls++);
  mine.waiting = { port, operation: interrupt, call };
  const body: Interruptible = { ...(payload.body as object), call };
  rpc(w, t, port, operation, { ...payload, body });
}

/** The thread is back: nobody need interrupt it. */
export function calledBack(w: OsfWorld, t: Thread): void {
  threadIn(emulatorOf(at(w.tasks, t.task)), t).waiting = null;
}
