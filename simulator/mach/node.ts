/**
 * Nodes: a processor, a kernel, and what runs on them.
 *
 * `kernelTask` serves the requests that arrive for kernel-owned ports; `kernelQueue` is the one port that they are
 * queued on [mechanisms 2.5]. The processor has two levels (processor.ts): work that a price of the profile pays for
 * runs first come first served and is not preempted; below it threads compute by priority, and take turns.
 *
 * A node that has failed may boot again: a new *incarnation*, with an empty kernel. Each kernel knows of each other node
 * which incarnations are over, and talks to the next one [2.13].
 */
import { NONE, at, take, type Row } from '../base/table.ts';
import { PRIORITIES } from './schedule.ts';
import type { PageQueues } from './vm/page-queues.ts';
import type { MachWorld } from './world.ts';

/** Smaller ones are well known: the special ports of each node [mechanisms 2.12]. */
export const FIRST_ORDINARY_UID = 33;

export interface Node extends Row {
  name: string;
  up: boolean;
  /** When it failed last, or NONE; other nodes notice `failure_detection` later. */
  failedAt: number;
  /** It has stopped because it was cut off from the others for too long, and boots again when the network heals. */
  fenced: boolean;
  /** Which boot this is, from 1 on, and when the last one was; NONE: before time 0. */
  incarnation: number;
  bootedAt: number;
  /** Of other nodes, the last incarnation that this kernel knows to be over; none: their first one may be up. */
  readonly over: Map<number, number>;
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
    fenced: false,
    incarnation: 1,
    bootedAt: NONE,
    over: new Map(),
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

/** The incarnation of the other node that the kernel talks to: the one after the last that it knows to be over. */
export function incarnationFor(from: Node, to: number): number {
  return from.over.size === 0 ? 1 : (from.over.get(to) ?? 0) + 1;
}

/** The kernel takes the other node to be up, and it is. */
export function isInTouch(w: MachWorld, from: number, to: number): boolean {
  const node = w.nodes.rows[to];
  return node?.up === true && incarnationFor(at(w.nodes, from), to) === node.incarnation;
}

/** The kernel knows that the other node has failed, and nothing of its return. */
export function isKnownDown(w: MachWorld, from: number, to: number): boolean {
  return incarnationFor(at(w.nodes, from), to) > at(w.nodes, to).incarnation;
}

/** Something that began at that time has nothing to do with an earlier incarnation of the node. */
export function isOfThisBoot(w: MachWorld, id: number, time: number): boolean {
  const { up, bootedAt } = at(w.nodes, id);
  return up && bootedAt !== NONE && time >= bootedAt;
}

/** That incarnation of the node is up. */
export function isStillUp(w: MachWorld, id: number, incarnation: number): boolean {
  const node = at(w.nodes, id);
  return node.up && node.incarnation === incarnation;
}
