/**
 * The part of the world that Mach owns: nodes, tasks, threads, ports and messages, and the clock and queue under them.
 *
 * Every room adds its tables to the world of the room below it (DipcWorld, XmmWorld, ...), so that a room can only
 * touch what it may know.
 */
import type { EventKind } from '../base/event.ts';
import type { Ledger } from '../base/ledger.ts';
import type { KernelEvent } from '../base/kernel-events.ts';
import type { Notice } from '../base/notice.ts';
import { pushAt, pushNow, type EventQueue } from '../base/queue.ts';
import type { Streams } from '../base/random.ts';
import type { Table } from '../base/table.ts';
import type { Interconnect, Prices, Shares } from '../profiles/prices.ts';
import type { Message } from './ipc/message.ts';
import type { Port } from './ipc/port.ts';
import type { PortRequests } from './ipc/requests.ts';
import type { Node } from './node.ts';
import type { Routine } from './routine.ts';
import type { Task } from './task.ts';
import type { Thread } from './thread.ts';
import type { LogicalMemory } from './vm/memory.ts';
import type { PageBytes } from './vm/page-bytes.ts';
import type { VmObject } from './vm/object.ts';
import type { Region } from './vm/region.ts';

/** What a run is set up with. It never changes, so checkpoints share it. */
export interface Setup {
  readonly prices: Prices;
  readonly shares: Shares;
  readonly interconnect: Interconnect;
  /** All routines; a frame refers to its routine by index. */
  readonly routines: readonly Routine[];
  /** The routine of a server that serves a request, by the operation in the message. */
  readonly services: ReadonlyMap<string, Routine>;
  /** The same for the kernels. */
  readonly kernelServices: ReadonlyMap<string, Routine>;
  /** Somebody watches: notices of the kernels' own doings are made, which a run at full speed does without. */
  readonly watched: boolean;
}

export interface MachWorld {
  readonly setup: Setup;
  /** Virtual time in nanoseconds. */
  time: number;
  /** Events performed so far. */
  events: number;
  readonly queue: EventQueue;
  readonly random: Streams;
  readonly ledger: Ledger;
  readonly nodes: Table<Node>;
  readonly tasks: Table<Task>;
  readonly threads: Table<Thread>;
  readonly ports: Table<Port>;
  readonly requests: Table<PortRequests>;
  readonly messages: Table<Message>;
  readonly regions: Table<Region>;
  readonly objects: Table<VmObject>;
  /** What each region's memory should hold: compared with what is read, and otherwise used by nobody. */
  readonly memories: Table<LogicalMemory>;
  /** What pages of mapped files hold, by version. */
  readonly pageBytes: Table<PageBytes>;
  /** Writes to memory so far: each gives the page that it writes a new version. */
  writes: number;
  /** Messages sent so far: each has its number. */
  sent: number;
  /** Thread identities given out so far: a thread that moves to another node keeps its own. */
  identities: number;
  /** Numbers given out so far for waits for the clock, two for each (mach/ipc/timeout.ts). */
  epochs: number;
  /** Row of every identity that is not the row's own number. */
  readonly threadByIdentity: Map<number, number>;
  /** What happened during this event; see notice.ts. */
  readonly notices: Notice[];
}

/** Tells whoever watches what a kernel does: `port` is the port that it is about, `thread` an identity or NONE. */
export function tell(
  w: MachWorld,
  event: KernelEvent,
  node: number,
  port: Port | null,
  thread: number,
  text: string,
): void {
  if (!w.setup.watched) return;
  const name = w.nodes.rows[node]!.name;
  w.notices.push({ kind: 'protocol', event, node: name, thread, port: port?.label ?? '', text });
}

/** Emits an event of this instant. */
export function emit(w: MachWorld, kind: EventKind, a: number, b = 0): void {
  pushNow(w.queue, kind, a, b);
}

/** Emits an event of the given time. */
export function emitAt(w: MachWorld, time: number, kind: EventKind, a: number, b = 0): void {
  if (time <= w.time) pushNow(w.queue, kind, a, b);
  else pushAt(w.queue, time, kind, a, b);
}
