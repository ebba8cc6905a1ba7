/**
 * Whether a read or a write of an open file would wait: what select asks of each server that it has a descriptor at. The
 * request waits like a read, and changes nothing when it is answered; it is withdrawn as a call is interrupted.
 *
 *   to be read       there are bytes, or the end of the file; a connection to be accepted; an error to be told
 *   to be written    a pipe has room for PIPE_BUF bytes, so that no such write waits; a socket for half of what it holds
 *                    (4.4BSD's low-water mark); or a write would fail at once
 *
 * Files, directories and the terminal, which nobody types at, are always ready.
 */
import type { Routine } from '../../mach/routine.ts';
import { isInterrupted, type Interruptible } from '../interrupt.ts';
import { hasEnd } from '../pipes/pipe.ts';
import { SOCKET_BYTES, destinationOf, hasEnded } from '../sockets/socket.ts';
import type { OsfWorld } from '../world.ts';
import type { File } from './file.ts';
import { FILE_READ, FILE_WRITE } from './open.ts';
import { mayWait } from './waiting.ts';

/** Body of `file.poll`; the answer says which of the two is so. */
export interface Poll extends Interruptible {
  /** FILE_READ, FILE_WRITE: what is asked for. */
  readonly want: number;
  /** Whether the answer waits until something is so. */
  readonly wait: boolean;
  /** Comes back with the answer: which of several requests it is for. */
  readonly of: number;
}

export interface Polled {
  readonly of: number;
  readonly ready: number;
}

const LOW_WATER = SOCKET_BYTES / 2;

/** What would not wait: FILE_READ, FILE_WRITE. */
export function readiness(w: OsfWorld, file: File, flags: number): number {
  switch (file.kind) {
    case 'pipe':
      return (isReadable(w, file, flags) ? FILE_READ : 0) | (isWritable(w, file, flags) ? FILE_WRITE : 0);
    case 'socket':
      return ofSocket(w, file);
    default:
      return FILE_READ | FILE_WRITE;
  }
}

/** To read an end that is written fails at once. */
function isReadable(w: OsfWorld, pipe: File, flags: number): boolean {
  return (flags & FILE_READ) === 0 || pipe.size > 0 || !hasEnd(w, pipe, FILE_WRITE);
}

function isWritable(w: OsfWorld, pipe: File, flags: number): boolean {
  return (flags & FILE_WRITE) === 0 || pipe.size === 0 || !hasEnd(w, pipe, FILE_READ);
}

function ofSocket(w: OsfWorld, { socket, size }: File): number {
  if (socket?.state === 'listening') return (socket.queue.length > 0 ? FILE_READ : 0) | FILE_WRITE;
  if (socket?.state !== 'connected') return FILE_READ | FILE_WRITE;
  const to = destinationOf(w, socket);
  const readable = size > 0 || socket.reset || hasEnded(w, socket);
  const writable = to === null || to.size <= LOW_WATER;
  return (readable ? FILE_READ : 0) | (writable ? FILE_WRITE : 0);
}

export const filePoll: Routine = mayWait<Poll>(
  'file.poll',
  'says whether a read or a write would wait',
  (w, _t, { body }, file, handle) => {
    const { want, wait, of } = body;
    const ready = readiness(w, file, handle.flags) & want;
    if (ready === 0 && wait && !isInterrupted(handle.interrupts, body)) return null;
    return { body: { of, ready } satisfies Polled };
  },
  () => 0,
);
