/** Nodes: roles, processor, memory. */
import { pmaAt } from '../osf1/pma/pma.ts';
import { NONE, at, select } from '../base/table.ts';
import { isCut } from '../dipc/world.ts';
import { residentBytes } from '../mach/vm/region.ts';
import type { Node } from '../mach/node.ts';
import { readyThreads } from '../mach/ready-queue.ts';
import type { OsfWorld } from '../osf1/world.ts';
import type { NodeState } from './state.ts';

export function nodeStates(w: OsfWorld): NodeState[] {
  return select(w.nodes, () => true).map((node) => ({
    node: node.name,
    up: node.up,
    unreachable: unreachableFrom(w, node),
    incarnation: node.incarnation,
    roles: rolesOf(w, node.id),
    processor: processorOf(w, node),
    ready: readyThreads(w, node).map(({ name }) => name),
    tasks: select(w.tasks, (task) => task.node === node.id).map(({ id }) => id),
    busy: node.busy,
    memory: node.memory,
    freeMemory: node.memory - residentBytes(w, node.id),
    incoming: pmaAt(w, node.id)?.incoming.map(({ turn }) => turn + 1) ?? [],
  }));
}

/** Nodes that it is cut off from: the network is broken between them. */
function unreachableFrom(w: OsfWorld, { id }: Node): string[] {
  return select(w.nodes, (other) => isCut(w, id, other.id)).map(({ name }) => name);
}

function rolesOf(w: OsfWorld, node: number): string[] {
  const here = (row: { node: number }): boolean => row.node === node;
  const roles: [string, boolean][] = [
    ['pma', select(w.pmas, here).length > 0],
    ['pm_master', select(w.pmMasters, here).length > 0],
    ['monitor', select(w.monitors, here).length > 0],
    ['credentials', select(w.credentialsServers, here).length > 0],
    ['file_server', select(w.fileServers, here).length > 0],
  ];
  return roles.filter(([, has]) => has).map(([role]) => role);
}

function processorOf(w: OsfWorld, node: Node): string {
  if (node.kernelFreeAt > w.time) return 'kernel';
  return node.running === NONE ? 'idle' : at(w.threads, node.running).name;
}
