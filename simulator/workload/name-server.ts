/**
 * The name server: who publishes a port gives it a send right, who looks a name up gets a copy. It is a server like any
 * other, on the node of the PM Master (or the first node), reached by messages to the bootstrap port of a task; it runs
 * only if the script has a name to publish or to look up.
 *
 * A look-up waits until somebody has published the name: a script need not say who begins first. A name that is published
 * again means the new port. If the port has died the answer carries a dead name, as every copy of a right to it would.
 */
import { NONE, at } from '../base/table.ts';
import { bootRight } from '../dipc/boot.ts';
import { rpc, type Payload } from '../mach/ipc/mach-msg.ts';
import { COPY_SEND } from '../mach/ipc/right.ts';
import { kernelCall } from '../mach/kernel-call.ts';
import { TASK_BOOTSTRAP_PORT } from '../mach/kernel-services/special-port-services.ts';
import { again, finish, goTo, routine, step, type Routine } from '../mach/routine.ts';
import type { Request } from '../mach/server.ts';
import type { Task } from '../mach/task.ts';
import { blockOn, wakeAll, type Thread } from '../mach/thread.ts';
import { bootTask, portUnder } from '../osf1/boot-task.ts';
import type { WorkloadWorld } from './world.ts';

/** What it keeps in its memory: names, and its names for the rights. */
interface Published {
  readonly self: number;
  readonly names: { readonly name: string; right: number }[];
}

interface Named {
  readonly name: string;
}

interface CheckIn extends Request {
  readonly body: Named;
  before?: number;
}

interface LookUp extends Request {
  readonly body: Named;
}

/** Boots the name server and returns the name of a right to it in the space of the task. */
export function bootNameServer(w: WorkloadWorld, node: number, user: Task): number {
  const { task, self, service } = bootTask(w, node, 'name_server');
  task.emulator = { self, names: [] } satisfies Published;
  return bootRight(w, portUnder(w, task, service), user);
}

function published(w: WorkloadWorld, t: Thread): Published {
  return at(w.tasks, t.task).emulator as Published;
}

const channel = (name: string): string => `publication of ${name}`;

const checkIn = routine<WorkloadWorld, CheckIn>('netname_check_in', 'keeps a right under a name', [
  step('keep the right', (w, t, f) => {
    const [right] = f.names;
    const { name } = f.body;
    if (right === undefined) return finish(t, { code: 'NETNAME_NOT_YOURS' } satisfies Payload);
    const { names } = published(w, t);
    const known = names.find((each) => each.name === name);
    f.before = known?.right ?? NONE;
    if (known === undefined) names.push({ name, right });
    else known.right = right;
    wakeAll(w, at(w.tasks, t.task), channel(name));
  }),
  step('forget the right before it', (w, t, f) => {
    if (f.before === undefined || f.before === NONE) return;
    kernelCall(w, t, published(w, t).self, 'mach_port_deallocate', { body: { name: f.before } });
  }),
  step('answer', (_w, t) => finish(t, {} satisfies Payload)),
]);

const lookUp = routine<WorkloadWorld, LookUp>('netname_look_up', 'gives a copy of the right under a name', [
  step('look for the name', (w, t, f) => {
    const { name } = f.body;
    const known = published(w, t).names.find((each) => each.name === name);
    if (known !== undefined) {
      return finish(t, { rights: [{ name: known.right, disposition: COPY_SEND }] } satisfies Payload);
    }
    again(t);
    blockOn(w, t, channel(name));
  }),
]);

export const nameServices: readonly Routine[] = [checkIn, lookUp];

/** How a task asks: its bootstrap port is the name server. */
export interface AskNameServer {
  readonly self: number;
  readonly operation: 'netname_check_in' | 'netname_look_up';
  readonly body: Named;
  readonly rights: NonNullable<Payload['rights']>;
  server: number;
  code: string;
  /** Name of the right that the answer brought, or NONE. */
  found: number;
}

export const askNameServer = routine<WorkloadWorld, AskNameServer>('name server', 'publishes a port, or looks one up', [
  step('get the bootstrap port', (w, t, f) => {
    kernelCall(w, t, f.self, 'task_get_special_port', { body: { whichPort: TASK_BOOTSTRAP_PORT } });
  }),
  step('ask the name server', (w, t, f) => {
    f.server = t.names[0] ?? NONE;
    f.code = f.server === NONE ? 'KERN_INVALID_ARGUMENT' : t.code;
    if (f.code !== 'KERN_SUCCESS') return goTo(w, t, 'done');
    rpc(w, t, f.server, f.operation, { body: f.body, rights: f.rights });
  }),
  step('forget the bootstrap port', (w, t, f) => {
    f.code = t.code;
    f.found = t.names[0] ?? NONE;
    kernelCall(w, t, f.self, 'mach_port_deallocate', { body: { name: f.server } });
  }),
  step('done', (_w, t, f) => finish(t, { code: f.code, value: f.found })),
]);
