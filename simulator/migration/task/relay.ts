/**
 * Interposition: a migration server relays the kernel calls of the tasks that it has moved [mechanisms 4.4].
 *
 * It holds the receive right of the kernel port that a task (or a thread) was known by before it moved, and a send right
 * to the port that its new kernel answers on. What is asked on the old one is asked again on the new one, with the same
 * rights, and the answer goes back: one RPC more for every kernel call, and a server that the task depends on for as
 * long as it lives. If the server's node fails, everybody who knew the task by its port loses it.
 *
 * When the new port is dead, so is what it stood for: the old one is destroyed, and its holders find a dead name.
 */
import { NONE, at, release, take, type Row } from '../../base/table.ts';
import { answer, receive, type Carried } from '../../mach/ipc/mach-msg.ts';
import { destroyName } from '../../mach/ipc/release.ts';
import { MOVE_RECEIVE, MOVE_SEND, MOVE_SEND_ONCE, portSetAllocate } from '../../mach/ipc/right.ts';
import { DEAD_NAME, RECEIVE, SEND_ONCE, lookup } from '../../mach/ipc/space.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { call, goTo, routine, step } from '../../mach/routine.ts';
import { isWaitingOn, threadCreate, threadStart, type Thread } from '../../mach/thread.ts';
import { threadsOf } from '../../mach/task-threads.ts';
import { agentOf, type Agent } from '../agent/agent.ts';
import type { MigrationWorld } from '../record.ts';

export interface Relay extends Row {
  node: number;
  /** Row of the migration that has made it. */
  migration: number;
  what: 'task' | 'thread';
  /** Task of the server; names in its space: the receive right of the old port, the send right to the new one. */
  server: number;
  name: number;
  target: number;
  /** Calls relayed so far. */
  calls: number;
}

export function blankRelay(id: number): Relay {
  return {
    id,
    live: true,
    node: NONE,
    migration: NONE,
    what: 'task',
    server: NONE,
    name: NONE,
    target: NONE,
    calls: 0,
  };
}

export function relayOpen(
  w: MigrationWorld,
  t: Thread,
  fields: Pick<Relay, 'migration' | 'what' | 'name' | 'target'>,
): void {
  Object.assign(take(w.relays, blankRelay), fields, { node: t.node, server: t.task });
}

/** Name of the port set that the server of this thread receives relayed calls on; it is served from now on. */
export function relaySet(w: MigrationWorld, t: Thread): number {
  const agent = agentOf(w, t)!;
  if (agent.relays === NONE) {
    const task = at(w.tasks, t.task);
    agent.relays = portSetAllocate(w, task, `${task.name}.relays`);
    relayThread(w, agent);
  }
  return agent.relays;
}

interface Relaying {
  readonly on: number;
  relay: number;
  operation: string;
  reply: number;
}

export const relayLoop = routine<MigrationWorld, Relaying>('migration.relay', 'relays kernel calls', [
  step('receive a kernel call', (w, t, f) => receive(w, t, f.on)),
  step('call the kernel', (w, t, f) => {
    const relay = w.relays.rows.find((each) => each.live && each.server === t.task && each.name === t.arrivedOn);
    if (t.operation === '' || relay === undefined) return goTo(w, t, 'receive a kernel call');
    growPool(w, t, f.on);
    f.relay = relay.id;
    f.operation = t.operation;
    f.reply = t.reply;
    relay.calls++;
    kernelCall(w, t, relay.target, t.operation, { body: t.body, ...passedOn(w, t) });
  }),
  step('answer', (w, t, f) => {
    const relay = w.relays.rows[f.relay]!;
    const isOver = t.code === 'KERN_SUCCESS' && f.operation === `${relay.what}_terminate`;
    const isDead = t.code === 'MACH_SEND_INVALID_DEST';
    const code = isDead ? 'KERN_INVALID_ARGUMENT' : t.code;
    if (relay.live && (isOver || isDead)) relayClose(w, relay);
    answer(w, t, f.reply, { code, body: t.body, ...passedOn(w, t) });
    f.reply = NONE;
  }),
  step('go on', (w, t) => goTo(w, t, 'receive a kernel call')),
]);

/** What came with a message goes on with the next one: its rights, and its pages if it carries any. */
function passedOn(w: MigrationWorld, t: Thread): { rights: Carried[]; pages: number } {
  const { space } = at(w.tasks, t.task);
  const rights = t.names.map((name, index) => {
    const type = lookup(space, name)?.type ?? DEAD_NAME;
    // A send right to a port that the server itself receives on came under the name that it has for that.
    if (t.brought.types[index] === RECEIVE) return { name, disposition: MOVE_RECEIVE };
    return { name, disposition: type === SEND_ONCE ? MOVE_SEND_ONCE : MOVE_SEND };
  });
  const { versions } = (t.body ?? {}) as { versions?: readonly number[] };
  return { rights, pages: versions?.length ?? 0 };
}

/** What the port stood for is gone, and with a task its threads: so are the ports. */
function relayClose(w: MigrationWorld, relay: Relay): void {
  const { migration, server, what } = relay;
  for (const each of w.relays.rows) {
    if (!each.live || each.migration !== migration || each.server !== server) continue;
    if (what === 'thread' && each.id !== relay.id) continue;
    const task = at(w.tasks, server);
    destroyName(w, task, each.name);
    destroyName(w, task, each.target);
    release(w.relays, each, blankRelay);
  }
}

function relayThread(w: MigrationWorld, agent: Agent): void {
  const t = threadCreate(w, at(w.tasks, agent.task), `${at(w.tasks, agent.task).name}.relay`);
  call(t, relayLoop, { on: agent.relays, relay: NONE, operation: '', reply: NONE } satisfies Relaying);
  threadStart(w, t);
}

/** One thread always waits, so that a call that takes its time does not hold up the others. */
function growPool(w: MigrationWorld, t: Thread, on: number): void {
  for (const each of threadsOf(w, at(w.tasks, t.task))) if (isWaitingOn(each, on)) return;
  relayThread(w, agentOf(w, t)!);
}
