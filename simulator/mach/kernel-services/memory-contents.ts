/**
 * Kernel calls that move contents of memory: vm_read, vm_write, vm_copy; and vm_modified, which tells what has been
 * written since a moment (what pre-copying asks round after round) [mechanisms 4.5].
 *
 * Contents are versions of pages. The kernel touches the pages as a thread of the task would, so what must be fetched
 * is fetched, one page after the other.
 */
import { at } from '../../base/table.ts';
import type { KernelAnswer, KernelRequest } from '../kernel-call.ts';
import { kernelService } from '../kernel-call.ts';
import { again, finish, goTo, routine, step, type Routine } from '../routine.ts';
import { copyRegion, copiedMemory } from '../vm/copy.ts';
import { readPage, versionAt, writePage } from '../vm/fault.ts';
import { dropReference } from '../vm/object.ts';
import { allows, regionNamed, regionRemap } from '../vm/region.ts';
import { copyNow, copySlowly, type SlowCopy } from '../vm/slow-copy.ts';
import type { MachWorld } from '../world.ts';
import { invalidAddress, protectionFailure, regionOf } from './memory-services.ts';
import { success, taskOf } from './objects.ts';

/** What `vm_read` answers. */
export interface PageContents {
  readonly versions: readonly number[];
}

interface Reading extends KernelRequest {
  readonly body: { readonly name: string; readonly pages: readonly number[] };
  versions?: number[];
}

const vmRead = routine<MachWorld, Reading>('vm_read', 'reads pages of a region', [
  step('read a page', (w, t, f) => {
    const region = regionOf(w, f);
    const versions = (f.versions ??= []);
    const page = f.body.pages[versions.length];
    if (region === null) return finish(t, invalidAddress);
    if (!allows(region.protection, 'r')) return finish(t, protectionFailure);
    if (page === undefined) {
      return finish(t, { body: { versions } satisfies PageContents, pages: versions.length } satisfies KernelAnswer);
    }
    if (page < 0 || page >= region.pages) return finish(t, invalidAddress);
    const touched = readPage(w, t, region, page);
    if (touched === 'present') versions.push(versionAt(w, region, page));
    else if (touched !== 'wait') return finish(t, { code: touched } satisfies KernelAnswer);
    again(t);
  }),
]);

interface Writing extends KernelRequest {
  readonly body: { readonly name: string; readonly pages: readonly number[]; readonly versions: readonly number[] };
  done?: number;
}

const vmWrite = routine<MachWorld, Writing>('vm_write', 'writes pages of a region', [
  step('write a page', (w, t, f) => {
    const region = regionOf(w, f);
    const done = (f.done ??= 0);
    const page = f.body.pages[done];
    if (region === null) return finish(t, invalidAddress);
    if (!allows(region.protection, 'w')) return finish(t, protectionFailure);
    if (page === undefined) return finish(t, success);
    if (page < 0 || page >= region.pages) return finish(t, invalidAddress);
    const touched = writePage(w, t, region, page, f.body.versions[done]!);
    if (touched === 'present') f.done = done + 1;
    else if (touched !== 'wait') return finish(t, { code: touched } satisfies KernelAnswer);
    again(t);
  }),
]);

interface Copying extends KernelRequest {
  readonly body: { readonly from: string; readonly to: string };
}

const vmCopy = routine<MachWorld, Copying>('vm_copy', 'copies the memory of one region to another', [
  step('copy it, if that takes more than a moment', (w, t, f) => {
    const { from, to, refused } = copied(w, f);
    if (refused !== null) return finish(t, refused);
    const { copyStrategy } = at(w.objects, from.object);
    if (from.needsCopy || (copyStrategy !== 'call' && copyStrategy !== 'none') || from === to) return;
    copySlowly(w, t, f, from.object, copyStrategy, { region: from.id });
  }),
  step('map the copy instead of what was there', (w, t, f) => {
    const slowly = t.result as KernelAnswer | null;
    const { from, to, refused } = copied(w, f);
    if (slowly?.code !== undefined) return finish(t, { code: slowly.code } satisfies KernelAnswer);
    const made = slowly === null ? null : (slowly.body as SlowCopy);
    if (made !== null) {
      const object = at(w.objects, made.object);
      if (refused === null) {
        regionRemap(w, to, object, made.memory);
        to.needsCopy = made.needsCopy;
      }
      dropReference(w, object);
      return finish(t, refused ?? success);
    }
    if (refused !== null || from === to) return finish(t, refused ?? success);
    const copy = copyRegion(w, from);
    if (copy === null) return goTo(w, t, 'copy it, if that takes more than a moment');
    regionRemap(w, to, copy.object, copiedMemory(w, from));
    // What the original's holders could never write this region may.
    to.needsCopy = copy.needsCopy || !allows(from.maximum, 'w');
    finish(t, success);
  }),
]);

function copied(w: MachWorld, request: Copying) {
  const task = taskOf(w, request);
  const from = task === null ? null : regionNamed(w, task, request.body.from);
  const to = task === null ? null : regionNamed(w, task, request.body.to);
  if (from === null || to === null || from.pages !== to.pages) return { refused: invalidAddress };
  if (!allows(from.protection, 'r') || !allows(to.protection, 'w')) return { refused: protectionFailure };
  return { from, to, refused: null };
}

/** What `vm_modified` answers: pages written after `since`, and the count of writes to ask with the next time. */
export interface Modified {
  readonly pages: readonly number[];
  readonly now: number;
}

const vmModified = kernelService<MachWorld>('vm_modified', 'tell which pages were written', (w, _t, request) => {
  const region = regionOf(w, request);
  if (region === null) return invalidAddress;
  const { since } = request.body as { readonly since: number };
  const pages: number[] = [];
  const { written } = at(w.memories, region.memory);
  for (let page = 0; page < region.pages; page++) if (written[page]! > since) pages.push(page);
  return { body: { pages, now: w.writes } satisfies Modified };
});

export const contentServices: readonly Routine[] = [vmRead, vmWrite, vmCopy, vmModified];
export const contentRoutines: readonly Routine[] = [...contentServices, copyNow];
