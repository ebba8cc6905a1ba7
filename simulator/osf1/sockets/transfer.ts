/**
 * Reading from and writing to a connected socket: the requests that files and pipes have. What is written waits at the
 * other end until it is read there.
 *
 *   read     waits until bytes have come, and takes what there is; 0 when nothing will come any more; ECONNRESET, once, if
 *            the other end went without having been accepted
 *   write    waits until there is room for some of it; EPIPE when nobody will read it
 */
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import type { Routine } from '../../mach/routine.ts';
import type { Transfer, Transferred } from '../file-server/data.ts';
import { mayWait, wakeFile } from '../file-server/waiting.ts';
import { putBytes, takeBytes } from '../pipes/pipe.ts';
import { SOCKET_BYTES, destinationOf, hasEnded } from './socket.ts';

const failure = (code: string): Payload => ({ code });

export const socketRead = mayWait<Transfer>('socket.read', 'reads from a socket', (w, _t, { body }, file, handle) => {
  const socket = file.socket!;
  if (socket.state !== 'connected') return failure('ENOTCONN');
  if (file.size === 0 && socket.reset) {
    socket.reset = false;
    return failure('ECONNRESET');
  }
  if (file.size === 0 && !hasEnded(w, socket)) return null;
  const { size, bytes } = takeBytes(file, body.size);
  handle.position += size;
  if (size > 0) wakeFile(w, file);
  const answered: Transferred = { size, position: handle.position, bytes, partial: true };
  return { body: answered, bytes: size };
});

export const socketWrite = mayWait<Transfer>('socket.write', 'writes to a socket', (w, _t, { body }, file, handle) => {
  const socket = file.socket!;
  if (socket.state !== 'connected') return failure('ENOTCONN');
  const to = destinationOf(w, socket);
  if (to === null) return failure('EPIPE');
  const size = Math.min(body.size, SOCKET_BYTES - to.size);
  if (size === 0 && body.size > 0) return null;
  putBytes(to, (body.bytes ?? '').slice(0, size), size);
  to.modified = w.time;
  handle.position += size;
  wakeFile(w, to);
  const answered: Transferred = { size, position: handle.position };
  return { body: answered };
});

export const socketTransferRoutines: readonly Routine[] = [socketRead, socketWrite];
