/**
 * exec: the image of the calling process is replaced [mechanisms 5.3].
 *
 *   file server   open the image (1 right); read its header (1 KB); get its memory object (1 right); close it
 *   kernel        the program's old regions go; text and data are mapped, bss and stack allocated
 *
 * Text is shared and read-only; data is mapped copy-on-write, so its object has the file as a shadow. The PM Master is
 * not needed. The answer tells the emulator that it may jump to the entry point.
 */
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, call, finish, routine, step } from '../../mach/routine.ts';
import { NONE } from '../../base/table.ts';
import type { Opened } from '../file-server/open.ts';
import type { ImageToMap } from '../emulator/exec.ts';
import { executing } from '../price.ts';
import { procOf } from '../proc.ts';
import type { Thread } from '../../mach/thread.ts';
import { forgetHandlers } from '../signal-state.ts';
import type { OsfWorld } from '../world.ts';
import type { ProcessCall } from './admission.ts';
import { changeIdentity, type IdentityChange } from './identity-change.ts';
import { pmaOf } from './pma.ts';
import { settleSignals, type Settle } from './signal.ts';

/** Body of `pma.exec`. */
export interface Exec {
  readonly image: ImageToMap;
  /** Whether the process has a program's regions, which go first. */
  readonly replaces: boolean;
}

interface ExecCall extends ProcessCall {
  file?: number;
  /** The owner of a set-uid image; NONE otherwise. */
  setUid?: number;
  object?: number;
  regions?: ('text' | 'data' | 'bss' | 'stack')[];
}

const HEADER_BYTES = 1024;
const FILE_READ = 1;

export const pmaExec = routine<OsfWorld, ExecCall>('pma.exec', 'replaces the image of the calling process', [
  step('do the bookkeeping of a new image', executing),
  step('open the image', (w, t, f) => {
    const { image } = f.body as Exec;
    const { root } = procOf(w, t.node, f.pid)!.names;
    rpc(w, t, root, 'file.open', {
      body: { path: image.path, flags: FILE_READ, image: true, uid: procOf(w, t.node, f.pid)!.uid },
    });
  }),
  step('read its header', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, { code: t.code } satisfies Payload);
    f.file = t.names[0]!;
    f.setUid = (t.body as Opened).setUid;
    rpc(w, t, f.file, 'file.read', { body: { size: HEADER_BYTES } });
  }),
  step('get its memory object', (w, t, f) => rpc(w, t, f.file!, 'file.map')),
  step('close the image', (w, t, f) => {
    f.object = t.names[0]!;
    f.regions = (f.body as Exec).replaces ? ['text', 'data', 'bss', 'stack'] : [];
    rpc(w, t, f.file!, 'file.close');
  }),
  step('forget the image', (w, t, f) => deallocate(w, t, f.file!)),
  step('remove the old program', (w, t, f) => {
    const name = f.regions!.shift();
    if (name === undefined) return;
    again(t);
    kernelCall(w, t, procOf(w, t.node, f.pid)!.names.task, 'vm_deallocate', { body: { name } });
  }),
  step('map the text', (w, t, f) => map(w, t, f, 'text')),
  step('map the data', (w, t, f) => map(w, t, f, 'data')),
  step('allocate the bss', (w, t, f) => allocate(w, t, f, 'bss')),
  step('allocate the stack', (w, t, f) => allocate(w, t, f, 'stack')),
  step('forget the memory object', (w, t, f) => deallocate(w, t, f.object!)),
  step('act as the owner of a set-uid image', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    const { realUid } = proc;
    const uid = f.setUid === NONE ? proc.uid : f.setUid!;
    call(t, changeIdentity, { pid: f.pid, uid, realUid, savedUid: uid, surplus: [] } satisfies IdentityChange);
  }),
  step('let the emulator jump to it', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    const { image, replaces } = f.body as Exec;
    proc.name = image.name;
    proc.executed = replaces;
    forgetHandlers(proc.signals);
    if (proc.signals.pending !== 0) call(t, settleSignals, { pid: f.pid, called: true, stopped: 0 } satisfies Settle);
  }),
  step('answer', (w, t, f) => {
    finish(t, { body: { uid: procOf(w, t.node, f.pid)?.uid ?? NONE } } satisfies Payload);
  }),
]);

function map(w: OsfWorld, t: Thread, f: ExecCall, name: 'text' | 'data'): void {
  const { image } = f.body as Exec;
  const text = name === 'text';
  kernelCall(w, t, procOf(w, t.node, f.pid)!.names.task, 'vm_map', {
    body: {
      name,
      pages: image[name],
      protection: text ? 'r-x' : 'rw-',
      inheritance: text ? 'share' : 'copy',
      copy: !text,
      constant: true,
    },
    rights: [{ name: f.object!, disposition: COPY_SEND }],
  });
}

function allocate(w: OsfWorld, t: Thread, f: ExecCall, name: 'bss' | 'stack'): void {
  const { image } = f.body as Exec;
  kernelCall(w, t, procOf(w, t.node, f.pid)!.names.task, 'vm_allocate', {
    body: { name, pages: image[name], protection: 'rw-', inheritance: 'copy' },
  });
}

function deallocate(w: OsfWorld, t: Thread, name: number): void {
  kernelCall(w, t, pmaOf(w, t).self, 'mach_port_deallocate', { body: { name } });
}
