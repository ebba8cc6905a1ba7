/** What is asked and set of an open file besides its bytes: the position, the size, what it is. */
import { at } from '../../base/table.ts';
import type { Routine } from '../../mach/routine.ts';
import type { File } from './file.ts';
import { FILE_APPEND, FILE_NON_BLOCK, FILE_READ, FILE_WRITE } from './open.ts';
import { operation } from './operation.ts';
import { truncate } from './through.ts';
import { wakeFile } from './waiting.ts';

/** What stat and fstat answer. */
export interface FileStatus {
  readonly size: number;
  readonly links: number;
  readonly directory: boolean;
  readonly owner: number;
  readonly mode: number;
  /** Virtual time of the last change (ns). */
  readonly modified: number;
}

export const statusOf = ({ size, links, kind, owner, mode, modified }: File): FileStatus => ({
  size,
  links,
  directory: kind === 'directory',
  owner,
  mode,
  modified,
});

/** Body of `file.seek`: where to, counted from the beginning, from the position, or from the end of the file. */
export interface Seek {
  readonly offset: number;
  readonly whence: 'set' | 'current' | 'end';
}

const seek = operation<Seek>(
  'file.seek',
  'moves the position of an open file',
  (w, handle, { offset, whence }) => {
    const file = at(w.files, handle.file);
    if (file.kind === 'pipe' || file.kind === 'socket') return { code: 'ESPIPE' };
    const position = offset + (whence === 'set' ? 0 : whence === 'end' ? file.size : handle.position);
    if (position < 0) return { code: 'EINVAL' };
    handle.position = position;
    return { body: { position } };
  },
  'read',
  true,
);

const status = operation(
  'file.status',
  'says what an open file is',
  (w, handle) => ({ body: statusOf(at(w.files, handle.file)) }),
  'read',
);

const cut = operation<{ readonly size: number }>(
  'file.truncate',
  'sets the size of an open file',
  (w, handle, { size }, t) => {
    const file = at(w.files, handle.file);
    if ((handle.flags & FILE_WRITE) === 0 || size < 0 || file.kind !== 'file') return { code: 'EINVAL' };
    return truncate(w, t, file, size) ? null : {};
  },
  'write',
);

const flags = operation<{ readonly set: number | null }>(
  'file.flags',
  'says how a file is used by all who share it, or sets it',
  (w, handle, { set }) => {
    const settable = FILE_APPEND | FILE_NON_BLOCK;
    if (set !== null) {
      handle.flags = (handle.flags & ~settable) | (set & settable);
      wakeFile(w, at(w.files, handle.file));
    }
    return { body: { flags: handle.flags & (FILE_READ | FILE_WRITE | settable) } };
  },
  'none',
  true,
);

export const statusRoutines: readonly Routine[] = [seek, status, cut, flags];
