/** Giving up memory objects of a migration server: their ports, and the memory behind them. */
import { at } from '../../../base/table.ts';
import { kernelCall } from '../../../mach/kernel-call.ts';
import { finish, goTo, routine, step } from '../../../mach/routine.ts';
import { agentOf } from '../../agent/agent.ts';
import type { MigrationWorld } from '../../record.ts';
import { objectForget } from './object.ts';

export interface GiveUpObjects {
  /** Rows. */
  readonly objects: number[];
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
    const [first] = f.objects;
    if (first === undefined) return finish(t);
    const { name, own } = at(w.omsObjects, first);
    f.objects.shift();
    f.own = own;
    // From here on it is found by nobody, so that it is given up once.
    objectForget(w, at(w.omsObjects, first));
    kernelCall(w, t, agentOf(w, t)!.self, 'mach_port_destroy', { body: { name } });
  }),
  step('unmap what is behind it', (w, t, f) => {
    kernelCall(w, t, agentOf(w, t)!.self, 'vm_deallocate', { body: { name: f.own! } });
  }),
  step('go on with the next', (w, t, f) => {
    // Somebody else may have given up some of them meanwhile.
    while (f.objects.length > 0 && w.omsObjects.rows[f.objects[0]!]?.live !== true) f.objects.shift();
    goTo(w, t, 'destroy its port');
  }),
]);
