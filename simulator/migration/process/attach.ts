/**
 * (c) Attach the process to the destination PMA.                                                 [paper 3.2 (c)]
 *
 * Before: its Mach task is here, suspended; the rights that its emulator uses still name the source PMA.
 * After:  every right in the task that named the source PMA names this one, under the same name [P6]; the tokens of its
 *         open files are this PMA's. Rights to files, directories and everything else are untouched [P10].
 * Undo:   none. The source cannot take the process back.
 *
 *   replaced under its name                by
 *   the per-process port                   the port that this PMA receives the process's system calls on
 *   client rights at the file servers      the same (token.register)
 */
import { kernelCall } from '../../mach/kernel-call.ts';
import { MAKE_SEND } from '../../mach/ipc/right.ts';
import { call, finish, routine, step } from '../../mach/routine.ts';
import { PROCESS_PORT, type EmulatorState } from '../../osf1/emulator/state.ts';
import { emulatorHere } from '../../osf1/pma/tokens.ts';
import { procOf } from '../../osf1/proc.ts';
import { atStep, enterPhase, type MigrationWorld } from '../record.ts';
import { acquireTokens, tokensOf, type AcquireTokens } from './tokens.ts';

export interface Attach {
  readonly migration: number;
  readonly pid: number;
}

export const attach = routine<MigrationWorld, Attach>('migration.attach', 'attaches a process to its new PMA', [
  step('take away the right to the old per-process port', (w, t, f) => {
    enterPhase(w, f.migration, 'attach', t.node);
    atStep(w, f.migration, 12);
    const { task } = procOf(w, t.node, f.pid)!.names;
    kernelCall(w, t, task, 'mach_port_deallocate', { body: { name: PROCESS_PORT } });
  }),
  step('put a right to the new one under its name', (w, t, f) => {
    const { names, processPort } = procOf(w, t.node, f.pid)!;
    const rights = [{ name: processPort, disposition: MAKE_SEND }];
    kernelCall(w, t, names.task, 'mach_port_insert_right', { body: { name: PROCESS_PORT }, rights });
  }),
  step('ask its emulator what is open', (w, t, f) => {
    kernelCall(w, t, procOf(w, t.node, f.pid)!.names.task, 'task_get_emulation_vector');
  }),
  step('take the tokens over', (w, t, f) => {
    const { names, processPort: client } = procOf(w, t.node, f.pid)!;
    const emulator = emulatorHere(w, t.node, f.pid);
    if (emulator !== null) emulator.away = false;
    const files = tokensOf(t.body as EmulatorState);
    if (files.length === 0) return finish(t);
    call(t, acquireTokens, {
      task: names.task,
      files,
      client,
      done: 0,
      tokens: [],
      surplus: [],
    } satisfies AcquireTokens);
  }),
  step('it is attached', (_w, t) => finish(t)),
]);
