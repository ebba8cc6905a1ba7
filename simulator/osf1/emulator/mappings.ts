/**
 * mmap, munmap and msync: files as memory of the process. And what a program does with that memory: loads and stores, which
 * are no calls but touches of pages.
 *
 * The emulator asks the file server for the memory object of an open file and has the kernel map it; from then on the pages are a
 * matter between kernels and server [mechanisms 3.1, 3.2]. A shared mapping is one memory with all others of the file, on
 * whatever nodes, and with read and write; a private one is what the file was when it was mapped, and what is stored there
 * nobody else sees. fork inherits both, exec drops them, and they move with the task.
 *
 * The right to the memory object stays with the process: msync asks the server on it, also when the descriptor is closed.
 */
import { at } from '../../base/table.ts';
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import type { VmMap } from '../../mach/kernel-services/memory-services.ts';
import { again, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import { touch, versionAt, type Touched } from '../../mach/vm/fault.ts';
import { BYTES_PER_PAGE } from '../../mach/vm/object.ts';
import { bytesOfPage, keepPageBytes } from '../../mach/vm/page-bytes.ts';
import { regionNamed } from '../../mach/vm/region.ts';
import { bytesOf, joined, readBytes, textOf, writeBytes } from '../file-server/bytes.ts';
import type { MapFile, MappedFile } from '../file-server/mapped.ts';
import type { Sync } from '../file-server/through.ts';
import type { OsfWorld } from '../world.ts';
import { failed, type Trapped } from './errno.ts';
import { fileAt } from './files.ts';
import { mayHaveMemory } from './limits.ts';
import { MAPPED, TASK_SELF, emulatorOf, type EmulatorState, type FileMapping } from './state.ts';

const PROT_WRITE = 2;
const MAP_SHARED = 1;

export interface EmulatorMmap {
  readonly descriptor: number;
  readonly length: number;
  readonly protection: number;
  readonly sharing: number;
  readonly offset: number;
  path?: string;
  /** Name of the right to the memory object. */
  memory?: number;
  mapped?: MappedFile;
  region?: string;
  tries?: number;
}

/** So often is mapped again what has just been forgotten by the kernel. */
const MOST_TRIES = 3;

/** Finishes with the address. */
export const emulatorMmap = routine<OsfWorld, EmulatorMmap>('emulator.mmap', 'maps an open file', [
  step('ask the file server for its memory object', (w, t, f) => {
    const file = fileAt(w, t, f.descriptor);
    const { length, offset, sharing, protection } = f;
    if (file === null) return finish(t, failed('EBADF'));
    if (length <= 0 || offset < 0 || offset % BYTES_PER_PAGE !== 0) return finish(t, failed('EINVAL'));
    if (!mayHaveMemory(w, t, pagesOf(f))) return finish(t, failed('ENOMEM'));
    f.path = file.path;
    const writes = sharing === MAP_SHARED && (protection & PROT_WRITE) !== 0;
    rpc(w, t, file.capability, 'file.mmap', { body: { pages: pagesOf(f), writes } satisfies MapFile });
  }),
  step('keep the right', (_w, t, f) => {
    const [memory] = t.names;
    if (t.code !== 'KERN_SUCCESS' || memory === undefined) return finish(t, failed(noDevice(t.code)));
    f.memory = memory;
    f.mapped = t.body as MappedFile;
  }),
  step('enter it into the address space', (w, t, f) => {
    const { mappings } = emulator(w, t);
    const shared = f.sharing === MAP_SHARED;
    const number = mappings.reduce((most, { region }) => Math.max(most, Number(region.slice(MAPPED.length))), 0) + 1;
    f.region = `${MAPPED}${number}`;
    const body: VmMap = {
      name: f.region,
      pages: pagesOf(f),
      size: f.mapped!.size,
      memory: f.mapped!.memory,
      protection: `r${(f.protection & PROT_WRITE) === 0 ? '-' : 'w'}-`,
      inheritance: shared ? 'share' : 'copy',
      copy: !shared,
      external: shared,
    };
    kernelCall(w, t, TASK_SELF, 'vm_map', { body, rights: [{ name: f.memory!, disposition: COPY_SEND }] });
  }),
  step('remember it', (w, t, f) => {
    const task = at(w.tasks, t.task);
    const region = regionNamed(w, task, f.region!);
    // The last other user of the memory on this node may have gone while it was being mapped.
    f.tries = (f.tries ?? 0) + 1;
    if (t.code === 'KERN_INVALID_ARGUMENT' && f.tries < MOST_TRIES)
      return goTo(w, t, 'enter it into the address space');
    if (t.code !== 'KERN_SUCCESS' || region === null) return goTo(w, t, 'give the right up');
    const { offset, length } = f;
    const address = region.start * BYTES_PER_PAGE + offset;
    const shared = f.sharing === MAP_SHARED;
    const place = { region: region.name, address, offset, length, shared };
    emulatorOf(task).mappings.push({ ...place, path: f.path!, memory: f.memory! });
    finish(t, address);
  }),
  step('give the right up', (w, t, f) => {
    kernelCall(w, t, TASK_SELF, 'mach_port_deallocate', { body: { name: f.memory! } });
  }),
  step('fail', (_w, t) => finish(t, failed('ENOMEM'))),
]);

const pagesOf = ({ offset, length }: Pick<FileMapping, 'offset' | 'length'>): number =>
  Math.ceil((offset + length) / BYTES_PER_PAGE);

/** Pipes and sockets have no memory object: their port knows no such operation. */
const noDevice = (code: string): string => (code === 'MIG_BAD_ID' ? 'ENODEV' : code);

export interface OfMapping {
  readonly address: number;
  mapping?: FileMapping;
}

/** Finishes with 0. What was stored comes to the file by itself: the kernel gives it back. */
export const emulatorMunmap = routine<OsfWorld, OfMapping>('emulator.munmap', 'unmaps a file', [
  step('take the region away', (w, t, f) => {
    const mapping = mappingAt(emulator(w, t), f.address);
    if (mapping === null) return finish(t, failed('EINVAL'));
    f.mapping = mapping;
    kernelCall(w, t, TASK_SELF, 'vm_deallocate', { body: { name: mapping.region } });
  }),
  step('give up its memory object', (w, t, f) => {
    const state = emulator(w, t);
    state.mappings = state.mappings.filter(({ region }) => region !== f.mapping!.region);
    kernelCall(w, t, TASK_SELF, 'mach_port_deallocate', { body: { name: f.mapping!.memory } });
  }),
  step('return', (_w, t) => finish(t, 0)),
]);

/** Finishes with 0 when the file server has what was stored. */
export const emulatorMsync = routine<OsfWorld, OfMapping>(
  'emulator.msync',
  'has the file server keep what was stored',
  [
    step('ask it', (w, t, f) => {
      const mapping = mappingAt(emulator(w, t), f.address);
      if (mapping === null) return finish(t, failed('EINVAL'));
      if (!mapping.shared) return finish(t, 0);
      const { offset, length } = mapping;
      rpc(w, t, mapping.memory, 'file.msync', { body: { from: offset, size: length } satisfies Sync });
    }),
    step('return', (_w, t) => finish(t, t.code === 'KERN_SUCCESS' ? 0 : failed(t.code))),
  ],
);

function mappingAt({ mappings }: EmulatorState, address: number): FileMapping | null {
  return mappings.find((each) => each.address === address) ?? null;
}

export interface Touching extends OfMapping {
  /** From the address on. */
  readonly offset: number;
  readonly size: number;
  readonly write: boolean;
  /** What is stored; what has been loaded. */
  bytes: string;
  done: number;
}

/** Finishes with the text that is there, or with the bytes that were stored; with a trap if there is no such memory. */
export const emulatorTouch = routine<OsfWorld, Touching>('emulator.touch', 'loads from a mapping, or stores there', [
  step('touch a page', (w, t, f) => {
    const mapping = mappingAt(emulator(w, t), f.address);
    const region = mapping === null ? null : regionNamed(w, at(w.tasks, t.task), mapping.region);
    if (mapping === null || region === null)
      return finish(t, trap('KERN_INVALID_ADDRESS', f, 'no file is mapped there'));
    const end = region.pages * BYTES_PER_PAGE - mapping.offset;
    if (f.offset < 0 || f.offset + f.size > end) {
      const text = `bytes ${f.offset} .. ${f.offset + f.size - 1} are outside the mapping, which has ${end}`;
      return finish(t, trap('KERN_INVALID_ADDRESS', f, text));
    }
    while (f.done < f.size) {
      const from = mapping.offset + f.offset + f.done;
      const page = Math.floor(from / BYTES_PER_PAGE);
      const touched = touch(w, t, region, page, f.write);
      if (touched === 'wait') return again(t);
      if (touched !== 'present') return finish(t, trap(touched, f, whys[touched]));
      const version = versionAt(w, region, page);
      moveBytes(w, f, version, from - page * BYTES_PER_PAGE);
    }
    if (f.write) return finish(t, f.size);
    const zero = f.bytes.indexOf('\0');
    finish(t, textOf(zero < 0 ? f.bytes : f.bytes.slice(0, zero)));
  }),
]);

function moveBytes(w: OsfWorld, f: Touching, version: number, from: number): void {
  const held = [bytesOfPage(w, version)];
  const size = Math.min(f.size - f.done, BYTES_PER_PAGE - from);
  if (f.write) {
    writeBytes(held, from, f.bytes.slice(f.done, f.done + size), size);
    keepPageBytes(w, version, held[0]!);
  } else f.bytes = joined(f.bytes, f.done, readBytes(held, from, size));
  f.done += size;
}

const whys: Readonly<Record<Exclude<Touched, 'present' | 'wait'>, string>> = {
  KERN_INVALID_ADDRESS: 'there is no such page in the mapping',
  KERN_PROTECTION_FAILURE: 'the file is not mapped for writing',
  KERN_MEMORY_ERROR: 'a page of the file is lost with the node that had it',
};

function trap(code: string, { offset, done }: Touching, text: string): Trapped {
  return { trap: text, code, page: Math.floor((offset + done) / BYTES_PER_PAGE) };
}

/** What a load or store at an address begins with. */
export function touching(address: number, offset: number, data: string | number): Touching {
  const bytes = typeof data === 'string' ? bytesOf(data) : '';
  const size = typeof data === 'string' ? bytes.length : data;
  return { address, offset, size, write: typeof data === 'string', bytes, done: 0 };
}

const emulator = (w: OsfWorld, t: Thread): EmulatorState => emulatorOf(at(w.tasks, t.task));

export const mappingRoutines: readonly Routine[] = [emulatorMmap, emulatorMunmap, emulatorMsync, emulatorTouch];
