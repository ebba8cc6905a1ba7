/**
 * Files that programs have mapped (mmap).
 *
 * The server is the pager of such a file (pager.ts), and the kernels that map it keep its pages coherent among themselves [mechanisms
 * 3.2]. What the newest contents are then only they know. So the server is one more of those who map it: as long as anybody
 * does, it reads, writes and cuts the file through a mapping of its own, one call at a time, and the kernels are asked for the
 * pages, and flushed, as for anybody's touch (through.ts).
 *
 *   file.mmap    an emulator wants to map the file: tokens come home first, for no emulator may keep any of it now; then the
 *                memory object is handed out, and every page of the file has a version from here on
 *   file.msync   on the memory object: what was written through mappings is fetched and kept here
 *   no senders   no kernel has it mapped any more, and all have given back what was written: the blocks are the file again
 *
 * The memory object of an image (file.map) is another one: a file that is executed does not change.
 */
import { NONE, at } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { MAKE_SEND, MAKE_SEND_ONCE } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { blockOn, type Thread } from '../../mach/thread.ts';
import { memoryCreate, memoryForget } from '../../mach/vm/memory.ts';
import { BYTES_PER_PAGE } from '../../mach/vm/object.ts';
import { keepPageBytes } from '../../mach/vm/page-bytes.ts';
import type { OsfWorld } from '../world.ts';
import { fileServerOf, type File } from './file.ts';
import { handleByPort } from './handle.ts';
import { callImageIn } from './kept-images.ts';
import { forgetUnused } from './name.ts';
import { FILE_READ, FILE_WRITE } from './open.ts';
import { callIn } from './token.ts';
import { channelOf, wakeFile } from './waiting.ts';

export interface Mapped {
  /** Name, in the server's space, of the receive right of the memory object. */
  readonly port: number;
  /** Send rights made to it, as far as is known: a notice that says otherwise is asked for again [1.9]. */
  made: number;
  /** Pages of the memory object: more than the file has, for it may grow. */
  readonly pages: number;
  /** Per page the version that the server has; NONE beyond the end. */
  readonly versions: number[];
  /** Logical memory of all who map it. */
  readonly memory: number;
  /** Identity of the thread of the server that reads or writes through a mapping now, or NONE. */
  busy: number;
}

/** Body of `file.mmap`. */
export interface MapFile {
  /** Pages from the beginning of the file that are to be mapped. */
  readonly pages: number;
  /** What is written is meant for the file. */
  readonly writes: boolean;
}

/** What it answers; the right to the memory object comes along. */
export interface MappedFile {
  readonly size: number;
  readonly memory: number;
}

/** A memory object has room for so many pages at least. */
const FEW_PAGES = 256;

interface Mapping extends Request {
  port?: number;
}

const fileMmap = routine<OsfWorld, Mapping>('file.mmap', 'lets a program map an open file', [
  step('make its memory object, if there is none', (w, t, f) => {
    const server = fileServerOf(w, t);
    const handle = handleByPort(w, server.id, f.arrivedOn);
    const { writes, pages } = f.body as MapFile;
    if (handle === null) return finish(t, { code: 'EBADF' } satisfies Payload);
    const file = at(w.files, handle.file);
    if (file.kind !== 'file') return finish(t, { code: 'ENODEV' } satisfies Payload);
    const allowed = (handle.flags & FILE_READ) !== 0 && (!writes || (handle.flags & FILE_WRITE) !== 0);
    if (!allowed) return finish(t, { code: 'EACCES' } satisfies Payload);
    if (writes && file.keepers.length > 0) {
      again(t);
      return callImageIn(t, file);
    }
    if (file.mapped !== null) return goTo(w, t, pages > file.mapped.pages ? 'refuse it' : 'hand it out');
    kernelCall(w, t, server.self, 'mach_port_allocate', { body: { label: `file ${file.id}.mapped` } });
  }),
  step('receive on its port', (w, t, f) => {
    f.port = (t.body as { name: number }).name;
    const { self, set } = fileServerOf(w, t);
    kernelCall(w, t, self, 'mach_port_move_member', { body: { member: f.port, set } });
  }),
  step('call the tokens of the file home', (w, t, f) => {
    const file = fileOf(w, t, f);
    if (file?.mapped !== null) return goTo(w, t, 'somebody else was faster');
    const granted = w.fileHandles.rows.find((each) => each.live && each.file === file.id && each.serial !== NONE);
    if (granted === undefined) {
      file.mapped = newMapped(w, file, f.port!, (f.body as MapFile).pages);
      return;
    }
    again(t);
    callIn(t, granted);
  }),
  step('ask to be told when nobody maps it any more', (w, t, f) => askToBeTold(w, t, f.port!)),
  step('hand it out', (w, t, f) => {
    const mapped = fileOf(w, t, f)?.mapped ?? null;
    if (mapped === null) return goTo(w, t, 'make its memory object, if there is none');
    mapped.made++;
    const body: MappedFile = { size: mapped.pages, memory: mapped.memory };
    finish(t, { body, rights: [{ name: mapped.port, disposition: MAKE_SEND }] } satisfies Payload);
  }),
  step('refuse it', (_w, t) => finish(t, { code: 'ENOMEM' } satisfies Payload)),
  step('somebody else was faster', (w, t, f) => {
    kernelCall(w, t, fileServerOf(w, t).self, 'mach_port_destroy', { body: { name: f.port! } });
  }),
  step('begin again', (w, t) => goTo(w, t, 'make its memory object, if there is none')),
]);

function fileOf(w: OsfWorld, t: Thread, f: Request): File | null {
  const handle = handleByPort(w, fileServerOf(w, t).id, f.arrivedOn);
  return handle === null ? null : at(w.files, handle.file);
}

/** Every page of the file gets a version: that is what it holds until somebody writes to it. */
function newMapped(w: OsfWorld, file: File, port: number, asked: number): Mapped {
  const own = Math.ceil(file.size / BYTES_PER_PAGE);
  const pages = Math.max(own, asked, FEW_PAGES);
  const versions: number[] = Array.from({ length: pages }, (_, page) => (page < own ? 0 : NONE));
  const memory = memoryCreate(w, new Int32Array(pages));
  memory.references++;
  file.blocks.forEach((bytes, page) => {
    if (bytes === '' || page >= own) return;
    versions[page] = ++w.writes;
    memory.written[page] = w.writes;
    keepPageBytes(w, w.writes, bytes);
  });
  return { port, made: 0, pages, versions, memory: memory.id, busy: NONE };
}

function askToBeTold(w: OsfWorld, t: Thread, name: number): void {
  const { self, service } = fileServerOf(w, t);
  const rights = [{ name: service, disposition: MAKE_SEND_ONCE }];
  kernelCall(w, t, self, 'mach_port_request_notification', { body: { name, sync: 1 }, rights });
}

/** The file whose memory object this port of the server is, or null. */
export function fileMappedBy(w: OsfWorld, server: number, port: number): File | null {
  return w.files.rows.find((each) => each.live && each.server === server && each.mapped?.port === port) ?? null;
}

/** One call at a time: the thread has the file, or waits for it and performs the step again. */
export function takeTurn(w: OsfWorld, t: Thread, file: File): boolean {
  const mapped = file.mapped!;
  if (mapped.busy === NONE || mapped.busy === t.identity) {
    mapped.busy = t.identity;
    return true;
  }
  blockOn(w, t, channelOf(file));
  again(t);
  return false;
}

export function endTurn(w: OsfWorld, file: File): void {
  if (file.mapped === null) return;
  file.mapped.busy = NONE;
  wakeFile(w, file);
}

/** The kernel's notice: nobody has a right to the memory object any more. */
export const mappedNoSenders = routine<OsfWorld, Request>('file.unmapped', 'forgets the memory object of a file', [
  step('wait for those who read and write', (w, t, f) => {
    const { name, mscount } = f.body as { readonly name: number; readonly mscount: number };
    const file = fileMappedBy(w, fileServerOf(w, t).id, name);
    if (file === null) return finish(t, null);
    if (!takeTurn(w, t, file)) return;
    const mapped = file.mapped!;
    if (mapped.made !== mscount) {
      mapped.made = mscount;
      endTurn(w, file);
      return goTo(w, t, 'ask again');
    }
    file.mapped = null;
    memoryForget(w, mapped.memory);
    wakeFile(w, file);
    forgetUnused(w, file);
    kernelCall(w, t, fileServerOf(w, t).self, 'mach_port_destroy', { body: { name } });
  }),
  step('be done', (_w, t) => finish(t, null)),
  step('ask again', (w, t, f) => askToBeTold(w, t, (f.body as { readonly name: number }).name)),
  step('leave it', (_w, t) => finish(t, null)),
]);

export const mappedServices: readonly Routine[] = [fileMmap];
