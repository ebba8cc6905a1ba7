/**
 * The destination failed after commit: the process has died with it.                               [mechanisms 5.6]
 *
 * The source still has a proc, and perhaps most of a task, but it must not resume them: parts of the process have run, or
 * exist, elsewhere. It ends the process as if it had been killed: the PM Master learns of it, kept requests are answered
 * ESRCH, and nothing is left.
 */
import { at } from '../../base/table.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, finish, routine, step } from '../../mach/routine.ts';
import { blockOn } from '../../mach/thread.ts';
import { kill } from '../../osf1/pma/exit.ts';
import { pmaOf } from '../../osf1/pma/pma.ts';
import { lostWithNode } from '../../osf1/ended.ts';
import { callsChannel, procOf } from '../../osf1/proc.ts';
import { atStep, migrationEnd, type MigrationWorld } from '../record.ts';

export interface GiveUp {
  readonly migration: number;
  readonly pid: number;
  readonly tokens: number[];
}

export const giveUp = routine<MigrationWorld, GiveUp>('migration.give_up', 'ends a process that was lost on its way', [
  step('give up its tokens', (w, t, f) => {
    atStep(w, f.migration, 17);
    const name = f.tokens.pop();
    if (name === undefined) return;
    again(t);
    kernelCall(w, t, pmaOf(w, t).self, 'mach_port_deallocate', { body: { name } });
  }),
  step('end it', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    proc.list = 'active';
    kill(w, pmaOf(w, t), proc, lostWithNode());
  }),
  step('wait until nothing is left', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid);
    if (proc === null) return;
    blockOn(w, t, callsChannel(proc));
    again(t);
  }),
  step('it is over', (w, t, f) => {
    migrationEnd(w, f.migration, 'failed', `lost with ${at(w.nodes, at(w.migrations, f.migration).to).name}`);
    finish(t);
  }),
]);
