/**
 * Who manages the processes of a cluster [paper 2.1, figure 3; 2.2, figure 4; section 4]: chosen in the script by
 * `process_management`.
 *
 *   centralised     one PMA. Processes also run on nodes without one: they are made there by remote kernel calls, and each
 *                   of their system calls is a message to it. It is the tasks that can be moved, not the processes.
 *   distributed     a PMA on every node that is to have processes of its own, and one PM Master for all of them.
 *   local_masters   a PMA and a PM Master on every such node: what was created there is known there
 *                   [docs/decisions/0049-a-pm-master-on-each-node.md].
 */
import { NONE, at } from '../base/table.ts';
import { renewRight } from '../dipc/boot.ts';
import { taskPort, type Task } from '../mach/task.ts';
import type { ClusterSpec } from '../workload/program.ts';
import { templateName } from './memory.ts';
import { pmaAt, type Pma } from './pma/pma.ts';
import type { OsfWorld } from './world.ts';

/** The cluster that is run. */
export function clusterOf(w: OsfWorld): ClusterSpec {
  const { image, scenario } = w.setup;
  return image.clusters[image.scenarios[scenario]!.cluster]!;
}

export const isCentralised = (w: OsfWorld): boolean => clusterOf(w).management === 'centralised';

/** The node of init: that of the PM Master, or the first with a PMA; NONE if there is none. */
export function homeOf(w: OsfWorld): number {
  const { nodes } = clusterOf(w);
  const beside = nodes.findIndex(({ pma, pmMaster }) => pma && pmMaster);
  return beside >= 0 ? beside : nodes.findIndex(({ pma }) => pma);
}

/** The PMA of the processes that are made on the node: its own, or the one that the cluster has; null if it is down. */
export function managerOf(w: OsfWorld, node: number): Pma | null {
  if (!isCentralised(w)) return pmaAt(w, node);
  return w.pmas.rows.find(({ live }) => live) ?? null;
}

/** Whether processes are made on the node, so that it needs a task to clone them from. */
export function isManaged(w: OsfWorld, node: number): boolean {
  return clusterOf(w).nodes[node]!.pma || isCentralised(w);
}

/**
 * Name, in the PMA's space, of a right to the task on the node that processes are cloned from; NONE if the node is down.
 * Handed out by the bootstrap when it is first asked for [docs/decisions/0035-rights-of-the-bootstrap.md].
 */
export function templateOn(w: OsfWorld, { task, templates }: Pma, node: number): number {
  while (templates.length <= node) templates.push(NONE);
  const template = templateTaskOn(w, node);
  if (template !== null) {
    templates[node] = renewRight(w, templates[node]!, taskPort(w, template), at(w.tasks, task));
  }
  return templates[node]!;
}

function templateTaskOn(w: OsfWorld, node: number): Task | null {
  const name = templateName(w, node);
  return w.tasks.rows.find((each) => each.live && each.node === node && each.name === name) ?? null;
}
