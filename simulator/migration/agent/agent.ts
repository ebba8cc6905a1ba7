/**
 * Agents: who pulls a task over to a node [mechanisms 4.3, hop count; 5.9].
 *
 * An agent runs on the destination, so that every receive right moves once. On a node with a PMA the PMA is the agent.
 * A pure compute node has none, and no process can be moved there; but its *migration server*, a task that knows
 * nothing of UNIX, takes the Mach task of one in. Every PMA gets a send right to it at boot.
 */
import { NONE, at, take, type Row } from '../../base/table.ts';
import { bootRight } from '../../dipc/boot.ts';
import { portAllocate } from '../../mach/ipc/right.ts';
import { lookup } from '../../mach/ipc/space.ts';
import { serve } from '../../mach/server.ts';
import { taskCreate, taskPort } from '../../mach/task.ts';
import type { Thread } from '../../mach/thread.ts';
import { pmaAt, type Pma } from '../../osf1/pma/pma.ts';
import type { MigrationWorld } from '../record.ts';

export interface Agent extends Row {
  node: number;
  task: number;
  // Names in the space of its task.
  /** Send right to its own task's kernel port. */
  self: number;
  service: number;
  /** Names of the send rights to its service port, in the spaces of the PMAs, by row. */
  readonly clients: number[];
}

/** Boots a migration server on every node that has no PMA, and introduces it to all PMAs. */
export function bootAgents(w: MigrationWorld): void {
  for (const node of w.nodes.rows) {
    if (pmaAt(w, node.id) !== null) continue;
    const name = `migration_server@${node.name}`;
    const task = taskCreate(w, node.id, 'server', name, 0);
    const self = bootRight(w, taskPort(w, task), task);
    const service = portAllocate(w, task, name);
    serve(w, task, service);
    const port = at(w.ports, lookup(task.space, service)!.port);
    const clients = w.pmas.rows.map((pma) => bootRight(w, port, at(w.tasks, pma.task)));
    take(w.agents, (id) => ({ id, live: true, node: node.id, task: task.id, self, service, clients }));
  }
}

/** Name, in the PMA's space, of a right to the agent on a node; NONE if there is none. */
export function agentFor(w: MigrationWorld, pma: Pma, node: number): number {
  const peer = pma.peers[node] ?? NONE;
  if (peer !== NONE) return peer;
  return w.agents.rows.find((each) => each.live && each.node === node)?.clients[pma.id] ?? NONE;
}

/** Name of the right to its own task, whichever kind of agent the thread belongs to. */
export function selfOf(w: MigrationWorld, t: Thread): number {
  const server = w.agents.rows.find((each) => each.live && each.task === t.task);
  const pma = w.pmas.rows.find((each) => each.live && each.task === t.task);
  return server?.self ?? pma!.self;
}
