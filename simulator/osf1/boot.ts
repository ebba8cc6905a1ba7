/**
 * Booting the servers of a cluster, before time 0.
 *
 * Each server is a task with a service port and a thread. What the bootstrap would tell each of them about the others
 * is handed out as ordinary rights under ordinary names, at no cost (dipc/boot.ts). Then init, pid 1, is put where the
 * PM Master is (or on the first node with a PMA), sitting in wait().
 */
import { openAccount } from '../base/ledger.ts';
import { NONE, at } from '../base/table.ts';
import { bootRight } from '../dipc/boot.ts';
import { threadPort } from '../mach/kernel-services/objects.ts';
import type { Port } from '../mach/ipc/port.ts';
import { portAllocate, portSetAllocate } from '../mach/ipc/right.ts';
import { lookup } from '../mach/ipc/space.ts';
import { moveMember } from '../mach/ipc/mqueue.ts';
import { call } from '../mach/routine.ts';
import { serve } from '../mach/server.ts';
import { EXCEPTION, setSpecial, taskCreate, type Task } from '../mach/task.ts';
import { threadCreate, threadStart } from '../mach/thread.ts';
import { SEND } from '../mach/ipc/space.ts';
import type { ClusterSpec, FileSpec, Program } from '../workload/program.ts';
import { credentialsEntryAllocate, type CredentialsServer } from './credentials/entry.ts';
import { initProgram } from './emulator/calls.ts';
import { emulatorSignals } from './emulator/signals.ts';
import { newEmulator } from './emulator/state.ts';
import { fileAllocate, serverOfPath, type FileServer } from './file-server/file.ts';
import { imagePath } from './image-path.ts';
import { mapEmulator, templateTask } from './memory.ts';
import { SUPERUSER, USER } from './pma/fork.ts';
import { pmaAllocate, type Pma } from './pma/pma.ts';
import { INIT, masterEntryAllocate, type PmMaster } from './pm-master/entry.ts';
import { procAllocate } from './proc.ts';
import { becomeLocal, vprocAllocate } from './vproc.ts';
import type { OsfWorld } from './world.ts';

/** The nodes of the world are those of the cluster, in its order. */
export function bootServers(w: OsfWorld, cluster: ClusterSpec, files: readonly FileSpec[]): void {
  cluster.nodes.forEach((spec, node) => {
    if (spec.pmMaster) bootMaster(w, node);
    if (spec.credentials) bootCredentials(w, node);
    if (spec.fileServer !== null) bootFileServer(w, node, spec.fileServer);
    if (spec.pma) bootPma(w, node);
  });
  introduceFileServers(w);
  for (const { path, size, node } of files)
    addFile(
      w,
      path,
      size,
      cluster.nodes.findIndex((each) => each.name === node),
    );
  for (const program of w.setup.image.programs) addFile(w, imagePath(program), imageBytes(program), NONE);
  const master = w.pmMasters.rows[0];
  const credentials = w.credentialsServers.rows[0];
  if (master === undefined || credentials === undefined) return;
  for (const pma of w.pmas.rows) introducePma(w, pma, master, credentials);
  const home = w.pmas.rows.find((pma) => pma.node === master.node) ?? w.pmas.rows[0];
  if (home !== undefined) bootInit(w, home, master);
}

interface Booted {
  readonly task: Task;
  readonly self: number;
  readonly service: number;
  readonly set: number;
}

/** A task with a service port in a port set, and a thread that serves the set. */
function bootTask(w: OsfWorld, node: number, role: string): Booted {
  const name = `${role}@${at(w.nodes, node).name}`;
  const task = taskCreate(w, node, 'server', name, 0);
  const self = bootRight(w, at(w.ports, task.self), task);
  const service = portAllocate(w, task, name);
  const set = portSetAllocate(w, task, `${name}.set`);
  moveMember(w, portUnder(w, task, service), portUnder(w, task, set));
  serve(w, task, set);
  return { task, self, service, set };
}

/** A port that a server receives on, besides its service port. */
function bootPort(w: OsfWorld, { task, set }: Pick<Booted, 'task' | 'set'>, label: string): number {
  const name = portAllocate(w, task, label);
  moveMember(w, portUnder(w, task, name), portUnder(w, task, set));
  return name;
}

function portUnder(w: OsfWorld, task: Task, name: number): Port {
  return at(w.ports, lookup(task.space, name)!.port);
}

function bootMaster(w: OsfWorld, node: number): void {
  const { task, self, service } = bootTask(w, node, 'pm_master');
  w.pmMasters.rows.push({
    id: w.pmMasters.rows.length,
    live: true,
    node,
    task: task.id,
    self,
    service,
    nextPid: INIT + 1,
  });
}

function bootCredentials(w: OsfWorld, node: number): void {
  const booted = bootTask(w, node, 'credentials');
  const { self, service, set } = booted;
  const id = w.credentialsServers.rows.length;
  w.credentialsServers.rows.push({ id, live: true, node, task: booted.task.id, self, service, set });
  for (const uid of [SUPERUSER, USER]) {
    const entry = credentialsEntryAllocate(w, id, uid);
    entry.port = bootPort(w, booted, `credentials of user ${uid}`);
  }
}

function bootFileServer(w: OsfWorld, node: number, directory: string): void {
  const booted = bootTask(w, node, 'file_server');
  const { self, service, set } = booted;
  const root = bootPort(w, booted, 'directory /');
  const home = bootPort(w, booted, 'directory /usr');
  const terminal = bootPort(w, booted, '/dev/tty');
  const id = w.fileServers.rows.length;
  const task = booted.task.id;
  w.fileServers.rows.push({
    id,
    live: true,
    node,
    task,
    directory,
    self,
    service,
    set,
    root,
    home,
    terminal,
    peers: [],
  });
}

/** The file servers send requests on to one another. */
function introduceFileServers(w: OsfWorld): void {
  for (const server of w.fileServers.rows) {
    const task = at(w.tasks, server.task);
    for (const peer of w.fileServers.rows) {
      const port = portUnder(w, at(w.tasks, peer.task), peer.service);
      server.peers.push(peer.id === server.id ? NONE : bootRight(w, port, task));
    }
  }
}

function addFile(w: OsfWorld, path: string, size: number, node: number): void {
  const server = w.fileServers.rows.find((each) => each.node === node) ?? serverOfPath(w, path);
  if (server !== null) fileAllocate(w, server.id, path, size);
}

function imageBytes({ layout }: Program): number {
  return layout.text + layout.data;
}

function bootPma(w: OsfWorld, node: number): void {
  const { task, self, service, set } = bootTask(w, node, 'pma');
  const pma = pmaAllocate(w, node, task.id);
  Object.assign(pma, { self, service, set });
  const template = templateTask(w, node);
  pma.template = bootRight(w, at(w.ports, template.self), task);
}

/** The root server: the one whose directory is `/`, or else the first. */
function rootServer(w: OsfWorld): FileServer | null {
  return serverOfPath(w, '/') ?? w.fileServers.rows[0] ?? null;
}

function introducePma(w: OsfWorld, pma: Pma, master: PmMaster, credentials: CredentialsServer): void {
  const task = at(w.tasks, pma.task);
  const right = (of: number, name: number): number => bootRight(w, portUnder(w, at(w.tasks, of), name), task);
  pma.master = right(master.task, master.service);
  pma.credentials = right(credentials.task, credentials.service);
  const user = w.credentials.rows.find((each) => each.uid === USER)!;
  pma.user = right(credentials.task, user.port);
  // A send right to its own service port, under the name of the receive right: a PMA may call itself.
  right(pma.task, pma.service);
  const root: FileServer | null = rootServer(w);
  if (root !== null) {
    pma.root = right(root.task, root.root);
    pma.directory = right(root.task, root.home);
    pma.terminal = right(root.task, root.terminal);
  }
  w.nodes.rows.forEach((_, node) => {
    const peer = w.pmas.rows.find((each) => each.node === node);
    pma.peers[node] = peer === undefined || peer.id === pma.id ? NONE : right(peer.task, peer.service);
  });
}

/** init: a process like all others, made by hand because nobody is there to fork it. */
function bootInit(w: OsfWorld, pma: Pma, master: PmMaster): void {
  const { node } = pma;
  const activity = openAccount(w.ledger, 'init (pid 1)', INIT).id;
  const task = taskCreate(w, node, 'process', 'init', activity);
  task.pid = INIT;
  mapEmulator(w, task);
  const server = at(w.tasks, pma.task);
  const main = threadCreate(w, task, 'main');
  const signals = threadCreate(w, task, 'signals');
  const proc = procAllocate(w, node, INIT);
  proc.name = 'init';
  proc.state = 'running';
  proc.uid = SUPERUSER;
  proc.activity = activity;
  proc.migratable = false;
  proc.processPort = bootPort(w, { task: server, set: pma.set }, 'pid 1@pma');
  const credentials = w.credentialsServers.rows[0]!;
  const superuser = w.credentials.rows.find((each) => each.uid === SUPERUSER)!;
  superuser.holders.push(INIT);
  const ports = [
    at(w.ports, task.self),
    threadPort(w, main),
    threadPort(w, signals),
    portUnder(w, server, proc.processPort),
    portUnder(w, at(w.tasks, credentials.task), superuser.port),
  ];
  for (const port of ports) bootRight(w, port, task);
  const root = rootServer(w);
  if (root !== null) {
    const holder = at(w.tasks, root.task);
    for (const name of [root.root, root.home, root.terminal]) bootRight(w, portUnder(w, holder, name), task);
  }
  const emulator = newEmulator();
  emulator.exceptionPort = portAllocate(w, task, 'init.exception');
  emulator.signalPort = portAllocate(w, task, 'init.signal');
  task.emulator = emulator;
  const exception = portUnder(w, task, emulator.exceptionPort);
  exception.srights++;
  exception.mscount++;
  setSpecial(w, task, EXCEPTION, { type: SEND, port: exception.id });
  const right = (port: Port): number => bootRight(w, port, server);
  proc.names = {
    task: right(ports[0]!),
    mainThread: right(ports[1]!),
    signalThread: right(ports[2]!),
    exception: right(exception),
    signal: right(portUnder(w, task, emulator.signalPort)),
    credentials: right(ports[4]!),
    root: pma.root,
    directory: pma.directory,
    terminal: pma.terminal,
  };
  becomeLocal(vprocAllocate(w, node, INIT), proc.id);
  const entry = masterEntryAllocate(w, INIT, INIT, 'init');
  entry.node = node;
  entry.capability = bootRight(w, portUnder(w, server, pma.service), at(w.tasks, master.task));
  call(main, initProgram, {});
  threadStart(w, main);
  call(signals, emulatorSignals, { signal: NONE });
  threadStart(w, signals);
}
