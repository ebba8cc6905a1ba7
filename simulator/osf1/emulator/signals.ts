/**
 * The emulator's signal thread: it receives on the process's signal port and acts for the process, whatever the main
 * thread is doing [mechanisms 5.3]. A signal that nobody has arranged for ends the process, or is only counted, as
 * UNIX says; ending goes the way of every exit.
 */
import { at, NONE } from '../../base/table.ts';
import { receive, send } from '../../mach/ipc/mach-msg.ts';
import { portAllocate } from '../../mach/ipc/right.ts';
import { goTo, routine, step } from '../../mach/routine.ts';
import { blockOn } from '../../mach/thread.ts';
import { endsProcess } from '../signal-numbers.ts';
import { endedBy } from '../ended.ts';
import type { OsfWorld } from '../world.ts';
import { PROCESS_PORT, emulatorOf } from './state.ts';

interface Signals {
  signal: number;
}

export const emulatorSignals = routine<OsfWorld, Signals>('emulator.signals', 'handles the signals of its process', [
  step('make a reply port', (w, t) => {
    if (t.replyName === NONE) t.replyName = portAllocate(w, at(w.tasks, t.task), `${t.name}.reply`);
  }),
  step('wait for a signal', (w, t) => receive(w, t, emulatorOf(at(w.tasks, t.task)).signalPort)),
  step('handle it', (w, t, f) => {
    if (t.operation !== 'signal') return goTo(w, t, 'wait for a signal');
    f.signal = (t.body as { signal: number }).signal;
    const { handled } = emulatorOf(at(w.tasks, t.task));
    handled[f.signal] = (handled[f.signal] ?? 0) + 1;
    if (!endsProcess(f.signal)) goTo(w, t, 'wait for a signal');
  }),
  step('end the process', (w, t, f) => {
    send(w, t, PROCESS_PORT, 'pma.exit', { body: endedBy(f.signal) });
  }),
  step('wait for the end', (w, t) => blockOn(w, t, 'end of the process')),
]);
