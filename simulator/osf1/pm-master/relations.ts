/**
 * What the PM Master does for the vproc layers: pids, relations, where processes are [mechanisms 5.1, 5.3].
 *
 * Each operation looks, acts and answers in one step, so that two of them never interleave. Only exit goes on after
 * its answer: it calls the parent's PMA back (exit.ts).
 */
import { NONE } from '../../base/table.ts';
import { finish, routine, step, type Routine } from '../../mach/routine.ts';
import { COPY_SEND } from '../../mach/ipc/right.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import type { Request } from '../../mach/server.ts';
import type { Ended } from '../ended.ts';
import type { OsfWorld } from '../world.ts';
import type { Relations } from '../proc.ts';
import { masterOf, ownEntryOf, reenter } from './entry.ts';
import { operation } from './operation.ts';

const noProcess: Payload = { code: 'ESRCH' };

/** A new process, or one that has moved: where it is, and the capability of the PMA there. */
interface Place {
  readonly pid: number;
  readonly node: number;
  /** Of a new process: what a PM Master that has come back meanwhile does not know. */
  readonly name?: string;
  readonly relations?: Relations;
}

interface PlaceCall extends Request {
  stale?: number;
}

function place(name: string, story: string, moved: boolean): Routine {
  return routine<OsfWorld, PlaceCall>(name, story, [
    step(story, (w, t, f) => {
      const { pid, node, name, relations } = f.body as Place;
      const known = ownEntryOf(w, t, pid);
      const isNew = known === null && name !== undefined && relations !== undefined;
      const entry = isNew ? Object.assign(reenter(w, masterOf(w, t), pid, name), relations) : known;
      if (entry === null || entry.state !== 'alive') return finish(t, noProcess);
      const stale = entry.capability;
      entry.node = node;
      entry.capability = f.names[0]!;
      if (moved) entry.migrations++;
      if (stale === NONE) return;
      const body = { name: stale };
      kernelCall(w, t, masterOf(w, t).self, 'mach_port_deallocate', { body });
    }),
    step('answer', (_w, t) => finish(t, {} satisfies Payload)),
  ]);
}

const register = place('pmm.register', 'remembers where a new process is', false);
const setNode = place('pmm.set_node', 'remembers where a process has moved', true);

const locate = operation('pmm.locate', 'says where a process is', (w, { pid }: { pid: number }, t) => {
  const entry = ownEntryOf(w, t, pid);
  if (entry?.state === 'zombie') return { code: 'zombie' };
  if (entry === null || entry.state !== 'alive' || entry.capability === NONE) return noProcess;
  return { body: { node: entry.node }, rights: [{ name: entry.capability, disposition: COPY_SEND }] };
});

const parentOf = operation('pmm.parent', 'says who the parent is', (w, { pid }: { pid: number }, t) => {
  const entry = ownEntryOf(w, t, pid);
  return entry === null ? noProcess : { body: { pid: entry.parent } };
});

interface Child {
  readonly pid: number;
  readonly child: number;
}

/** What wait learns of a child, which is forgotten with it. */
export interface Reaped extends Ended {
  readonly usage: number;
  readonly computed: number;
}

const reap = routine<OsfWorld, Request>('pmm.reap', 'reports a zombie and gives its pid up', [
  step('give up the capability of its PMA', (w, t, f) => {
    const { pid, child } = f.body as Child;
    const entry = ownEntryOf(w, t, child);
    if (entry === null || entry.parent !== pid || entry.state !== 'zombie') return finish(t, { code: 'ECHILD' });
    entry.state = 'reaped';
    const name = entry.capability;
    entry.capability = NONE;
    if (name !== NONE) kernelCall(w, t, masterOf(w, t).self, 'mach_port_deallocate', { body: { name } });
  }),
  step('report', (w, t, f) => {
    const { status, signal, lost, usage, computed } = ownEntryOf(w, t, (f.body as Child).child)!;
    finish(t, { body: { status, signal, lost, usage, computed } satisfies Reaped } satisfies Payload);
  }),
]);

export const relationRoutines: readonly Routine[] = [register, setNode, locate, parentOf, reap];
