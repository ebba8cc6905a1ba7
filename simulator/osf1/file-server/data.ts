/**
 * Reading, writing and closing an open file: the emulator calls the file server directly, never through a PMA, so a
 * process whose PMA state is frozen still gets its data [mechanisms 5.3]. The position is the server's, so everybody who
 * shares the structure goes on where the last one stopped [P10], unless an emulator has the token for it (token.ts).
 */
import { NONE, at } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { MAKE_SEND, MAKE_SEND_ONCE } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, finish, goTo, replace, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import type { Thread } from '../../mach/thread.ts';
import { noteInterrupt, type Interruptible } from '../interrupt.ts';
import { pipeRead, pipeWrite } from '../pipes/transfer.ts';
import { socketClose } from '../sockets/socket.ts';
import { socketRead, socketWrite } from '../sockets/transfer.ts';
import type { Grant, Piece, Returned } from '../emulator/tokens.ts';
import type { OsfWorld } from '../world.ts';
import { handleByPort, handleFree, type FileHandle } from './handle.ts';
import { BLOCK_BYTES, joined, readBytes, writeBytes } from './bytes.ts';
import { forgetUnused } from './name.ts';
import { fileServerOf, type File } from './file.ts';
import { FILE_APPEND, FILE_READ, FILE_WRITE } from './open.ts';
import { callImageIn } from './kept-images.ts';
import { operation } from './operation.ts';
import {
  callIn,
  fileCaching,
  grantToken,
  handleInTheWay,
  inTheWay,
  isHolder,
  keepClient,
  takeBack,
  takeIn,
  type Asking,
} from './token.ts';
import { endTurn, mappedNoSenders, takeTurn } from './mapped.ts';
import { callThrough, type Through } from './through.ts';
import { wakeFile } from './waiting.ts';

/** Body of `file.read` and `file.write`: how many bytes, at most one block; and, to be written, which (bytes.ts). */
export interface Transfer extends Interruptible, Asking {
  readonly size: number;
  readonly bytes?: string;
  /** A pipe: it is a part of something so large that it may be written in parts (PIPE_BUF). */
  readonly divisible?: boolean;
  /** The first block of a call that moves so many: the position passes over all of them at once, so they stay together. */
  readonly total?: number;
  /** A later block, or pread and pwrite: from here on, and the position stays. */
  readonly at?: number;
}

/** Body of `file.interrupt`: the number of the call. */
export interface Interrupt {
  readonly call: number;
}

export interface Transferred {
  readonly size: number;
  /** The position after the call. */
  readonly position: number;
  /** What was read. */
  readonly bytes?: string;
  /** A pipe, a socket: this is what there was, and the reader need not have more. */
  readonly partial?: boolean;
  /** A file: where the call began, and how many bytes of it there are. */
  readonly start?: number;
  readonly total?: number;
  /** Tokens that the caller has from now on; or none of this file are granted any more. */
  readonly grant?: Grant | null;
  readonly caching?: boolean;
}

interface TransferCall extends Request {
  answer?: Payload;
}

const badFile: Payload = { code: 'EBADF' };

function handleOf(w: OsfWorld, t: Thread, f: Request): FileHandle | null {
  return handleByPort(w, fileServerOf(w, t).id, f.arrivedOn);
}

/** The open file structure goes, and with it a file that has no name. */
function handleClose(w: OsfWorld, handle: FileHandle): void {
  const file = at(w.files, handle.file);
  handleFree(w, handle);
  if (file.kind === 'pipe') wakeFile(w, file);
  if (file.kind === 'socket') socketClose(w, file);
  if (!w.fileHandles.rows.some((each) => each.live && each.file === file.id)) file.recalls = 0;
  forgetUnused(w, file);
}

/** Reading and writing: what is in the way comes home; then it is done in one step, and the tokens are granted with it. */
function transfer(
  name: string,
  story: string,
  access: 'read' | 'write',
  waiting: { readonly pipe: Routine; readonly socket: Routine },
  act: (w: OsfWorld, file: File, handle: FileHandle, body: Transfer) => Transferred,
): Routine {
  const flag = access === 'read' ? FILE_READ : FILE_WRITE;
  return routine<OsfWorld, TransferCall>(name, story, [
    step('do it, when nobody else has a token for it', (w, t, f) => {
      const handle = handleOf(w, t, f);
      const body = f.body as Transfer;
      if (handle === null || (handle.flags & flag) === 0) {
        f.answer = badFile;
      } else {
        const file = at(w.files, handle.file);
        if (file.kind === 'pipe') return replace(t, waiting.pipe, f);
        if (file.kind === 'socket') return replace(t, waiting.socket, f);
        if (access === 'write' && file.keepers.length > 0) {
          again(t);
          return callImageIn(t, file);
        }
        const granted =
          body.at === undefined
            ? handleInTheWay(w, handle, access, body)
            : inTheWay(w, file, access, isHolder(handle, body) ? handle : null);
        if (granted !== null) {
          again(t);
          return callIn(t, granted);
        }
        if (file.mapped !== null && !takeTurn(w, t, file)) return;
        if (isHolder(handle, body) && body.position !== undefined) handle.position = body.position;
        const { size: before } = file;
        const done = act(w, file, handle, body);
        const grant = body.at === undefined ? grantToken(w, t, handle, access, body) : null;
        const tokens = body.asks === true ? { grant, caching: grant !== null } : { grant };
        f.answer = {
          body: { ...done, ...(fileCaching(w) ? tokens : {}) },
          ...(access === 'read' ? { bytes: done.size } : {}),
        };
        if (file.mapped !== null) return transferThrough(t, file, access, before, done, body.bytes);
        goTo(w, t, 'answer');
        if (keepClient(w, t, f, handle, grant !== null)) return;
      }
      if (handle === null) {
        goTo(w, t, 'answer');
        if (keepClient(w, t, f, null, false)) return;
      }
      finish(t, f.answer);
    }),
    step('it went through a mapping', (w, t, f) => {
      const { file, bytes, code } = t.result as Through;
      endTurn(w, at(w.files, file));
      if (code !== 'KERN_SUCCESS') f.answer = { code };
      else if (access === 'read') f.answer = { ...f.answer, body: { ...(f.answer!.body as Transferred), bytes } };
      keepClient(w, t, f, null, false);
    }),
    step('answer', (_w, t, f) => finish(t, f.answer)),
  ]);
}

/** What was decided is done in the pages that the kernels have. A gap behind what was the end of the file becomes zeros. */
function transferThrough(
  t: Thread,
  file: File,
  access: 'read' | 'write',
  before: number,
  { start, size }: Transferred,
  bytes = '',
): void {
  if (access === 'read') return callThrough(t, file, 'read', start!, size);
  const from = Math.min(before, start!);
  callThrough(t, file, 'write', from, start! + size - from, joined('', start! - from, bytes));
}

const fileRead = transfer(
  'file.read',
  'reads from an open file',
  'read',
  { pipe: pipeRead, socket: socketRead },
  (_w, file, handle, body) => {
    const start = body.at ?? handle.position;
    // Nobody types: a terminal that is read is at its end, and shows what has been written.
    const end = file.kind === 'terminal' ? start : file.size;
    const total = Math.min(body.total ?? body.size, Math.max(0, end - start));
    const size = Math.min(body.size, total);
    if (body.at === undefined) handle.position += total;
    return { size, position: handle.position, bytes: readBytes(file.blocks, start, size), start, total };
  },
);

const fileWrite = transfer(
  'file.write',
  'writes to an open file',
  'write',
  { pipe: pipeWrite, socket: socketWrite },
  (w, file, handle, body) => {
    const { size, bytes } = body;
    const append = (handle.flags & FILE_APPEND) !== 0 || file.kind === 'terminal';
    if (body.at === undefined && append) handle.position = file.size;
    const start = body.at ?? handle.position;
    const total = body.total ?? size;
    if (file.mapped === null) writeBytes(file.blocks, start, bytes ?? '', size);
    file.modified = w.time;
    if (body.at === undefined) handle.position += total;
    file.size = Math.max(file.size, start + total);
    return { size, position: handle.position, start, total };
  },
);

/** Body of `file.fetch`: a block of the file for whoever has a file token of it. */
export interface Fetch extends Asking {
  readonly block: number;
}

/** Body of `file.write_back`: what was gathered under a file token. */
export interface WriteBack extends Asking {
  readonly pieces: readonly Piece[];
}

/** A request that means something only while the caller's token is granted. */
const STALE = 'stale token';

/** What whoever holds a token asks of the server: nobody else can be in the way. */
const holders: readonly Routine[] = [
  operation<Fetch>('file.fetch', 'gives a block to be kept', (w, handle, body) => {
    if (!isHolder(handle, body) || handle.access === 'none') return { code: STALE };
    const { blocks, size } = at(w.files, handle.file);
    const start = body.block * BLOCK_BYTES;
    const bytes = Math.max(0, Math.min(BLOCK_BYTES, size - start));
    return { body: { bytes: readBytes(blocks, start, BLOCK_BYTES) }, bytes };
  }),
  operation<WriteBack>('file.write_back', 'takes in what was gathered', (w, handle, body) => {
    if (!isHolder(handle, body) || handle.access !== 'write') return { code: STALE };
    takeIn(w, at(w.files, handle.file), body.pieces);
    return {};
  }),
  operation<Returned>('file.give_back', 'takes a token back', (w, handle, body, t) => {
    takeBack(w, t, handle, body);
    return {};
  }),
];

/** A signal interrupts a call on the open file, if it waits: then it has changed nothing, and says EINTR. */
const fileInterrupt = routine<OsfWorld, Request>('file.interrupt', 'ends a call that waits', [
  step('end it if it waits', (w, t, f) => {
    const handle = handleOf(w, t, f);
    if (handle !== null) {
      noteInterrupt(handle.interrupts, (f.body as Interrupt).call);
      wakeFile(w, at(w.files, handle.file));
    }
    finish(t, {} satisfies Payload);
  }),
]);

const fileMap = routine<OsfWorld, Request>('file.map', 'gives out the memory object of an open file', [
  step('make the memory object, once', (w, t, f) => {
    const handle = handleOf(w, t, f);
    if (handle === null) return finish(t, badFile);
    const file = at(w.files, handle.file);
    if (file.memoryObject !== NONE) return;
    kernelCall(w, t, fileServerOf(w, t).self, 'mach_port_allocate', { body: { label: `file ${file.id}.object` } });
  }),
  step('receive on its port', (w, t, f) => {
    const file = at(w.files, handleOf(w, t, f)!.file);
    if (file.memoryObject !== NONE) return;
    file.memoryObject = (t.body as { name: number }).name;
    const { self, set } = fileServerOf(w, t);
    kernelCall(w, t, self, 'mach_port_move_member', { body: { member: file.memoryObject, set } });
  }),
  step('hand it out', (w, t, f) => {
    const { memoryObject, id } = at(w.files, handleOf(w, t, f)!.file);
    // What is mapped is kept by kernels: from now on no emulator keeps any of it.
    const granted = w.fileHandles.rows.find((each) => each.live && each.file === id && each.serial !== NONE);
    if (granted !== undefined) {
      again(t);
      return callIn(t, granted);
    }
    finish(t, { rights: [{ name: memoryObject, disposition: MAKE_SEND }] } satisfies Payload);
  }),
]);

interface Closing extends Request {
  ports?: number[];
}

/** close, for an image: nobody else can have the structure, so it goes at once. */
const fileClose = routine<OsfWorld, Closing>('file.close', 'closes an image', [
  step('free the open file structure', (w, t, f) => {
    const handle = handleOf(w, t, f);
    if (handle === null) return finish(t, badFile);
    const body = { name: handle.port };
    handleClose(w, handle);
    kernelCall(w, t, fileServerOf(w, t).self, 'mach_port_destroy', { body });
  }),
  step('answer', (_w, t) => finish(t, {} satisfies Payload)),
]);

/** The kernel's notice that the last send right to an open file structure is gone: the structure goes too. */
export const fileNoSenders = routine<OsfWorld, Closing>('file.no_senders', 'frees an open file that nobody uses', [
  step('free the open file structure', (w, t, f) => {
    const server = fileServerOf(w, t);
    const { name, mscount } = f.body as { name: number; mscount: number };
    const handle = handleByPort(w, server.id, name);
    if (handle === null) return replace(t, mappedNoSenders, f);
    if (mscount !== handle.made) {
      handle.made = mscount;
      return goTo(w, t, 'ask again');
    }
    f.ports = [handle.port, handle.token];
    const { client } = handle;
    handleClose(w, handle);
    if (client !== NONE) kernelCall(w, t, server.self, 'mach_port_deallocate', { body: { name: client } });
  }),
  step('destroy its ports', (w, t, f) => {
    const name = f.ports!.shift();
    if (name === undefined) return;
    again(t);
    kernelCall(w, t, fileServerOf(w, t).self, 'mach_port_destroy', { body: { name } });
  }),
  step('be done', (_w, t) => finish(t, null)),
  step('ask again', (w, t, f) => {
    const { self, service } = fileServerOf(w, t);
    kernelCall(w, t, self, 'mach_port_request_notification', {
      body: { name: (f.body as { name: number }).name },
      rights: [{ name: service, disposition: MAKE_SEND_ONCE }],
    });
  }),
  step('leave it', (_w, t) => finish(t, null)),
]);

export const dataRoutines: readonly Routine[] = [
  fileRead,
  fileWrite,
  fileInterrupt,
  ...holders,
  fileMap,
  fileClose,
  fileNoSenders,
];
