/**
 * exec: the image of the calling process is replaced [mechanisms 5.3].
 *
 *   file server   open the image (1 right); read its header (1 KB); get its memory object (1 right); close it
 *   kernel        the program's old regions go; text and data are mapped, bss and stack allocated
 *
 * Of an image that the PMA keeps (images.ts) the file server is not asked.
 *
 * The other threads of the process end with their calls: the emulator has stopped them, and ends them when the answer is there.
 *
 * Text is shared and read-only; data is mapped copy-on-write, so its object has the file as a shadow. The PM Master is
 * not needed. The answer tells the emulator that it may jump to the entry point.
 */
import { answer, rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND, MAKE_SEND } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, call, finish, goTo, routine, step } from '../../mach/routine.ts';
import { NONE } from '../../base/table.ts';
import type { Open, Opened } from '../file-server/open.ts';
import { EXECUTE, permits, setUidOf } from '../file-server/permission.ts';
import type { ImageToMap } from '../emulator/exec.ts';
import { BYTES_PER_PAGE } from '../../mach/vm/object.ts';
import { executing } from '../price.ts';
import { callsChannel, procOf } from '../proc.ts';
import { blockOn, type Thread } from '../../mach/thread.ts';
import { tell } from '../../mach/world.ts';
import { MAIN, forgetHandlers, onlyThread } from '../signal-state.ts';
import { vprocOf } from '../vproc.ts';
import type { OsfWorld } from '../world.ts';
import { callerIn, type ProcessCall } from './admission.ts';
import { dropCalls } from './cancel.ts';
import { changeIdentity, type IdentityChange } from './identity-change.ts';
import { giveUpImages, imageOf, keptImage, openingImage } from './images.ts';
import { pmaOf } from './pma.ts';
import { settleSignals, type Settle } from './signal.ts';

/** Body of `pma.exec`. */
export interface Exec {
  readonly image: ImageToMap;
  /** Whether the process has a program's regions, which go first. */
  readonly replaces: boolean;
}

interface ExecCall extends ProcessCall {
  /** The image that the PMA keeps, or is about to; NONE if it does not. */
  kept?: number;
  file?: number;
  /** The owner of a set-uid image; NONE otherwise. */
  setUid?: number;
  object?: number;
  /** Names of rights of a call that nobody wants the answer of. */
  surplus?: number[];
  regions?: ('text' | 'data' | 'bss' | 'stack')[];
  /** Names that nobody needs any more; and why there is no new image. */
  unused?: number[];
  code?: string;
}

const HEADER_BYTES = 1024;
const FILE_READ = 1;

export const pmaExec = routine<OsfWorld, ExecCall>('pma.exec', 'replaces the image of the calling process', [
  step('see whether it may have so much memory', (w, t, f) => {
    const { text, data, bss, stack } = (f.body as Exec).image;
    const bytes = (text + data + bss + stack) * BYTES_PER_PAGE;
    if (bytes > procOf(w, t.node, f.pid)!.limits.as.soft) finish(t, { code: 'ENOMEM' } satisfies Payload);
  }),
  step('do the bookkeeping of a new image', executing),
  step('look whether the image is kept', (w, t, f) => {
    const pma = pmaOf(w, t);
    const { path } = (f.body as Exec).image;
    const image = keptImage(w, pma, path);
    f.kept = (image ?? openingImage(w, pma, path))?.id ?? NONE;
    if (image === null) return;
    if (!permits(image, procOf(w, t.node, f.pid)!.uid, EXECUTE)) return fail(w, t, f, 'EACCES');
    f.setUid = setUidOf(image);
    f.object = image.object;
    goTo(w, t, 'begin with the new one');
  }),
  step('open the image', (w, t, f) => {
    const { path } = (f.body as Exec).image;
    const { names, uid } = procOf(w, t.node, f.pid)!;
    const keep = f.kept !== NONE;
    const body: Open = { path, flags: FILE_READ, image: true, uid, ...(keep ? { keep } : {}) };
    const rights = keep ? [{ name: pmaOf(w, t).service, disposition: MAKE_SEND }] : [];
    rpc(w, t, names.root, 'file.open', { body, rights });
  }),
  step('read its header', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return fail(w, t, f, t.code);
    f.file = t.names[0]!;
    const { setUid, kept } = t.body as Opened;
    f.setUid = setUid;
    const image = imageOf(pmaOf(w, t), f.kept!);
    if (image !== null && kept === undefined) image.state = 'recalled';
    if (image !== null && kept !== undefined) Object.assign(image, kept);
    rpc(w, t, f.file, 'file.read', { body: { size: HEADER_BYTES } });
  }),
  step('get its memory object', (w, t, f) => rpc(w, t, f.file!, 'file.map')),
  step('close the image', (w, t, f) => {
    f.object = t.names[0] ?? NONE;
    f.code = t.code;
    const image = imageOf(pmaOf(w, t), f.kept!);
    if (image !== null) image.object = f.object;
    if (image?.state === 'opening' && f.object !== NONE) image.state = 'kept';
    rpc(w, t, f.file!, 'file.close');
  }),
  step('forget the image', (w, t, f) => deallocate(w, t, f.file!)),
  step('begin with the new one', (w, t, f) => {
    if (f.object === NONE) return fail(w, t, f, f.code!);
    f.regions = (f.body as Exec).replaces ? ['text', 'data', 'bss', 'stack'] : [];
  }),
  step('wait for the calls of its other threads', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    // A process that is ended waits for this call.
    if (proc.signals.further.length === 0 || proc.state === 'exiting') return goTo(w, t, 'remove the old program');
    dropCalls(w, proc, t);
    if (proc.callsInProgress.every((each) => each.thread === t.identity)) return;
    blockOn(w, t, callsChannel(proc));
    again(t);
  }),
  step('refuse those that were kept', (w, t, f) => {
    const { pending } = vprocOf(w, t.node, f.pid)!;
    const place = pending.findIndex(({ arrivedOn }) => arrivedOn === f.arrivedOn);
    const [kept] = place < 0 ? [] : pending.splice(place, 1);
    if (kept === undefined) return goTo(w, t, 'remove the old program');
    f.surplus = [...kept.names];
    if (kept.reply !== NONE) answer(w, t, kept.reply, { code: 'EINTR' });
  }),
  step('give up the rights that came with it', (w, t, f) => {
    const name = f.surplus!.shift();
    if (name === undefined) return goTo(w, t, 'refuse those that were kept');
    again(t);
    deallocate(w, t, name);
  }),
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
  step('forget the memory object, unless it is kept', (w, t, f) => {
    f.unused = f.kept === NONE ? [f.object!] : [];
    imageDone(w, t, f);
  }),
  step('give up what nobody uses', (w, t, f) => giveUpImages(w, t, f.unused!)),
  step('act as the owner of a set-uid image', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    const { realUid } = proc;
    const uid = f.setUid === NONE ? proc.uid : f.setUid!;
    call(t, changeIdentity, { pid: f.pid, uid, realUid, savedUid: uid, surplus: [] } satisfies IdentityChange);
  }),
  step('let the emulator jump to it', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    const { image, replaces } = f.body as Exec;
    if (w.setup.watched) tell(w, 'exec', t.node, null, t.identity, `pid ${f.pid} executes ${image.path}`);
    proc.name = image.name;
    proc.executed = replaces;
    forgetHandlers(proc.signals);
    onlyThread(proc.signals, callerIn(f));
    if (proc.signals.pending !== 0) call(t, settleSignals, { pid: f.pid, caller: MAIN, stopped: 0 } satisfies Settle);
  }),
  step('answer', (w, t, f) => {
    finish(t, { body: { uid: procOf(w, t.node, f.pid)?.uid ?? NONE } } satisfies Payload);
  }),
  step('give up what was kept of it', (w, t, f) => giveUpImages(w, t, f.unused!)),
  step('say why there is no new image', (_w, t, f) => finish(t, { code: f.code! } satisfies Payload)),
]);

function fail(w: OsfWorld, t: Thread, f: ExecCall, code: string): void {
  f.code = code;
  f.unused = [];
  imageDone(w, t, f);
  goTo(w, t, 'give up what was kept of it');
}

/** The exec needs it no more; one that has not got it does not keep it. */
function imageDone(w: OsfWorld, t: Thread, { kept }: ExecCall): void {
  const image = imageOf(pmaOf(w, t), kept!);
  if (image === null) return;
  image.uses--;
  if (image.state === 'opening') image.state = 'recalled';
}

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
