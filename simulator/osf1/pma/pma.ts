/**
 * A process management agent: the server that executes the process-related system calls of its node [paper 2.2].
 *
 * Its task receives on one port set. In it are the service port, on which other servers and the server stubs are
 * called, and one port for every process that lives here: the port that a request arrives on says whose it is.
 */
import { NONE, at, take, type Row } from '../../base/table.ts';
import { renewRight } from '../../dipc/boot.ts';
import { lookup } from '../../mach/ipc/space.ts';
import type { Thread } from '../../mach/thread.ts';
import type { ExitReport } from '../pm-master/exit.ts';
import type { Proc } from '../proc.ts';
import type { KeptImage } from './images.ts';
import type { OsfWorld } from '../world.ts';

/** A migration that comes in, or stands in line to. */
export interface Incoming {
  /** The record of the migration, or of that by which its whole group was asked for. */
  readonly turn: number;
  readonly from: number;
  /** The place is that of a whole group, and is given up by who has asked for it. */
  readonly group: boolean;
}

/** A process that is to be moved: nobody else may ask for it. */
export interface Outgoing {
  readonly pid: number;
  readonly turn: number;
  /** Node of the PMA that sees to it. */
  readonly by: number;
}

export interface Pma extends Row {
  node: number;
  task: number;
  // Names in the space of its task.
  /** Send right to its own task's kernel port. */
  self: number;
  /** The service port and the port set that it is in. */
  service: number;
  set: number;
  /** Send rights to the services. */
  master: number;
  credentials: number;
  /** NONE if there is no statistics monitor. */
  monitor: number;
  /** Send rights that new processes of a user get: their credentials entry, directories and terminal. */
  user: number;
  root: number;
  directory: number;
  terminal: number;
  /** Send rights to the service ports of the other PMAs, by node, as far as they have been asked for; NONE elsewhere. */
  readonly peers: number[];
  /**
   * Send rights to the tasks that hold an emulator and nothing else, by node, as far as they have been asked for: spawned
   * processes are cloned from them.
   */
  readonly templates: number[];
  /** Images that need not be asked for (images.ts), the one that was used last at the end. */
  images: KeptImage[];
  /** Ends of processes that no PM Master could be told of. */
  readonly untold: ExitReport[];
  /** In line to come in: the first has its turn. */
  readonly incoming: Incoming[];
  readonly outgoing: Outgoing[];
  /** The free list [mechanisms 5.1]: rows of procs that have ended or moved away, which it uses before it makes another. */
  readonly free: number[];
}

export function pmaAllocate(w: OsfWorld, node: number, task: number): Pma {
  return take(w.pmas, (id) => ({
    id,
    live: true,
    node,
    task,
    self: NONE,
    service: NONE,
    set: NONE,
    master: NONE,
    credentials: NONE,
    monitor: NONE,
    user: NONE,
    root: NONE,
    directory: NONE,
    terminal: NONE,
    peers: [],
    templates: [],
    images: [],
    untold: [],
    incoming: [],
    outgoing: [],
    free: [],
  }));
}

/** The PMA of a node, or null on a pure compute node. */
export function pmaAt(w: OsfWorld, node: number): Pma | null {
  for (const pma of w.pmas.rows) if (pma.live && pma.node === node) return pma;
  return null;
}

/**
 * Name, in this PMA's space, of a right to the PMA of another node; NONE if there is none. The bootstrap hands it out, at
 * no cost, when it is first asked for (and again, if that node has booted again), so that a large cluster does not begin with a right of every PMA to every other
 * [docs/decisions/0035-rights-of-the-bootstrap.md].
 */
export function peerOf(w: OsfWorld, pma: Pma, node: number): number {
  const { peers } = pma;
  const known = peers[node] ?? NONE;
  const peer = node === pma.node ? null : pmaAt(w, node);
  if (peer === null) return known;
  while (peers.length <= node) peers.push(NONE);
  const service = lookup(at(w.tasks, peer.task).space, peer.service)!.port;
  peers[node] = renewRight(w, known, at(w.ports, service), at(w.tasks, pma.task));
  return peers[node];
}

/** The PMA that the thread belongs to. */
export function pmaOf(w: OsfWorld, t: Thread): Pma {
  for (const pma of w.pmas.rows) if (pma.live && pma.task === t.task) return pma;
  throw new RangeError(`${t.name} is no thread of a PMA`);
}

/** The process whose port this is (a name in the PMA's space), or null. */
export function procByPort(w: OsfWorld, pma: Pma, port: number): Proc | null {
  for (const proc of w.procs.rows) {
    if (proc.live && proc.node === pma.node && proc.processPort === port) return proc;
  }
  return null;
}
