/**
 * memory_object_data_request, third phase: before anybody writes a page that is owed to the copy object, the copy object
 * gets it [mechanisms 3.3, copy-call].
 *
 * Other kernels may use the copy too: then the right to fill it is asked for as if the home's own kernel wrote it. While a
 * copy is being made nobody is given write access.
 */
import { NONE, at } from '../base/table.ts';
import type { KernelRequest } from '../mach/kernel-call.ts';
import { call, goTo, step } from '../mach/routine.ts';
import { blockOn, type Thread } from '../mach/thread.ts';
import { EMPTY, LOST, WRITE_ACCESS, mayAccess, pageOf, setPage, type VmObject } from '../mach/vm/object.ts';
import type { DataRequest } from '../mach/vm/page-in.ts';
import { below } from './ask-pager.ts';
import { NEEDS_COPY, grantedAccess } from './memory-object.ts';
import { managed, type Requested } from './page-request.ts';
import { copyingChannel } from './page-turn.ts';
import type { XmmWorld } from './world.ts';

export const pushPage = [
  step<XmmWorld, Requested>('push into the copy object', (w, t, f) => {
    const { object, m } = managed(w, f);
    const { page } = f.body;
    if (f.give !== WRITE_ACCESS || f.data === LOST) return goTo(w, t, 'supply');
    if (m.copying) return waitForCopy(w, t, object);
    if (grantedAccess(m, page) < WRITE_ACCESS) return goTo(w, t, 'ask the kernels');
    if ((m.flags[page]! & NEEDS_COPY) === 0) return goTo(w, t, 'supply');
    const copy = object.copyObject === NONE ? null : at(w.objects, object.copyObject);
    if (copy === null || copy.manager === NONE) return;
    const body: DataRequest = { page, access: 'write', kernel: NONE };
    const filling = { operation: f.operation, body, port: copy.control } satisfies KernelRequest;
    call(t, w.setup.kernelServices.get(f.operation)!, filling);
  }),
  step<XmmWorld, Requested>('the copy object has the page', (w, t, f) => {
    const { object, m } = managed(w, f);
    const { page } = f.body;
    const copy = object.copyObject === NONE ? null : at(w.objects, object.copyObject);
    if (copy !== null && pageOf(copy, page) === EMPTY) {
      // Somebody may have looked into the copy meanwhile: then the right to fill it must be asked for again.
      if (!mayAccess(copy, page, WRITE_ACCESS)) return goTo(w, t, 'push into the copy object');
      const version = f.data! >= 0 ? f.data! : below(w, t, object, page);
      if (version === null) return goTo(w, t, 'the copy object has the page');
      setPage(w, copy, page, version === EMPTY ? 0 : version);
    }
    m.flags[page]! &= ~NEEDS_COPY;
  }),
] as const;

function waitForCopy(w: XmmWorld, t: Thread, object: VmObject): void {
  blockOn(w, t, copyingChannel(object));
  goTo(w, t, 'push into the copy object');
}
