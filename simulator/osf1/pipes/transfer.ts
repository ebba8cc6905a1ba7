/**
 * Reading and writing a pipe: the same requests as for a file, on the same kind of port, so an emulator need not know what
 * its descriptor stands for, and a process may move while it waits: the answer finds its reply port [mechanisms 5.3, 5.5].
 *
 *   read     waits until there are bytes, and takes what there is; 0 bytes when nobody can write any more
 *   write    waits until there is room for all of it; EPIPE when nobody can read any more
 *
 * A request that waits has a thread of the server to itself (mach/pool.ts). Bytes are taken or put in only while whoever
 * asked is still there: the server asks to be told when the reply port of a request that waits dies [1.9].
 */
import { NONE, at } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { DEAD_NAME_NOTICE, PORT_DELETED_NOTICE } from '../../mach/ipc/notify.ts';
import { MAKE_SEND_ONCE } from '../../mach/ipc/right.ts';
import { lookup } from '../../mach/ipc/space.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { blockOn, type Thread } from '../../mach/thread.ts';
import type { Interrupt, Transfer, Transferred } from '../file-server/data.ts';
import type { File } from '../file-server/file.ts';
import { handleByPort, type FileHandle } from '../file-server/handle.ts';
import { FILE_READ, FILE_WRITE, fileServerOf } from '../file-server/open.ts';
import { isInterrupted, noteInterrupt } from '../interrupt.ts';
import type { OsfWorld } from '../world.ts';
import { PIPE_BYTES, hasEnd, pipeChannel, putBytes, takeBytes, wakePipe } from './pipe.ts';

interface PipeTransfer extends Request {
  /** The server is told when whoever asked has gone. */
  watched?: boolean;
}

const failure = (code: string): Payload => ({ code });

/** `act` does it at once and says what is answered, or null if it has to wait. */
function transfer(
  name: string,
  story: string,
  flag: number,
  act: (w: OsfWorld, file: File, handle: FileHandle, body: Transfer) => Payload | null,
): Routine {
  return routine<OsfWorld, PipeTransfer>(name, story, [
    step('do it, or wait', (w, t, f) => {
      if (isAbandoned(w, t, f)) return finish(t, failure('EINTR'));
      const handle = handleByPort(w, fileServerOf(w, t).id, f.arrivedOn);
      if (handle === null || (handle.flags & flag) === 0) return finish(t, failure('EBADF'));
      const file = at(w.files, handle.file);
      const done = act(w, file, handle, f.body as Transfer);
      if (done !== null) return finish(t, done);
      if (isInterrupted(handle.interrupts, f.body as Transfer)) return finish(t, failure('EINTR'));
      if (f.watched !== true) return goTo(w, t, 'ask to be told if whoever waits goes');
      blockOn(w, t, pipeChannel(file));
      again(t);
    }),
    step('ask to be told if whoever waits goes', (w, t, f) => {
      f.watched = true;
      const { self, service } = fileServerOf(w, t);
      kernelCall(w, t, self, 'mach_port_request_notification', {
        body: { name: f.reply, variant: 'dead-name', sync: 1 },
        rights: [{ name: service, disposition: MAKE_SEND_ONCE }],
      });
    }),
    step('look again', (w, t) => goTo(w, t, 'do it, or wait')),
  ]);
}

/** A call on the pipe is to end, if it waits: then it has moved nothing, and says EINTR. */
export function pipeInterrupt(w: OsfWorld, handle: FileHandle, { call }: Interrupt): void {
  const file = at(w.files, handle.file);
  if (file.kind !== 'pipe') return;
  noteInterrupt(handle.interrupts, call);
  wakePipe(w, file);
}

/** Nobody can receive the answer any more. */
function isAbandoned(w: OsfWorld, t: Thread, f: Request): boolean {
  const entry = lookup(at(w.tasks, t.task).space, f.reply);
  return entry === null || entry.port === NONE || !at(w.ports, entry.port).active;
}

export const pipeRead = transfer('pipe.read', 'reads from a pipe', FILE_READ, (w, file, handle, body) => {
  if (file.size === 0 && hasEnd(w, file, FILE_WRITE)) return null;
  const { size, bytes } = takeBytes(file, body.size);
  handle.position += size;
  if (size > 0) wakePipe(w, file);
  const answered: Transferred = { size, position: handle.position, bytes, partial: true };
  return { body: answered, bytes: size };
});

export const pipeWrite = transfer('pipe.write', 'writes to a pipe', FILE_WRITE, (w, file, handle, body) => {
  if (!hasEnd(w, file, FILE_READ)) return failure('EPIPE');
  const { size, bytes } = body;
  if (file.size + size > PIPE_BYTES) return null;
  putBytes(file, bytes ?? '', size);
  file.modified = w.time;
  handle.position += size;
  wakePipe(w, file);
  const answered: Transferred = { size, position: handle.position };
  return { body: answered };
});

/** The kernel's notice that a process that waited in a pipe has gone: its request ends, and leaves the bytes alone. */
const abandoned = routine<OsfWorld, Request>('pipe.abandoned', 'ends the request of a process that has gone', [
  step('wake whoever waits in a pipe', (w, t, f) => {
    const server = fileServerOf(w, t);
    for (const file of w.files.rows) {
      if (file.live && file.kind === 'pipe' && file.server === server.id) wakePipe(w, file);
    }
    kernelCall(w, t, server.self, 'mach_port_deallocate', { body: { name: (f.body as { name: number }).name } });
  }),
  step('be done', (_w, t) => finish(t, null)),
]);

/** The other outcome: the request was answered, and the name of its reply right has gone. */
const answered = routine<OsfWorld, Request>('pipe.answered', 'hears that a request that waited was answered', [
  step('be done', (_w, t) => finish(t, null)),
]);

export const pipeRoutines: readonly Routine[] = [pipeRead, pipeWrite];

/** Mach's notices about reply rights, by its names for them. */
export const pipeNotices: readonly (readonly [operation: string, routine: Routine])[] = [
  [DEAD_NAME_NOTICE, abandoned],
  [PORT_DELETED_NOTICE, answered],
];
