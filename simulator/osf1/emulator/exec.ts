/**
 * exec in the emulator: the PMA replaces the program's memory, and the emulator, which stays, jumps to the new entry
 * point: the main thread's frames become those of the new program.
 *
 * The other threads stand still meanwhile, at clean points, so that no request of theirs is on its way. If there is a new
 * image they end; otherwise they go on as if nothing had happened.
 */
import { renameAccount } from '../../base/ledger.ts';
import { NONE, at } from '../../base/table.ts';
import { copy } from '../../base/plain.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { again, call, finish, goTo, pushFrames, replace, routine, step, type Frame } from '../../mach/routine.ts';
import { firstThreadOf } from '../../mach/task-threads.ts';
import { blockOn, wakeAll, type Thread } from '../../mach/thread.ts';
import { MAIN } from '../signal-state.ts';
import { tell } from '../../mach/world.ts';
import type { OsfWorld } from '../world.ts';
import type { Exec } from '../pma/exec.ts';
import { emulatorClose, type EmulatorClose } from './files.ts';
import { pmaCall, type PmaCall } from './pma-call.ts';
import { failed, type Failed } from './errno.ts';
import { END, emulatorExit, emulatorMigrate } from './calls.ts';
import { emulatorMunmap, type OfMapping } from './mappings.ts';
import { isPlaced } from '../pma/place.ts';
import {
  MAIN_THREAD,
  TASK_SELF,
  emulatorOf,
  newThread,
  oneThread,
  portOf,
  threadIn,
  type EmulatorState,
  type EmulatorThread,
} from './state.ts';
import { kernelRow } from './threads.ts';
import { askPma } from './terminal.ts';

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
  node: number;
  /** The policy of the cluster is asked, because the program does not say. */
  chosen?: boolean;
  /** Where it was, if it has gone to another node. */
  from?: number;
  /** Why it has failed. */
  failed?: Failed;
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
  step('ask where, if the program does not say', (w, t, f) => {
    const { image, placed } = emulatorOf(at(w.tasks, t.task));
    f.chosen = f.node === NONE && isPlaced(w) && image !== '' && !placed;
    if (f.chosen) askPma(t, 'pma.place');
  }),
  step('go to the node', (w, t, f) => {
    const { code, body } = (t.result ?? {}) as Payload;
    if (f.chosen === true && code === 'KERN_SUCCESS') f.node = (body as { node: number }).node;
    if (f.node === NONE || f.node === t.node) return;
    f.from = t.node;
    tellExec(w, t, f, `goes to ${at(w.nodes, f.node).name}`);
    call(t, emulatorMigrate, { pid: at(w.tasks, t.task).pid, node: f.node, calls: 0 });
  }),
  step('unless it may not', (w, t, f) => {
    if (f.from === undefined) return;
    const hasCome = f.node === t.node;
    tellExec(w, t, f, hasCome ? `has come from ${at(w.nodes, f.from).name}` : 'stays where it is');
    // What the policy has chosen is advice, and no more.
    if (!hasCome && f.chosen !== true) finish(t, t.result);
  }),
  step('have the other threads stand still', (w, t) => {
    const emulator = emulatorOf(at(w.tasks, t.task));
    const mine = threadIn(emulator, t);
    if (emulator.threads.length === 1) return;
    // Another one is about to end them all, and this one among them.
    if (emulator.alone !== NONE && emulator.alone !== mine.number) {
      blockOn(w, t, END);
      return again(t);
    }
    emulator.alone = mine.number;
    callAll(t, others(emulator, mine), ['thread_suspend', 'thread_abort']);
  }),
  step('ask the PMA', (w, t, f) => {
    const body: Exec = { image: f.image, replaces: emulatorOf(at(w.tasks, t.task)).image !== '' };
    call(t, pmaCall, { operation: 'pma.exec', payload: { body }, tries: 0 } satisfies PmaCall);
  }),
  step('have the new image', (w, t, f) => {
    const task = at(w.tasks, t.task);
    const emulator = emulatorOf(task);
    const { code, body } = t.result as Payload;
    if (code !== 'KERN_SUCCESS') {
      if (emulator.image === '') return replace(t, emulatorExit, { status: NOT_EXECUTED });
      f.failed = failed(code);
      return emulator.threads.length === 1 ? finish(t, f.failed) : goTo(w, t, 'let the other threads go on');
    }
    task.name = f.image.name;
    renameAccount(w.ledger, task.activity, `${task.name} (pid ${task.pid})`);
    if (f.from !== undefined) tellExec(w, t, f, 'jumps to its entry point');
    const { uid } = body as { uid: number };
    Object.assign(emulator, { image: f.image.name, uid, handlers: {}, placed: false });
    Object.assign(threadIn(emulator, t), { left: 0, wakes: NONE });
    const gone = others(emulator, threadIn(emulator, t)).filter(({ number }) => number !== MAIN);
    if (gone.length > 0) callAll(t, gone, ['thread_terminate'], true);
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
  step('jump to the entry point', (w, t, f) => {
    const task = at(w.tasks, t.task);
    const emulator = emulatorOf(task);
    const { number, port, errno, buffer } = threadIn(emulator, t);
    if (number === MAIN) {
      if (emulator.threads.length > 1) Object.assign(emulator, oneThread(), { threads: [emulator.threads[0]!] });
      t.top = null;
      pushFrames(t, copy(f.frames));
      return;
    }
    // The main thread goes on in the new program, and this one ends. What it was waiting for is nobody's.
    const main = firstThreadOf(w, task)!;
    const { replyName } = main;
    main.replyName = NONE;
    Object.assign(emulator, oneThread(), { threads: [{ ...newThread(MAIN), errno, buffer }] });
    const calls = [
      { on: TASK_SELF, operation: 'mach_port_destroy', body: { name: replyName } },
      { on: MAIN_THREAD, operation: 'thread_set_state', body: { frames: copy(f.frames) } },
      { on: MAIN_THREAD, operation: 'thread_resume' },
      { on: TASK_SELF, operation: 'mach_port_deallocate', body: { name: port } },
    ];
    t.top = null;
    call(t, kernelRow, { calls: replyName === NONE ? calls.slice(1) : calls });
  }),
  step('let the other threads go on', (w, t) => {
    const task = at(w.tasks, t.task);
    const emulator = emulatorOf(task);
    const still = emulator.alone === NONE ? [] : others(emulator, threadIn(emulator, t));
    emulator.alone = NONE;
    wakeAll(w, task, END);
    callAll(t, still, ['thread_resume']);
  }),
  step('return', (_w, t, f) => finish(t, f.failed)),
]);

const others = ({ threads }: EmulatorState, mine: EmulatorThread): EmulatorThread[] =>
  threads.filter(({ number }) => number !== mine.number);

/** Kernel calls on the ports of threads; afterwards their rights go, if they are to. */
function callAll(t: Thread, threads: readonly EmulatorThread[], operations: readonly string[], forget = false): void {
  const calls = threads.flatMap((each) => [
    ...operations.map((operation) => ({ on: portOf(each), operation })),
    ...(forget ? [{ on: TASK_SELF, operation: 'mach_port_deallocate', body: { name: portOf(each) } }] : []),
  ]);
  call(t, kernelRow, { calls });
}
