/**
 * Reading and writing a file that programs have mapped: through a mapping of the server's own (mapped.ts).
 *
 * The server maps the memory object into its task, touches page after page as any thread would, and unmaps it. What another
 * kernel writes is fetched from it; what is written here is taken away from all others first [X1]. A page that is lost with the
 * node that wrote it is EIO, for as long as anybody maps the file.
 *
 *   read     the bytes of a range
 *   write    puts bytes there
 *   sync     the pages of a range as they are now are kept here, too: then their bytes are safe from the failure of a node
 */
import { at } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { MAKE_SEND } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import type { VmMap } from '../../mach/kernel-services/memory-services.ts';
import { again, call, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import type { Thread } from '../../mach/thread.ts';
import { touch, versionAt } from '../../mach/vm/fault.ts';
import { BYTES_PER_PAGE } from '../../mach/vm/object.ts';
import { bytesOfPage, keepPageBytes } from '../../mach/vm/page-bytes.ts';
import { regionNamed, type Region } from '../../mach/vm/region.ts';
import type { OsfWorld } from '../world.ts';
import { cutBytes, joined, readBytes, writeBytes } from './bytes.ts';
import { fileServerOf, type File } from './file.ts';
import { endTurn, fileMappedBy, takeTurn } from './mapped.ts';

export interface Through {
  readonly file: number;
  readonly act: 'read' | 'write' | 'sync';
  readonly at: number;
  readonly size: number;
  /** What is to be written; what has been read. */
  bytes: string;
  done: number;
  code: string;
}

/** Finishes with itself: `bytes` and `code`. The caller has the turn. */
const through = routine<OsfWorld, Through>('file.through', 'reads or writes a file that is mapped', [
  step('map it', (w, t, f) => {
    const mapped = at(w.files, f.file).mapped!;
    mapped.made++;
    const { pages, memory } = mapped;
    const body: VmMap = { name: nameOf(f), pages, memory, protection: 'rw-', inheritance: 'none', copy: false };
    const rights = [{ name: mapped.port, disposition: MAKE_SEND }];
    kernelCall(w, t, fileServerOf(w, t).self, 'vm_map', { body, rights });
  }),
  step('touch a page', (w, t, f) => {
    const region = regionNamed(w, at(w.tasks, t.task), nameOf(f));
    if (region === null) return fail(w, t, f);
    while (f.done < f.size) {
      const page = Math.floor((f.at + f.done) / BYTES_PER_PAGE);
      if (page >= region.pages) break;
      const touched = touch(w, t, region, page, f.act === 'write');
      if (touched === 'wait') return again(t);
      if (touched !== 'present') return fail(w, t, f);
      move(w, f, region, page);
    }
    // Behind the memory object nobody can have mapped anything.
    const { blocks } = at(w.files, f.file);
    const rest = f.size - f.done;
    if (rest > 0 && f.act === 'write') writeBytes(blocks, f.at + f.done, f.bytes.slice(f.done), rest);
    if (rest > 0 && f.act === 'read') f.bytes = joined(f.bytes, f.done, readBytes(blocks, f.at + f.done, rest));
  }),
  step('unmap it', (w, t, f) => {
    kernelCall(w, t, fileServerOf(w, t).self, 'vm_deallocate', { body: { name: nameOf(f) } });
  }),
  step('return', (_w, t, f) => finish(t, { ...f })),
]);

const nameOf = ({ file }: Through): string => `file ${file}`;

function fail(w: OsfWorld, t: Thread, f: Through): void {
  f.code = 'EIO';
  goTo(w, t, 'unmap it');
}

/** As much as there is of the range in the page, which is here. */
function move(w: OsfWorld, f: Through, region: Region, page: number): void {
  const version = versionAt(w, region, page);
  const from = f.at + f.done - page * BYTES_PER_PAGE;
  const size = Math.min(f.size - f.done, BYTES_PER_PAGE - from);
  const held = [bytesOfPage(w, version)];
  switch (f.act) {
    case 'read':
      f.bytes = joined(f.bytes, f.done, readBytes(held, from, size));
      break;
    case 'write':
      writeBytes(held, from, f.bytes.slice(f.done, f.done + size), size);
      keepPageBytes(w, version, held[0]!);
      break;
    case 'sync':
      keepPage(w, at(w.files, f.file), page, version);
  }
  f.done += size;
}

/** The page is kept as it is now, unless a newer one is here already. What is behind the end of the file is not of it. */
export function keepPage(w: OsfWorld, file: File, page: number, version: number): void {
  const { versions } = file.mapped!;
  if (versions[page]! >= version) return;
  versions[page] = version;
  const start = page * BYTES_PER_PAGE;
  const size = Math.min(BYTES_PER_PAGE, file.size - start);
  if (size <= 0) return;
  writeBytes(file.blocks, start, bytesOfPage(w, version), size);
  file.modified = w.time;
}

/** The next step finds a `Through`; the caller has the turn, and ends it. */
export function callThrough(t: Thread, file: File, act: Through['act'], from: number, size: number, bytes = ''): void {
  call(t, through, { file: file.id, act, at: from, size, bytes, done: 0, code: 'KERN_SUCCESS' } satisfies Through);
}

interface Cut {
  readonly file: number;
  readonly size: number;
}

/** Cuts a file that is mapped, or makes it longer: what it loses and what it gains are zeros in every mapping. */
const cutMapped = routine<OsfWorld, Cut>('file.cut_mapped', 'sets the size of a file that is mapped', [
  step('fill with zeros', (w, t, f) => {
    const file = at(w.files, f.file);
    if (file.mapped !== null && !takeTurn(w, t, file)) return;
    const before = file.size;
    cut(w, file, f.size);
    if (file.mapped === null) return finish(t, {} satisfies Payload);
    const pageEnd = Math.ceil(before / BYTES_PER_PAGE) * BYTES_PER_PAGE;
    const from = Math.min(before, f.size);
    callThrough(t, file, 'write', from, f.size < before ? pageEnd - from : Math.min(f.size, pageEnd) - from);
  }),
  step('answer', (w, t, f) => {
    const { code } = t.result as Through;
    endTurn(w, at(w.files, f.file));
    finish(t, { code } satisfies Payload);
  }),
]);

/** A file ends after `size` bytes; what it gains are zeros. True if the next step finds how it went (a Payload). */
export function truncate(w: OsfWorld, t: Thread, file: File, size: number): boolean {
  if (file.mapped === null) {
    cut(w, file, size);
    return false;
  }
  call(t, cutMapped, { file: file.id, size } satisfies Cut);
  return true;
}

function cut(w: OsfWorld, file: File, size: number): void {
  if (size < file.size) cutBytes(file.blocks, size);
  file.size = size;
  file.modified = w.time;
}

/** Body of `file.msync`: bytes of the file. */
export interface Sync {
  readonly from: number;
  readonly size: number;
}

const fileMsync = routine<OsfWorld, Request>('file.msync', 'keeps what was written through mappings', [
  step('fetch it', (w, t, f) => {
    const file = fileMappedBy(w, fileServerOf(w, t).id, f.arrivedOn);
    if (file === null) return finish(t, { code: 'EINVAL' } satisfies Payload);
    if (!takeTurn(w, t, file)) return;
    const { from, size } = f.body as Sync;
    callThrough(t, file, 'sync', from, Math.min(size, file.size - from));
  }),
  step('answer', (w, t, f) => {
    const { code } = t.result as Through;
    endTurn(w, fileMappedBy(w, fileServerOf(w, t).id, f.arrivedOn)!);
    finish(t, { code } satisfies Payload);
  }),
]);

/** Served by their names; the others are called. */
export const throughServices: readonly Routine[] = [fileMsync];
export const throughRoutines: readonly Routine[] = [through, cutMapped];
