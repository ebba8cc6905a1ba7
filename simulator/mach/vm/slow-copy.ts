/**
 * Copies that take longer than a moment: copy-call, which the home of the memory makes, and copy none, which reads every page
 * [mechanisms 3.3]. fork, vm_copy and messages that take memory along ask for them.
 */
import { at } from '../../base/table.ts';
import type { KernelAnswer, KernelRequest } from '../kernel-call.ts';
import { again, call, finish, routine, step } from '../routine.ts';
import type { Thread } from '../thread.ts';
import type { MachWorld } from '../world.ts';
import { readPage, versionAt } from './fault.ts';
import { memoryCreate } from './memory.ts';
import { dropReference, objectCreate, setPage } from './object.ts';

/**
 * What a copy that takes longer than a moment answers: an object of this node, with a reference that whoever asked for it
 * gives up when it is mapped; and what it holds.
 */
export interface SlowCopy {
  readonly object: number;
  readonly memory: number;
  readonly needsCopy: boolean;
}

/** What of a region is copied: all of it, if nothing else is said. Only a copy page by page can be of less. */
export interface CopiedRange {
  readonly region: number;
  readonly first?: number;
  readonly pages?: number;
}

/** Copies memory whose home has to do it (call), or page by page (none); the next step finds the answer. */
export function copySlowly(
  w: MachWorld,
  t: Thread,
  f: KernelRequest,
  object: number,
  strategy: 'call' | 'none',
  range: CopiedRange,
): void {
  if (strategy === 'none') {
    const { region, first = 0 } = range;
    const { object: of } = at(w.regions, region);
    const pages = range.pages ?? at(w.regions, region).pages;
    const copy = objectCreate(w, at(w.objects, of).node, `${at(w.objects, of).label} copy`, 'anonymous', pages);
    copy.references++;
    const memory = memoryCreate(w, new Int32Array(pages)).id;
    call(t, copyNow, { region, first, copy: copy.id, memory, page: 0 } satisfies CopyNow);
    return;
  }
  const copier = w.setup.kernelServices.get('memory_object_copy')!;
  call(t, copier, { operation: copier.name, body: { object }, port: f.port } satisfies KernelRequest);
}

interface CopyNow {
  readonly region: number;
  readonly first: number;
  readonly copy: number;
  readonly memory: number;
  page: number;
}

/** Copy strategy none: every page is read and copied before anybody goes on [3.3]. */
export const copyNow = routine<MachWorld, CopyNow>('vm.copy now', 'copies memory page by page', [
  step('copy a page', (w, t, f) => {
    const region = w.regions.rows[f.region];
    const { copy, memory, page, first } = f;
    if (region?.live !== true) return giveUp(w, t, copy, { code: 'KERN_INVALID_ADDRESS' });
    if (page >= at(w.objects, copy).size || first + page >= region.pages) {
      return finish(t, { body: { object: copy, memory, needsCopy: false } satisfies SlowCopy } satisfies KernelAnswer);
    }
    const touched = readPage(w, t, region, first + page);
    if (touched !== 'present' && touched !== 'wait') return giveUp(w, t, copy, { code: touched });
    if (touched === 'present') {
      const version = versionAt(w, region, first + page);
      setPage(w, at(w.objects, copy), page, version);
      at(w.memories, memory).written[page] = version;
      f.page++;
    }
    again(t);
  }),
]);

function giveUp(w: MachWorld, t: Thread, copy: number, answer: KernelAnswer): void {
  dropReference(w, at(w.objects, copy));
  finish(t, answer);
}
