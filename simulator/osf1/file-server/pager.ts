/**
 * The file server as the pager of its files [mechanisms 3.1].
 *
 *   memory_object_data_request   a kernel that has mapped a file asks for a page; what is beyond the end of the file, and
 *                                was never written, is not the server's to give
 *   memory_object_data_return    a page that was written through a mapping comes back: because memory is short there, or
 *                                because nobody maps the file any more. Whoever maps it next finds what was written
 *
 * A file that programs map has bytes: what a version means stands in mapped.ts. Otherwise only versions are kept, as of images.
 */
import { NONE } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { finish, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import type { Thread } from '../../mach/thread.ts';
import { BYTES_PER_PAGE } from '../../mach/vm/object.ts';
import type { DataRequest, DataSupply } from '../../mach/vm/page-in.ts';
import type { DataReturn } from '../../mach/vm/page-out.ts';
import type { OsfWorld } from '../world.ts';
import { fileServerOf, type File } from './file.ts';
import { fileMappedBy } from './mapped.ts';
import { keepPage } from './through.ts';

/** The version of a page that has only ever been read from the disk. */
const ON_DISK = 0;

const filePageIn = routine<OsfWorld, Request>('file.page_in', 'supplies a page of a file', [
  step('supply the page', (w, t, f) => {
    const mapped = fileMappedBy(w, fileServerOf(w, t).id, f.arrivedOn)?.mapped ?? null;
    const file = mapped === null ? mappedFile(w, t, f) : null;
    const { page } = f.body as DataRequest;
    const version = (mapped ?? file)?.versions[page] ?? ((file?.size ?? 0) > page * BYTES_PER_PAGE ? ON_DISK : NONE);
    if (version === NONE) return finish(t, { code: 'KERN_MEMORY_DATA_UNAVAILABLE' } satisfies Payload);
    finish(t, { body: { version } satisfies DataSupply, pages: 1 } satisfies Payload);
  }),
]);

const filePageOut = routine<OsfWorld, Request>('file.page_out', 'keeps a page of a file', [
  step('keep the page', (w, t, f) => {
    const { page, version } = f.body as DataReturn;
    const written = fileMappedBy(w, fileServerOf(w, t).id, f.arrivedOn);
    if (written !== null) {
      keepPage(w, written, page, version);
      return finish(t, {} satisfies Payload);
    }
    const file = mappedFile(w, t, f);
    if (file === null) return finish(t, { code: 'KERN_INVALID_ARGUMENT' } satisfies Payload);
    while (file.versions.length <= page) file.versions.push(pageBefore(file));
    file.versions[page] = version;
    finish(t, {} satisfies Payload);
  }),
]);

/** What the page that the list is extended by held until now. */
function pageBefore({ versions, size }: File): number {
  return versions.length * BYTES_PER_PAGE < size ? ON_DISK : NONE;
}

/** The file whose memory object the request came on. */
function mappedFile(w: OsfWorld, t: Thread, f: Request): File | null {
  const server = fileServerOf(w, t);
  const file = w.files.rows.find((each) => each.live && each.server === server.id && each.memoryObject === f.arrivedOn);
  return file ?? null;
}

/** Mach's operations on a memory object, by its names for them. */
export const filePager: readonly (readonly [operation: string, routine: Routine])[] = [
  ['memory_object_data_request', filePageIn],
  ['memory_object_data_return', filePageOut],
];
