/**
 * memory_object_data_request at the home of an object: a kernel needs a page, or more access to one that it has
 * [mechanisms 3.2, 3.5].
 *
 *   read      a kernel that writes the page returns its data and goes on as a reader; else the home, another reader or
 *             the pager has it. The home remains a reader, if anybody uses the object there; if not, the page *moves*:
 *             the one kernel that has it may write it without asking again, and the home has its memory back
 *   write     every other kernel is flushed, one of them returning the data if the asking kernel lacks it; the page is
 *             pushed into the copy object, if it owes that
 *
 * The steps are the states of the engine, and a page each: wait for the turn (X5), ask the kernels
 * (ask-kernels.ts), ask the pager and look in the shadows (ask-pager.ts), push (push-page.ts), supply. The home's own kernel
 * asks by calling the same routine, without a message.
 */
import { NONE, at } from '../base/table.ts';
import type { KernelAnswer } from '../mach/kernel-call.ts';
import { finish, goTo, routine, step } from '../mach/routine.ts';
import {
  ABSENT,
  EMPTY,
  LOST,
  NO_ACCESS,
  READ_ACCESS,
  WRITE_ACCESS,
  pageOf,
  setPage,
  type VmObject,
} from '../mach/vm/object.ts';
import { wakeWaiters, type DataSupply } from '../mach/vm/page-in.ts';
import { tell } from '../mach/world.ts';
import { askKernels } from './ask-kernels.ts';
import { askPager } from './ask-pager.ts';
import {
  BLANK,
  DIRTY,
  NEEDS_COPY,
  grantedAccess,
  kernelNamed,
  memoryObjectOf,
  type MemoryObject,
} from './memory-object.ts';
import { accessOf, holds, invalid, isExclusive, keepAtHome, managed, type Requested } from './page-request.ts';
import { askInTurn, endRequest, requestPage } from './page-turn.ts';
import { pushPage } from './push-page.ts';
import type { XmmWorld } from './world.ts';

export const dataRequest = routine<XmmWorld, Requested>('memory_object_data_request', 'supplies a page', [
  step('wait for the turn', (w, t, f) => {
    const port = w.ports.rows[f.port];
    if (port?.objectKind !== 'memory') return finish(t, invalid);
    const object = at(w.objects, port.object);
    const m = memoryObjectOf(w, object);
    const { page } = f.body;
    const kernel = f.body.kernel ?? NONE;
    if (page < 0 || page >= object.size || (kernel !== NONE && kernelNamed(m, kernel) === null)) {
      // It may have gone while its request waited.
      endRequest(w, m, page, t);
      return finish(t, invalid);
    }
    f.object = object.id;
    const access = f.body.access === 'write' ? WRITE_ACCESS : READ_ACCESS;
    requestPage(m, page, kernel, access, t.identity);
    if (!askInTurn(w, t, m, page)) return;
    tell(w, 'data request', object.node, port, t.identity, `page ${page} of ${object.label}, to ${f.body.access}`);
    f.data = NONE;
    f.give = access === READ_ACCESS && isExclusive(m, object, page, kernel) ? WRITE_ACCESS : access;
    if (!holds(object, m, f) || accessOf(object, m, f) < access) return;
    f.give = accessOf(object, m, f);
    goTo(w, t, 'supply');
  }),
  ...askKernels,
  ...askPager,
  ...pushPage,
  step('supply', (w, t, f) => {
    const { object, m } = managed(w, f);
    const { page } = f.body;
    const kernel = f.body.kernel ?? NONE;
    if (f.give === WRITE_ACCESS && f.data !== LOST && mustWait(m, page)) return goTo(w, t, 'push into the copy object');
    // Whoever waits for the page here touches it before anybody takes it away again.
    if (kernel === NONE) wakeWaiters(w, object, page);
    endRequest(w, m, page, t);
    const give = f.data === LOST ? NO_ACCESS : f.give!;
    if (give === WRITE_ACCESS) m.flags[page] = (m.flags[page]! & ~BLANK) | DIRTY | (f.data === EMPTY ? BLANK : 0);
    const text = `page ${page} of ${object.label}, to ${give === WRITE_ACCESS ? 'write' : 'read'}`;
    tell(w, 'data supply', object.node, at(w.ports, object.control), t.identity, text);
    if (kernel === NONE) return finish(t, supplyHome(w, object, f, give));
    const entry = kernelNamed(m, kernel);
    if (entry === null) {
      if (f.data! >= 0 || f.data === EMPTY) keepAtHome(w, object, m, page, f.data!);
      return finish(t, invalid);
    }
    const resident = f.body.resident === true && entry.access[page] !== NO_ACCESS;
    const precious = give === WRITE_ACCESS;
    entry.access[page] = give;
    if (precious && pageOf(object, page) >= 0) setPage(w, object, page, ABSENT);
    if (precious) object.access![page] = NO_ACCESS;
    finish(t, supplied(resident ? NONE : f.data!, give, ++entry.sequence, precious));
  }),
]);

/** Nobody may write it yet: a copy is being made, or owed the page, or the manager above has taken the right back. */
function mustWait(m: MemoryObject, page: number): boolean {
  return m.copying || (m.flags[page]! & NEEDS_COPY) !== 0 || grantedAccess(m, page) < WRITE_ACCESS;
}

function supplyHome(w: XmmWorld, object: VmObject, f: Requested, give: number): KernelAnswer {
  const { page } = f.body;
  object.access![page] = give;
  if (pageOf(object, page) === ABSENT || f.data === LOST) setPage(w, object, page, f.data!);
  return f.data === LOST ? { code: 'KERN_MEMORY_ERROR' } : {};
}

function supplied(data: number, access: number, sequence: number, precious: boolean): KernelAnswer {
  const body: DataSupply = { version: data >= 0 ? data : NONE, access, sequence, precious };
  if (data === EMPTY) return { code: 'KERN_MEMORY_DATA_UNAVAILABLE', body };
  if (data === LOST) return { code: 'KERN_MEMORY_ERROR', body };
  return data === NONE ? { body } : { body, pages: 1 };
}
