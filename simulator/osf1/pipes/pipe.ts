/**
 * A pipe: 4 KB of bytes at a file server, and two open file structures, one that is read and one that is written. It has
 * no name, so it goes when both ends have gone.
 *
 * An end is closed when nobody has a right to it any more, wherever those who had one were: the no-senders notice that
 * frees the structure of any open file says so. Then whoever waits at the other end finds the end of the file, or nobody
 * who reads.
 */
import { joined, trimmed } from '../file-server/bytes.ts';
import { fileAllocate, type File } from '../file-server/file.ts';
import type { OsfWorld } from '../world.ts';

/** Bytes that a pipe holds; a write of at most as many is not mixed with others (PIPE_BUF). */
export const PIPE_BYTES = 4096;

export const pipeAllocate = (w: OsfWorld, server: number): File => fileAllocate(w, server, 'pipe', 0);

/** Takes at most `size` bytes out, the oldest first. */
export function takeBytes(file: File, size: number): { readonly size: number; readonly bytes: string } {
  const held = file.blocks[0] ?? '';
  const taken = Math.min(size, file.size);
  file.blocks[0] = held.slice(taken);
  file.size -= taken;
  return { size: taken, bytes: trimmed(held.slice(0, taken)) };
}

/** Puts bytes in, after those that are there. */
export function putBytes(file: File, bytes: string, size: number): void {
  file.blocks[0] = joined(file.blocks[0] ?? '', file.size, bytes);
  file.size += size;
}

/** Whether somebody, somewhere, has an end that was opened so. */
export function hasEnd(w: OsfWorld, file: File, flag: number): boolean {
  return w.fileHandles.rows.some((handle) => handle.live && handle.file === file.id && (handle.flags & flag) !== 0);
}
