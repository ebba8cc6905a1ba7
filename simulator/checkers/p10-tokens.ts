/**
 * What emulators keep of files is what is in them [mechanisms 5.1]. Of an open file one emulator at most has the position;
 * of a file many may read what they keep, or one may write; and a block that is kept is the server's block with what was
 * gathered over it, so that whoever reads it reads what he would be told.
 */
import { NONE, select } from '../base/table.ts';
import { framesOf } from '../mach/routine.ts';
import { threadsOf } from '../mach/task-threads.ts';
import type { Task } from '../mach/task.ts';
import type { EmulatorState } from '../osf1/emulator/state.ts';
import type { HeldToken } from '../osf1/emulator/tokens.ts';
import { emulatorWrite } from '../osf1/emulator/transfer.ts';
import { BLOCK_BYTES, readBytes, writeBytes } from '../osf1/file-server/bytes.ts';
import type { File } from '../osf1/file-server/file.ts';
import { broken, type CheckedWorld, type Checker } from './checker.ts';

export const tokens: Checker = {
  rule: 'P10',
  story:
    'one emulator has the position of an open file, one writes a file or many read it, and what they keep is in it',
  check(w) {
    oneWritesOrManyRead(w);
    const holders = new Set<number>();
    for (const task of w.tasks.rows) {
      if (!task.live || task.kind !== 'process' || task.emulator === null) continue;
      for (const held of (task.emulator as EmulatorState).tokens) {
        if (holders.has(held.serial)) broken('P10', `two emulators have the position of open file ${held.open}`);
        holders.add(held.serial);
        keepsWhatIsThere(w, task, held);
      }
    }
  },
};

function oneWritesOrManyRead(w: CheckedWorld): void {
  for (const handle of select(w.fileHandles, ({ access }) => access !== 'none')) {
    if (handle.serial === NONE) broken('P10', `a file token of open file ${handle.id} is granted to nobody`);
    if (handle.access !== 'write') continue;
    for (const other of w.fileHandles.rows) {
      if (!other.live || other === handle || other.file !== handle.file || other.access === 'none') continue;
      broken('P10', `open file ${other.id} may ${other.access} what open file ${handle.id} may write`);
    }
  }
}

function keepsWhatIsThere(w: CheckedWorld, task: Task, held: HeldToken): void {
  const handle = w.fileHandles.rows[held.open];
  // The server has failed, or has it back already; or more is granted than has arrived.
  if (handle?.live !== true || handle.serial !== held.serial) return;
  if (held.access === 'write' && handle.access !== 'write') {
    broken('P10', `process ${task.pid} writes open file ${held.open}, for which it has no token`);
  }
  if (handle.access !== held.access || held.access === 'none' || writesAtServer(w, task, held)) return;
  const file = w.files.rows[handle.file]!;
  const size = Math.max(file.size, ...held.dirty.map((piece) => piece.position + piece.size));
  if (held.size !== size) broken('P10', `process ${task.pid} takes open file ${held.open} for ${held.size} bytes long`);
  for (const { block, bytes } of held.cached) {
    if (bytes !== blockOf(file, held, block)) {
      broken('P10', `process ${task.pid} keeps another block ${block} of open file ${held.open} than there is`);
    }
  }
}

/** With a token to read only, what is written goes to the server, and is in the blocks when the answer is there. */
function writesAtServer(w: CheckedWorld, task: Task, { access }: HeldToken): boolean {
  if (access === 'write') return false;
  const writes = ({ routine }: { readonly routine: number }): boolean => routine === emulatorWrite.index;
  return threadsOf(w, task).some((t) => framesOf(t).some(writes));
}

function blockOf(file: File, { dirty }: HeldToken, block: number): string {
  const start = block * BLOCK_BYTES;
  const blocks = [readBytes(file.blocks, start, BLOCK_BYTES)];
  for (const { position, size, bytes } of dirty) {
    const from = Math.max(position, start);
    const to = Math.min(position + size, start + BLOCK_BYTES);
    if (from < to) writeBytes(blocks, from - start, bytes.slice(from - position, to - position), to - from);
  }
  return blocks[0]!;
}
