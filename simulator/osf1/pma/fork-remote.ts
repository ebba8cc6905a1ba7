/**
 * fork on another node: the child is made by the PMA there, and is that PMA's from the beginning [mechanisms 5.3, 7.3 "Remote"].
 *
 *   PMA -> PMA    pma.fork_on: the local state of the parent (1296 bytes) and its capabilities     1 RPC
 *   kernels       norma_task_create on the parent's task: its memory is inherited by reference, as in a task migration [3.4]
 *   the rest      as for any process (create.ts): pid, credentials, threads, rights, registration
 *
 * The parent's PMA waits, and remembers the child. Nothing of the child is left with it. If the node fails meanwhile there is
 * no child: one that had been made was lost with the node, and the PM Master is told that nobody will wait for it (disown).
 */
import { NONE, at } from '../../base/table.ts';
import { rpc, type Carried, type Payload } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND, MOVE_SEND } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, call, finish, routine, step } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import type { Thread } from '../../mach/thread.ts';
import { tell } from '../../mach/world.ts';
import type { Disown } from '../pm-master/disown.ts';
import type { Limits } from '../limits.ts';
import { LOCAL_STATE_BYTES, noteChild, procNames, procOf } from '../proc.ts';
import { inheritedSignals, type Signals } from '../signal-state.ts';
import type { OsfWorld } from '../world.ts';
import { callerIn, type ProcessCall } from './admission.ts';
import { createProcess, nothingMade, type Create } from './create.ts';
import { ownNames } from './exit.ts';
import type { Fork } from './fork.ts';
import type { Users } from './identity-change.ts';
import { isGone } from './master-call.ts';
import { peerOf, pmaOf } from './pma.ts';

/** Body of `pma.fork_on`; the capabilities of the parent come along in the order of `procNames`, then its files'. */
interface ForkOn extends Users, Fork {
  readonly signals: Signals;
  readonly limits: Limits;
  readonly nice: number;
  readonly migrationGroup: number;
  readonly pid: number;
  readonly program: string;
}

interface ForkThere extends ProcessCall {
  answered?: Payload;
}

/** At the parent's PMA. Finishes with a Payload: `{ body: { pid } }`, or a code; the rights of the files are its caller's still. */
export const forkThere = routine<OsfWorld, ForkThere>('pma.fork_there', 'has a child made on another node', [
  step('ask the PMA of the node', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    const fork = f.body as Fork;
    const peer = peerOf(w, pmaOf(w, t), fork.node);
    t.code = 'EHOSTDOWN';
    if (peer === NONE) return;
    const { uid, realUid, savedUid, pid, name: program, names } = proc;
    const rights: Carried[] = [...procNames.map((each) => names[each]), ...f.names].map((name) => {
      return { name, disposition: COPY_SEND };
    });
    const { migrationGroup, limits, nice } = proc;
    const signals = inheritedSignals(proc.signals, callerIn(f));
    if (w.setup.watched) tellFork(w, t, `pid ${pid} asks for a child on ${at(w.nodes, fork.node).name}`);
    const users = { uid, realUid, savedUid };
    const body: ForkOn = { ...fork, ...users, pid, program, signals, limits, nice, migrationGroup };
    rpc(w, t, peer, 'pma.fork_on', { body, rights, bytes: LOCAL_STATE_BYTES });
  }),
  step('remember the child', (w, t, f) => {
    if (t.code === 'KERN_SUCCESS') {
      const { pid } = t.body as { pid: number };
      const proc = procOf(w, t.node, f.pid);
      if (proc !== null) noteChild(proc, pid, w.time);
      f.answered = { body: { pid } };
    } else f.answered = { code: t.code.startsWith('E') ? t.code : 'EHOSTDOWN' };
    if (w.setup.watched) tellFork(w, t, `pid ${f.pid} is answered: ${f.answered.code ?? 'it has a child'}`);
    if (!isGone(t.code)) return finish(t, f.answered);
    const known = [...(procOf(w, t.node, f.pid)?.children ?? [])];
    const body: Disown = { pid: f.pid, node: (f.body as Fork).node, known };
    rpc(w, t, pmaOf(w, t).master, 'pmm.disown', { body });
  }),
  step('answer', (_w, t, f) => finish(t, f.answered)),
]);

function tellFork(w: OsfWorld, t: Thread, text: string): void {
  tell(w, 'remote fork', t.node, null, t.identity, text);
}

interface ForkHere extends Request {
  answered?: Payload;
  unused?: number[];
}

/** At the PMA of the node. */
export const forkHere = routine<OsfWorld, ForkHere>('pma.fork_on', 'makes a child of a process of another node', [
  step('make the process', (_w, t, f) => {
    const {
      pid: parent,
      program,
      frames,
      emulator,
      files,
      uid,
      realUid,
      savedUid,
      signals,
      limits,
      nice,
      migrationGroup,
    } = f.body as ForkOn;
    const right = (which: (typeof procNames)[number]): number => f.names[procNames.indexOf(which)]!;
    call(t, createProcess, {
      ...nothingMade,
      ...{ parent, program, frames, emulator, uid, realUid, savedUid, signals, limits, nice, migrationGroup },
      from: right('task'),
      remote: true,
      credentials: right('credentials'),
      root: right('root'),
      directory: right('directory'),
      terminal: right('terminal'),
      files: files.map((as, index) => ({ as, name: f.names[procNames.length + index]!, disposition: MOVE_SEND })),
      rights: [],
    } satisfies Create);
  }),
  step('keep one right to what the child shares', (w, t, f) => {
    f.answered = t.result as Payload;
    const pid = (f.answered.body as { pid: number } | undefined)?.pid ?? NONE;
    const proc = procOf(w, t.node, pid);
    const all = f.names.slice(0, proc === null ? undefined : procNames.length);
    const own = proc === null ? [] : ownNames(w, pmaOf(w, t), proc);
    f.unused = all.filter((name) => !own.includes(name));
  }),
  step('give up the others', (w, t, f) => {
    const name = f.unused!.shift();
    if (name === undefined) return finish(t, f.answered);
    again(t);
    kernelCall(w, t, pmaOf(w, t).self, 'mach_port_deallocate', { body: { name } });
  }),
]);
