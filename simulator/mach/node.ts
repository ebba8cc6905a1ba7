/**
 * Nodes: a processor, a kernel, and what runs on them.
 *
 * `kernelTask` serves the requests that arrive for kernel-owned ports; `kernelQueue` is the one port that they are
 * queued on [mechanisms 2.5]. The processor has two levels (processor.ts): work that a price of the profile pays for
 * runs first come first served and is not preempted; below it threads compute by priority, and take turns.
 */
import { NONE, take, type Row } from '../base/table.ts';
import { PRIORITIES } from './schedule.ts';
import type { PageQueues } from './vm/page-queues.ts';
import type { MachWorld } from './world.ts';

/** Smaller ones are well known: the special ports of each node [mechanisms 2.12]. */
const FIRST_ORDINARY_UID = 33;

export interface Node extends Row {
  name: string;
  up: boolean;
  /** When it failed, or NONE; other nodes notice `failure_detection` later. */
  failedAt: number;
  readonly tasks: number[];
  kernelTask: number;
  kernelQueue: number;
  // Processor.
  /** When the priced work that was accepted so far will be done. */
  kernelFreeAt: number;
  /** Thread that computes, or NONE. */
  running: number;
  /** Who waits for the processor, by priority (ready-queue.ts): first and last thread, and a bit for each that is used. */
  readonly readyFirst: Int32Array;
  readonly readyLast: Int32Array;
  readyMask: number;
  /** Second of the clock that the priorities of those who wait were last computed in. */
  readyAged: number;
  sliceEpoch: number;
  sliceStart: number;
  sliceLength: number;
  /** Priced work done during this slice: the slice ends later by so much. */
  stolen: number;
  /** Nanoseconds that the processor has worked. */
  busy: number;
  // Distributed IPC.
  /** Copy of a port on this node, by the port's UID. */
  readonly portByUid: Map<number, number>;
  nextUid: number;
  /** Ports that servers have registered under small numbers, by number; a send right is held for each [2.12]. */
  readonly specialPorts: number[];
  /** Messages from other nodes that wait here to be received, and nodes that were refused because there were too many. */
  buffered: number;
  readonly bufferCallers: number[];
  /** Packets that its processor is not done with, or that have not left yet. */
  departing: number;
  /** Physical memory in bytes. */
  memory: number;
  /** Pages of vm objects that are in it. */
  residentPages: number;
  /** Identity of the thread that pages out, or NONE. */
  pageOut: number;
  /** The kernel's send right to the node's default pager, once there is one; else NONE. */
  defaultPager: number;
  /** In which order pages leave; null until the node is first short of memory. */
  queues: PageQueues | null;
  /** Vm object for a memory object that a task serves, by the row of this node's copy of its port. */
  readonly objectByPager: Map<number, number>;
}

export function nodeCreate(w: MachWorld, name: string, memory: number): Node {
  return take(w.nodes, (id) => ({
    id,
    live: true,
    name,
    up: true,
    failedAt: NONE,
    tasks: [],
    kernelTask: NONE,
    kernelQueue: NONE,
    kernelFreeAt: 0,
    running: NONE,
    readyFirst: new Int32Array(PRIORITIES).fill(NONE),
    readyLast: new Int32Array(PRIORITIES).fill(NONE),
    readyMask: 0,
    readyAged: 0,
    sliceEpoch: 0,
    sliceStart: 0,
    sliceLength: 0,
    stolen: 0,
    busy: 0,
    portByUid: new Map(),
    nextUid: FIRST_ORDINARY_UID,
    specialPorts: [],
    buffered: 0,
    bufferCallers: [],
    departing: 0,
    memory,
    residentPages: 0,
    pageOut: NONE,
    defaultPager: NONE,
    queues: null,
    objectByPager: new Map(),
  }));
}
