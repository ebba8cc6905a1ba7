/**
 * Out-of-line memory: regions that travel with a message [mechanisms 1.11].
 *
 *   copyin      the sender's region is copied, as fork copies it: nothing moves until somebody writes. With `deallocate`
 *               it leaves the sender's map; memory that nobody shares then goes as it is
 *   in hand     what was taken stands in the map of the kernel on the sender's node (Mach's vm_map_copy), and the message
 *               refers to it there. Between nodes only its contents travel (dipc/pull-memory.ts)
 *   copyout     a new region in the receiver's map, or the contents of one that it has said (overwrite)
 *
 * A page range that does not begin with its region is copied at once, page by page, and so is what is sent by physical
 * copy; that and the copy of memory that several kernels share take longer than a moment (send-memory.ts).
 */
import { NONE, at } from '../../base/table.ts';
import type { Task } from '../task.ts';
import { copiedMemory, copyRegion } from '../vm/copy.ts';
import { memoryForget } from '../vm/memory.ts';
import { allows, regionAdd, regionMove, regionNamed, regionRemap, regionRemove, type Region } from '../vm/region.ts';
import type { MachWorld } from '../world.ts';
import { noMemory, type CarriedMemory, type MemoryInMessage, type Message } from './message.ts';

/** A descriptor of the body as it is in the sender's map: which region, and which of its pages. */
export interface Sent {
  readonly region: Region;
  readonly first: number;
  readonly pages: number;
}

/** What the descriptor names, or null: there is no such memory, or the task may not read it [MACH_SEND_INVALID_MEMORY]. */
export function sentMemory(w: MachWorld, task: Task, carried: CarriedMemory): Sent | null {
  const region = regionNamed(w, task, carried.region);
  if (region === null || !allows(region.protection, 'r')) return null;
  const { first = 0, pages = region.pages - first } = carried;
  if (first < 0 || pages < 1 || first + pages > region.pages) return null;
  // What is unmapped is a whole region, as everywhere.
  if (carried.deallocate === true && pages < region.pages) return null;
  return { region, first, pages };
}

/** Whether taking it is more than a moment's work. */
export function takesLong(w: MachWorld, carried: CarriedMemory, { region, first }: Sent): boolean {
  if (first > 0 || carried.copy === 'physical') return true;
  const { copyStrategy } = at(w.objects, region.object);
  return !region.needsCopy && (copyStrategy === 'call' || copyStrategy === 'none');
}

/** How the kernel copies it that slowly: page by page, or with the help of its home. */
export function slowCopyOf(w: MachWorld, carried: CarriedMemory, { region, first }: Sent): 'call' | 'none' {
  if (first > 0 || carried.copy === 'physical') return 'none';
  return at(w.objects, region.object).copyStrategy === 'none' ? 'none' : 'call';
}

export function kernelMap(w: MachWorld, node: number): Task {
  return at(w.tasks, at(w.nodes, node).kernelTask);
}

/**
 * Takes the memory of the descriptors, in order, into the message. `made` holds names in the kernel's map of the copies
 * that took longer than a moment, by descriptor. False: one cannot be taken; those before it have been.
 */
export function copyinMemory(
  w: MachWorld,
  task: Task,
  message: Message,
  descriptors: readonly CarriedMemory[],
  made: readonly string[],
): boolean {
  const kernel = kernelMap(w, message.node);
  message.memory = [];
  for (const [index, carried] of descriptors.entries()) {
    const sent = sentMemory(w, task, carried);
    if (sent === null) return false;
    const ready = (made[index] ?? '') === '' ? null : regionNamed(w, kernel, made[index]!);
    if (ready === null && takesLong(w, carried, sent)) return false;
    message.memory.push(takeMemory(w, task, kernel, carried, sent, ready));
  }
  return true;
}

function takeMemory(
  w: MachWorld,
  task: Task,
  kernel: Task,
  { deallocate = false, copy = 'virtual' }: CarriedMemory,
  { region, pages }: Sent,
  ready: Region | null,
): MemoryInMessage {
  const { name, start, protection, inheritance, maximum } = region;
  const before = deallocate ? { start, protection, inheritance, maximum } : null;
  const taken = { name, pages, before, physical: copy === 'physical', memory: NONE, versions: noVersions };
  if (ready !== null) {
    // From here on it is the message's, and no more the send's (send-memory.ts).
    ready.name = nameInKernel(name, region.id);
    if (deallocate) regionRemove(w, task, region);
    return { ...taken, region: ready.id };
  }
  // What the sender could not write the receiver may: its first write must not reach what others see.
  const readOnly = !allows(maximum, 'w');
  if (deallocate && (region.needsCopy || at(w.objects, region.object).copyStrategy === 'symmetric')) {
    regionMove(w, region, kernel, { name: nameInKernel(name, region.id) });
    region.needsCopy ||= readOnly;
    return { ...taken, region: region.id };
  }
  const made = copyRegion(w, region)!;
  const fields = { protection, inheritance, pages, needsCopy: made.needsCopy || readOnly };
  const memory = copiedMemory(w, region);
  const copied = regionAdd(w, kernel, made.object, { ...fields, name: nameInKernel(name, region.id), memory });
  if (deallocate) regionRemove(w, task, region);
  return { ...taken, region: copied.id };
}

const noVersions: readonly number[] = [];

function nameInKernel(name: string, region: number): string {
  return `${name} of region ${region}, sent`;
}

/** How many pages of a message's memory there are, and how many of them the sender's kernel copied. */
export function pagesOf({ memory }: Message, physical = false): number {
  let pages = 0;
  for (const each of memory) if (!physical || each.physical) pages += each.pages;
  return pages;
}

/**
 * Copyout: the memory of the message becomes regions of the task, in order; returns their names, and an empty one for
 * memory that is lost or that does not fit where it is to go: then the receiver finds MACH_RCV_BODY_ERROR.
 */
export function copyoutMemory(w: MachWorld, task: Task, message: Message, overwrite: readonly string[]): string[] {
  const { memory } = message;
  message.memory = noMemory;
  return memory.map((item, index) => {
    const region = w.regions.rows[item.region];
    if (region === undefined) return nothingArrived(w, item);
    const target = overwrite[index];
    if (target !== undefined) return overwriteRegion(w, task, region, target);
    const name = freeName(w, task, item.name);
    regionMove(w, region, task, { name });
    Object.assign(region, { protection: 'rw-', maximum: 'rwx', inheritance: 'copy' });
    return name;
  });
}

/** The contents of a region that the receiver has already are what came: it must be as large, and the receiver's own. */
function overwriteRegion(w: MachWorld, task: Task, arrived: Region, name: string): string {
  const region = regionNamed(w, task, name);
  const fits = region !== null && region.pages === arrived.pages && allows(region.protection, 'w');
  if (fits && isPrivate(w, region)) {
    regionRemap(w, region, at(w.objects, arrived.object), arrived.memory);
    region.needsCopy = arrived.needsCopy;
    regionRemove(w, at(w.tasks, arrived.task), arrived);
    return name;
  }
  regionRemove(w, at(w.tasks, arrived.task), arrived);
  return '';
}

/** Whether nobody else sees what is written to it. */
function isPrivate(w: MachWorld, region: Region): boolean {
  return region.needsCopy || at(w.objects, region.object).copyStrategy === 'symmetric';
}

function nothingArrived(w: MachWorld, item: MemoryInMessage): string {
  forget(w, item);
  return '';
}

function freeName(w: MachWorld, task: Task, wanted: string): string {
  if (regionNamed(w, task, wanted) === null) return wanted;
  let number = 2;
  while (regionNamed(w, task, `${wanted}.${number}`) !== null) number++;
  return `${wanted}.${number}`;
}

/** The message could not be sent: what had left the sender's map is there again; copies are given up [1.6, pseudo-receive]. */
export function returnMemory(w: MachWorld, task: Task, message: Message): void {
  const { memory } = message;
  message.memory = noMemory;
  for (const item of memory) {
    const { name, before, region: id } = item;
    if (before === null) forget(w, item);
    else {
      const { start, ...fields } = before;
      const region = at(w.regions, id);
      regionMove(w, region, task, { name: freeName(w, task, name), start });
      Object.assign(region, fields);
    }
  }
}

/** Gives up the memory in a message that nobody will have. */
export function discardMemory(w: MachWorld, message: Message): void {
  const { memory } = message;
  message.memory = noMemory;
  for (const item of memory) forget(w, item);
}

function forget(w: MachWorld, { region: id, memory }: MemoryInMessage): void {
  const region = w.regions.rows[id];
  if (region !== undefined) regionRemove(w, at(w.tasks, region.task), region);
  if (memory !== NONE) memoryForget(w, memory);
}

/** None of the memory in the message will come; each of its descriptors says so. */
export function loseItems(w: MachWorld, message: Message): void {
  if (message.memory.length === 0) return;
  for (const item of message.memory) forget(w, item);
  message.memory = message.memory.map((item) => ({ ...item, region: NONE, memory: NONE, versions: noVersions }));
}

/** What the failed node had of a message's memory is gone with its kernel's map. */
export function loseMemory(w: MachWorld, node: number): void {
  for (const message of w.messages.rows) {
    if (!message.live || message.memory.length === 0) continue;
    message.memory = message.memory.map((item) => {
      const region = w.regions.rows[item.region];
      return region !== undefined && at(w.tasks, region.task).node === node ? { ...item, region: NONE } : item;
    });
  }
}
