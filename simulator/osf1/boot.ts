/**
 * Booting the servers of a cluster, before time 0.
 *
 * Each server is a task with a service port and a thread. What the bootstrap would tell each of them about the others
 * is handed out as ordinary rights under ordinary names, at no cost (dipc/boot.ts). Then init, pid 1, is put where the
 * PM Master is (or on the first node with a PMA), sitting in wait().
 */
import { NONE, at, take } from '../base/table.ts';
import { bootRight } from '../dipc/boot.ts';
import type { ClusterSpec, FileSpec, Program } from '../workload/program.ts';
import { bootInit, introduceInit } from './boot-init.ts';
import { bootPort, bootTask, portUnder } from './boot-task.ts';
import { credentialsEntryAllocate, type CredentialsServer } from './credentials/entry.ts';
import { TERMINAL_PATH } from './emulator/state.ts';
import { fileAllocate, rootServer, serverOfPath, type Ownership } from './file-server/file.ts';
import { enterName, makeDirectories, parentOf } from './file-server/name.ts';
import { homeOf, isManaged, templateOn } from './configuration.ts';
import { imagePath } from './image-path.ts';
import { templateTask } from './memory.ts';
import { SUPERUSER, USER } from './users.ts';
import { beginToAsk } from './credentials/recover.ts';
import { beginIntroduction } from './pma/init.ts';
import { pmaAllocate, pmaAt, type Pma } from './pma/pma.ts';
import { bootMonitor, introduceMonitor } from './monitor/monitor.ts';
import { BLOCK, firstBlock, grantBlock, takeBlock } from './pm-master/blocks.ts';
import { INIT, masterAllocate, type PmMaster } from './pm-master/entry.ts';
import { isBroker, isOnly, rankOf } from './pm-master/owner.ts';
import { beginRecovery } from './pm-master/recover.ts';
import { beginTakeOver } from './pm-master/take-over.ts';
import type { OsfWorld } from './world.ts';

/** What every UNIX has below the root. */
const STANDARD_DIRECTORIES = ['/', '/bin', '/dev', '/tmp', '/usr'];

/** The nodes of the world are those of the cluster, in its order. */
export function bootServers(w: OsfWorld, cluster: ClusterSpec, files: readonly FileSpec[]): void {
  cluster.nodes.forEach((spec, node) => {
    const isLocal = spec.pma && !isOnly(w);
    if (spec.pmMaster || isLocal) bootMaster(w, node);
    if (spec.credentials || isLocal) bootCredentials(w, node);
    if (spec.monitor) bootMonitor(w, node);
    if (spec.fileServer !== null) bootFileServer(w, node, spec.fileServer);
    if (isManaged(w, node)) templateTask(w, node);
    if (spec.pma) bootPma(w, node);
  });
  introduceFileServers(w);
  for (const server of w.fileServers.rows) makeDirectories(w, server, server.directory);
  const root = rootServer(w);
  if (root !== null) {
    for (const path of STANDARD_DIRECTORIES) makeDirectories(w, root, path);
    enterName(w, root.id, TERMINAL_PATH, fileAllocate(w, root.id, 'terminal', 0));
  }
  const images = w.setup.image.programs.filter(({ kind }) => kind === 'program');
  for (const { path, size, node, owner, mode } of files) {
    if (images.some((each) => imagePath(each) === path)) continue;
    const index = cluster.nodes.findIndex((each) => each.name === node);
    addFile(w, path, size, index, { owner: owner ?? USER, mode: mode ?? 0o644 });
  }
  for (const program of images) {
    const path = imagePath(program);
    const { owner, mode } = files.find((each) => each.path === path) ?? { owner: null, mode: null };
    addFile(w, path, imageBytes(program), NONE, { owner: owner ?? SUPERUSER, mode: mode ?? 0o755 });
  }
  const broker = w.pmMasters.rows.find(({ node }) => cluster.nodes[node]!.pmMaster);
  if (broker === undefined || w.credentialsServers.rows.length === 0) return;
  // The first block of each is given out before time 0.
  for (const master of w.pmMasters.rows) if (master !== broker) takeBlock(master, grantBlock(broker, master.node));
  for (const pma of w.pmas.rows) introducePma(w, pma, masterFor(w, pma.node)!, credentialsFor(w, pma.node)!);
  const home = pmaAt(w, homeOf(w));
  if (home === null) return;
  const credentials = credentialsFor(w, home.node)!;
  bootInit(w, home, credentials);
  introduceInit(w, home, broker, credentials);
}

/**
 * The servers of a node that has booted again: its PMA, if there still is somebody to introduce it to; the PM Master, which
 * asks the PMAs what there is; a PM Master among several, whose table the broker has taken over meanwhile; the only credentials
 * server, which asks the PMAs who is which user; and init. What file servers and the monitor knew was in their memory and is
 * lost: they do not come back.
 */
export function bootServersAgain(w: OsfWorld, node: number, spec: ClusterSpec['nodes'][number]): void {
  if (isManaged(w, node)) templateTask(w, node);
  if (isOnly(w)) {
    if (spec.pmMaster) beginRecovery(w, bootMaster(w, node));
  } else if (spec.pma) {
    const again = bootMaster(w, node);
    if (isBroker(w, again)) beginTakeOver(w, again);
    bootCredentials(w, node);
  }
  if (isOnly(w) && spec.credentials) beginToAsk(w, bootCredentials(w, node));
  const master = masterFor(w, node);
  const credentials = credentialsFor(w, node);
  if (!spec.pma || master === undefined || credentials === undefined) return;
  const pma = bootPma(w, node);
  introducePma(w, pma, master, credentials);
  if (node !== homeOf(w)) return;
  bootInit(w, pma, credentials);
  beginIntroduction(w, pma);
}

function bootMaster(w: OsfWorld, node: number): PmMaster {
  const { task, self, service } = bootTask(w, node, 'pm_master');
  const { incarnation } = at(w.nodes, node);
  const rank = rankOf(w, node);
  const first = firstBlock(rank, incarnation);
  const ports = { node, task: task.id, self, service };
  if (rank !== 0) return masterAllocate(w, { ...ports, nextBlock: first });
  const nextPid = first * BLOCK + (incarnation === 1 ? INIT + 1 : 0);
  const lastPid = isOnly(w) ? Number.MAX_SAFE_INTEGER : first * BLOCK + BLOCK - 1;
  return masterAllocate(w, { ...ports, nextPid, lastPid, nextBlock: first + 1, blocks: [{ block: first, node }] });
}

/** The PM Master that the PMA of the node asks: the only one, or the one beside it. */
function masterFor(w: OsfWorld, node: number): PmMaster | undefined {
  return w.pmMasters.rows.find((master) => master.live && (isOnly(w) || master.node === node));
}

/** The same of the credentials server: where there are several, each has an entry for every user. */
function credentialsFor(w: OsfWorld, node: number): CredentialsServer | undefined {
  return w.credentialsServers.rows.find((server) => server.live && (isOnly(w) || server.node === node));
}

function bootCredentials(w: OsfWorld, node: number): CredentialsServer {
  const booted = bootTask(w, node, 'credentials');
  const { self, service, set } = booted;
  const task = booted.task.id;
  const server = take(w.credentialsServers, (row) => ({
    id: row,
    live: true,
    node,
    task,
    self,
    service,
    set,
    peers: [],
    recovering: false,
  }));
  for (const uid of [SUPERUSER, USER]) {
    const entry = credentialsEntryAllocate(w, server.id, uid);
    entry.port = bootPort(w, booted, `credentials of user ${uid}`);
  }
  return server;
}

function bootFileServer(w: OsfWorld, node: number, directory: string): void {
  const booted = bootTask(w, node, 'file_server');
  const { self, service, set } = booted;
  const root = bootPort(w, booted, 'directory /');
  const home = bootPort(w, booted, 'directory /usr');
  const terminal = bootPort(w, booted, '/dev/tty');
  const task = booted.task.id;
  const ports = { self, service, set, root, home, terminal };
  take(w.fileServers, (id) => ({ id, live: true, node, task, directory, ...ports, peers: [], interrupts: [] }));
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

/** A file that exists when a run begins; the root server's table says so if the path alone does not tell who has it. */
function addFile(w: OsfWorld, path: string, size: number, node: number, ownership: Ownership): void {
  const byPath = serverOfPath(w, path);
  const server = w.fileServers.rows.find((each) => each.node === node) ?? byPath;
  if (server === null) return;
  if (byPath !== null && byPath !== server) {
    makeDirectories(w, byPath, parentOf(path));
    enterName(w, byPath.id, path, null, server.id);
  }
  makeDirectories(w, server, parentOf(path));
  enterName(w, server.id, path, fileAllocate(w, server.id, 'file', size, ownership));
}

function imageBytes({ layout }: Program): number {
  return layout.text + layout.data;
}

function bootPma(w: OsfWorld, node: number): Pma {
  const { task, self, service, set } = bootTask(w, node, 'pma');
  const pma = pmaAllocate(w, node, task.id);
  Object.assign(pma, { self, service, set });
  templateOn(w, pma, node);
  return pma;
}

function introducePma(w: OsfWorld, pma: Pma, master: PmMaster, credentials: CredentialsServer): void {
  const task = at(w.tasks, pma.task);
  const right = (of: number, name: number): number => bootRight(w, portUnder(w, at(w.tasks, of), name), task);
  pma.master = right(master.task, master.service);
  pma.credentials = right(credentials.task, credentials.service);
  const user = w.credentials.rows.find((each) => each.live && each.server === credentials.id && each.uid === USER)!;
  pma.user = right(credentials.task, user.port);
  // A send right to its own service port, under the name of the receive right: a PMA may call itself.
  right(pma.task, pma.service);
  introduceMonitor(w, pma);
  const root = rootServer(w);
  if (root !== null) {
    pma.root = right(root.task, root.root);
    pma.directory = right(root.task, root.home);
    pma.terminal = right(root.task, root.terminal);
  }
}
