/**
 * fork, and its other half in the child [mechanisms 5.3].
 *
 * The request carries the registers that the child starts with and the rights of the open files; everything else the
 * child has is cloned with the task or is the PMA's to give.
 */
import { copy } from '../../base/plain.ts';
import { MOVE_SEND } from '../../mach/ipc/right.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, call, finish, goTo, routine, step, type Frame } from '../../mach/routine.ts';
import { wakeAll, type Thread } from '../../mach/thread.ts';
import { NONE, at } from '../../base/table.ts';
import type { EmulatorState } from '../emulator/state.ts';
import { noteChild, procOf, startChannel } from '../proc.ts';
import { inheritedSignals } from '../signal-state.ts';
import { USER } from '../users.ts';
import type { OsfWorld } from '../world.ts';
import { callerIn, type ProcessCall } from './admission.ts';
import { createProcess, nothingMade, type Create } from './create.ts';
import { forkThere } from './fork-remote.ts';
import { MASTER_DOWN } from './master-call.ts';
import { choosePlace, isPlaced, type ChoosePlace } from './place.ts';
import { pmaOf } from './pma.ts';

/** Body of `pma.fork`. */
export interface Fork {
  readonly frames: readonly Frame[];
  readonly emulator: EmulatorState;
  /** Names, in parent and child, of the rights that come along. */
  readonly files: readonly number[];
  /** Where the child is made; NONE is here. */
  readonly node: number;
}

interface ForkCall extends ProcessCall {
  /** Where it is made: as the program or the policy says; NONE is here. */
  place?: number;
  /** Nodes that the policy has chosen, and that have failed. */
  failed?: number[];
  answered?: Payload;
  unused?: number[];
}

export const pmaFork = routine<OsfWorld, ForkCall>('pma.fork', 'makes a child of the calling process', [
  step('ask where, if it does not say', (w, t, f) => {
    if ((f.body as Fork).node !== NONE || !isPlaced(w)) return;
    call(t, choosePlace, { mover: NONE, but: [...(f.failed ?? [])] } satisfies ChoosePlace);
  }),
  step('have it made on another node', (_w, t, f) => {
    const body = f.body as Fork;
    f.place = body.node === NONE ? ((t.result as number | null) ?? NONE) : body.node;
    if (isElsewhere(t, f)) call(t, forkThere, { ...f, body: { ...body, node: f.place } satisfies Fork });
  }),
  step('have it made elsewhere, if the node that the policy chose has failed', (w, t, f) => {
    if (!isElsewhere(t, f)) return;
    f.answered = t.result as Payload;
    f.unused = [...f.names];
    if (f.answered.code !== MASTER_DOWN || (f.body as Fork).node !== NONE)
      return goTo(w, t, 'give up the rights that are left');
    f.failed = [...(f.failed ?? []), f.place!];
    goTo(w, t, 'ask where, if it does not say');
  }),
  step('make the process', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    const { frames, emulator, files } = f.body as Fork;
    const { task, root, directory, terminal } = proc.names;
    // A process that has moved keeps its entry; its children have one of the server beside this PMA, if there is one.
    const credentials = proc.uid === USER ? pmaOf(w, t).user : proc.names.credentials;
    call(t, createProcess, {
      ...nothingMade,
      parent: f.pid,
      program: proc.name,
      uid: proc.uid,
      realUid: proc.realUid,
      savedUid: proc.savedUid,
      migrationGroup: proc.migrationGroup,
      signals: inheritedSignals(proc.signals, callerIn(f)),
      limits: copy(proc.limits),
      nice: proc.nice,
      from: task,
      remote: false,
      credentials,
      root,
      directory,
      terminal,
      frames,
      emulator,
      files: files.map((as, index) => ({ as, name: f.names[index]!, disposition: MOVE_SEND })),
      rights: [],
    } satisfies Create);
  }),
  step('remember the child', (w, t, f) => {
    const answer = t.result as Payload;
    f.answered = answer.body === undefined ? { code: 'EAGAIN' } : answer;
    f.unused = answer.body === undefined ? [...f.names] : [];
    const proc = procOf(w, t.node, f.pid);
    if (proc === null || answer.body === undefined) return;
    noteChild(proc, (answer.body as { pid: number }).pid, w.time);
  }),
  step('give up the rights that are left', (w, t, f) => {
    const name = f.unused!.shift();
    if (name === undefined) return finish(t, f.answered);
    again(t);
    kernelCall(w, t, pmaOf(w, t).self, 'mach_port_deallocate', { body: { name } });
  }),
]);

const isElsewhere = (t: Thread, { place = NONE }: ForkCall): boolean => place !== NONE && place !== t.node;

export const pmaChildInit = routine<OsfWorld, ProcessCall>('pma.child_init', 'learns the ports of a new process', [
  step('start its signal thread', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    proc.names.exception = f.names[0]!;
    proc.names.signal = f.names[1]!;
    kernelCall(w, t, proc.names.signalThread, 'thread_resume');
  }),
  step('let others operate on it', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    proc.state = 'running';
    wakeAll(w, at(w.tasks, t.task), startChannel(proc));
    finish(t, {} satisfies Payload);
  }),
]);
