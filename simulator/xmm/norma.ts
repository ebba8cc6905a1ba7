/**
 * Making a task on another node [mechanisms 3.4]: three kernel services on the port of a task, with one machinery.
 *
 *   norma_task_create     a child: each region is shared, copied or left out, as its inheritance says
 *   norma_task_clone      every region is shared; the child's inheritance is like the parent's
 *   norma_task_teleport   the task itself goes: what only it writes is copied lazily, the rest is shared, and the source
 *                         is terminated
 *
 * None moves threads or the port name space. The source allocates the task there in one message, says for each region
 * what is behind it, and sends all of it in one more: the vector of regions, and a memory object right for each object in
 * each chain. The other kernel imports them, all or nothing: if one cannot be imported the new task is terminated. No
 * page moves.
 */
import { NONE, at } from '../base/table.ts';
import { copy } from '../base/plain.ts';
import { HOST_PORT, hostPort } from '../dipc/special-ports.ts';
import { rpcToPort } from '../mach/ipc/mach-msg.ts';
import { EXC_MASK_ALL, actionsIn } from '../mach/exception-ports.ts';
import { SEND } from '../mach/ipc/space.ts';
import { takeHand, type KernelAnswer, type KernelRequest } from '../mach/kernel-call.ts';
import { copySlowly, type SlowCopy } from '../mach/vm/slow-copy.ts';
import { invalidArgument, sendRight, taskOf } from '../mach/kernel-services/objects.ts';
import { finish, goTo, routine, step, type Routine } from '../mach/routine.ts';
import { taskTerminate } from '../mach/task.ts';
import type { Thread } from '../mach/thread.ts';
import { copiedMemory, copyRegion, shareObject } from '../mach/vm/copy.ts';
import { controlPort, dropReference, type VmObject } from '../mach/vm/object.ts';
import type { Region } from '../mach/vm/region.ts';
import { arrivedRight } from './import-object.ts';
import { isPassedOn } from './import-services.ts';
import { ENTRY_BYTES, type AllocateTask, type MapVector, type VectorEntry } from './vm-map-vector.ts';
import type { XmmWorld } from './world.ts';
import { specialOf } from '../mach/kept.ts';

/** What the three services are told. */
export interface NormaTask {
  readonly node: number;
  /** The task's own name, if none is given. */
  readonly name?: string;
  /** norma_task_create: whether the child inherits memory at all, and whom its work is charged to if not the parent's. */
  readonly inherit?: boolean;
  readonly activity?: number;
}

/** What stands behind a region of the new task: an object of this node, kept by a reference until it is imported. */
interface Planned {
  readonly region: number;
  readonly object: number;
  readonly needsCopy: boolean;
  readonly memory: number;
  readonly shared: boolean;
}

interface Making extends KernelRequest {
  readonly body: NormaTask;
  /** Regions still to look at. */
  left?: number[];
  plan?: Planned[];
  code?: string;
}

type How = 'create' | 'clone' | 'teleport';

function normaRoutine(how: How, story: string): Routine {
  return routine<XmmWorld, Making>(`norma_task_${how}`, story, [
    step('list the regions', (w, t, f) => {
      const task = taskOf(w, f);
      const node = w.nodes.rows[f.body.node];
      if (task === null || node === undefined || (how === 'teleport' && t.task === task.id)) {
        return finish(t, invalidArgument);
      }
      f.plan = [];
      f.left = how === 'create' && f.body.inherit === false ? [] : [...task.regions];
    }),
    step('share or copy a region', (w, t, f) => {
      const id = f.left![0];
      if (id === undefined) return goTo(w, t, 'allocate the task there');
      const region = w.regions.rows[id];
      if (region?.live !== true || (how === 'create' && region.inheritance === 'none')) return;
      const object = planRegion(w, f, region, how);
      if (object === null) return;
      copySlowly(w, t, f, object.id, object.copyStrategy === 'none' ? 'none' : 'call', { region: region.id });
    }),
    step('go on with the next region', (w, t, f) => {
      const answer = t.result as KernelAnswer | null;
      const id = f.left!.shift()!;
      if (answer?.code !== undefined) return fail(w, t, f, answer.code);
      if (answer !== null) f.plan!.push({ region: id, ...(answer.body as SlowCopy), shared: false });
      goTo(w, t, 'share or copy a region');
    }),
    step('allocate the task there', (w, t, f) => {
      const task = taskOf(w, f);
      if (task === null) return fail(w, t, f, 'KERN_INVALID_ARGUMENT');
      const kept = specialOf(task)
        .map((port, which) => ({ port, which }))
        .filter(({ port }) => port !== NONE);
      const actions = actionsIn(task, EXC_MASK_ALL);
      const { kind, pid, activity, emulator } = task;
      const body: AllocateTask = {
        ...{ name: f.body.name ?? task.name, kind, pid: how === 'create' ? NONE : pid },
        activity: f.body.activity ?? activity,
        which: kept.map(({ which }) => which),
        exceptions: actions.map(({ mask, behavior, flavor }) => ({ mask, behavior, flavor })),
        emulator: how === 'create' ? null : copy(emulator),
      };
      const rights = [...kept, ...actions].flatMap(({ port }) => sendRight(at(w.ports, port)));
      const host = hostPort(w, t.node, f.body.node, HOST_PORT);
      rpcToPort(w, t, host, 'norma_task_allocate', { body }, rights);
    }),
    step('send the vector of regions', (w, t, f) => {
      const port = t.code === 'KERN_SUCCESS' ? arrivedRight(w, t, 0) : NONE;
      if (port === NONE) return fail(w, t, f, t.code === 'KERN_SUCCESS' ? 'KERN_FAILURE' : t.code);
      t.hand = [...t.hand, SEND, port];
      const rights: number[] = [];
      const regions = f.plan!.map((each) => entryOf(w, each, rights));
      const bytes = regions.length * ENTRY_BYTES;
      rpcToPort(w, t, at(w.ports, port), 'vm_map_vector', { body: { regions } satisfies MapVector, bytes }, rights);
    }),
    step('take it back if it failed', (w, t, f) => {
      if (t.code === 'KERN_SUCCESS') return goTo(w, t, 'done');
      f.code = t.code;
      rpcToPort(w, t, at(w.ports, t.hand[t.hand.length - 1]!), 'task_terminate', {});
    }),
    step('report the failure', (w, t, f) => fail(w, t, f, f.code!)),
    step('done', (w, t, f) => {
      releasePlan(w, f);
      const task = taskOf(w, f);
      if (how === 'teleport' && task !== null) taskTerminate(w, task);
      finish(t, { rights: takeHand(t).slice(-2) } satisfies KernelAnswer);
    }),
  ]);
}

/** Plans the region, or returns the object that has to be copied first. */
function planRegion(w: XmmWorld, f: Making, region: Region, how: How): VmObject | null {
  const symmetric = region.needsCopy || at(w.objects, region.object).copyStrategy === 'symmetric';
  const shared = how === 'create' ? region.inheritance === 'share' : how === 'clone' || !symmetric;
  if (shared) {
    const object = shareObject(w, region);
    keep(w, f, region.id, { object: object.id, needsCopy: false, memory: region.memory, shared: true });
    return null;
  }
  const made = copyRegion(w, region);
  if (made === null) return at(w.objects, region.object);
  const memory = how === 'teleport' ? region.memory : copiedMemory(w, region);
  keep(w, f, region.id, { object: made.object.id, needsCopy: made.needsCopy, memory, shared: false });
  return null;
}

function keep(w: XmmWorld, f: Making, region: number, planned: Omit<Planned, 'region'>): void {
  at(w.objects, planned.object).references++;
  const { object, needsCopy, memory, shared } = planned;
  f.plan!.push({ region, object, needsCopy, memory, shared });
}

/** What the vector says of one region; the rights to the objects behind it are added to those that travel. */
function entryOf(w: XmmWorld, planned: Planned, rights: number[]): VectorEntry {
  const { name, start, pages, protection, maximum, inheritance, external } = at(w.regions, planned.region);
  const { needsCopy, memory, shared } = planned;
  let depth = 0;
  for (let id = planned.object; id !== NONE; id = at(w.objects, id).shadow, depth++) {
    const object = at(w.objects, id);
    if (!isPassedOn(object)) rights.push(...sendRight(controlPort(w, object)));
    else {
      at(w.ports, object.pager).srights++;
      rights.push(SEND, object.pager);
    }
  }
  const region = { name, start, pages, protection, maximum, inheritance, needsCopy, memory, external };
  return { region, depth, shared };
}

function releasePlan(w: XmmWorld, f: Making): void {
  for (const { object } of f.plan!) dropReference(w, at(w.objects, object));
  f.plan = [];
}

function fail(w: XmmWorld, t: Thread, f: Making, code: string): void {
  releasePlan(w, f);
  finish(t, { code } satisfies KernelAnswer);
}

export const normaTaskServices: readonly Routine[] = [
  normaRoutine('create', 'makes a child on another node'),
  normaRoutine('clone', 'makes a task on another node that shares all memory'),
  normaRoutine('teleport', 'moves the memory of a task to another node'),
];
