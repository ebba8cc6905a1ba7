/**
 * Reading and writing a pipe: the same requests as for a file, on the same kind of port, so an emulator need not know what
 * its descriptor stands for.
 *
 *   read     waits until there are bytes, and takes what there is; 0 bytes when nobody can write any more
 *   write    waits until there is room for all of it; EPIPE when nobody can read any more
 */
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import type { Routine } from '../../mach/routine.ts';
import type { Transfer, Transferred } from '../file-server/data.ts';
import { FILE_NON_BLOCK, FILE_READ, FILE_WRITE } from '../file-server/open.ts';
import { mayWait, wakeFile } from '../file-server/waiting.ts';
import { PIPE_BYTES, hasEnd, putBytes, takeBytes } from './pipe.ts';

const failure = (code: string): Payload => ({ code });

export const pipeRead = mayWait<Transfer>('pipe.read', 'reads from a pipe', (w, _t, { body }, file, handle) => {
  if ((handle.flags & FILE_READ) === 0) return failure('EBADF');
  if (file.size === 0 && hasEnd(w, file, FILE_WRITE)) return null;
  const { size, bytes } = takeBytes(file, body.size);
  handle.position += size;
  if (size > 0) wakeFile(w, file);
  const answered: Transferred = { size, position: handle.position, bytes, partial: true };
  return { body: answered, bytes: size };
});

export const pipeWrite = mayWait<Transfer>('pipe.write', 'writes to a pipe', (w, _t, { body }, file, handle) => {
  if ((handle.flags & FILE_WRITE) === 0) return failure('EBADF');
  if (!hasEnd(w, file, FILE_READ)) return failure('EPIPE');
  const room = PIPE_BYTES - file.size;
  // What is larger than PIPE_BUF need not stay together: without waiting, as much is written as there is room for.
  const parts = body.divisible === true && (handle.flags & FILE_NON_BLOCK) !== 0;
  const size = parts ? Math.min(room, body.size) : body.size;
  if (size > room || (size === 0 && body.size > 0)) return null;
  putBytes(file, (body.bytes ?? '').slice(0, size), size);
  file.modified = w.time;
  handle.position += size;
  wakeFile(w, file);
  const answered: Transferred = { size, position: handle.position };
  return { body: answered };
});

export const pipeRoutines: readonly Routine[] = [pipeRead, pipeWrite];
