/**
 * exec in the emulator: the PMA replaces the program's memory, and the emulator, which stays, jumps to the new entry
 * point: the thread's frames become those of the new program.
 */
import { NONE, at } from '../../base/table.ts';
import { copy } from '../../base/plain.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { again, call, finish, pushFrames, replace, routine, step, type Frame } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import { tell } from '../../mach/world.ts';
import type { OsfWorld } from '../world.ts';
import type { Exec } from '../pma/exec.ts';
import { emulatorClose, type EmulatorClose } from './files.ts';
import { pmaCall, type PmaCall } from './pma-call.ts';
import { failed } from './errno.ts';
import { emulatorExit, emulatorMigrate } from './calls.ts';
import { emulatorMunmap, type OfMapping } from './mappings.ts';
import { emulatorOf } from './state.ts';

/** An image: where it is, and the sizes of its regions in pages of 4 KB. */
export interface ImageToMap {
  readonly name: string;
  readonly path: string;
  readonly text: number;
  readonly data: number;
  readonly bss: number;
  readonly stack: number;
}

export interface EmulatorExec {
  readonly image: ImageToMap;
  /** The frames with which the new program starts. */
  readonly frames: readonly Frame[];
  /** Where it is executed; NONE is where the process is. */
  readonly node: number;
  /** Where it was, if it has gone to another node. */
  from?: number;
}

function tellExec(w: OsfWorld, t: Thread, { image }: EmulatorExec, what: string): void {
  if (!w.setup.watched) return;
  const { pid } = at(w.tasks, t.task);
  tell(w, 'remote exec', t.node, null, t.identity, `pid ${pid}, which executes ${image.path}, ${what}`);
}

/** Status of a process that was made for a program that cannot be executed. */
const NOT_EXECUTED = 127;

/** Does not return if it succeeds; finishes only if it fails. Without a program to return to the process ends. */
export const emulatorExec = routine<OsfWorld, EmulatorExec>('emulator.exec', 'executes another program', [
  step('go to the node', (w, t, f) => {
    if (f.node === NONE || f.node === t.node) return;
    f.from = t.node;
    tellExec(w, t, f, `goes to ${at(w.nodes, f.node).name}`);
    call(t, emulatorMigrate, { pid: at(w.tasks, t.task).pid, node: f.node, calls: 0 });
  }),
  step('unless it may not', (w, t, f) => {
    if (f.from === undefined) return;
    const hasCome = f.node === t.node;
    tellExec(w, t, f, hasCome ? `has come from ${at(w.nodes, f.from).name}` : 'stays where it is');
    if (!hasCome) finish(t, t.result);
  }),
  step('ask the PMA', (w, t, f) => {
    const body: Exec = { image: f.image, replaces: emulatorOf(at(w.tasks, t.task)).image !== '' };
    call(t, pmaCall, { operation: 'pma.exec', payload: { body }, tries: 0 } satisfies PmaCall);
  }),
  step('have the new image', (w, t, f) => {
    const task = at(w.tasks, t.task);
    const { code, body } = t.result as Payload;
    if (code !== 'KERN_SUCCESS') {
      if (emulatorOf(task).image === '') replace(t, emulatorExit, { status: NOT_EXECUTED });
      else finish(t, failed(code));
      return;
    }
    task.name = f.image.name;
    if (f.from !== undefined) tellExec(w, t, f, 'jumps to its entry point');
    const { uid } = body as { uid: number };
    Object.assign(emulatorOf(task), { image: f.image.name, uid, handlers: {}, left: 0, wakes: NONE });
  }),
  step('close what is not for it', (w, t) => {
    const descriptor = emulatorOf(at(w.tasks, t.task)).files.findIndex((file) => file?.closeOnExec === true);
    if (descriptor < 0) return;
    again(t);
    call(t, emulatorClose, { descriptor, file: null } satisfies EmulatorClose);
  }),
  step('unmap the files that the old program had mapped', (w, t) => {
    const [mapping] = emulatorOf(at(w.tasks, t.task)).mappings;
    if (mapping === undefined) return;
    again(t);
    call(t, emulatorMunmap, { address: mapping.address } satisfies OfMapping);
  }),
  step('jump to the entry point', (_w, t, f) => {
    t.top = null;
    pushFrames(t, copy(f.frames));
  }),
]);
