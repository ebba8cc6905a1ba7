/**
 * The file server as the pager of its files: a kernel that has mapped a file asks it for pages. What is in a file never
 * changes its version here; a page beyond the end of the file is not the server's to give.
 */
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { finish, routine, step } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import type { DataSupply } from '../../mach/vm/page-in.ts';
import { BYTES_PER_PAGE } from '../../mach/vm/object.ts';
import type { OsfWorld } from '../world.ts';
import { fileServerOf } from './open.ts';

export const filePageIn = routine<OsfWorld, Request>('file.page_in', 'supplies a page of a file', [
  step('supply the page', (w, t, f) => {
    const server = fileServerOf(w, t);
    const file = w.files.rows.find((each) => {
      return each.live && each.server === server.id && each.memoryObject === f.arrivedOn;
    });
    const { page } = f.body as { page: number };
    if (file === undefined || page * BYTES_PER_PAGE >= file.size) {
      return finish(t, { code: 'KERN_MEMORY_DATA_UNAVAILABLE' } satisfies Payload);
    }
    finish(t, { body: { version: 0 } satisfies DataSupply, pages: 1 } satisfies Payload);
  }),
]);
