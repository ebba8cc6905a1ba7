/**
 * Moving a Mach task: the order of things, which is the same for every implementation [mechanisms 4.2, 4.5; paper 2.3].
 *
 * It is a routine that an agent's thread performs. The simple migration server (SMS) gave it its name; what the others do
 * differently is one step of it (how.ts). The order is forced:
 *
 *    1  suspend the task                       no instruction of it may change its state
 *    2  threads to clean points                before 6: an interrupted receive is called again, one whose port moves fails
 *    3  read state and ports of the threads    after 2: valid only then
 *    4  make the task at the destination       after 1; it has no threads yet, so nothing can run
 *    5  its memory                             after 1, so that what is shared with others is marked at one moment
 *       commit [4.6]: until here the task was only copied from, and any failure lets it go on at the source
 *    6  its names: sets, receive, send,        sets before their members; receive before send, so that both join in one
 *       send-once rights, dead names           name; after 2
 *    7  its kernel port                        after all that needs the old task by its port; whoever suspended or resumed
 *                                              the old one since 3 has the same done to the new one
 *    8  its threads                            after 4 to 7, so that nothing runs early
 *    9  end the husk                           after 6, or rights would be destroyed; its memory lives on in the new task
 *   10  resume                                 the caller's, when the record has been brought up to date
 *
 * Messages in transit are not touched: distributed IPC redirects them (2.8). After commit nothing is rolled back: if the
 * source or the destination fails then, the task is lost, and what is left of it on either side ends.
 */
import { assert } from '../../base/assert.ts';
import { NONE, at } from '../../base/table.ts';
import { DEAD_NAME, PORT_SET, RECEIVE, SEND, SEND_ONCE } from '../../mach/ipc/space.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import type { PortType } from '../../mach/kernel-services/port-services.ts';
import type { TaskInfo } from '../../mach/kernel-services/task-services.ts';
import type { ThreadState } from '../../mach/thread-state.ts';
import { call, finish, goTo, routine, step } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import type { MigrationWorld } from '../record.ts';
import { bringingToCleanPoints, cleanPoints, type CleanTask } from './clean-points.ts';
import { arrived, departs, remember, settled } from './ghost.ts';
import { isPager, simply, type TaskMove } from './how.ts';
import { importRegion, importing } from './import-region.ts';
import { kernelPort, movingKernelPort, type MovedKernelPort } from './kernel-port.ts';
import type { KeptPort } from './kept-ports.ts';
import { makeTask, makingTask, type MadeTask } from './make-task.ts';
import { moveName, movingName, type RightUnderName } from './move-name.ts';
import { takeRegion, takingRegion } from './oms/region.ts';
import { moveThread, movingThread } from './move-thread.ts';

export interface TaskMigration {
  /** Row of the migration's record. */
  readonly migration: number;
  /** Names, in the agent's space, of the task's kernel port and of the agent's own. */
  readonly task: number;
  readonly agentSelf: number;
  readonly how: TaskMove;
  /** The work is left before commit, for the process cannot come yet (agent/early.ts). */
  readonly early: boolean;
  /** Destination. */
  to: number;
  info: TaskInfo | null;
  /** Name of the new task's kernel port; after a takeover that is the old one. */
  made: number;
  husk: number;
  /** How much more often the old task was suspended, by others, until its port was taken; negative: it was resumed. */
  late: number;
  threads: number[];
  states: ThreadState[];
  /** Of each thread, the ports that are its own and must be set again. */
  kept: KeptPort[][];
  /** How many regions, names (in the order of `order`) and threads are done. */
  done: number;
  names: RightUnderName[];
  /** Names to give up. */
  surplus: number[];
  code: string;
}

/** What the routine finishes with: the name that the new task is called by now, and the names that nobody needs. */
export interface TaskMigrationResult {
  readonly code: string;
  readonly task: number;
  readonly surplus: readonly number[];
  /** The work that was left before commit. */
  readonly prepared?: TaskMigration;
}

/** Without a destination it is the agent's own node. */
export function migratingTask(
  migration: number,
  task: number,
  agentSelf: number,
  { how = simply, to = NONE, early = false }: { how?: TaskMove; to?: number; early?: boolean } = {},
): TaskMigration {
  const nothing = {
    info: null,
    made: NONE,
    husk: NONE,
    late: 0,
    threads: [],
    states: [],
    kept: [],
    done: 0,
    names: [],
  };
  return { migration, task, agentSelf, how, early, to, ...nothing, surplus: [], code: 'KERN_SUCCESS' };
}

export const smsRoutine = routine<MigrationWorld, TaskMigration>('sms', 'moves a Mach task to another node', [
  step('bring it to clean points', (w, t, f) => {
    if (f.to === NONE) f.to = t.node;
    if (!f.early) at(w.migrations, f.migration).step = 10;
    departs(w, f.migration, t.task, f.task);
    call(t, cleanPoints, bringingToCleanPoints(f.task, f.agentSelf));
  }),
  step('make it at the destination', (w, t, f) => {
    const { code, info, threads, states, kept, twice } = t.result as CleanTask;
    Object.assign(f, { info, threads, states, kept, surplus: [...twice] });
    if (code !== 'KERN_SUCCESS') return fail(w, t, f, code);
    remember(w, f.migration);
    const suspensions = info!.pid === NONE ? info!.suspendCount - 1 : 1;
    const { migration, task: from, agentSelf, to } = f;
    call(t, makeTask, makingTask({ migration, from, agentSelf, to, info: info!, suspensions }));
  }),
  step('begin with its memory', (w, t, f) => {
    const { code, made, surplus } = t.result as MadeTask;
    f.made = made;
    f.surplus.push(...surplus);
    if (code !== 'KERN_SUCCESS') fail(w, t, f, code);
  }),
  step('import a region', (_w, t, f) => {
    const { migration, task: from, made: to, agentSelf, how } = f;
    const index = f.done++;
    if (!isPager(how)) return call(t, importRegion, importing(from, to, agentSelf, index));
    call(t, takeRegion, takingRegion({ migration, strategy: how.strategy, from, to, agentSelf, index }));
  }),
  step('import the next region', (w, t, f) => {
    if (t.result === 'KERN_SUCCESS') return goTo(w, t, 'import a region');
    if (t.result !== 'KERN_NO_SPACE') fail(w, t, f, t.result as string);
  }),
  step('leave it at that, if it is early', (_w, t, f) => {
    if (!f.early) return;
    finish(t, { code: f.code, task: f.task, surplus: [], prepared: f } satisfies TaskMigrationResult);
  }),
  step('list the names of its port name space', (w, t, f) => kernelCall(w, t, f.task, 'mach_port_names')),
  step('commit', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return fail(w, t, f, t.code);
    f.names = order(t.body as PortType[]);
    f.done = 0;
    at(w.migrations, f.migration).committed = true;
  }),
  step('move a name', (w, t, f) => {
    const next = f.names[f.done++];
    if (next === undefined) return goTo(w, t, 'move its kernel port');
    call(t, moveName, movingName(f.task, f.made, next));
  }),
  step('move the next name', (w, t, f) => {
    if (t.result === 'KERN_SUCCESS') goTo(w, t, 'move a name');
    else fail(w, t, f, t.result as string);
  }),
  step('move its kernel port', (_w, t, f) => {
    const { migration, task: old, made, agentSelf } = f;
    call(
      t,
      kernelPort,
      movingKernelPort({
        ...{ migration, what: 'task', old, made, agentSelf },
        ...{ interpose: isInterposed(f), interposed: f.info!.interposed },
      }),
    );
  }),
  step('begin with the first thread', (w, t, f) => {
    const { code, husk, suspendCount } = t.result as MovedKernelPort;
    f.husk = husk;
    f.done = 0;
    if (code !== 'KERN_SUCCESS') return fail(w, t, f, code);
    f.late = suspendCount - f.info!.suspendCount;
    if (!isInterposed(f)) f.made = f.task;
  }),
  step('suspend or resume it as others have meanwhile', (w, t, f) => {
    if (f.late === 0) return goTo(w, t, 'move a thread');
    const more = f.late > 0;
    f.late += more ? -1 : 1;
    kernelCall(w, t, f.made, more ? 'task_suspend' : 'task_resume');
  }),
  step('and again', (w, t) => goTo(w, t, 'suspend or resume it as others have meanwhile')),
  step('move a thread', (w, t, f) => {
    const thread = f.threads[f.done];
    if (thread === undefined) return goTo(w, t, 'end the husk');
    const { migration, made: to, agentSelf, states, kept, done } = f;
    const interpose = isInterposed(f);
    call(
      t,
      moveThread,
      movingThread({ migration, interpose, thread, to, agentSelf, state: states[done]!, kept: [...kept[done]!] }),
    );
    f.done++;
  }),
  step('move the next thread', (w, t, f) => {
    if (t.result === 'KERN_SUCCESS') goTo(w, t, 'move a thread');
    else fail(w, t, f, t.result as string);
  }),
  step('end the husk', (w, t, f) => {
    const m = at(w.migrations, f.migration);
    m.task = m.made;
    kernelCall(w, t, f.husk, 'task_terminate');
  }),
  step('forget the husk', (w, t, f) => {
    arrived(w, f.migration);
    kernelCall(w, t, f.agentSelf, 'mach_port_deallocate', { body: { name: f.husk } });
  }),
  step('it has arrived', (w, t, f) => {
    settled(w, f.migration);
    f.surplus.push(...f.threads);
    goTo(w, t, 'report');
  }),
  step('end what was built', (w, t, f) => {
    if (f.made !== NONE) kernelCall(w, t, f.made, 'task_terminate');
  }),
  step('let the task go on at the source, or end it there', (w, t, f) => {
    settled(w, f.migration);
    if (!at(w.migrations, f.migration).committed) return kernelCall(w, t, f.task, 'task_resume');
    assert(f.code !== 'KERN_SUCCESS', '4.6', 'a task that was moved is given up');
    kernelCall(w, t, f.husk === NONE ? f.task : f.husk, 'task_terminate');
  }),
  step('collect the names that are left', (_w, _t, f) => {
    const kept = f.kept.flat().flatMap(({ names }) => names);
    const made = [f.made, f.husk].filter((name) => name !== NONE && name !== f.task);
    f.surplus.push(...f.threads, ...kept, ...made);
  }),
  step('report', (_w, t, f) => {
    const task = f.made === NONE ? f.task : f.made;
    finish(t, { code: f.code, task, surplus: f.surplus } satisfies TaskMigrationResult);
  }),
]);

function fail(w: MigrationWorld, t: Thread, f: TaskMigration, code: string): void {
  f.code = code;
  goTo(w, t, 'end what was built');
}

function isInterposed({ how }: TaskMigration): boolean {
  return how.using === 'user_level';
}

/** Sets, then receive rights, then send rights, then send-once rights, then dead names. */
function order(all: readonly PortType[]): RightUnderName[] {
  const requested = new Set(all.filter(({ dnrequest }) => dnrequest).map(({ name }) => name));
  return [PORT_SET, RECEIVE, SEND, SEND_ONCE, DEAD_NAME].flatMap((type) =>
    all
      .filter((each) => (each.type & type) !== 0)
      .map(({ name }) => ({ name, type, dnrequest: requested.delete(name) })),
  );
}
