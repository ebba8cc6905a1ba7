/**
 * Threads of a process, as far as its PMA is concerned: each blocks signals of its own, so the PMA knows how many there are, and
 * whose a signal is. Everything else of a thread is the emulator's and the kernel's [docs/decisions/0061-threads-of-a-process.md].
 */
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { call, finish, routine, step, type Routine } from '../../mach/routine.ts';
import { NONE } from '../../base/table.ts';
import type { ThreadCreated } from '../emulator/threads.ts';
import { procOf } from '../proc.ts';
import { addThread } from '../signal-state.ts';
import type { OsfWorld } from '../world.ts';
import { callerIn, type ProcessCall } from './admission.ts';
import { settleSignals, type Settle } from './signal.ts';

const threadCreate = routine<OsfWorld, ProcessCall>('pma.thread_create', 'knows one thread more of a process', [
  step('let it block what its maker blocks', (w, t, f) => {
    addThread(procOf(w, t.node, f.pid)!.signals, (f.body as ThreadCreated).number, callerIn(f));
    finish(t, {} satisfies Payload);
  }),
]);

const threadEnd = routine<OsfWorld, ProcessCall>('pma.thread_end', 'knows one thread less of a process', [
  step('forget its mask', (w, t, f) => {
    const { signals } = procOf(w, t.node, f.pid)!;
    signals.further = signals.further.filter(({ thread }) => thread !== callerIn(f));
    // What it has not taken is another one's now, or acted upon.
    call(t, settleSignals, { pid: f.pid, caller: NONE, stopped: 0 } satisfies Settle);
  }),
  step('answer', (_w, t) => finish(t, {} satisfies Payload)),
]);

export const threadCalls: readonly Routine[] = [threadCreate, threadEnd];
