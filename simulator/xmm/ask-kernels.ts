/**
 * memory_object_data_request, first phase: kernels that must let go of the page, or that have its data, are asked one after
 * the other [mechanisms 3.2: Kernel_Pending, Kernel_Completed].
 *
 * The home's own kernel comes first, and needs no message. Then a kernel that writes the page; if the page is to be
 * written, every other one, the first of which also returns the data; else, if only kernels have it, one that reads it.
 */
import { NONE, at } from '../base/table.ts';
import { isStillUp } from '../mach/node.ts';
import { rpcToPort } from '../mach/ipc/mach-msg.ts';
import { goTo, step } from '../mach/routine.ts';
import {
  ABSENT,
  LOST,
  NO_ACCESS,
  READ_ACCESS,
  WRITE_ACCESS,
  pageOf,
  setPage,
  type VmObject,
} from '../mach/vm/object.ts';
import { tell } from '../mach/world.ts';
import type { LockRequest, PageData } from './lock-request.ts';
import { DIRTY, NEEDS_COPY, kernelNamed, losePage, type MemoryObject, type UsingKernel } from './memory-object.ts';
import { keepAtHome, lacksData, managed, type Requested } from './page-request.ts';
import type { XmmWorld } from './world.ts';

export const askKernels = [
  step<XmmWorld, Requested>('ask the kernels', (w, t, f) => {
    const { object, m } = managed(w, f);
    takeFromHome(w, object, m, f);
    const other = nextToAsk(object, m, f);
    if (other === null) return goTo(w, t, 'ask the pager');
    f.asked = other.kernel;
    const { page } = f.body;
    const access = f.give === WRITE_ACCESS && other.kernel !== f.body.kernel ? NO_ACCESS : READ_ACCESS;
    const data = f.data === NONE && lacksData(object, m, f);
    const body: LockRequest = { page, access, data, sequence: ++other.sequence };
    const text = `page ${page} of ${object.label}: ${access === NO_ACCESS ? 'flush' : 'clean'}`;
    tell(w, 'lock request', object.node, at(w.ports, object.control), t.identity, text);
    rpcToPort(w, t, at(w.ports, other.control), 'memory_object_lock_request', { body });
  }),
  step<XmmWorld, Requested>('the kernel has let go', (w, t, f) => {
    const { object, m } = managed(w, f);
    const other = kernelNamed(m, f.asked!);
    const { page } = f.body;
    if (other !== null && t.code === 'KERN_SUCCESS') {
      const { version } = t.body as PageData;
      if (f.data === NONE && version !== NONE) f.data = version;
      const left = f.give === WRITE_ACCESS && other.kernel !== f.body.kernel ? NO_ACCESS : READ_ACCESS;
      other.access[page] = version === NONE ? NO_ACCESS : Math.min(other.access[page]!, left);
      if (f.give !== WRITE_ACCESS && f.data !== NONE) keepAtHome(w, object, m, page, f.data!);
    } else if (other !== null) {
      if (isStillUp(w, other.node, other.incarnation)) other.access[page] = NO_ACCESS;
      else losePage(w, m, object, other, page);
    }
    goTo(w, t, 'ask the kernels');
  }),
] as const;

/** The home's own kernel needs no message: it gives its data, and goes on as a reader or not at all. */
function takeFromHome(w: XmmWorld, object: VmObject, m: MemoryObject, f: Requested): void {
  const { page } = f.body;
  const version = pageOf(object, page);
  if (f.data === NONE && version !== ABSENT && (version === LOST || object.access![page] !== NO_ACCESS))
    f.data = version;
  if ((f.body.kernel ?? NONE) === NONE || version === LOST) return;
  if (f.give !== WRITE_ACCESS) {
    object.access![page] = Math.min(object.access![page]!, READ_ACCESS);
    return;
  }
  if (f.data === NONE && version === ABSENT) return;
  // What is not here any more is in hand from now on.
  if ((m.flags[page]! & NEEDS_COPY) !== 0 && version >= 0) return;
  setPage(w, object, page, ABSENT);
  object.access![page] = NO_ACCESS;
}

/** The next kernel that must let go, or that has the data. */
function nextToAsk(object: VmObject, m: MemoryObject, f: Requested): UsingKernel | null {
  const { page } = f.body;
  const others = m.kernels.filter((each) => each.kernel !== f.body.kernel && each.access[page] !== NO_ACCESS);
  const writer = others.find((each) => each.access[page] === WRITE_ACCESS);
  if (writer !== undefined) return writer;
  if (f.give === WRITE_ACCESS && others[0] !== undefined) return others[0];
  if (f.data !== NONE || !lacksData(object, m, f) || (m.flags[page]! & DIRTY) === 0) return null;
  if (others[0] !== undefined) return others[0];
  // What must be pushed may be nowhere but with the kernel that asks for more access to it.
  const asker = kernelNamed(m, f.body.kernel ?? NONE);
  return asker !== null && asker.access[page] !== NO_ACCESS && f.asked !== asker.kernel ? asker : null;
}
