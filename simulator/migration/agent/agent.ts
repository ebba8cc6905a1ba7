/**
 * Agents: who moves a task to a node [mechanisms 4.3, hop count; 5.9].
 *
 * By default the agent is on the destination, so that every receive right moves once. On a node with a PMA the PMA is
 * the agent. A pure compute node has none, and no process can be moved there; but its *migration server*, a task that
 * knows nothing of UNIX, takes the Mach task of one in. Every PMA gets a send right to it at boot.
 *
 * A server that is a pager of the tasks that it moves, or relays their kernel calls, is always a migration server: it
 * lives on for them. On a node that has none it is started when it is first needed.
 */
import { NONE, at, take, type Row } from '../../base/table.ts';
import { bootRight, renewRight } from '../../dipc/boot.ts';
import { portAllocate } from '../../mach/ipc/right.ts';
import type { Port } from '../../mach/ipc/port.ts';
import { lookup } from '../../mach/ipc/space.ts';
import { serve } from '../../mach/server.ts';
import { taskCreate, taskPort, type Task } from '../../mach/task.ts';
import type { Thread } from '../../mach/thread.ts';
import { peerOf, pmaAt, type Pma } from '../../osf1/pma/pma.ts';
import type { MigrationWorld } from '../record.ts';
import { agentNode, isPager, type TaskMove } from '../task/how.ts';

export interface Agent extends Row {
  node: number;
  task: number;
  // Names in the space of its task.
  /** Send right to its own task's kernel port. */
  self: number;
  service: number;
  /** Port set that it receives relayed kernel calls on (relay.ts); NONE until there are any. */
  relays: number;
  /** Port set that it receives on as a pager (oms/pager.ts); NONE until it is one. */
  objects: number;
  /** Names of the send rights to its service port, in the spaces of the PMAs, by row. */
  readonly clients: number[];
}

/** Boots a migration server on every node that has no PMA. */
export function bootAgents(w: MigrationWorld): void {
  for (const node of w.nodes.rows) bootAgentWithoutPma(w, node.id);
}

export function bootAgentWithoutPma(w: MigrationWorld, node: number): void {
  if (pmaAt(w, node) === null) bootAgent(w, node);
}

/** Boots a migration server and introduces it to all PMAs. */
function bootAgent(w: MigrationWorld, node: number): Agent {
  const name = `migration_server@${at(w.nodes, node).name}`;
  const task = taskCreate(w, node, 'server', name, 0);
  const self = bootRight(w, taskPort(w, task), task);
  const service = portAllocate(w, task, name);
  serve(w, task, service);
  const agent = take(w.agents, (id) => ({
    id,
    live: true,
    node,
    task: task.id,
    self,
    service,
    relays: NONE,
    objects: NONE,
    clients: [],
  }));
  for (const pma of w.pmas.rows) if (pma.live) clientOf(w, agent, pma);
  return agent;
}

/** Name, in the PMA's space, of the right to the server's service port. */
function clientOf(w: MigrationWorld, { clients, task, service }: Agent, pma: Pma): number {
  while (clients.length <= pma.id) clients.push(NONE);
  const port = at(w.ports, lookup(at(w.tasks, task).space, service)!.port);
  clients[pma.id] = renewRight(w, clients[pma.id]!, port, at(w.tasks, pma.task));
  return clients[pma.id]!;
}

function migrationServer(w: MigrationWorld, node: number): Agent {
  return w.agents.rows.find((each) => each.live && each.node === node) ?? bootAgent(w, node);
}

/** Name, in the PMA's space, of a right to who moves a task to the node in this way; NONE if nobody can. */
export function agentFor(w: MigrationWorld, pma: Pma, to: number, how: TaskMove): number {
  const node = agentNode(how, to);
  if (!isPager(how)) {
    // A PMA holds a send right to its own service port, under the name of the receive right.
    const peer = node === pma.node ? pma.service : peerOf(w, pma, node);
    if (peer !== NONE) return peer;
  }
  return at(w.nodes, node).up ? clientOf(w, migrationServer(w, node), pma) : NONE;
}

/** The same for a task that knows no servers: the port to ask. */
export function agentPort(w: MigrationWorld, to: number, how: TaskMove): Port | null {
  const node = agentNode(how, to);
  if (!at(w.nodes, node).up) return null;
  const server = (isPager(how) ? null : pmaAt(w, node)) ?? migrationServer(w, node);
  return at(w.ports, lookup(at(w.tasks, server.task).space, server.service)!.port);
}

/** The port of the server that keeps what is flushed: it is where the root file server is, or on the first node. */
export function storePort(w: MigrationWorld): Port {
  const root = w.fileServers.rows.find((each) => each.live && each.directory === '/');
  const node = root?.node ?? w.nodes.rows.find((each) => each.up)!.id;
  const server = migrationServer(w, node);
  return at(w.ports, lookup(at(w.tasks, server.task).space, server.service)!.port);
}

/** The migration server that the thread belongs to, or null. */
export function agentOf(w: MigrationWorld, t: Thread): Agent | null {
  return w.agents.rows.find((each) => each.live && each.task === t.task) ?? null;
}

/** Name of the right to its own task, whichever kind of agent the thread belongs to. */
export function selfOf(w: MigrationWorld, t: Thread): number {
  const pma = w.pmas.rows.find((each) => each.live && each.task === t.task);
  return agentOf(w, t)?.self ?? pma!.self;
}

/**
 * Name, in the agent's space, of a right on which tasks are made on another node: the host port is a special port, so
 * that any node can name it without a message [mechanisms 2.12].
 */
export function hostRight(w: MigrationWorld, agent: Task, node: number): number {
  const kernel = at(w.tasks, at(w.nodes, node).kernelTask);
  return bootRight(w, taskPort(w, kernel), agent);
}
