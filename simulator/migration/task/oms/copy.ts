/**
 * A migration server takes the memory of one region [mechanisms 4.5]: it makes a memory object for it, and fetches what the
 * strategy wants fetched now.
 *
 *   copy_on_reference   maps the memory itself, and fetches nothing: a page comes when the new task touches it
 *   the others          read what was written since they looked last (the first time: ever), in chains of 16 pages, and
 *                       keep it in memory of the server's own
 *
 * Memory that some pager has, a file's, counts as written: afterwards nothing of it must be asked from the source. It is
 * done again for the same region, round after round, by pre-copy: then only what was written meanwhile is fetched.
 */
import { NONE, at } from '../../../base/table.ts';
import { MAKE_SEND_ONCE, MOVE_SEND } from '../../../mach/ipc/right.ts';
import { kernelCall } from '../../../mach/kernel-call.ts';
import type { Modified, PageContents } from '../../../mach/kernel-services/memory-contents.ts';
import type { RegionInfo, VmMap } from '../../../mach/kernel-services/memory-services.ts';
import { finish, goTo, routine, step } from '../../../mach/routine.ts';
import type { Thread } from '../../../mach/thread.ts';
import { agentOf } from '../../agent/agent.ts';
import type { MigrationWorld } from '../../record.ts';
import type { TaskMove } from '../how.ts';
import { objectFor, objectOpen, pagerSet } from './object.ts';

export interface CopyRegion {
  readonly migration: number;
  /** Name of the old task's kernel port, in the server's space. */
  readonly from: number;
  readonly region: RegionInfo;
  readonly strategy: TaskMove['strategy'];
  /** The task is frozen: what is fetched now is fetched while nothing of it runs. */
  readonly frozen: boolean;
  object: number;
  fetched: number;
  /** Pages still to fetch, and those that are on their way. */
  left: number[];
  asked: number[];
}

/** What the routine finishes with: the row of the object, and how many pages it has fetched. */
export interface CopiedRegion {
  readonly code: string;
  readonly object: number;
  readonly fetched: number;
}

export function copying(fields: Omit<CopyRegion, 'object' | 'fetched' | 'left' | 'asked'>): CopyRegion {
  return { ...fields, object: NONE, fetched: 0, left: [], asked: [] };
}

/** Pages out of line move in chains of so many [2.5]. */
const CHAIN = 16;

export const copyRegion = routine<MigrationWorld, CopyRegion>('oms.copy region', 'takes the memory of a region', [
  step('look whether it has the region already', (w, t, f) => {
    const known = objectFor(w, t.task, f.migration, f.region.name);
    if (known !== null) {
      f.object = known.id;
      return goTo(w, t, 'ask what was written');
    }
    f.object = objectOpen(w, t, f.migration, f.region.name).id;
    kernelCall(w, t, agentOf(w, t)!.self, 'mach_port_allocate', { body: { label: `${f.region.name}.object` } });
  }),
  step('receive on its port', (w, t, f) => {
    const object = at(w.omsObjects, f.object);
    object.name = (t.body as { name: number }).name;
    const body = { member: object.name, set: pagerSet(w, t) };
    kernelCall(w, t, agentOf(w, t)!.self, 'mach_port_move_member', { body });
  }),
  step('ask to be told when nobody maps it any more', (w, t, f) => {
    const { name } = at(w.omsObjects, f.object);
    const rights = [{ name, disposition: MAKE_SEND_ONCE }];
    const body = { name, variant: 'no-senders', sync: 1 };
    kernelCall(w, t, agentOf(w, t)!.self, 'mach_port_request_notification', { body, rights });
  }),
  step('get memory for it', (w, t, f) => {
    const { name, pages } = f.region;
    if (f.strategy === 'copy_on_reference')
      return kernelCall(w, t, f.from, 'mach_make_memory_entry', { body: { name } });
    goTo(w, t, 'ask what was written');
    const { own } = at(w.omsObjects, f.object);
    const body = { name: own, pages, protection: 'rw-', inheritance: 'none' };
    kernelCall(w, t, agentOf(w, t)!.self, 'vm_allocate', { body });
  }),
  step('map the memory of the task', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return end(t, f, t.code);
    const { own } = at(w.omsObjects, f.object);
    const { pages, memory } = f.region;
    const body: VmMap = { name: own, pages, protection: 'rw-', inheritance: 'none', copy: false, memory };
    const rights = [{ name: t.names[0]!, disposition: MOVE_SEND }];
    kernelCall(w, t, agentOf(w, t)!.self, 'vm_map', { body, rights });
  }),
  step('ask what was written', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return end(t, f, t.code);
    const { since } = at(w.omsObjects, f.object);
    kernelCall(w, t, f.from, 'vm_modified', { body: { name: f.region.name, since } });
  }),
  step('note what is to be fetched', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return end(t, f, t.code);
    const object = at(w.omsObjects, f.object);
    const { pages, now } = t.body as Modified;
    const first = object.since === 0 && f.region.paged;
    const wanted = first ? Array.from({ length: f.region.pages }, (_, page) => page) : pages;
    object.since = now;
    for (const page of wanted) if (!object.pages.includes(page)) object.pages.push(page);
    if (f.strategy === 'copy_on_reference') return end(t, f, 'KERN_SUCCESS');
    f.left = [...wanted];
  }),
  step('read a chain of pages', (w, t, f) => {
    f.asked = f.left.splice(0, CHAIN);
    if (f.asked.length === 0) return end(t, f, 'KERN_SUCCESS');
    kernelCall(w, t, f.from, 'vm_read', { body: { name: f.region.name, pages: f.asked } });
  }),
  step('keep them', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return end(t, f, t.code);
    const { versions } = t.body as PageContents;
    f.fetched += versions.length;
    const moved = at(w.migrations, f.migration).pages;
    if (f.frozen) moved.frozen += versions.length;
    else moved.before += versions.length;
    const body = { name: at(w.omsObjects, f.object).own, pages: f.asked, versions };
    kernelCall(w, t, agentOf(w, t)!.self, 'vm_write', { body });
  }),
  step('go on with the next', (w, t) => goTo(w, t, 'read a chain of pages')),
]);

function end(t: Thread, { object, fetched }: CopyRegion, code: string): void {
  finish(t, { code, object, fetched } satisfies CopiedRegion);
}
