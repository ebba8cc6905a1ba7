/**
 * The terminal in the emulator: /dev/tty is a file of the root server, and whose turn it is to use it is asked of the PMA
 * before (pma/terminal.ts). A process that is stopped for it asks again when it goes on.
 */
import { at } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { call, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import type { TerminalAnswer } from '../pm-master/terminals.ts';
import { RESTART } from '../pma/terminal.ts';
import type { OsfWorld } from '../world.ts';
import { failed } from './errno.ts';
import { pmaCall, type PmaCall } from './pma-call.ts';
import { TERMINAL_PATH, emulatorOf } from './state.ts';

interface TerminalUse {
  readonly descriptor: number;
  readonly group: number;
}

export function isTerminal(w: OsfWorld, t: Thread, descriptor: number): boolean {
  return emulatorOf(at(w.tasks, t.task)).files[descriptor]?.path === TERMINAL_PATH;
}

export function askPma(t: Thread, operation: string, body: object = {}): void {
  call(t, pmaCall, { operation, payload: { body }, tries: 0 } satisfies PmaCall);
}

/** Finishes with the group in the foreground. */
const emulatorTcgetpgrp = routine<OsfWorld, TerminalUse>('emulator.tcgetpgrp', 'says who is in the foreground', [
  step('ask the PMA', (w, t, f) => {
    if (!isTerminal(w, t, f.descriptor)) return finish(t, failed('ENOTTY'));
    askPma(t, 'pma.tcgetpgrp');
  }),
  step('return', (_w, t) => {
    const { code, body } = t.result as Payload;
    finish(t, code === 'KERN_SUCCESS' ? (body as TerminalAnswer).foreground : failed(code));
  }),
]);

const emulatorTcsetpgrp = routine<OsfWorld, TerminalUse>('emulator.tcsetpgrp', 'puts a group into the foreground', [
  step('ask the PMA', (w, t, f) => {
    if (!isTerminal(w, t, f.descriptor)) return finish(t, failed('ENOTTY'));
    askPma(t, 'pma.tcsetpgrp', { group: f.group });
  }),
  step('return', (w, t) => {
    const { code } = t.result as Payload;
    if (code === RESTART) return goTo(w, t, 'ask the PMA');
    finish(t, code === 'KERN_SUCCESS' ? 0 : failed(code));
  }),
]);

/** Finishes with null when the process may read from its terminal, or with why it may not. */
export const waitForTurn = routine<OsfWorld, object>('emulator.terminal', 'waits for its turn at the terminal', [
  step('ask the PMA', (_w, t) => askPma(t, 'pma.terminal_read')),
  step('go on, or stop', (w, t) => {
    const { code } = t.result as Payload;
    if (code === RESTART) return goTo(w, t, 'ask the PMA');
    finish(t, code === 'KERN_SUCCESS' ? null : failed(code));
  }),
]);

export const emulatorTerminal = { tcgetpgrp: emulatorTcgetpgrp, tcsetpgrp: emulatorTcsetpgrp } as const;
export const emulatorTerminalRoutines: readonly Routine[] = [emulatorTcgetpgrp, emulatorTcsetpgrp, waitForTurn];
