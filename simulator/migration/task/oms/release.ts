/** Giving up memory objects of a migration server: their ports, and the memory behind them. */
import { at } from '../../../base/table.ts';
import { kernelCall } from '../../../mach/kernel-call.ts';
import { finish, goTo, routine, step } from '../../../mach/routine.ts';
import { agentOf } from '../../agent/agent.ts';
import type { MigrationWorld } from '../../record.ts';
import { objectForget } from './object.ts';

export interface GiveUpObjects {
  /** Rows, and the migration that they were made for. */
  readonly objects: number[];
  readonly migration: number;
  /** Region that is unmapped now. */
  own?: string;
}

/** Rows of the objects that a server has made in a migration. */
export function objectsOf(w: MigrationWorld, server: number, migration: number): number[] {
  return w.omsObjects.rows
    .filter((each) => each.live && each.server === server && each.migration === migration)
    .map(({ id }) => id);
}

export const giveUp = routine<MigrationWorld, GiveUpObjects>('oms.give up', 'gives up memory objects', [
  step('destroy its port', (w, t, f) => {
    const first = f.objects.find((id) => isStillHere(w, id, t.task, f.migration));
    if (first === undefined) return finish(t);
    const { name, own } = at(w.omsObjects, first);
    f.objects.splice(0, f.objects.indexOf(first) + 1);
    f.own = own;
    // From here on it is found by nobody, so that it is given up once.
    objectForget(w, at(w.omsObjects, first));
    kernelCall(w, t, agentOf(w, t)!.self, 'mach_port_destroy', { body: { name } });
  }),
  step('unmap what is behind it', (w, t, f) => {
    kernelCall(w, t, agentOf(w, t)!.self, 'vm_deallocate', { body: { name: f.own! } });
  }),
  step('go on with the next', (w, t) => goTo(w, t, 'destroy its port')),
]);

/** Somebody else may have given it up meanwhile (the pager, when nobody maps it any more), and the row is used again. */
function isStillHere(w: MigrationWorld, id: number, server: number, migration: number): boolean {
  const row = w.omsObjects.rows[id];
  return row?.live === true && row.server === server && row.migration === migration;
}
