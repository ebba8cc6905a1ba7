/**
 * What the operator does on a thread of its own: sending a signal, asking for a migration.
 *
 * It asks the PMA of the node where the process is; if the process has left in the meantime it looks again and asks
 * there, like a vproc layer, a bounded number of times.
 */
import { openAccount } from '../base/ledger.ts';
import { NONE, at } from '../base/table.ts';
import { renewRight } from '../dipc/boot.ts';
import { HOST_PRIVILEGED_PORT, hostPort } from '../dipc/special-ports.ts';
import { rpc } from '../mach/ipc/mach-msg.ts';
import { lookup } from '../mach/ipc/space.ts';
import { isInTouch } from '../mach/node.ts';
import { call, finish, goTo, routine, step } from '../mach/routine.ts';
import { taskPort } from '../mach/task.ts';
import { threadCreate, threadStart, type Thread } from '../mach/thread.ts';
import type { TaskMove } from '../migration/task/how.ts';
import { migrationEnd, migrationOpen, type Migration } from '../migration/record.ts';
import { SUPERUSER } from '../osf1/users.ts';
import type { Migrate } from '../osf1/pma/pcntl.ts';
import type { Signal } from '../osf1/pma/signal.ts';
import { pmaAt } from '../osf1/pma/pma.ts';
import { isStale } from '../osf1/pma/vproc-call.ts';
import { numbered, type Asker } from '../osf1/request-number.ts';
import { masterEntryOf } from '../osf1/pm-master/entry.ts';
import { tasksOf } from './questions.ts';
import type { WorkloadWorld } from './world.ts';
import { firstThreadOf } from '../mach/task-threads.ts';

const MAXIMUM_TRIES = 8;

interface OperatorSignal extends Asker {
  readonly pid: number;
  readonly signal: number;
  tries: number;
}

/** Name of the right to the PMA that has the process, or NONE if the process has ended. */
function pmaOf(w: WorkloadWorld, pid: number): number {
  const entry = masterEntryOf(w, pid);
  return entry?.state === 'alive' ? pmaOn(w, entry.node) : NONE;
}

/** Name of the operator's right to the PMA of the node, or NONE if it has none. */
export function pmaOn(w: WorkloadWorld, node: number): number {
  const { pmas, task } = w.operator;
  const pma = pmaAt(w, node);
  if (pma !== null) {
    const { space } = at(w.tasks, pma.task);
    pmas[node] = renewRight(w, pmas[node]!, at(w.ports, lookup(space, pma.service)!.port), at(w.tasks, task));
  }
  return pmas[node] ?? NONE;
}

/** Name of the operator's right to the kernel's own task port, or NONE: then it means its own kernel. */
export function kernelOn(w: WorkloadWorld, node: number): number {
  const { kernels, task } = w.operator;
  if (node === NONE) return NONE;
  const { up, kernelTask } = at(w.nodes, node);
  if (up) kernels[node] = renewRight(w, kernels[node]!, taskPort(w, at(w.tasks, kernelTask)), at(w.tasks, task));
  return kernels[node] ?? NONE;
}

/** Name of the operator's right to the node's host-privileged port, or NONE if the script needs none. */
export function hostOn(w: WorkloadWorld, node: number): number {
  const { hosts, task } = w.operator;
  const known = hosts[node] ?? NONE;
  const operator = at(w.tasks, task);
  if (known === NONE || !isInTouch(w, operator.node, node)) return known;
  hosts[node] = renewRight(w, known, hostPort(w, operator.node, node, HOST_PRIVILEGED_PORT), operator);
  return hosts[node];
}

/** Nothing comes back: a process that has ended gets no signal, and that is no mistake. */
export const operatorSignal = routine<WorkloadWorld, OperatorSignal>('operator.kill', 'sends a signal to a process', [
  step('ask the PMA of the process', (w, t, f) => {
    const pma = pmaOf(w, f.pid);
    if (pma === NONE) return finish(t);
    const body: Signal = { pid: f.pid, signal: f.signal, uid: SUPERUSER, realUid: SUPERUSER };
    rpc(w, t, pma, 'vproc.signal', { body: numbered(w, f, body) });
  }),
  step('look at the answer', (w, t, f) => {
    if (isStale(t.code) && ++f.tries < MAXIMUM_TRIES) return goTo(w, t, 'ask the PMA of the process');
    finish(t);
  }),
]);

interface OperatorMigrate {
  readonly migration: number;
  tries: number;
}

export const operatorMigrate = routine<WorkloadWorld, OperatorMigrate>('operator.migrate', 'has a process moved', [
  step('ask the PMA of the process', (w, t, f) => {
    const { pid, to, by, calls } = at(w.migrations, f.migration);
    const pma = pmaOf(w, pid);
    if (pma === NONE) {
      migrationEnd(w, f.migration, 'refused', 'ESRCH');
      return finish(t);
    }
    const body: Migrate = {
      pid,
      node: to,
      calls,
      uid: SUPERUSER,
      asker: NONE,
      migration: f.migration,
      turn: NONE,
      alone: by === 'task',
    };
    rpc(w, t, pma, 'vproc.migrate', { body });
  }),
  step('look at the answer', (w, t, f) => {
    if (goesOnThere(w, at(w.migrations, f.migration))) return finish(t);
    if (isStale(t.code) && ++f.tries < MAXIMUM_TRIES) return goTo(w, t, 'ask the PMA of the process');
    if (t.code === 'KERN_SUCCESS') migrationEnd(w, f.migration, 'done');
    else migrationEnd(w, f.migration, 'refused', t.code);
    finish(t);
  }),
]);

/** The source has failed when the destination had everything: there the migration goes on and its record ends. */
function goesOnThere(w: WorkloadWorld, { by, from, stamps }: Migration): boolean {
  return by === 'process' && stamps.moved !== NONE && at(w.nodes, from).failedAt >= stamps.decision;
}

/** Opens the record of a migration and has another thread ask for it. Returns the record's id at once. */
export function startMigration(
  w: WorkloadWorld,
  t: Thread,
  { pid, to, by, how, calls }: Pick<Migration, 'pid' | 'to' | 'by' | 'how' | 'calls'>,
): number {
  const entry = masterEntryOf(w, pid);
  const name = entry?.name ?? `pid ${pid}`;
  const [task] = tasksOf(w, pid);
  const main = task === undefined ? null : firstThreadOf(w, task);
  const m = migrationOpen(w, {
    pid,
    name,
    by,
    from: entry?.node ?? NONE,
    to,
    how,
    calls,
    activity: openAccount(w.ledger, `migration of ${name} (pid ${pid})`).id,
    thread: main?.identity ?? NONE,
  });
  const helper = threadCreate(w, at(w.tasks, t.task), 'migrate');
  helper.activity = m.activity;
  call(helper, operatorMigrate, { migration: m.id, tries: 0 } satisfies OperatorMigrate);
  threadStart(w, helper);
  return m.id;
}

/** A Mach task that has ended is refused as a process that has exited is. Returns the id of the record. */
export function refuseEnded(w: WorkloadWorld, started: number, to: number, how: TaskMove): number {
  const { name } = w.operator.started[started]!;
  const activity = openAccount(w.ledger, `migration of ${name}`).id;
  const m = migrationOpen(w, { pid: NONE, name, by: 'task', from: NONE, to, how, activity, thread: NONE });
  migrationEnd(w, m.id, 'refused', 'ESRCH');
  return m.id;
}
