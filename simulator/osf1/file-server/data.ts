/**
 * Reading, writing and closing an open file: the emulator calls the file server directly, never through a PMA, so a
 * process whose PMA state is frozen still gets its data [mechanisms 5.3]. The position is the server's, so everybody who
 * shares the structure goes on where the last one stopped [P10].
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
import type { OsfWorld } from '../world.ts';
import { handleByPort, handleFree, type FileHandle } from './handle.ts';
import { readBytes, writeBytes } from './bytes.ts';
import { forgetUnused } from './name.ts';
import { FILE_APPEND, FILE_READ, FILE_WRITE, fileServerOf } from './open.ts';
import { wakeFile } from './waiting.ts';

/** Body of `file.read` and `file.write`: how many bytes, at most one block; and, to be written, which (bytes.ts). */
export interface Transfer extends Interruptible {
  readonly size: number;
  readonly bytes?: string;
  /** A pipe: it is a part of something so large that it may be written in parts (PIPE_BUF). */
  readonly divisible?: boolean;
}

/** Body of `file.interrupt`: the number of the call. */
export interface Interrupt {
  readonly call: number;
}

export interface Transferred {
  readonly size: number;
  readonly position: number;
  /** What was read. */
  readonly bytes?: string;
  /** A pipe, a socket: this is what there was, and the reader need not have more. */
  readonly partial?: boolean;
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
  forgetUnused(w, file);
}

const fileRead = routine<OsfWorld, Request>('file.read', 'reads from an open file', [
  step('read at the position', (w, t, f) => {
    const handle = handleOf(w, t, f);
    if (handle === null || (handle.flags & FILE_READ) === 0) return finish(t, badFile);
    const file = at(w.files, handle.file);
    if (file.kind === 'pipe') return replace(t, pipeRead, f);
    if (file.kind === 'socket') return replace(t, socketRead, f);
    // Nobody types: a terminal that is read is at its end, and shows what has been written.
    const end = file.kind === 'terminal' ? handle.position : file.size;
    const size = Math.min((f.body as Transfer).size, Math.max(0, end - handle.position));
    const bytes = readBytes(file.blocks, handle.position, size);
    handle.position += size;
    const body: Transferred = { size, position: handle.position, bytes };
    finish(t, { body, bytes: size } satisfies Payload);
  }),
]);

const fileWrite = routine<OsfWorld, Request>('file.write', 'writes to an open file', [
  step('write at the position', (w, t, f) => {
    const handle = handleOf(w, t, f);
    if (handle === null || (handle.flags & FILE_WRITE) === 0) return finish(t, badFile);
    const file = at(w.files, handle.file);
    if (file.kind === 'pipe') return replace(t, pipeWrite, f);
    if (file.kind === 'socket') return replace(t, socketWrite, f);
    const { size, bytes } = f.body as Transfer;
    if ((handle.flags & FILE_APPEND) !== 0 || file.kind === 'terminal') handle.position = file.size;
    writeBytes(file.blocks, handle.position, bytes ?? '', size);
    file.modified = w.time;
    handle.position += size;
    file.size = Math.max(file.size, handle.position);
    const body: Transferred = { size, position: handle.position };
    finish(t, { body } satisfies Payload);
  }),
]);

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
    const { memoryObject } = at(w.files, handleOf(w, t, f)!.file);
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
    if (handle === null) return finish(t, null);
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

export const dataRoutines: readonly Routine[] = [fileRead, fileWrite, fileInterrupt, fileMap, fileClose, fileNoSenders];
