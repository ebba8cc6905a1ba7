/**
 * A node that imports an object asks this node, its home, for a page [mechanisms 3.5]. If nobody uses the object here
 * any more the page moves; otherwise the other node gets a copy. A page that this node must itself import is fetched.
 */
import { NONE, at } from '../base/table.ts';
import { rpcToPort } from '../mach/ipc/mach-msg.ts';
import type { KernelAnswer, KernelRequest } from '../mach/kernel-call.ts';
import { finish, routine, step } from '../mach/routine.ts';
import { ABSENT, setPage } from '../mach/vm/object.ts';
import type { DataRequest, DataSupply } from '../mach/vm/page-in.ts';
import type { XmmWorld } from './world.ts';

interface Requested extends KernelRequest {
  readonly body: DataRequest;
}

export const dataRequest = routine<XmmWorld, Requested>('memory_object_data_request', 'supplies a page', [
  step('look for the page', (w, t, request) => {
    const object = at(w.objects, at(w.ports, request.port).object);
    const { page } = request.body;
    const version = object.contents[page] ?? ABSENT;
    if (version >= 0) {
      if (object.references === 0) setPage(w, object, page, ABSENT);
      finish(t, supply(version));
    } else if (version === ABSENT && object.pager !== NONE) {
      rpcToPort(w, t, at(w.ports, object.pager), 'memory_object_data_request', { body: { page } });
    } else finish(t, { code: 'KERN_MEMORY_DATA_UNAVAILABLE' } satisfies KernelAnswer);
  }),
  step('pass the page on', (_w, t) => {
    if (t.code === 'KERN_SUCCESS') finish(t, supply((t.body as DataSupply).version));
    else finish(t, { code: t.code } satisfies KernelAnswer);
  }),
]);

function supply(version: number): KernelAnswer {
  return { body: { version } satisfies DataSupply, pages: 1 };
}
