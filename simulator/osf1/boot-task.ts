/** A server's task at boot: its ports are made and its first thread waits, at no cost. */
import { at } from '../base/table.ts';
import { bootRight } from '../dipc/boot.ts';
import { moveMember } from '../mach/ipc/port-set.ts';
import type { Port } from '../mach/ipc/port.ts';
import { portAllocate, portSetAllocate } from '../mach/ipc/right.ts';
import { lookup } from '../mach/ipc/space.ts';
import { serve } from '../mach/server.ts';
import { taskCreate, taskPort, type Task } from '../mach/task.ts';
import type { OsfWorld } from './world.ts';

export interface Booted {
  readonly task: Task;
  readonly self: number;
  readonly service: number;
  readonly set: number;
}

/** A task with a service port in a port set, and a thread that serves the set. */
export function bootTask(w: OsfWorld, node: number, role: string): Booted {
  const name = `${role}@${at(w.nodes, node).name}`;
  const task = taskCreate(w, node, 'server', name, 0);
  const self = bootRight(w, taskPort(w, task), task);
  const service = portAllocate(w, task, name);
  const set = portSetAllocate(w, task, `${name}.set`);
  moveMember(w, portUnder(w, task, service), portUnder(w, task, set));
  serve(w, task, set);
  return { task, self, service, set };
}

/** A port that a server receives on, besides its service port. */
export function bootPort(w: OsfWorld, { task, set }: Pick<Booted, 'task' | 'set'>, label: string): number {
  const name = portAllocate(w, task, label);
  moveMember(w, portUnder(w, task, name), portUnder(w, task, set));
  return name;
}

/** The port that a name of the task denotes. */
export function portUnder(w: OsfWorld, task: Task, name: number): Port {
  return at(w.ports, lookup(task.space, name)!.port);
}
