/** What the kernels keep rights for: special and exception ports, pagers of memory, notification requests. */
import { NONE, at, select } from '../base/table.ts';
import { EXC_MASK_ALL, actionsIn } from '../mach/exception-ports.ts';
import { specialOf, sselfOf } from '../mach/kept.ts';
import { NUMBERS_PER_DEAD_NAME } from '../mach/ipc/requests.ts';
import { SEND, SEND_ONCE } from '../mach/ipc/space.ts';
import type { XmmWorld } from '../xmm/world.ts';

export interface KeptRight {
  readonly node: number;
  readonly port: number;
  readonly type: number;
  readonly why: string;
}

export const specialNames = ['bootstrap', 'registered 1', 'registered 2', 'registered 3'] as const;

export function keptRights(w: XmmWorld): KeptRight[] {
  return [...ofTasks(w), ...ofThreads(w), ...ofMemory(w), ...ofRequests(w), ...ofNodes(w)].filter(
    ({ port }) => port !== NONE,
  );
}

function ofTasks(w: XmmWorld): KeptRight[] {
  return select(w.tasks, () => true).flatMap((task) => {
    const kept = (port: number, why: string): KeptRight => ({ node: task.node, port, type: SEND, why });
    return [
      kept(sselfOf(task), `self of ${task.name}`),
      ...specialOf(task).map((port, which) => kept(port, `${specialNames[which] ?? 'special'} port of ${task.name}`)),
      ...actionsIn(task, EXC_MASK_ALL).map(({ port }) => kept(port, `exception port of ${task.name}`)),
    ];
  });
}

function ofThreads(w: XmmWorld): KeptRight[] {
  return select(w.threads, () => true).flatMap((t) => {
    const kept = (port: number, why: string): KeptRight => ({ node: t.node, port, type: SEND, why });
    return [
      kept(sselfOf(t), `self of thread ${t.name}`),
      ...actionsIn(t, EXC_MASK_ALL).map(({ port }) => kept(port, `exception port of thread ${t.name}`)),
    ];
  });
}

function ofMemory(w: XmmWorld): KeptRight[] {
  const pagers = select(w.objects, () => true).map(({ node, pager, label }) => ({
    node,
    port: pager,
    type: SEND,
    why: `pager of ${label}`,
  }));
  const controls = select(w.memoryObjects, () => true).flatMap(({ node, object, kernels }) =>
    kernels.map((kernel) => ({
      node,
      port: kernel.control,
      type: SEND,
      why: `a kernel that imports ${w.objects.rows[object]?.label ?? ''}`,
    })),
  );
  return [...pagers, ...controls];
}

function ofNodes(w: XmmWorld): KeptRight[] {
  return select(w.nodes, () => true).flatMap(({ id, specialPorts }) =>
    specialPorts.map((port, number) => ({ node: id, port, type: SEND, why: `special port ${number}` })),
  );
}

function ofRequests(w: XmmWorld): KeptRight[] {
  return select(w.requests, () => true).flatMap(({ port, noSenders, portDestroyed, deadNames }) => {
    const { node, label } = at(w.ports, port);
    const kept = (to: number, what: string): KeptRight => ({
      node,
      port: to,
      type: SEND_ONCE,
      why: `${what} request of ${label}`,
    });
    const watched = deadNames.filter((_, i) => i % NUMBERS_PER_DEAD_NAME === NUMBERS_PER_DEAD_NAME - 1);
    return [
      kept(noSenders, 'no-senders'),
      kept(portDestroyed, 'port-destroyed'),
      ...watched.map((to) => kept(to, 'dead-name')),
    ];
  });
}
