// Every checker, shown a world in which exactly its rule is broken on purpose; a healthy world pleases all of them.
import assert from 'node:assert/strict';
import { BrokenRule } from '../../simulator/base/assert.ts';
import { follow, openAccount } from '../../simulator/base/ledger.ts';
import { RUN } from '../../simulator/base/event.ts';
import { NONE } from '../../simulator/base/table.ts';
import { pushAt } from '../../simulator/base/queue.ts';
import { checkAll, checkers } from '../../simulator/checkers/index.ts';
import type { Distributed } from '../../simulator/dipc/distributed.ts';
import type { World } from '../../simulator/engine/world.ts';
import { DEFAULT_QUEUE_LIMIT, type Port } from '../../simulator/mach/ipc/port.ts';
import { setDeadName, setNoSenders, setPortDestroyed } from '../../simulator/mach/ipc/requests.ts';
import { destroyName } from '../../simulator/mach/ipc/release.ts';
import { MAKE_SEND_ONCE, copyin } from '../../simulator/mach/ipc/right.ts';
import {
  DEAD_NAME,
  SEND,
  SEND_RECEIVE,
  becomeDeadName,
  find,
  insert,
  remove,
  setRequestedAt,
  setTypeAt,
  setUrefsAt,
} from '../../simulator/mach/ipc/space.ts';
import { taskPort, type Task } from '../../simulator/mach/task.ts';
import { taskResume, taskSuspend } from '../../simulator/mach/thread-control.ts';
import { PARKED, threadCreate } from '../../simulator/mach/thread.ts';
import type { LogicalMemory } from '../../simulator/mach/vm/memory.ts';
import { regionAdd } from '../../simulator/mach/vm/region.ts';
import { migrationOpen, type Migration } from '../../simulator/migration/record.ts';
import { arrived, remember, type Ghost } from '../../simulator/migration/task/ghost.ts';
import { ABSENT, READ_ACCESS, WRITE_ACCESS, objectCreate, setPage } from '../../simulator/mach/vm/object.ts';
import { INIT, masterAllocate, masterEntryAllocate, type MasterEntry } from '../../simulator/osf1/pm-master/entry.ts';
import { admission } from '../../simulator/osf1/pma/admission.ts';
import { pmaAllocate } from '../../simulator/osf1/pma/pma.ts';
import { newEmulator } from '../../simulator/osf1/emulator/state.ts';
import type { HeldToken } from '../../simulator/osf1/emulator/tokens.ts';
import { fileAllocate } from '../../simulator/osf1/file-server/file.ts';
import { handleAllocate } from '../../simulator/osf1/file-server/handle.ts';
import { procAllocate, procFree, type Proc, type SavedRequest } from '../../simulator/osf1/proc.ts';
import { vprocAllocate } from '../../simulator/osf1/vproc.ts';
import { DIRTY, memoryObjectOf } from '../../simulator/xmm/memory-object.ts';
import {
  cluster,
  compute,
  millisecond,
  receive,
  rpc,
  send,
  sleep,
  type Actor,
  type Cluster,
  type Scripted,
} from '../mach/cluster.ts';
import { pushFrames } from '../../simulator/mach/routine.ts';

/**
 * A small world in which something of everything is going on: on `here` a server with a full queue, a set, and a dead
 * port that somebody still names; on `there` a client with proxies, refused and waiting, and one in the middle of an RPC.
 */
interface Scene {
  c: Cluster;
  w: World;
  server: Actor;
  client: Actor;
  /** Names in the server's space. */
  full: number;
  quiet: number;
  member: number;
  set: number;
  /** Names in the client's space. */
  toFull: number;
  toQuiet: number;
  /** Waits for an answer. */
  caller: Scripted;
  /** Waits for room on its own node. */
  blocked: Scripted;
  /** Waits for a message. */
  idle: Scripted;
}

function scene(): Scene {
  const c = cluster('here', 'there');
  const server = c.task('here', 'server');
  const client = c.task('there', 'client');
  const local = c.task('here', 'local');
  const [full, quiet, member, dying] = ['full', 'quiet', 'member', 'dying'].map((label) => server.port(label));
  const set = server.portSet(member!);
  const toFull = c.right(server, full!, client);
  const toQuiet = c.right(server, quiet!, client);
  const viaFull = c.right(server, full!, local);
  c.right(server, dying!, local);
  local.thread(...Array.from({ length: DEFAULT_QUEUE_LIMIT }, () => send(viaFull, 'fills')));
  c.run();
  destroyName(c.w, server.task, dying!);
  const blocked = local.thread(send(viaFull, 'blocked'));
  client.thread(send(toFull, 'refused'));
  const caller = client.thread(rpc(toQuiet, 'question'));
  const idle = server.thread(receive(member!), receive(set));
  const asleep = server.thread(receive(quiet!), sleep(1000 * millisecond));
  local.thread(compute(1));
  c.run(100 * millisecond);
  assert.ok(asleep.notes.length === 1 && caller.notes.length === 0 && blocked.notes.length === 0);
  const scene = { c, w: c.w, server, client, full: full!, quiet: quiet!, member: member!, set };
  return { ...scene, toFull, toQuiet, caller, blocked, idle };
}

function stateOf(w: World, port: Port): Distributed {
  return w.distributed.rows[port.dipc]!;
}

/** A logical memory that counts somebody who is nowhere. */
function unknownMemory(w: World): LogicalMemory {
  return { id: w.memories.rows.length, live: true, references: 1, written: new Int32Array(1), foreign: false };
}

/** Memory of one page that two kernels use, neither of which has it. */
function sharedObject(w: World) {
  const object = objectCreate(w, 0, 'shared', 'anonymous', 1);
  const m = memoryObjectOf(w, object);
  setPage(w, object, 0, ABSENT);
  object.access![0] = 0;
  const access = new Int32Array(1);
  m.kernels.push({ kernel: 7, node: 1, incarnation: 1, control: -1, access, whole: false, sequence: 0 });
  return { object, m, access };
}

/** A process that believes to have the token of an open file. */
function holds(w: World, task: Task, token: Partial<HeldToken>): void {
  const grant = { open: 0, serial: 5, capability: 1, position: 0, size: 1, flags: 3, access: 'none' as const };
  const tokens = [{ ...grant, cached: [], dirty: [], sending: 0, ...token }];
  if (w.fileHandles.rows.length === 0) handleAllocate(w, fileAllocate(w, 0, 'file', 1).id, 0).serial = 5;
  Object.assign(task, { kind: 'process', pid: 7, emulator: { ...newEmulator(100), tokens } });
}

/** And that keeps a block of it, which holds an `a`. */
function keeps(w: World, task: Task, bytes: string, size: number): void {
  holds(w, task, { access: 'read', size, cached: [{ block: 0, bytes }] });
  w.fileHandles.rows[0]!.access = 'read';
  w.files.rows[0]!.blocks.push('a');
}

/** A request that somebody has made of a process. */
const request: SavedRequest = {
  operation: 'vproc.signal',
  body: null,
  reply: -1,
  names: [],
  arrivedOn: -1,
  client: -1,
  activity: 0,
};

/** A proc, whether the node has a PMA or not. */
const procAt = (w: World, node: number, pid: number): Proc => procAllocate(w, { node, free: [] }, pid);

/** A process on the node, with an account of its own. */
function processAt(w: World, node: number): Proc {
  const proc = procAt(w, node, 7);
  proc.activity = openAccount(w.ledger, 'process', 7).id;
  proc.state = 'running';
  return proc;
}

/** What the PM Master has of it: it is on the first node. */
function entryOf(w: World): MasterEntry {
  const { task } = w.threads.rows.find(({ live, node }) => live && node === 0)!;
  const lastPid = Number.MAX_SAFE_INTEGER;
  const master = masterAllocate(w, { node: 0, task, self: -1, service: -1, lastPid });
  const entry = masterEntryAllocate(w, master, { pid: 7, parent: INIT, name: 'process', group: 7, session: 7 });
  return Object.assign(entry, { node: 0, capability: 256 });
}

/** A child that it has waited for. */
function reapedChild(w: World): MasterEntry {
  const { pid } = entryOf(w);
  const child = { pid: 8, parent: pid, name: 'child', group: pid, session: pid };
  return Object.assign(masterEntryAllocate(w, w.pmMasters.rows[0]!, child), { state: 'reaped', usage: 1000 });
}

/** It is on its way from the first node to the second. */
function moves(w: World): Migration {
  const fields = { pid: 7, name: 'process', by: 'process', from: 0, to: 1, activity: 0, thread: NONE } as const;
  const m = migrationOpen(w, fields);
  m.stamps.installed = w.time;
  return m;
}

/** The client is a process that has moved; the server was its PMA. */
function hasLeft({ w, client, server }: Scene): void {
  pmaAllocate(w, server.task.node, server.task.id);
  processAt(w, client.task.node);
  const vproc = vprocAllocate(w, client.task.node, 7);
  vproc.operations = 'local';
  Object.assign(client.task, { kind: 'process', pid: 7 });
}

/** The server is what a migration has just brought here; what it was before is returned. */
function hasMoved({ w, server: { task } }: Scene): Ghost {
  taskSuspend(w, task);
  taskPort(w, task);
  const { name, node, id } = task;
  const m = migrationOpen(w, { pid: 7, name, by: 'task', from: node, to: node, activity: 0, thread: 0, task: id });
  remember(w, m.id);
  m.made = id;
  arrived(w, m.id);
  checkAll(w);
  return m.ghost!;
}

const breakages: Record<string, (s: Scene) => void> = {
  I1: ({ w, server, quiet }) => {
    const port = server.portOf(quiet);
    w.threads.rows[0]!.hand = [2, port.id];
  },
  I2: ({ server, quiet }) => {
    server.portOf(quiet).receiverName += 256;
  },
  I3: ({ client, toQuiet }) => {
    insert(client.task.space, SEND, client.portOf(toQuiet).id, 1);
    client.portOf(toQuiet).srights++;
  },
  I4: ({ server, full }) => {
    server.portOf(full).srights++;
  },
  I5: ({ server, full }) => {
    server.portOf(full).sorights++;
  },
  I6: ({ client, toQuiet }) => {
    setUrefsAt(client.task.space, find(client.task.space, toQuiet), 0);
  },
  I7: ({ w, server }) => {
    insert(server.task.space, DEAD_NAME, w.ports.rows.length - 1, 1);
  },
  I8: ({ w, client, toQuiet }) => {
    w.ports.rows[client.portOf(toQuiet).id]!.mscount = 1;
  },
  I9: ({ w, server, client, toQuiet, quiet }) => {
    assert.ok(server.portOf(quiet).live);
    const port = client.portOf(toQuiet);
    w.ports.rows[port.id]!.destination = port.id;
  },
  I10: ({ server, full, set }) => {
    server.portOf(full).pset = server.portOf(set).id;
  },
  I11: ({ server, full, idle, set }) => {
    const t = idle.row()!;
    const [from, to] = [server.portOf(set), server.portOf(full)];
    to.lastReceiver = from.lastReceiver;
    from.lastReceiver = -1;
    t.waitPort = to.id;
  },
  I12: ({ server, full }) => {
    server.portOf(full).msgcount++;
  },
  I13: ({ w, server, full }) => {
    const port = server.portOf(full);
    const state = stateOf(w, port);
    state.callbacks = [];
    port.callers = false;
    port.qlimit++;
  },
  I14: ({ w, caller, client }) => {
    copyin(w, client.task, caller.row()!.replyName, MAKE_SEND_ONCE);
    caller.row()!.hand = [4, client.portOf(caller.row()!.replyName).id];
  },
  I15: ({ w, server }) => {
    const port = server.portOf(server.port('watched'));
    port.mscount = 1;
    const notices = server.portOf(server.port('notices'));
    notices.sorights++;
    setNoSenders(w, port, notices.id);
  },
  I17: ({ w, server }) => {
    const port = server.portOf(server.port('watcher'));
    port.sorights++;
    setNoSenders(
      w,
      w.ports.rows.find((each) => each.live && !each.active)!,
      port.id,
    );
  },
  D1: ({ w }) => {
    w.nodes.rows[1]!.portByUid.set(12345, 0);
  },
  D2: ({ w, server, quiet }) => {
    stateOf(w, server.portOf(quiet)).transit--;
  },
  D3: ({ w, server, client, toQuiet, quiet }) => {
    const [home, proxy] = [stateOf(w, server.portOf(quiet)), stateOf(w, client.portOf(toQuiet))];
    home.transit = 0;
    proxy.transit = 0;
  },
  D4: ({ w, client, caller }) => {
    const reply = client.portOf(caller.row()!.replyName);
    stateOf(w, reply).remoteSendOnce++;
    // The client's own count of what it is owed must not be what is noticed.
    caller.row()!.expectsReply = false;
  },
  D5: ({ w, client, toQuiet }) => {
    stateOf(w, client.portOf(toQuiet)).destination = 1;
  },
  D6: ({ w, server, quiet, client }) => {
    const { id } = server.portOf(quiet);
    insert(client.task.space, SEND, id, 1);
    w.ports.rows[id]!.srights++;
  },
  D7: ({ w, server, quiet }) => {
    stateOf(w, server.portOf(quiet)).forward = true;
  },
  D8: ({ client, toQuiet }) => {
    client.portOf(toQuiet).receiver = -3;
  },
  D9: ({ w, client, toFull }) => {
    stateOf(w, client.portOf(toFull)).fullAt = [];
  },
  D10: ({ w, server, full }) => {
    const state = w.distributed.rows.find(({ live, held }) => live && held.length > 0)!;
    state.held = [...state.held, server.portOf(full).lastMessage];
  },
  '2.7': ({ w, client, toQuiet }) => {
    const port = client.portOf(toQuiet);
    const state = stateOf(w, port);
    becomeDeadName(client.task.space, find(client.task.space, toQuiet), 1);
    port.srights = 0;
    assert.equal(state.held.length, 0);
  },
  '2.4': ({ w }) => {
    w.nodes.rows[0]!.buffered++;
  },
  '2.5': ({ w, server, full }) => {
    Object.assign(w.messages.rows[server.portOf(full).lastMessage]!, { bodyNode: 1, pulling: true });
  },
  '2.11': ({ w, client, toQuiet }) => {
    stateOf(w, client.portOf(toQuiet)).watching = true;
  },
  P1: ({ w }) => {
    procAt(w, 0, 7);
    procAt(w, 1, 7);
  },
  P2: ({ w }) => {
    const master = masterAllocate(w, { node: 0, task: 0, self: -1, service: -1 });
    masterEntryAllocate(w, master, { pid: 5, parent: INIT, name: 'late', group: 5, session: 5 });
  },
  P3: ({ w, server }) => {
    const lastPid = Number.MAX_SAFE_INTEGER;
    const fields = { node: 0, task: server.task.id, self: -1, service: -1, broker: true, lastPid };
    const known = { pid: INIT, parent: 0, name: 'lost', group: INIT, session: INIT };
    Object.assign(masterEntryAllocate(w, masterAllocate(w, fields), known), { node: 1, capability: 256 });
    procAt(w, 0, INIT).state = 'running';
  },
  P4: ({ w, server }) => {
    pmaAllocate(w, 0, server.task.id);
    vprocAllocate(w, 0, 7).pending.push({ ...request, reply: 99 * 256 });
  },
  P5: ({ w }) => {
    const proc = processAt(w, 0);
    proc.list = 'migrating';
    proc.callsInProgress.push({
      thread: 0,
      request,
      modifiesState: true,
      channel: '',
      cancelled: false,
      dropped: false,
    });
  },
  P6: ({ w }) => {
    processAt(w, 0).list = 'migrating';
  },
  P7: ({ w }) => {
    processAt(w, 0).usage.base = 10 * w.time;
  },
  P10: ({ w, client }) => {
    processAt(w, client.task.node);
    const lost = { path: '/lost', capability: 0xffff00, token: 0xffff00, position: 0, server: 'here' };
    Object.assign(client.task, { kind: 'process', pid: 7, emulator: { ...newEmulator(0), files: [lost] } });
  },
  T1: (s) => {
    Object.assign(hasMoved(s).names[0]!, { urefs: 9 });
  },
  T2: (s) => {
    hasMoved(s);
    taskResume(s.w, s.server.task);
  },
  T3: (s) => {
    const name = hasMoved(s).names.find(({ queued }) => queued.length > 1)!;
    Object.assign(name, { queued: name.queued.toReversed() });
  },
  T4: (s) => {
    hasMoved(s);
    setTypeAt(s.client.task.space, find(s.client.task.space, s.toFull), SEND_RECEIVE, 1);
  },
  T5: (s) => {
    const object = objectCreate(s.w, s.server.task.node, 'data', 'anonymous', 2);
    const fields = { name: 'data', pages: 2, protection: 'rw-', inheritance: 'copy' } as const;
    const region = regionAdd(s.w, s.server.task, object, fields);
    hasMoved(s);
    s.w.memories.rows[region.memory]!.written[1] = 7;
  },
  T6: (s) => {
    hasMoved(s);
    s.server.task.self = NONE;
  },
  X1: ({ w }) => {
    const { object, access } = sharedObject(w);
    object.access![0] = WRITE_ACCESS;
    access[0] = READ_ACCESS;
  },
  X2: ({ w }) => {
    const { m, access } = sharedObject(w);
    m.granted = new Int32Array(1);
    access[0] = READ_ACCESS;
  },
  X3: ({ w }) => {
    const { m } = sharedObject(w);
    m.flags[0] = DIRTY;
  },
  X4: ({ w }) => {
    const { object } = sharedObject(w);
    setPage(w, object, 0, 3);
  },
  X5: ({ w, caller }) => {
    const { m } = sharedObject(w);
    const one = { page: 0, kernel: 1, access: READ_ACCESS, phase: 'kernels', thread: caller.identity } as const;
    m.requests.push({ ...one }, { ...one, kernel: 2 });
  },
  H5: ({ w }) => {
    w.nodes.rows[0]!.residentPages++;
  },
  H1: ({ client }) => {
    client.task.kept = [9999];
  },
  H2: ({ w, server, full }) => {
    w.messages.rows[server.portOf(full).lastMessage]!.next = -1;
  },
  H3: ({ w, caller }) => {
    pushAt(w.queue, w.time + 1, RUN, caller.row()!.id, caller.identity);
  },
  H4: ({ w }) => {
    w.packets.rows[0] = { ...w.packets.rows[0]!, live: true, kind: 'dn notify' };
  },
  H6: ({ w }) => {
    w.nodes.rows[0]!.readyMask = 1 << 7;
  },
  H7: ({ w }) => {
    const region = { name: 'left over', pages: 1, protection: 'rw-', inheritance: 'copy' } as const;
    regionAdd(w, w.tasks.rows[w.nodes.rows[0]!.kernelTask]!, objectCreate(w, 0, 'left over', 'anonymous', 1), region);
  },
  L1: ({ w }) => {
    w.nodes.rows[0]!.busy = 10 * w.time;
  },
  L2: ({ w, idle }) => {
    idle.row()!.systemTime = 10 * w.time;
  },
  L3: ({ w }) => {
    const account = openAccount(w.ledger, 'followed');
    follow(account, 0);
    account.path!.until = 1;
  },
};

/** Other ways to break a rule than the one that stands for it above. */
const otherWays: readonly [rule: string, what: string, breakIt: (s: Scene) => void][] = [
  [
    'H7',
    'a message refers to memory that is gone',
    ({ w }) => {
      const message = w.messages.rows.find((each) => each.live)!;
      const item = { name: 'gone', pages: 1, region: 0, before: null, physical: false, memory: -1, versions: [] };
      message.memory = [item];
      const region = { name: 'gone', pages: 1, protection: 'rw-', inheritance: 'copy' } as const;
      const object = objectCreate(w, 0, 'gone', 'anonymous', 1);
      item.region = regionAdd(
        w,
        w.tasks.rows.find((each) => each.kind === 'mach')!,
        object,
        region,
      ).id;
    },
  ],
  ['H7', 'memory that a message keeps does not count it', ({ w }) => void w.memories.rows.push(unknownMemory(w))],
  [
    'I7',
    'an entry says that a notice was asked for, and its port does not know',
    ({ client, toQuiet }) => setRequestedAt(client.task.space, find(client.task.space, toQuiet), true),
  ],
  [
    'I7',
    'a port knows a dead-name request that the entry does not',
    ({ w, client, toQuiet }) => {
      const notices = client.portOf(client.port('notices'));
      notices.sorights++;
      setDeadName(w, client.portOf(toQuiet), client.task.id, toQuiet, notices.id);
    },
  ],
  [
    'I5',
    'a port-destroyed request holds a right that does not count',
    ({ w, server, quiet, full }) => void setPortDestroyed(w, server.portOf(quiet), server.portOf(full).id),
  ],
  [
    'I17',
    'somebody receives on a set that is dead',
    ({ server, set }) => {
      Object.assign(server.portOf(set), { active: false, receiver: -1, receiverName: -1 });
      remove(server.task.space, set);
    },
  ],
  [
    'P10',
    'two open files may write one file',
    ({ w }) => {
      const file = fileAllocate(w, 0, 'file', 1).id;
      for (const serial of [1, 2]) Object.assign(handleAllocate(w, file, 0), { serial, access: 'write' });
    },
  ],
  [
    'P10',
    'a token to read is left beside one to write',
    ({ w }) => {
      const file = fileAllocate(w, 0, 'file', 1).id;
      Object.assign(handleAllocate(w, file, 0), { serial: 1, access: 'read' });
      Object.assign(handleAllocate(w, file, 0), { serial: 2, access: 'write' });
    },
  ],
  [
    'P4',
    'a PMA has forgotten what a reply right is for',
    ({ w, server }) => {
      pmaAllocate(w, server.task.node, server.task.id);
      for (const t of w.threads.rows) if (t.live && t.task === server.task.id) t.reply = NONE;
    },
  ],
  [
    'P4',
    'two requests would be answered by one right',
    ({ w, server }) => {
      pmaAllocate(w, server.task.node, server.task.id);
      const { reply } = w.threads.rows.find((t) => t.live && t.task === server.task.id && t.reply !== NONE)!;
      vprocAllocate(w, server.task.node, 7).pending.push({ ...request, reply }, { ...request, reply });
    },
  ],
  [
    'P1',
    'two PMAs would use the same proc',
    ({ w, server }) => {
      procFree(w, pmaAllocate(w, 0, server.task.id), procAt(w, 0, 7));
      pmaAllocate(w, 1, server.task.id).free.push(...w.pmas.rows[0]!.free);
    },
  ],
  ['P1', 'a proc is on no list of its PMA', ({ w }) => procFree(w, { node: 0, free: [] }, procAt(w, 0, 7))],
  [
    'P1',
    'a process is attaching where it is active already elsewhere',
    ({ w }) => {
      moves(w);
      processAt(w, 0);
      Object.assign(processAt(w, 1), { list: 'migrating', state: 'attaching' });
    },
  ],
  [
    'P1',
    'a process is attaching where nobody moves it',
    ({ w }) => {
      Object.assign(processAt(w, 0), { list: 'migrating' });
      Object.assign(processAt(w, 1), { list: 'migrating', state: 'attaching' });
    },
  ],
  [
    'P1',
    'a process is attaching, and its source has not got it',
    ({ w }) => {
      moves(w);
      Object.assign(processAt(w, 1), { list: 'migrating', state: 'attaching' });
    },
  ],
  [
    'P1',
    'a process is leaving one node before it is active at another, and active at a third',
    ({ w }) => {
      moves(w).step = 9;
      processAt(w, 0).list = 'migrating';
      processAt(w, 1);
    },
  ],
  ['P1', 'a process is alive, and no PMA has it', ({ w }) => void entryOf(w)],
  [
    'P3',
    'a stopped process is elsewhere',
    ({ w }) => {
      entryOf(w);
      processAt(w, 1).state = 'stopped';
    },
  ],
  [
    'P3',
    'a process runs that is a zombie',
    ({ w }) => {
      entryOf(w).state = 'zombie';
      processAt(w, 0);
    },
  ],
  [
    'P3',
    'a PM Master has no right to the PMA of a process',
    ({ w }) => {
      entryOf(w);
      processAt(w, 0);
    },
  ],
  [
    'P7',
    'the destination counts again what the source has counted',
    ({ w }) => void (processAt(w, 0).usage.accumulated = 1),
  ],
  ['P7', 'computation is lost in a move', ({ w }) => void (processAt(w, 0).usage.computed.base = 1)],
  ['P7', 'the work of one process is booked on another', ({ w }) => void (processAt(w, 0).activity = 0)],
  [
    'P7',
    'what a child has used is counted twice',
    ({ w }) => {
      const proc = Object.assign(processAt(w, 0), { state: 'creating' });
      proc.usage.children = 2 * reapedChild(w).usage;
    },
  ],
  [
    'P7',
    'what a child has used is not counted',
    ({ w }) => {
      reapedChild(w);
      processAt(w, 0).state = 'creating';
    },
  ],
  ['P6', 'a vproc is local without a proc', ({ w }) => void (vprocAllocate(w, 0, 7).operations = 'local')],
  ['P6', 'a process that has moved holds a right to its old PMA', hasLeft],
  [
    'P6',
    'a PMA keeps a right to the task of a process that has moved',
    (s) => {
      const { c, client, server, toQuiet, toFull } = s;
      for (const name of [toQuiet, toFull]) destroyName(s.w, client.task, name);
      c.run(100 * millisecond);
      hasLeft(s);
      checkAll(s.w);
      c.kernelRight(client, server);
    },
  ],
  [
    'P6',
    'a PMA executes a request for a process that has moved',
    (s) => {
      hasLeft(s);
      const t = threadCreate(s.w, s.server.task, 'executes');
      pushFrames(t, [{ routine: admission.index, step: 1, current: 0, data: { pid: 7, operation: 'pma.wait' } }]);
    },
  ],
  ['P10', 'two emulators have one position', (s) => void [s.client, s.server].map(({ task }) => holds(s.w, task, {}))],
  ['P10', 'an emulator writes without a token', ({ w, client }) => holds(w, client.task, { access: 'write' })],
  ['P10', 'an emulator keeps what is not in the file', ({ w, client }) => keeps(w, client.task, 'b', 1)],
  ['P10', 'an emulator takes a file for longer than it is', ({ w, client }) => keeps(w, client.task, 'a', 2)],
  [
    'H3',
    'a thread is parked, and nobody suspends it',
    ({ w, client }) => {
      const t = threadCreate(w, client.task, 'parked');
      pushFrames(t, [{ routine: 0, step: 0, current: 0, data: {} }]);
      t.state = PARKED;
    },
  ],
  ['H1', 'a task does not know its threads', ({ client }) => void (client.task.lastThread = -1)],
  [
    'H1',
    'a thread leads to one of another task',
    ({ server, caller }) => {
      caller.row()!.nextInTask = server.task.lastThread;
    },
  ],
  [
    'H1',
    'a row of requests belongs to a port that does not know it',
    ({ w, server, quiet, full }) => {
      setNoSenders(w, server.portOf(quiet), server.portOf(full).id);
      server.portOf(quiet).requests = -1;
    },
  ],
];

describe('a checker', () => {
  it('is pleased with a healthy world', () => {
    const { w, c } = scene();
    checkAll(w);
    c.run();
  });

  for (const { rule, story } of checkers) {
    it(`${rule}: ${story}`, () => {
      const s = scene();
      const breakIt = breakages[rule];
      assert.ok(breakIt !== undefined, `nobody breaks ${rule} on purpose`);
      breakIt(s);
      assert.throws(
        () => checkAll(s.w),
        (error: unknown) => error instanceof BrokenRule && (assert.equal(error.rule, rule, error.message), true),
      );
    });
  }

  for (const [rule, what, breakIt] of otherWays) {
    it(`${rule} also notices that ${what}`, () => {
      const s = scene();
      breakIt(s);
      assert.throws(
        () => checkAll(s.w),
        (error: unknown) => error instanceof BrokenRule && (assert.equal(error.rule, rule, error.message), true),
      );
    });
  }
});
