/**
 * What the phases of memory_object_data_request know in common: which page of which object, for whom, how much access it
 * will be given, and the page in hand [mechanisms 3.2].
 *
 * The request outlives waits in which everything else may change: so each phase looks the object up again, and the home's
 * own kernel and the importing kernels are asked about in the same words.
 */
import { NONE, at } from '../base/table.ts';
import type { KernelAnswer, KernelRequest } from '../mach/kernel-call.ts';
import { ABSENT, NO_ACCESS, READ_ACCESS, WRITE_ACCESS, pageOf, setPage, type VmObject } from '../mach/vm/object.ts';
import type { DataRequest, DataSupply } from '../mach/vm/page-in.ts';
import { NEEDS_COPY, grantedAccess, kernelNamed, memoryObjectOf, type MemoryObject } from './memory-object.ts';
import type { XmmWorld } from './world.ts';

export interface Requested extends KernelRequest {
  readonly body: DataRequest;
  /** Vm object. */
  object?: number;
  /** What the asking kernel will be allowed to do. */
  give?: number;
  /** The page in hand: a version, EMPTY, LOST, or NONE while nobody has supplied it. */
  data?: number;
  /** Importing kernel that was asked last. */
  asked?: number;
  /** What the manager above has answered. */
  answer?: { readonly code: string; readonly body: DataSupply | null };
}

export const invalid: KernelAnswer = { code: 'KERN_INVALID_ARGUMENT' };

export function managed(w: XmmWorld, f: Requested): { readonly object: VmObject; readonly m: MemoryObject } {
  const object = at(w.objects, f.object!);
  return { object, m: memoryObjectOf(w, object) };
}

/** Nobody uses the object at home, and no kernel but the asking one has the page: it may have it for itself. */
export function isExclusive(m: MemoryObject, object: VmObject, page: number, kernel: number): boolean {
  if (kernel === NONE || object.references > 0 || grantedAccess(m, page) < WRITE_ACCESS) return false;
  if (m.copying || (m.flags[page]! & NEEDS_COPY) !== 0) return false;
  return m.kernels.every((each) => each.kernel === kernel || each.access[page] === NO_ACCESS);
}

export function accessOf(object: VmObject, m: MemoryObject, f: Requested): number {
  const kernel = f.body.kernel ?? NONE;
  if (kernel === NONE) return object.access![f.body.page]!;
  return kernelNamed(m, kernel)?.access[f.body.page] ?? NO_ACCESS;
}

/** Whether the asking kernel has the page already: only access is missing. */
export function holds(object: VmObject, m: MemoryObject, f: Requested): boolean {
  if (accessOf(object, m, f) === NO_ACCESS) return false;
  const { kernel, page, resident } = f.body;
  return kernel === undefined || kernel === NONE ? pageOf(object, page) !== ABSENT : resident === true;
}

export function lacksData(object: VmObject, m: MemoryObject, f: Requested): boolean {
  return !holds(object, m, f) || (m.flags[f.body.page]! & NEEDS_COPY) !== 0;
}

/** A page that several kernels read is at home too; at an importing home as well, if its own home lets it be read. */
export function keepAtHome(w: XmmWorld, object: VmObject, m: MemoryObject, page: number, version: number): void {
  if (pageOf(object, page) !== ABSENT || grantedAccess(m, page) < READ_ACCESS) return;
  setPage(w, object, page, version);
  object.access![page] = READ_ACCESS;
}
