/**
 * What an importing kernel tells the home of an object of its own accord [mechanisms 3.2, M-calls]: it gives a page back
 * (memory_object_data_return), because its memory is short or because nobody uses the object there any more, and it says
 * that it is gone (memory_object_terminate).
 */
import { at } from '../base/table.ts';
import { kernelService, type KernelAnswer, type KernelRequest } from '../mach/kernel-call.ts';
import { invalidArgument, success } from '../mach/kernel-services/objects.ts';
import { finish, routine, step, type Routine } from '../mach/routine.ts';
import { ABSENT, NO_ACCESS, READ_ACCESS, pageOf, setPage } from '../mach/vm/object.ts';
import { relieve, type DataReturn, type DataReturned } from '../mach/vm/page-out.ts';
import { tell } from '../mach/world.ts';
import { kernelEnds, kernelNamed, type MemoryObject } from './memory-object.ts';
import { askInTurn, endRequest, requestPage } from './page-turn.ts';
import type { XmmWorld } from './world.ts';

interface Returning extends KernelRequest {
  readonly body: DataReturn;
}

function accountOf(w: XmmWorld, request: KernelRequest): MemoryObject | null {
  const port = w.ports.rows[request.port];
  const object = port?.objectKind === 'memory' ? at(w.objects, port.object) : undefined;
  return object === undefined ? null : (w.memoryObjects.rows[object.manager] ?? null);
}

const dataReturn = routine<XmmWorld, Returning>('memory_object_data_return', 'takes a page back', [
  step('wait for the turn', (w, t, f) => {
    const m = accountOf(w, f);
    const { page, kernel } = f.body;
    if (m === null || kernel === undefined || kernelNamed(m, kernel) === null) return finish(t, invalidArgument);
    requestPage(m, page, kernel, NO_ACCESS, t.identity);
    askInTurn(w, t, m, page);
  }),
  step('keep the page', (w, t, f) => {
    const m = accountOf(w, f)!;
    const object = at(w.objects, m.object);
    const { page, version, kernel } = f.body;
    const entry = kernelNamed(m, kernel!);
    endRequest(w, m, page, t);
    if (entry === null) return finish(t, invalidArgument);
    // It may have been taken away while it was on its way: then it is old.
    if (entry.access[page] !== NO_ACCESS) {
      entry.access[page] = NO_ACCESS;
      if (pageOf(object, page) === ABSENT) {
        setPage(w, object, page, version);
        object.access![page] = READ_ACCESS;
      }
      tell(w, 'data return', object.node, at(w.ports, f.port), t.identity, `page ${page} of ${object.label}`);
      relieve(w, object.node);
    }
    finish(t, { body: { sequence: ++entry.sequence } satisfies DataReturned } satisfies KernelAnswer);
  }),
]);

const terminate = kernelService<XmmWorld>('memory_object_terminate', 'hear that a kernel is gone', (w, _t, request) => {
  const m = accountOf(w, request);
  const { kernel } = request.body as { readonly kernel: number };
  const entry = m === null ? null : kernelNamed(m, kernel);
  if (m === null || entry === null) return invalidArgument;
  kernelEnds(w, m, entry);
  return success;
});

export const returnServices: readonly Routine[] = [dataReturn, terminate];
