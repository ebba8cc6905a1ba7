/**
 * Task-only migration of a process: the comparison case of the paper's section 4 [mechanisms 5.9].
 *
 * Before: frozen: the task is suspended, and nothing works on it.
 * After:  the Mach task runs at the destination; its process is still this PMA's, with every right as it was. Requests that
 *         came in meanwhile are handled here, in order. Every system call of it crosses the network from now on, and its
 *         children are made beside its task and managed here: the residual dependency that the paper measures.
 * Undo:   the agent's, until commit; then the task is resumed where it is.
 */
import { at } from '../../base/table.ts';
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND } from '../../mach/ipc/right.ts';
import { call, finish, goTo, routine, step } from '../../mach/routine.ts';
import { pmaOf } from '../../osf1/pma/pma.ts';
import { fileCaching } from '../../osf1/file-server/token.ts';
import { everythingIn, emulatorHere, heldBy, yieldTokens } from '../../osf1/pma/tokens.ts';
import { procOf } from '../../osf1/proc.ts';
import { agentFor } from '../agent/agent.ts';
import type { Pull } from '../agent/pull.ts';
import { enterPhase, migrationEnd, stamp, type MigrationWorld } from '../record.ts';
import { settled } from '../task/ghost.ts';
import { giveUp, type GiveUp } from './lost.ts';
import { resume, thaw, type Resume } from './refused.ts';

export interface MoveTask {
  readonly migration: number;
  readonly pid: number;
  code: string;
}

/** Finishes with a Payload, the answer to whoever asked. */
export const moveTask = routine<MigrationWorld, MoveTask>('migration.move_task', 'moves the task of a process', [
  step('have its emulator hold no tokens', (w, t, f) => {
    const emulator = emulatorHere(w, t.node, f.pid);
    if (emulator === null || !fileCaching(w)) return;
    emulator.away = true;
    call(t, yieldTokens, everythingIn(f.pid, heldBy(emulator, true)));
  }),
  step('ask the agent to pull it', (w, t, f) => {
    const { names, state } = procOf(w, t.node, f.pid)!;
    const { to, how } = at(w.migrations, f.migration);
    stamp(w, f.migration, 'detached');
    const body: Pull = { migration: f.migration, alone: true, stopped: state === 'stopped', how, to };
    const rights = [{ name: names.task, disposition: COPY_SEND }];
    rpc(w, t, agentFor(w, pmaOf(w, t), to, how), 'migration.pull', { body, rights });
  }),
  step('see how it went', (w, t, f) => {
    f.code = t.code;
    if (f.code === 'KERN_SUCCESS') return goTo(w, t, 'handle what was kept');
    if (!at(w.migrations, f.migration).committed) return;
    goTo(w, t, 'report');
    call(t, giveUp, { migration: f.migration, pid: f.pid, tokens: [] } satisfies GiveUp);
  }),
  step('let it go on here', (w, t, f) => {
    enterPhase(w, f.migration, 'refused', t.node);
    settled(w, f.migration);
    call(t, resume, { pid: f.pid, count: 0 } satisfies Resume);
  }),
  step('handle what was kept', (w, t, f) => {
    const moved = f.code === 'KERN_SUCCESS';
    if (!moved) stamp(w, f.migration, 'resumed');
    thaw(w, t, f.pid);
    migrationEnd(w, f.migration, moved ? 'done' : 'failed', moved ? '' : f.code);
  }),
  step('report', (_w, t, f) => finish(t, { code: f.code } satisfies Payload)),
]);
