/**
 * (b) Detach the process from the source PMA and ask the destination to take it.                 [paper 3.2 (b)]
 *
 * Before: (a): no system call in progress, incoming requests are kept.
 * After:  its proc is on the migrating list [P1]; a copy of its state has been sent; the destination has answered.
 * Undo:   tokens back, active list, thaw, serve Q in order (refused.ts).                          until: commit in (c)
 *
 *   travels           bytes  rights  from
 *   proc and user      1120       9  the PMA's proc table
 *   credentials         100          the credentials server
 *   resource usage       76          what earlier nodes and this one have counted
 *
 * The call to the destination stays open until the process runs there, or does not. If the task was elsewhere (it had been moved
 * alone), and is lost with its node, nobody is asked: the process is taken back, and ends (refused.ts).
 */
import { PROCESSOR } from '../../base/ledger.ts';
import { assert } from '../../base/assert.ts';
import { NONE, at } from '../../base/table.ts';
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import type { TaskInfo } from '../../mach/kernel-services/task-services.ts';
import { charge } from '../../mach/processor.ts';
import { call, finish, goTo, routine, step } from '../../mach/routine.ts';
import type { EmulatorState } from '../../osf1/emulator/state.ts';
import { forgetTokens } from '../../osf1/emulator/tokens.ts';
import { peerOf, pmaOf } from '../../osf1/pma/pma.ts';
import { emulatorHere, heldBy } from '../../osf1/pma/tokens.ts';
import { stopClock } from '../../osf1/pma/timer.ts';
import { LOCAL_STATE_BYTES, procOf } from '../../osf1/proc.ts';
import { atStep, enterPhase, stamp, type MigrationWorld } from '../record.ts';
import { localRights, localState } from './state.ts';
import { returnTokens, tokensOf, type ReturnTokens } from './tokens.ts';
import { giveTurnBack } from './turn.ts';

export interface Detach {
  readonly migration: number;
  readonly pid: number;
  readonly turn: number;
  info: TaskInfo | null;
  /** Names of its tokens, in the task's space; in this PMA's, once they have been returned. */
  files: number[];
  tokens: number[];
}

/** What the destination has answered. */
export interface Detached {
  readonly code: string;
  readonly reason: string;
  /** Name of a right to the PMA that the process is at now, or NONE. */
  readonly capability: number;
  readonly tokens: number[];
}

export const detach = routine<MigrationWorld, Detach>('migration.detach', 'detaches a process from its PMA', [
  step('read its credentials', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    assert(proc.callsInProgress.length === 0, 'P5', `${proc.callsInProgress.length} calls of ${f.pid} are in progress`);
    proc.list = 'migrating';
    stopClock(w, proc);
    enterPhase(w, f.migration, 'detach', t.node);
    atStep(w, f.migration, 5);
    atStep(w, f.migration, 6);
    rpc(w, t, proc.names.credentials, 'credentials.get');
  }),
  step('collect its resource usage', (w, t, f) => {
    kernelCall(w, t, procOf(w, t.node, f.pid)!.names.task, 'task_info');
  }),
  step('ask its emulator what is open', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return goTo(w, t, 'give its turn back, for its task is lost');
    f.info = t.body as TaskInfo;
    kernelCall(w, t, procOf(w, t.node, f.pid)!.names.task, 'task_get_emulation_vector');
  }),
  step('return its tokens', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return goTo(w, t, 'give its turn back, for its task is lost');
    const { task } = procOf(w, t.node, f.pid)!.names;
    f.files = tokensOf(t.body as EmulatorState);
    if (f.files.length === 0) return;
    const held = heldBy(emulatorHere(w, t.node, f.pid), true);
    call(t, returnTokens, { task, files: f.files, held, done: 0, tokens: [] } satisfies ReturnTokens);
  }),
  step('copy and marshal its state', (w, t, f) => {
    if (f.files.length > 0) f.tokens = t.result as number[];
    const emulator = emulatorHere(w, t.node, f.pid);
    if (emulator !== null) forgetTokens(emulator);
    charge(w, t, PROCESSOR, 1, w.setup.prices.migrate_out_processor);
  }),
  step('ask the destination to take it', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    const { to } = at(w.migrations, f.migration);
    stamp(w, f.migration, 'detached');
    atStep(w, f.migration, 7);
    const body = localState(f.migration, f.turn, proc, f.info!);
    rpc(w, t, peerOf(w, pmaOf(w, t), to), 'migration.request', {
      body,
      bytes: LOCAL_STATE_BYTES,
      rights: localRights(proc),
    });
  }),
  step('look at the answer', (_w, t, f) => {
    const { reason } = (t.body ?? { reason: 'destination lost' }) as { reason: string };
    finish(t, { code: t.code, reason, capability: t.names[0] ?? NONE, tokens: f.tokens } satisfies Detached);
  }),
  step('give its turn back, for its task is lost', (w, t, f) => {
    if (f.turn === f.migration) giveTurnBack(w, t, at(w.migrations, f.migration).to, f.turn);
  }),
  step('say that it is', (_w, t) => {
    finish(t, { code: 'EHOSTDOWN', reason: 'its task is lost', capability: NONE, tokens: [] } satisfies Detached);
  }),
]);
