/**
 * task_create: a task on the same node, with the regions that it inherits [mechanisms 3.3].
 *
 * Every region is shared, copied or left out, as its inheritance says. Most copies are made in a moment; one of memory
 * that several kernels share is made by its home, and the call waits for it.
 */
import { NONE, at } from '../../base/table.ts';
import { inheritExceptionPorts } from '../exception-ports.ts';
import { copyOf, setSpecial, specialOf } from '../kept.ts';
import type { KernelAnswer, KernelRequest } from '../kernel-call.ts';
import { finish, goTo, routine, step, type Routine } from '../routine.ts';
import { setTaskPriority, taskCreate, taskPort, taskTerminate, type Task, type TaskKind } from '../task.ts';
import type { Thread } from '../thread.ts';
import { inheritRegion } from '../vm/copy.ts';
import { dropReference } from '../vm/object.ts';
import { regionAdd, type Region } from '../vm/region.ts';
import type { MachWorld } from '../world.ts';
import { copySlowly, type SlowCopy } from '../vm/slow-copy.ts';
import { invalidArgument, sendRight, taskOf } from './objects.ts';

export interface TaskCreate {
  readonly name: string;
  readonly kind: TaskKind;
  /** Inherit the parent's regions, as each one's inheritance says. */
  readonly inherit: boolean;
  readonly pid: number;
  readonly activity: number;
  /** Instead of the parent's. */
  readonly priority?: number;
}

interface Creating extends KernelRequest {
  readonly body: TaskCreate;
  child?: number;
  /** Regions still to inherit. */
  left?: number[];
}

const taskCreateService = routine<MachWorld, Creating>('task_create', 'makes a task', [
  step('make the task', (w, t, f) => {
    const parent = taskOf(w, f);
    if (parent === null) return finish(t, invalidArgument);
    const child = childOf(w, parent, f.body);
    f.child = child.id;
    f.left = f.body.inherit ? [...parent.regions] : [];
    inheritMoments(w, t, f, child);
  }),
  step('copy a region that its home has to copy', (w, t, f) => {
    const region = w.regions.rows[f.left![0]!];
    if (region?.live !== true) return void f.left!.shift();
    const { copyStrategy } = at(w.objects, region.object);
    copySlowly(w, t, f, region.object, copyStrategy === 'none' ? 'none' : 'call', { region: region.id });
  }),
  step('go on with the next region', (w, t, f) => {
    const answer = t.result as KernelAnswer | null;
    const child = at(w.tasks, f.child!);
    if (answer?.code !== undefined) {
      taskTerminate(w, child);
      return finish(t, { code: answer.code } satisfies KernelAnswer);
    }
    const region = w.regions.rows[f.left![0] ?? NONE];
    const made = answer === null ? null : (answer.body as SlowCopy);
    if (made !== null && region?.live === true) mapCopy(w, child, region, made);
    if (made !== null) dropReference(w, at(w.objects, made.object));
    f.left!.shift();
    inheritMoments(w, t, f, child);
    if (f.left!.length > 0) goTo(w, t, 'copy a region that its home has to copy');
  }),
]);

/** Everything that takes a moment; what is left begins with a region that takes longer. */
function inheritMoments(w: MachWorld, t: Thread, f: Creating, child: Task): void {
  while (f.left!.length > 0) {
    const region = w.regions.rows[f.left![0]!];
    if (region?.live === true && !inheritRegion(w, region, child)) return;
    f.left!.shift();
  }
  finish(t, { body: { task: child.id }, rights: sendRight(taskPort(w, child)) } satisfies KernelAnswer);
}

function mapCopy(w: MachWorld, child: Task, region: Region, made: SlowCopy): void {
  const { name, start, pages, protection, maximum, inheritance } = region;
  const { memory, needsCopy } = made;
  const fields = { name, start, pages, protection, maximum, inheritance, memory, needsCopy };
  regionAdd(w, child, at(w.objects, made.object), fields);
}

/** A task without regions and threads, with copies of the parent's special ports [1.12]. */
function childOf(w: MachWorld, parent: Task, fields: Omit<TaskCreate, 'inherit'>): Task {
  const { name, kind, pid, activity, priority } = fields;
  const task = taskCreate(w, parent.node, kind, name, activity);
  task.pid = pid;
  if (priority === undefined) task.schedule = parent.schedule;
  else setTaskPriority(task, priority);
  specialOf(parent).forEach((port, which) => setSpecial(w, task, which, copyOf(w, port)));
  inheritExceptionPorts(w, parent, task);
  return task;
}

export const inheritServices: readonly Routine[] = [taskCreateService];
