/**
 * Page faults.
 *
 * A thread touches a page. If the page is there (in the region's object or in one that it shadows) nothing happens and
 * nothing is paid. If memory must be made (a copy on write, a page of zeros) the thread pays for one entry into the
 * kernel. If only a pager has the page, a thread of the node's kernel asks it, and the faulting thread waits on the
 * page's channel; it may be taken elsewhere meanwhile, and then simply touches the page again.
 */
import { KERNEL_CALLS } from '../../base/ledger.ts';
import { NONE, at } from '../../base/table.ts';
import { rpcToPort } from '../ipc/mach-msg.ts';
import { charge } from '../processor.ts';
import { call, finish, routine, step } from '../routine.ts';
import { blockOn, threadCreate, threadStart, wakeNode, type Thread } from '../thread.ts';
import type { MachWorld } from '../world.ts';
import { ABSENT, EMPTY, type VmObject } from './object.ts';
import { shadowRegion, type Region } from './region.ts';

export type Touched = 'present' | 'wait' | 'lost';

/**
 * Makes the page usable for the thread. `present` if it is usable now; `wait` if the thread was given something to
 * wait for (or to pay), after which it must touch the page again; `lost` if nobody has the page any more.
 */
export function touch(w: MachWorld, t: Thread, region: Region, page: number, write: boolean): Touched {
  if (write && region.needsCopy) {
    shadowRegion(w, region);
    return enterKernel(w, t);
  }
  const top = at(w.objects, region.object);
  for (let object = top; ; object = at(w.objects, object.shadow)) {
    const version = page < object.size ? object.contents[page]! : EMPTY;
    if (version >= 0) return use(w, t, top, object, page, write);
    if (version === ABSENT && object.lost) return 'lost';
    if (version === ABSENT && object.pager !== NONE) return pageIn(w, t, object, page);
    if (object.shadow === NONE) break;
  }
  top.contents[page] = 0;
  return enterKernel(w, t);
}

/** The page is in `object`, at or below `top`: a write needs it at the top, and gives it a new version. */
function use(w: MachWorld, t: Thread, top: VmObject, object: VmObject, page: number, write: boolean): Touched {
  if (!write) return 'present';
  if (object.id !== top.id) {
    top.contents[page] = object.contents[page]!;
    return enterKernel(w, t);
  }
  top.contents[page] = ++w.writes;
  return 'present';
}

function enterKernel(w: MachWorld, t: Thread): Touched {
  charge(w, t, KERNEL_CALLS, 1, w.setup.prices.kernel_call);
  return 'wait';
}

/** The kernel asks the pager, unless it is doing so already. */
function pageIn(w: MachWorld, t: Thread, object: VmObject, page: number): Touched {
  const channel = pageChannel(object, page);
  blockOn(w, t, channel);
  const kernel = at(w.tasks, at(w.nodes, object.node).kernelTask);
  for (const id of kernel.threads) if (at(w.threads, id).name === channel) return 'wait';
  const pager = threadCreate(w, kernel, channel);
  pager.activity = t.activity;
  pager.serves = t.identity;
  t.servedBy = pager.identity;
  call(pager, pageInRoutine, { object: object.id, page, version: ABSENT } satisfies PageIn);
  threadStart(w, pager);
  return 'wait';
}

function pageChannel(object: VmObject, page: number): string {
  return `page ${page} of ${object.label}/${object.id}`;
}

interface PageIn {
  readonly object: number;
  readonly page: number;
  version: number;
}

/** What a pager answers to `memory_object_data_request`: a page of this version, or none. */
export interface DataSupply {
  readonly version: number;
}

export const pageInRoutine = routine<MachWorld, PageIn>('vm.page in', 'fetches a page from its pager', [
  step('ask the pager', (w, t, f) => {
    const object = at(w.objects, f.object);
    rpcToPort(w, t, at(w.ports, object.pager), 'memory_object_data_request', { body: { page: f.page } });
  }),
  step('install the page', (w, t, f) => {
    const object = w.objects.rows[f.object];
    if (object !== undefined && object.live) {
      if (t.code === 'KERN_SUCCESS') object.contents[f.page] = (t.body as DataSupply).version;
      else if (t.code === 'KERN_MEMORY_DATA_UNAVAILABLE') object.contents[f.page] = EMPTY;
      else object.lost = true;
      wakeNode(w, object.node, pageChannel(object, f.page));
    }
    finish(t);
  }),
]);
