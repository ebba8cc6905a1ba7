/**
 * Reading and writing: data travels in blocks, one RPC each, between the file server and the buffer of the process.
 *
 * A program of the workload language has one buffer. read puts what it has read there; write writes a text, or so many
 * bytes of the buffer: `write(out, read(in, 4 KB))` copies. The buffer is memory of the process: fork copies it, and it
 * moves with the task.
 */
import { at } from '../../base/table.ts';
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { call, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import { BLOCK_BYTES, bytesOf, joined, textOf, trimmed } from '../file-server/bytes.ts';
import type { Transfer, Transferred } from '../file-server/data.ts';
import type { FileStatus, Seek } from '../file-server/status.ts';
import { SIGPIPE } from '../signal-numbers.ts';
import type { OsfWorld } from '../world.ts';
import { failed, type CallResult } from './errno.ts';
import { fileAt } from './files.ts';
import { calledBack, interruptibleRpc } from './interruptible.ts';
import { inOctal } from './identity.ts';
import { emulatorKill } from './signals.ts';
import { isTerminal, waitForTurn } from './terminal.ts';
import { emulatorOf, type EmulatorState } from './state.ts';

export interface EmulatorTransfer {
  readonly descriptor: number;
  /** What is written: a text, or as many bytes of the buffer; what is read: so many bytes. */
  readonly data: string | number;
  /** Bytes to move, those that have been, and what they were. */
  size: number;
  done: number;
  bytes: string;
}

/** Finishes with the bytes that were read; they are in the buffer. */
export const emulatorRead = routine<OsfWorld, EmulatorTransfer>('emulator.read', 'reads from an open file', [
  step('wait for its turn at the terminal', (w, t, f) => {
    if (isTerminal(w, t, f.descriptor)) call(t, waitForTurn, {});
  }),
  step('go on, unless it may not', (w, t, f) => {
    if (isTerminal(w, t, f.descriptor) && t.result !== null) finish(t, t.result);
  }),
  step('ask for a block', (w, t, f) => {
    const file = fileAt(w, t, f.descriptor);
    if (file === null) return finish(t, failed('EBADF'));
    f.size = f.data as number;
    const size = Math.min(BLOCK_BYTES, f.size - f.done);
    if (size <= 0) return finish(t, f.done);
    interruptibleRpc(w, t, file.capability, 'file.read', { body: { size } }, 'file.interrupt');
  }),
  step('count it', (w, t, f) => {
    calledBack(w, t);
    if (t.code !== 'KERN_SUCCESS') return finish(t, f.done > 0 ? f.done : failed(t.code));
    const { size, position, bytes, partial } = t.body as Transferred;
    movePosition(w, t, f.descriptor, position);
    f.bytes = joined(f.bytes, f.done, bytes!);
    f.done += size;
    emulator(w, t).buffer = f.bytes;
    if (size === 0 || f.done >= f.size || partial === true) finish(t, f.done);
    else goTo(w, t, 'ask for a block');
  }),
]);

/** Finishes with the bytes that were written. */
export const emulatorWrite = routine<OsfWorld, EmulatorTransfer>('emulator.write', 'writes to an open file', [
  step('take what is to be written', (w, t, f) => {
    f.bytes = typeof f.data === 'string' ? bytesOf(f.data) : trimmed(emulator(w, t).buffer.slice(0, f.data));
    f.size = typeof f.data === 'string' ? f.bytes.length : f.data;
    goTo(w, t, 'send a block');
  }),
  step('send a block', (w, t, f) => {
    const file = fileAt(w, t, f.descriptor);
    if (file === null) return finish(t, failed('EBADF'));
    const size = Math.min(BLOCK_BYTES, f.size - f.done);
    if (size <= 0) return finish(t, f.done);
    const bytes = trimmed(f.bytes.slice(f.done, f.done + size));
    const divisible = f.size > BLOCK_BYTES;
    const body: Transfer = divisible ? { size, bytes, divisible } : { size, bytes };
    interruptibleRpc(w, t, file.capability, 'file.write', { body, bytes: size }, 'file.interrupt');
  }),
  step('count it', (w, t, f) => {
    calledBack(w, t);
    if (t.code === 'EPIPE') return goTo(w, t, 'raise SIGPIPE');
    if (t.code !== 'KERN_SUCCESS') return finish(t, f.done > 0 ? f.done : failed(t.code));
    const { size, position } = t.body as Transferred;
    movePosition(w, t, f.descriptor, position);
    f.done += size;
    if (f.done >= f.size) finish(t, f.done);
    else goTo(w, t, 'send a block');
  }),
  step('raise SIGPIPE', (w, t) => {
    call(t, emulatorKill, { pid: at(w.tasks, t.task).pid, signal: SIGPIPE });
  }),
  step('say that nobody reads', (_w, t, f) => finish(t, f.done > 0 ? f.done : failed('EPIPE'))),
]);

/** Finishes with the text that is in the buffer, up to the first zero. */
export const emulatorBuffer = routine<OsfWorld, object>('emulator.buffer', 'looks at what was read', [
  step('take it as a text', (w, t) => {
    const { buffer } = emulator(w, t);
    const end = buffer.indexOf('\0');
    finish(t, textOf(end < 0 ? buffer : buffer.slice(0, end)));
  }),
]);

/** A call that is one question to the file server about an open file. */
function ofFile<D extends { readonly descriptor: number }>(
  name: string,
  story: string,
  operation: string,
  body: (f: D) => unknown,
  value: (w: OsfWorld, t: Thread, f: D) => CallResult,
): Routine {
  return routine<OsfWorld, D>(name, story, [
    step('ask the file server', (w, t, f) => {
      const file = fileAt(w, t, f.descriptor);
      if (file === null) return finish(t, failed('EBADF'));
      rpc(w, t, file.capability, operation, { body: body(f) });
    }),
    step('return', (w, t, f) => finish(t, t.code === 'KERN_SUCCESS' ? value(w, t, f) : failed(t.code))),
  ]);
}

interface OfDescriptor {
  readonly descriptor: number;
}

/** Finishes with the new position. */
export const emulatorSeek = ofFile<OfDescriptor & { readonly seek: Seek }>(
  'emulator.lseek',
  'moves the position of an open file',
  'file.seek',
  ({ seek }) => seek,
  (w, t, { descriptor }) => {
    const { position } = t.body as { position: number };
    movePosition(w, t, descriptor, position);
    return position;
  },
);

/** Finishes with 0. */
export const emulatorTruncate = ofFile<OfDescriptor & { readonly size: number }>(
  'emulator.ftruncate',
  'sets the size of an open file',
  'file.truncate',
  ({ size }) => ({ size }),
  () => 0,
);

/** Finishes with the parts of the language's `file_status`. */
export const emulatorStatus = ofFile<OfDescriptor>(
  'emulator.fstat',
  'says what an open file is',
  'file.status',
  () => ({}),
  (_w, t) => statusRow(t.body),
);

export function statusRow(body: unknown): readonly (number | boolean | string)[] {
  const { size, links, directory, owner, mode, modified } = body as FileStatus;
  return [size, links, directory, owner, inOctal(mode), modified];
}

/** Shown to people: all descriptors of the open file show where it is now. */
function movePosition(w: OsfWorld, t: Thread, descriptor: number, position: number): void {
  const capability = fileAt(w, t, descriptor)?.capability;
  for (const file of emulator(w, t).files) if (file?.capability === capability) file!.position = position;
}

const emulator = (w: OsfWorld, t: Thread): EmulatorState => emulatorOf(at(w.tasks, t.task));

export const transferRoutines: readonly Routine[] = [
  emulatorRead,
  emulatorWrite,
  emulatorBuffer,
  emulatorSeek,
  emulatorTruncate,
  emulatorStatus,
];
