/**
 * The RPC workload: K clients, each with a server of its own, through real ports, rights and reply rights.
 *
 * A client sends a request to its server's port with a send-once reply right and waits for the answer; the server
 * receives, answers and receives again. One way takes 1 ms between nodes and nothing on one node: an RPC is two
 * deliveries and two resumptions, as in the published comparison, plus the events of the kernel's own steps.
 */
import { at } from '../simulator/base/table.ts';
import { bootRight } from '../simulator/dipc/boot.ts';
import { emptyWorld, type World } from '../simulator/engine/world.ts';
import { answer, receive, rpc } from '../simulator/mach/ipc/mach-msg.ts';
import { portAllocate } from '../simulator/mach/ipc/right.ts';
import { lookup } from '../simulator/mach/ipc/space.ts';
import { boot } from '../simulator/mach/kernel-call.ts';
import { call, routine, step } from '../simulator/mach/routine.ts';
import { machRoutines } from '../simulator/mach/routines.ts';
import { taskCreate } from '../simulator/mach/task.ts';
import { threadCreate, threadStart } from '../simulator/mach/thread.ts';
import type { MachWorld } from '../simulator/mach/world.ts';
import { machines, networks } from '../simulator/profiles/prices.ts';

const millisecond = 1_000_000;

interface Client {
  readonly to: number;
  replies: number;
}

const client = routine<MachWorld, Client>('bench client', 'calls its server again and again', [
  step('call', (w, t, f) => rpc(w, t, f.to, 'bench')),
  step('count', (_w, t, f) => {
    f.replies++;
    t.top!.step = 0;
  }),
]);

interface Server {
  readonly on: number;
}

const server = routine<MachWorld, Server>('bench server', 'answers', [
  step('receive', (w, t, f) => receive(w, t, f.on)),
  step('answer', (w, t) => {
    t.top!.step = 0;
    answer(w, t, t.reply);
  }),
]);

/** A world without a workload, on the given nodes. */
function emptyCluster(...nodes: string[]): World {
  const routines = [...machRoutines, client, server];
  routines.forEach((each, index) => (each.index = index));
  const prices = {
    ...machines['i386_25']!.prices,
    ...networks['ethernet_10']!.prices,
    local_rpc: 0,
    remote_rpc: 2 * millisecond,
  };
  const image = { path: '', clusters: [], files: [], programs: [], scenarios: [] };
  const shares = { out: 0, in: 0 };
  const interconnect = { ...networks['ethernet_10']!.interconnect, message_buffers: Infinity };
  const services = new Map<string, never>();
  const w = emptyWorld(
    { image, scenario: 0, prices, shares, interconnect, routines, services, kernelServices: services, watched: false },
    1,
  );
  for (const node of nodes) boot(w, node, 1 << 24);
  return w;
}

/** A world of `pairs` clients and servers; on one node, or each pair across two nodes. */
export function rpcWorld(pairs: number, remote: boolean): World {
  const w = remote ? emptyCluster('clients', 'servers') : emptyCluster('clients');
  const there = remote ? 1 : 0;
  for (let i = 0; i < pairs; i++) {
    const serverTask = taskCreate(w, there, 'mach', 'server', 0);
    const on = portAllocate(w, serverTask, 'service');
    const serverThread = threadCreate(w, serverTask, 'server');
    call(serverThread, server, { on } satisfies Server);
    threadStart(w, serverThread);
    const clientTask = taskCreate(w, 0, 'mach', 'client', 0);
    const to = bootRight(w, at(w.ports, lookup(serverTask.space, on)!.port), clientTask);
    const clientThread = threadCreate(w, clientTask, 'client');
    call(clientThread, client, { to, replies: 0 } satisfies Client);
    threadStart(w, clientThread);
  }
  return w;
}

/** A world of so many tasks, each with a thread, a port of its own, and send rights to three neighbours. */
export function neighbourWorld(tasks: number): World {
  return farWorld(1, tasks);
}

/** The same on so many nodes: the tasks take turns on them, so that neighbours are on different nodes. */
export function farWorld(nodes: number, tasks: number): World {
  const w = emptyCluster(...Array.from({ length: nodes }, (_, i) => `node${i}`));
  const ports: number[] = [];
  for (let i = 0; i < tasks; i++) {
    const task = taskCreate(w, i % nodes, 'mach', 'task', 0);
    const on = portAllocate(w, task, 'service');
    ports.push(lookup(task.space, on)!.port);
    for (const distance of [1, 2, 3]) if (i >= distance) bootRight(w, at(w.ports, ports[i - distance]!), task);
    const t = threadCreate(w, task, 'task');
    call(t, server, { on } satisfies Server);
    threadStart(w, t);
  }
  return w;
}

/** RPCs completed so far. */
export function repliesIn(w: World): number {
  let replies = 0;
  for (const t of w.threads.rows) {
    const frame = t.top;
    if (t.live && frame !== null && 'replies' in frame.data) replies += (frame.data as Client).replies;
  }
  return replies;
}
