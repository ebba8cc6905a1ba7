/**
 * After clean-up nothing at the source belongs to the process, and nothing in the process to the source: its capability
 * table is audited for rights to any other PMA, and theirs for rights to it.
 *
 *   at the source        no proc, no vproc that says it is here, no right to its task or its threads, no thread that executes
 *                        a request for it
 *   in the process       no right to another PMA
 *
 * A process whose task alone has moved stays with its PMA, wherever that is [5.9].
 */
import { NONE } from '../base/table.ts';
import { FREE, entriesOf, nameForPort, portAt, typeAt } from '../mach/ipc/space.ts';
import type { Task } from '../mach/task.ts';
import { threadsOf } from '../mach/task-threads.ts';
import type { StackedFrame } from '../mach/routine.ts';
import { installRoutine } from '../migration/process/install.ts';
import type { LocalState } from '../migration/process/state.ts';
import { admission, operations, type Admission } from '../osf1/pma/admission.ts';
import type { Pma } from '../osf1/pma/pma.ts';
import { procOf, type Proc } from '../osf1/proc.ts';
import { receiverOf, type Census } from './census.ts';
import { broken, type CheckedWorld, type Checker } from './checker.ts';

export const nothingLeftBehind: Checker = {
  rule: 'P6',
  story: 'a process that has moved leaves nothing behind and holds no right to another PMA',
  check(w, census) {
    for (const vproc of w.vprocs.rows) {
      if (!vproc.live) continue;
      const isHere = procOf(w, vproc.node, vproc.pid) !== null;
      if ((vproc.operations === 'local') !== isHere)
        broken('P6', `the vproc of ${vproc.pid} on node ${vproc.node} is ${isHere ? 'a stub' : 'local'}`);
    }
    for (const proc of w.procs.rows) {
      if (!proc.live || w.migrations.rows.some((m) => m.pid === proc.pid && m.outcome === '')) continue;
      if (proc.list === 'migrating' && !isBeingFreed(w, proc))
        broken('P6', `process ${proc.pid} stayed on node ${proc.node}'s list`);
      if (proc.list !== 'active' || (proc.state !== 'running' && proc.state !== 'stopped')) continue;
      const task = taskOf(w, proc.pid);
      if (task === null) continue;
      for (const pma of w.pmas.rows) if (pma.live && pma.node !== proc.node) nothingAt(w, pma, proc, task);
      holdsNothing(w, census, proc, task);
    }
  },
};

/** The source has failed: whoever installs the process gives up what has come of it. */
function isBeingFreed(w: CheckedWorld, { pid, node, state }: Proc): boolean {
  if (state !== 'attaching') return false;
  const pma = w.pmas.rows.find((each) => each.live && each.node === node);
  return pma !== undefined && threadsOf(w, w.tasks.rows[pma.task]!).some((t) => installs(t.top, pid));
}

function installs(top: StackedFrame | null, pid: number): boolean {
  for (let frame = top; frame !== null; frame = frame.below) {
    if (frame.routine === installRoutine.index && (frame.data as { body: LocalState }).body.pid === pid) return true;
  }
  return false;
}

/** The task of the process, wherever it is; null while there is none, or one beside its husk. */
function taskOf(w: CheckedWorld, pid: number): Task | null {
  let found: Task | null = null;
  for (const task of w.tasks.rows) {
    if (!task.live || task.kind !== 'process' || task.pid !== pid) continue;
    if (found !== null) return null;
    found = task;
  }
  return found;
}

/** The PMA of another node has nothing to do with the process. */
function nothingAt(w: CheckedWorld, pma: Pma, proc: Proc, task: Task): void {
  const agent = w.tasks.rows[pma.task]!;
  const where = w.nodes.rows[pma.node]!.name;
  for (const t of threadsOf(w, agent)) {
    for (let frame = t.top; frame !== null; frame = frame.below) {
      if (executes(frame, proc.pid)) broken('P6', `${where} still executes a request for process ${proc.pid}`);
    }
  }
  for (const self of [task.self, ...threadsOf(w, task).map((each) => each.self)]) {
    const name = nameHeldOf(w, pma, agent, self);
    if (name !== NONE && !isAtWork(w, agent, name))
      broken('P6', `the PMA of ${where} has a right to process ${proc.pid} left (${name})`);
  }
}

function executes({ routine, step, data }: StackedFrame, pid: number): boolean {
  if (routine !== admission.index || step !== 1) return false;
  const { pid: of, operation, refused } = data as Admission;
  return of === pid && refused === undefined && operations[operation]?.counted === true;
}

/** The PMA's name for a kernel port of another node; NONE if it has none. */
function nameHeldOf(w: CheckedWorld, pma: Pma, agent: Task, self: number): number {
  const port = self === NONE ? undefined : w.ports.rows[self];
  if (port === undefined || port.dipc === NONE) return NONE;
  const copy =
    port.node === pma.node ? port.id : w.nodes.rows[pma.node]!.portByUid.get(w.distributed.rows[port.dipc]!.uid);
  return copy === undefined ? NONE : nameForPort(agent.space, copy);
}

/** A thread of the PMA is still doing something with the right: it makes a child of the process here, or gives the right up. */
function isAtWork(w: CheckedWorld, agent: Task, name: number): boolean {
  return threadsOf(w, agent).some((t) => {
    if (t.names.includes(name)) return true;
    for (let frame = t.top; frame !== null; frame = frame.below) if (mentions(frame.data, name)) return true;
    return false;
  });
}

function mentions(value: unknown, name: number): boolean {
  if (value === name) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some((each) => mentions(each, name));
}

/** None of its rights is to a port that another PMA receives on. */
function holdsNothing(w: CheckedWorld, census: Census, proc: Proc, { space }: Task): void {
  for (let index = 0; index < entriesOf(space); index++) {
    const copy = typeAt(space, index) === FREE ? undefined : w.ports.rows[portAt(space, index)];
    if (copy === undefined || copy.dipc === NONE) continue;
    const receiver = receiverOf(w, census, copy);
    const other = w.pmas.rows.find((each) => each.live && each.task === receiver && each.node !== proc.node);
    if (other !== undefined) broken('P6', `process ${proc.pid} holds a right to the PMA of node ${other.node}`);
  }
}
