/**
 * Job control, as a PMA sees it: whether its process may use the terminal of its session, and what becomes of it if not
 * [mechanisms 5.1]. Who is in the foreground the PM Master knows; each use of a terminal asks it.
 *
 *   in the foreground                                      the call goes on
 *   SIGTTIN (a read) or SIGTTOU (tcsetpgrp) ignored or blocked  a read fails with EIO, tcsetpgrp goes on
 *   the group is orphaned: nobody could continue it         EIO
 *   otherwise                                               every member of the group gets the signal, and stops
 *
 * A process that was stopped asks again when it is continued: the emulator makes the call once more (ERESTART).
 */
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { call, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import type { TerminalAnswer } from '../pm-master/terminals.ts';
import { procOf } from '../proc.ts';
import { SIGTTIN, SIGTTOU, contains } from '../signal-numbers.ts';
import type { OsfWorld } from '../world.ts';
import { signalsOf } from '../signal-state.ts';
import { callerIn, type ProcessCall } from './admission.ts';
import { killpg, type Killpg } from './kill.ts';
import { pmaOf } from './pma.ts';

/** The emulator is to make the call again. */
export const RESTART = 'ERESTART';

interface TerminalCall extends ProcessCall {
  signal?: number;
}

const openTerminal = routine<OsfWorld, ProcessCall>('pma.open_terminal', 'opens the terminal of the session', [
  step('ask the PM Master', (w, t, f) => rpc(w, t, pmaOf(w, t).master, 'pmm.open_terminal', { body: { pid: f.pid } })),
  step('report', (_w, t) => finish(t, { code: t.code } satisfies Payload)),
]);

const getForeground = routine<OsfWorld, ProcessCall>('pma.tcgetpgrp', 'says who is in the foreground', [
  step('ask the PM Master', (w, t, f) => rpc(w, t, pmaOf(w, t).master, 'pmm.get_terminal', { body: { pid: f.pid } })),
  step('report', (_w, t) => finish(t, { code: t.code, body: t.body } satisfies Payload)),
]);

/** Body of `pma.tcsetpgrp`. */
export interface Tcsetpgrp {
  readonly group: number;
}

/** A use of the terminal that only the foreground may make; `use` goes on with it. */
function foregroundOnly(
  name: string,
  story: string,
  signal: number,
  use: readonly ReturnType<typeof step<OsfWorld, TerminalCall>>[],
): Routine {
  return routine<OsfWorld, TerminalCall>(name, story, [
    step('ask the PM Master', (w, t, f) => rpc(w, t, pmaOf(w, t).master, 'pmm.get_terminal', { body: { pid: f.pid } })),
    step('look whether it is in the foreground', (w, t, f) => {
      if (t.code !== 'KERN_SUCCESS') return finish(t, { code: t.code } satisfies Payload);
      const { foreground, group, orphaned } = t.body as TerminalAnswer;
      const proc = procOf(w, t.node, f.pid);
      // It has moved meanwhile.
      if (proc === null) return finish(t, { code: RESTART } satisfies Payload);
      const shut = contains(proc.signals.ignored | signalsOf(proc.signals, callerIn(f)).mask, signal);
      if (foreground === group || (shut && signal === SIGTTOU)) return goTo(w, t, 'go on');
      if (shut || orphaned) return finish(t, { code: 'EIO' } satisfies Payload);
      call(t, killpg, { ...f, body: { group, signal } satisfies Killpg });
    }),
    step('have the call made again when it goes on', (w, t, f) => {
      const stopped = procOf(w, t.node, f.pid)?.state !== 'running';
      finish(t, { code: stopped ? RESTART : 'EINTR' } satisfies Payload);
    }),
    step('go on', () => undefined),
    ...use,
  ]);
}

const useTerminal = foregroundOnly('pma.terminal_read', 'lets the foreground read from the terminal', SIGTTIN, [
  step('let it read', (_w, t) => finish(t, {} satisfies Payload)),
]);

const setForeground = foregroundOnly('pma.tcsetpgrp', 'puts a group into the foreground', SIGTTOU, [
  step('tell the PM Master', (w, t, f) => {
    const { group } = f.body as Tcsetpgrp;
    rpc(w, t, pmaOf(w, t).master, 'pmm.set_foreground', { body: { pid: f.pid, group } });
  }),
  step('report', (_w, t) => finish(t, { code: t.code } satisfies Payload)),
]);

export const terminalCalls: readonly Routine[] = [openTerminal, getForeground, useTerminal, setForeground];
