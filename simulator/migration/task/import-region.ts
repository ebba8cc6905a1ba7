/**
 * One region of the migrating task is made again at the destination, by reference [mechanisms 3.4, 7.4].
 *
 * For every object behind it, from the front one down its shadows: prepare control ports here, look the object up at
 * the home, introduce this kernel to it; then map. What was found so far stands in the frame.
 */
import { PROCESSOR } from '../../base/ledger.ts';
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND, MOVE_SEND } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import type { RegionInfo } from '../../mach/kernel-services/memory-services.ts';
import { charge } from '../../mach/processor.ts';
import { finish, goTo, routine, step } from '../../mach/routine.ts';
import type { ObjectInfo } from '../../xmm/import-object.ts';
import type { ImportedRegion } from '../../xmm/import-services.ts';
import type { MigrationWorld } from '../record.ts';

export interface ImportRegion {
  /** Names of the rights to the kernel ports of the old task, the new task and the agent itself. */
  readonly from: number;
  readonly to: number;
  readonly agentSelf: number;
  /** Index of the region in the old task's map. */
  readonly index: number;
  region: RegionInfo | null;
  readonly objects: ObjectInfo[];
  /** Names of the memory object rights, in the order of depth; of the control and name rights of all of them. */
  readonly memory: number[];
  readonly control: number[];
}

export function importing(from: number, to: number, agentSelf: number, index: number): ImportRegion {
  return { from, to, agentSelf, index, region: null, objects: [], memory: [], control: [] };
}

/** Finishes with KERN_SUCCESS, with KERN_NO_SPACE when there is no region of that index, or with why it failed. */
export const importRegion = routine<MigrationWorld, ImportRegion>('sms.import region', 'imports memory by reference', [
  step('vm_region at the source', (w, t, f) => {
    kernelCall(w, t, f.from, 'vm_region', { body: { index: f.index } });
  }),
  step('keep what it said', (_w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code);
    f.region = t.body as RegionInfo;
  }),
  step('prepare the import of an object', (w, t, f) => kernelCall(w, t, f.to, 'xmm_prepare')),
  step('look the object up at the source', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code);
    f.control.push(...t.names);
    const body = { region: f.index, depth: f.objects.length };
    kernelCall(w, t, f.from, 'xmm_lookup', { body, rights: [{ name: t.names[0]!, disposition: COPY_SEND }] });
  }),
  step('introduce this kernel to it', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code);
    f.objects.push(t.body as ObjectInfo);
    f.memory.push(t.names[0]!);
    const rights = f.control.slice(-2).map((name) => ({ name, disposition: COPY_SEND }));
    rpc(w, t, t.names[0]!, 'memory_object_init', { rights });
  }),
  step('ready: one right to it is enough', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code);
    // A home that hears of this kernel only now tells what the source could not know.
    if (t.body !== null) f.objects[f.objects.length - 1] = t.body as ObjectInfo;
    kernelCall(w, t, f.agentSelf, 'mach_port_deallocate', { body: { name: t.names[0]! } });
  }),
  step('ask for its shadow', (w, t, f) => {
    if (f.objects.length > f.region!.shadows) return goTo(w, t, 'map the region');
    const rights = [{ name: f.memory[f.memory.length - 1]!, disposition: COPY_SEND }];
    kernelCall(w, t, f.from, 'xmm_get_shadow', { body: { region: f.index, depth: f.objects.length - 1 }, rights });
  }),
  step('go on with the shadow', (w, t) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code);
    goTo(w, t, 'prepare the import of an object');
  }),
  step('map the region', (w, t, f) => {
    const body: ImportedRegion = { region: f.region!, objects: f.objects };
    const rights = [...f.memory, ...f.control].map((name) => ({ name, disposition: MOVE_SEND }));
    kernelCall(w, t, f.to, 'xmm_map', { body, rights });
  }),
  step('enter it into the map', (w, t) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code);
    charge(w, t, PROCESSOR, 1, w.setup.prices.region_processor);
  }),
  step('done', (_w, t) => finish(t, 'KERN_SUCCESS')),
]);
