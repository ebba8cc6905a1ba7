/**
 * One region of the migrating task is made again at the destination by a server that is its pager [mechanisms 4.5].
 *
 * The new task maps a memory object that the server answers for; there is no chain to the old home's kernel. By flushing
 * it is the server on the node of the file system that takes the memory: what was written goes there from the source,
 * and comes from there when it is touched. Memory that the task shares with others cannot be taken over by a server: the
 * kernels keep it coherent, so it is imported like any other.
 */
import { PROCESSOR } from '../../../base/ledger.ts';
import { NONE, at } from '../../../base/table.ts';
import { bootRight } from '../../../dipc/boot.ts';
import { rpc } from '../../../mach/ipc/mach-msg.ts';
import { deallocate } from '../../../mach/ipc/release.ts';
import { COPY_SEND, MAKE_SEND, MOVE_SEND } from '../../../mach/ipc/right.ts';
import { kernelCall } from '../../../mach/kernel-call.ts';
import type { RegionInfo, VmMap } from '../../../mach/kernel-services/memory-services.ts';
import { charge } from '../../../mach/processor.ts';
import { call, finish, goTo, replace, routine, step } from '../../../mach/routine.ts';
import { storePort } from '../../agent/agent.ts';
import type { MigrationWorld } from '../../record.ts';
import type { TaskMove } from '../how.ts';
import { importRegion, importing } from '../import-region.ts';
import { copyRegion, copying, type CopiedRegion } from './copy.ts';
import type { Keep } from './keep.ts';

export interface TakeRegion {
  readonly migration: number;
  readonly strategy: TaskMove['strategy'];
  /** Names of the rights to the kernel ports of the old task, the new task and the agent itself. */
  readonly from: number;
  readonly to: number;
  readonly agentSelf: number;
  /** Index of the region in the old task's map. */
  readonly index: number;
  region: RegionInfo | null;
  /** Name of the right to the server that keeps what is flushed, or NONE. */
  store: number;
}

export function takingRegion(fields: Omit<TakeRegion, 'region' | 'store'>): TakeRegion {
  return { ...fields, region: null, store: NONE };
}

/** Finishes with KERN_SUCCESS, with KERN_NO_SPACE when there is no region of that index, or with why it failed. */
export const takeRegion = routine<MigrationWorld, TakeRegion>('oms.region', 'makes a region whose pager it is', [
  step('vm_region at the source', (w, t, f) => {
    kernelCall(w, t, f.from, 'vm_region', { body: { index: f.index } });
  }),
  step('have its memory taken', (w, t, f) => {
    const { migration, strategy, from, to, agentSelf, index } = f;
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code);
    f.region = t.body as RegionInfo;
    const { region } = f;
    if (region.shared) return replace(t, importRegion, importing(from, to, agentSelf, index));
    if (strategy !== 'flush') {
      goTo(w, t, 'map the object');
      return call(t, copyRegion, copying({ migration, from, region, strategy, frozen: true }));
    }
    f.store = bootRight(w, storePort(w), at(w.tasks, t.task));
    const body: Keep = { migration, region };
    rpc(w, t, f.store, 'migration.keep', { body, rights: [{ name: from, disposition: COPY_SEND }] });
  }),
  step('map what is kept elsewhere', (w, t, f) => {
    deallocate(w, at(w.tasks, t.task), f.store);
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code);
    goTo(w, t, 'enter it into the map');
    kernelCall(w, t, f.to, 'vm_map', { body: mapping(f), rights: [{ name: t.names[0]!, disposition: MOVE_SEND }] });
  }),
  step('map the object', (w, t, f) => {
    const { code, object } = t.result as CopiedRegion;
    if (code !== 'KERN_SUCCESS') return finish(t, code);
    const rights = [{ name: at(w.omsObjects, object).name, disposition: MAKE_SEND }];
    kernelCall(w, t, f.to, 'vm_map', { body: mapping(f), rights });
  }),
  step('enter it into the map', (w, t) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code);
    charge(w, t, PROCESSOR, 1, w.setup.prices.region_processor);
  }),
  step('done', (_w, t) => finish(t, 'KERN_SUCCESS')),
]);

/** The same region, with the server's object behind it: nobody will ask for its pages when the task has ended. */
function mapping({ region }: TakeRegion): VmMap {
  const { name, start, pages, protection, maximum, inheritance, memory } = region!;
  return { name, start, pages, protection, maximum, inheritance, memory, copy: false, temporary: true };
}
