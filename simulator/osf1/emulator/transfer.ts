/**
 * Reading and writing: data travels in blocks, one RPC each, between the file server and the buffer of the process. With the
 * first block the position passes over all that the call moves, so what it moves stays together, whoever else shares the
 * position. An emulator that has tokens reads what it keeps, and gathers what is written: without any message (tokens.ts).
 *
 * A thread of a program of the workload language has one buffer. read puts what it has read there; write writes a text, or so many
 * bytes of the buffer: `write(out, read(in, 4 KB))` copies. The buffer is memory of the process: fork copies it, and it
 * moves with the task.
 */
import { NONE, at } from '../../base/table.ts';
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND } from '../../mach/ipc/right.ts';
import { call, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import { BLOCK_BYTES, bytesOf, joined, textOf, trimmed } from '../file-server/bytes.ts';
import type { Fetch, Transfer, Transferred } from '../file-server/data.ts';
import { FILE_APPEND, FILE_READ } from '../file-server/open.ts';
import { SIGPIPE } from '../signal-numbers.ts';
import type { OsfWorld } from '../world.ts';
import { failed } from './errno.ts';
import { fileAt } from './files.ts';
import { calledBack, interruptibleRpc } from './interruptible.ts';
import { emulatorKill } from './signals.ts';
import { isTerminal, waitForTurn } from './terminal.ts';
import { PROCESS_PORT, emulatorOf, threadIn, type EmulatorState, type OpenFile } from './state.ts';
import {
  MOST_DIRTY_BYTES,
  bytesIn,
  cachedBytes,
  coverBlocks,
  forgetToken,
  gather,
  keepBlock,
  keepGrant,
  tokenFor,
  type HeldToken,
} from './tokens.ts';
import { writeBack, type WritingBack } from './write-back.ts';

export interface EmulatorTransfer {
  readonly descriptor: number;
  /** What is written: a text, or as many bytes of the buffer; what is read: so many bytes. */
  readonly data: string | number;
  /** Bytes to move, those that have been, and what they were. */
  size: number;
  done: number;
  bytes: string;
  /** Where the next of them is, and where they end: once the position has passed over them, or as pread and pwrite say. */
  at: number;
  end: number;
  /** How often tokens had been wanted back when the server was asked. */
  recalls: number;
}

/** Finishes with the bytes that were read; they are in the buffer. */
export const emulatorRead = routine<OsfWorld, EmulatorTransfer>('emulator.read', 'reads from an open file', [
  step('wait for its turn at the terminal', (w, t, f) => {
    if (isTerminal(w, t, f.descriptor)) call(t, waitForTurn, {});
  }),
  step('go on, unless it may not', (w, t, f) => {
    if (isTerminal(w, t, f.descriptor) && t.result !== null) finish(t, t.result);
  }),
  step('read what is kept, and ask for a block', (w, t, f) => {
    const file = fileAt(w, t, f.descriptor);
    if (file === null) return finish(t, failed('EBADF'));
    if (f.size === 0) f.size = f.data as number;
    if (f.size <= 0) return finish(t, 0);
    const held = tokenFor(emulator(w, t), file);
    if (held !== null && held.access !== 'none') {
      if ((held.flags & FILE_READ) === 0) return finish(t, failed('EBADF'));
      readKept(w, t, f, held);
      if (f.done >= f.size || f.at >= f.end) return finish(t, f.done);
      const block = Math.floor(f.at / BLOCK_BYTES);
      const body: Fetch = { block, serial: held.serial };
      goTo(w, t, 'keep the block');
      return rpc(w, t, file.capability, 'file.fetch', { body });
    }
    if (f.at !== NONE && f.at >= f.end) return finish(t, f.done);
    const size = Math.min(BLOCK_BYTES, f.at === NONE ? f.size : f.end - f.at);
    ask(w, t, f, file, 'file.read', { size });
  }),
  step('count it', (w, t, f) => {
    calledBack(w, t);
    if (t.code !== 'KERN_SUCCESS') return finish(t, f.done > 0 ? f.done : failed(t.code));
    const { size, bytes, partial } = t.body as Transferred;
    answered(w, t, f, t.body as Transferred);
    take(w, t, f, bytes!, size);
    if (size === 0 || f.done >= f.size || partial === true || (f.at !== NONE && f.at >= f.end)) finish(t, f.done);
    else goTo(w, t, 'read what is kept, and ask for a block');
  }),
  step('keep the block', (w, t, f) => {
    const held = heldAt(w, t, f);
    goTo(w, t, 'read what is kept, and ask for a block');
    if (t.code === 'KERN_SUCCESS' && held !== null) {
      keepBlock(held, Math.floor(f.at / BLOCK_BYTES), (t.body as { bytes: string }).bytes);
    } else if (held !== null) {
      // The server does not know the token any more, or is not there.
      forgetToken(emulator(w, t), held.capability);
    }
  }),
]);

/** Finishes with the bytes that were written. */
export const emulatorWrite = routine<OsfWorld, EmulatorTransfer>('emulator.write', 'writes to an open file', [
  step('take what is to be written', (w, t, f) => {
    f.bytes =
      typeof f.data === 'string' ? bytesOf(f.data) : trimmed(threadIn(emulator(w, t), t).buffer.slice(0, f.data));
    f.size = typeof f.data === 'string' ? f.bytes.length : f.data;
    if (f.at !== NONE) f.end = f.at + f.size;
  }),
  step('gather it, or send a block', (w, t, f) => {
    const file = fileAt(w, t, f.descriptor);
    if (file === null) return finish(t, failed('EBADF'));
    if (f.size - f.done <= 0) return finish(t, f.done);
    const held = tokenFor(emulator(w, t), file);
    if (held?.access === 'write') {
      gatherAll(w, t, f, held);
      if (bytesIn(held.dirty) <= MOST_DIRTY_BYTES) return finish(t, f.done);
      goTo(w, t, 'return');
      return call(t, writeBack, { capability: file.capability } satisfies WritingBack);
    }
    const size = Math.min(BLOCK_BYTES, f.size - f.done);
    const divisible = f.size > BLOCK_BYTES ? { divisible: true } : {};
    const bytes = trimmed(f.bytes.slice(f.done, f.done + size));
    ask(w, t, f, file, 'file.write', { size, bytes, ...divisible });
  }),
  step('count it', (w, t, f) => {
    calledBack(w, t);
    if (t.code === 'EPIPE') return goTo(w, t, 'raise SIGPIPE');
    if (t.code !== 'KERN_SUCCESS') return finish(t, f.done > 0 ? f.done : failed(t.code));
    const answer = t.body as Transferred;
    const { size, start } = answer;
    answered(w, t, f, answer);
    const held = heldAt(w, t, f);
    const bytes = trimmed(f.bytes.slice(f.done, f.done + size));
    if (held !== null && start !== undefined) {
      coverBlocks(held, { position: start, size, bytes });
      held.size = Math.max(held.size, start + size);
    }
    f.done += size;
    if (f.at !== NONE) f.at += size;
    if (f.done >= f.size) finish(t, f.done);
    else goTo(w, t, 'gather it, or send a block');
  }),
  step('raise SIGPIPE', (w, t) => {
    call(t, emulatorKill, { pid: at(w.tasks, t.task).pid, signal: SIGPIPE });
  }),
  step('say that nobody reads', (_w, t, f) => finish(t, f.done > 0 ? f.done : failed('EPIPE'))),
  step('return', (_w, t, f) => finish(t, t.result === false ? failed('EIO') : f.done)),
]);

/** One block of the call goes to the server, or comes from there, with what it has to know of our token. */
function ask(w: OsfWorld, t: Thread, f: EmulatorTransfer, file: OpenFile, operation: string, moved: Transfer): void {
  const state = emulator(w, t);
  const held = tokenFor(state, file);
  f.recalls = state.recalls;
  const asks = held === null && file.caching && !state.away && f.at === NONE;
  const place = f.at === NONE ? { total: f.size } : { at: f.at };
  const token = held === null ? (asks ? { asks } : {}) : { serial: held.serial, position: held.position };
  const body: Transfer = { ...moved, ...place, ...token };
  const rights = asks ? [{ name: PROCESS_PORT, disposition: COPY_SEND }] : [];
  const payload: Payload = { body, rights, ...(moved.bytes === undefined ? {} : { bytes: moved.size }) };
  if (file.waits) interruptibleRpc(w, t, file.capability, operation, payload, 'file.interrupt');
  else rpc(w, t, file.capability, operation, payload);
}

/** The server has moved the position, and may have granted a token. */
function answered(w: OsfWorld, t: Thread, f: EmulatorTransfer, answer: Transferred): void {
  const { position, start, total, grant, caching } = answer;
  const file = fileAt(w, t, f.descriptor);
  if (file === null) return;
  const state = emulator(w, t);
  if (caching !== undefined) {
    for (const each of state.files) if (each?.capability === file.capability) each.caching = caching;
  }
  if (f.at !== NONE) return;
  movePosition(w, t, f.descriptor, position);
  if (start !== undefined) {
    f.at = start;
    f.end = start + (total ?? 0);
  }
  const held = tokenFor(state, file);
  if (held !== null) held.position = position;
  if (grant !== undefined) keepGrant(state, file, grant, f.recalls);
}

/** Reads on as long as the blocks are here; the position has been passed over at once. */
function readKept(w: OsfWorld, t: Thread, f: EmulatorTransfer, held: HeldToken): void {
  if (f.at === NONE) {
    f.at = held.position;
    f.end = f.at + Math.min(f.size, Math.max(0, held.size - f.at));
    held.position = f.end;
    movePosition(w, t, f.descriptor, f.end);
    if (f.at === f.end) take(w, t, f, '', 0);
  }
  f.end = Math.min(f.end, Math.max(f.at, held.size));
  while (f.at < f.end) {
    const kept = cachedBytes(held, f.at, f.end - f.at);
    if (kept === null) return;
    take(w, t, f, kept.bytes, kept.size);
  }
}

function take(w: OsfWorld, t: Thread, f: EmulatorTransfer, bytes: string, size: number): void {
  f.bytes = joined(f.bytes, f.done, bytes);
  f.done += size;
  if (f.at !== NONE) f.at += size;
  threadIn(emulator(w, t), t).buffer = f.bytes;
}

/** All that is left of the call at once: nobody sees a part of it. */
function gatherAll(w: OsfWorld, t: Thread, f: EmulatorTransfer, held: HeldToken): void {
  const size = f.size - f.done;
  const append = (held.flags & FILE_APPEND) !== 0;
  const position = f.at !== NONE ? f.at : append ? held.size : held.position;
  gather(held, { position, size, bytes: trimmed(f.bytes.slice(f.done)) });
  f.done = f.size;
  if (f.at !== NONE) return;
  held.position = position + size;
  movePosition(w, t, f.descriptor, held.position);
}

function heldAt(w: OsfWorld, t: Thread, f: EmulatorTransfer): HeldToken | null {
  const file = fileAt(w, t, f.descriptor);
  return file === null ? null : tokenFor(emulator(w, t), file);
}

/** Finishes with the text that is in the buffer, up to the first zero. */
export const emulatorBuffer = routine<OsfWorld, object>('emulator.buffer', 'looks at what was read', [
  step('take it as a text', (w, t) => {
    const { buffer } = threadIn(emulator(w, t), t);
    const end = buffer.indexOf('\0');
    finish(t, textOf(end < 0 ? buffer : buffer.slice(0, end)));
  }),
]);

/** Shown to people: all descriptors of the open file show where it is now. */
export function movePosition(w: OsfWorld, t: Thread, descriptor: number, position: number): void {
  const capability = fileAt(w, t, descriptor)?.capability;
  if (capability === undefined) return;
  for (const file of emulator(w, t).files) if (file?.capability === capability) file.position = position;
}

const emulator = (w: OsfWorld, t: Thread): EmulatorState => emulatorOf(at(w.tasks, t.task));

export const transferRoutines: readonly Routine[] = [emulatorRead, emulatorWrite, emulatorBuffer];
