/**
 * What is in a page, for those few whose contents mean something to somebody: pages of files that programs have mapped.
 *
 * A write gives a page a new version, and no two writes the same one. So a version is a name of what the page holds from then
 * on, wherever the page goes: whoever has the version has the bytes, and nobody else has. The kernels, and all that copies,
 * pushes, pages out and carries pages, go on handling versions; a message with a page in it is as long as before. The bytes stand
 * here, as a string of characters 0 to 255 without the zeros at its end; a version that is not here is a page of zeros.
 *
 * Only what a logical memory holds now can ever be read again (memory.ts, X6): all else is forgotten when the table would
 * have to grow.
 */
import { release, take, type Row } from '../../base/table.ts';
import type { MachWorld } from '../world.ts';

export interface PageBytes extends Row {
  readonly version: number;
  readonly bytes: string;
}

const blankBytes = (id: number): PageBytes => ({ id, live: true, version: 0, bytes: '' });

/** Rows that are taken before anything is forgotten. */
const FEW = 64;

export function bytesOfPage(w: MachWorld, version: number): string {
  for (const each of w.pageBytes.rows) if (each.live && each.version === version) return each.bytes;
  return '';
}

/** The version, which nobody can have yet but whoever has just written it, is a page with these bytes. */
export function keepPageBytes(w: MachWorld, version: number, bytes: string): void {
  const { rows, free } = w.pageBytes;
  const known = rows.find((each) => each.live && each.version === version);
  if (known !== undefined) release(w.pageBytes, known, blankBytes);
  if (bytes === '') return;
  if (free.length === 0 && rows.length >= FEW && isPowerOfTwo(rows.length)) forgetOldBytes(w);
  take(w.pageBytes, (id) => ({ id, live: true, version, bytes }));
}

/** A write that says nothing of bytes leaves them as they are. */
export function bytesFollow(w: MachWorld, before: number, after: number): void {
  const bytes = before > 0 && before !== after ? bytesOfPage(w, before) : '';
  if (bytes !== '') keepPageBytes(w, after, bytes);
}

const isPowerOfTwo = (count: number): boolean => (count & (count - 1)) === 0;

function forgetOldBytes(w: MachWorld): void {
  const current = new Set<number>();
  for (const { live, written } of w.memories.rows) if (live) for (const version of written) current.add(version);
  for (const each of w.pageBytes.rows) {
    if (each.live && !current.has(each.version)) release(w.pageBytes, each, blankBytes);
  }
}
