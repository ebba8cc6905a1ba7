/**
 * Files in the emulator: descriptors are its own, and what they stand for is asked of the file server directly, with
 * the capability of the open file, never through the PMA [mechanisms 5.3]. Data travels in blocks, one RPC each.
 */
import { at } from '../../base/table.ts';
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import { BLOCK_BYTES, type Transferred } from '../file-server/data.ts';
import type { Opened } from '../file-server/open.ts';
import type { OsfWorld } from '../world.ts';
import { failed } from './errno.ts';
import { PROCESS_PORT, ROOT_DIRECTORY, TASK_SELF, emulatorOf, type OpenFile } from './state.ts';

export interface EmulatorOpen {
  readonly path: string;
  readonly flags: number;
}

/** Finishes with the descriptor, the lowest that is free. */
export const emulatorOpen = routine<OsfWorld, EmulatorOpen>('emulator.open', 'opens a file', [
  step('call the root file server', (w, t, f) => {
    const { path, flags } = f;
    rpc(w, t, ROOT_DIRECTORY, 'file.open', {
      body: { path, flags },
      rights: [{ name: PROCESS_PORT, disposition: COPY_SEND }],
    });
  }),
  step('remember it under a descriptor', (w, t, f) => {
    const [capability, token] = t.names;
    if (t.code !== 'KERN_SUCCESS' || capability === undefined || token === undefined) return finish(t, failed(t.code));
    const { files } = emulatorOf(at(w.tasks, t.task));
    const { server } = t.body as Opened;
    const free = files.indexOf(null);
    const descriptor = free < 0 ? files.length : free;
    files[descriptor] = { path: f.path, capability, token, position: 0, server };
    finish(t, descriptor);
  }),
]);

export interface EmulatorTransfer {
  readonly descriptor: number;
  /** Bytes to move, and those that have been. */
  readonly size: number;
  done: number;
}

/** Finish with the bytes that were moved. */
export const emulatorRead = transfer('emulator.read', 'reads from an open file', 'file.read', false);
export const emulatorWrite = transfer('emulator.write', 'writes to an open file', 'file.write', true);

function transfer(name: string, story: string, operation: string, sends: boolean): Routine {
  return routine<OsfWorld, EmulatorTransfer>(name, story, [
    step('move a block', (w, t, f) => {
      const file = fileAt(w, t, f.descriptor);
      if (file === null) return finish(t, failed('EBADF'));
      const size = Math.min(BLOCK_BYTES, f.size - f.done);
      if (size <= 0) return finish(t, f.done);
      rpc(w, t, file.capability, operation, { body: { size }, bytes: sends ? size : 0 });
    }),
    step('count it', (w, t, f) => {
      const file = fileAt(w, t, f.descriptor);
      if (t.code !== 'KERN_SUCCESS' || file === null) return finish(t, f.done > 0 ? f.done : failed(t.code));
      const { size, position } = t.body as Transferred;
      file.position = position;
      f.done += size;
      if (size === 0 || f.done >= f.size) finish(t, f.done);
      else goTo(w, t, 'move a block');
    }),
  ]);
}

export interface EmulatorClose {
  readonly descriptor: number;
  file: OpenFile | null;
}

/** Finishes with 0. The server learns of it when the last right to the open file has gone. */
export const emulatorClose = routine<OsfWorld, EmulatorClose>('emulator.close', 'closes an open file', [
  step('give up its capability', (w, t, f) => {
    f.file = fileAt(w, t, f.descriptor);
    if (f.file === null) return finish(t, failed('EBADF'));
    emulatorOf(at(w.tasks, t.task)).files[f.descriptor] = null;
    kernelCall(w, t, TASK_SELF, 'mach_port_deallocate', { body: { name: f.file.capability } });
  }),
  step('give up its token', (w, t, f) => {
    kernelCall(w, t, TASK_SELF, 'mach_port_deallocate', { body: { name: f.file!.token } });
  }),
  step('return', (_w, t) => finish(t, 0)),
]);

function fileAt(w: OsfWorld, t: Thread, descriptor: number): OpenFile | null {
  return emulatorOf(at(w.tasks, t.task)).files[descriptor] ?? null;
}
