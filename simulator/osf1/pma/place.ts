/**
 * Where a process goes if the program does not say: the policy that the cluster has, `placement`
 * [mechanisms 5.3, 5.7]. Without one it stays where it is, and nobody is asked.
 *
 * What the policy says may be a node that has failed, and nobody knows it yet: then it is asked again, for any other
 * [docs/decisions/0060-where-a-process-is-placed.md].
 */
import { NONE } from '../../base/table.ts';
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { call, finish, routine, step } from '../../mach/routine.ts';
import { clusterOf } from '../configuration.ts';
import type { PlaceFor } from '../pm-master/placement.ts';
import type { OsfWorld } from '../world.ts';
import type { ProcessCall } from './admission.ts';
import { pmaOf } from './pma.ts';

/** Whether the cluster has a policy at all. */
export const isPlaced = (w: OsfWorld): boolean => clusterOf(w).placement !== 'local';

export interface ChoosePlace {
  /** The process that is to go; NONE for one that is to be made. */
  readonly mover: number;
  /** Nodes that were tried in vain. */
  readonly but: readonly number[];
}

/** Finishes with a node, or NONE: here. */
export const choosePlace = routine<OsfWorld, ChoosePlace>('pma.choose_place', 'asks the policy for a node', [
  step('ask the PM Master, if there is a policy', (w, t, { mover, but }) => {
    const policy = clusterOf(w).placement;
    if (policy === 'local') return finish(t, NONE);
    const body: PlaceFor = { policy, mover, from: t.node, but: [...but] };
    rpc(w, t, pmaOf(w, t).master, 'pmm.place', { body });
  }),
  step('take what it says', (_w, t) => {
    finish(t, t.code === 'KERN_SUCCESS' ? (t.body as { node: number }).node : NONE);
  }),
]);

/** Asked by exec, whose process is somewhere already. */
export const pmaPlace = routine<OsfWorld, ProcessCall>('pma.place', 'says where the process had better go', [
  step('ask the policy', (_w, t, f) => call(t, choosePlace, { mover: f.pid, but: [] } satisfies ChoosePlace)),
  step('answer', (_w, t) => finish(t, { body: { node: t.result as number } } satisfies Payload)),
]);
