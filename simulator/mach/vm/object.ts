/**
 * Vm objects: the pages that one node's kernel knows of some memory.
 *
 * An object is anonymous (zero-filled), the cache of a file (its pager is a file server), or the import of an object
 * whose home is another node (its pager is that node's kernel). It may *shadow* another object: a page that it does
 * not have is looked for there [mechanisms 3.3]. A page has a version, so that what is read can be compared with what
 * was written last: every write gives a new one.
 *
 * `contents[page]` is the version (>= 0) of a page that is here, or says why it is not.
 */
import { NONE, at, release, take, type Row } from '../../base/table.ts';
import { kernelPort, type Port } from '../ipc/port.ts';
import { kernelReleases } from '../ipc/right.ts';
import { portDestroy } from '../ipc/port-death.ts';
import type { MachWorld } from '../world.ts';

/** Not here; the pager, if there is one, may have it. */
export const ABSENT = -1;
/** Not here, and the pager does not have it either: look in the shadow, or fill with zeros. */
export const EMPTY = -2;
/** Was here; it has moved to the node that imports this object. */
export const MOVED = -3;

export interface VmObject extends Row {
  node: number;
  label: string;
  kind: 'anonymous' | 'file' | 'import';
  /** Pages of 4 KB. */
  size: number;
  /** Regions and shadows on this node that use it. */
  references: number;
  /** Object that missing pages are looked for in, or NONE. */
  shadow: number;
  /** Port that pages are asked from, or NONE: a send right that the kernel holds. */
  pager: number;
  /** Port on which this kernel answers for the object to other nodes, once one of them imports it; else NONE. */
  control: number;
  /** The pager is gone: pages that are absent will never come [5.6, source crash]. */
  lost: boolean;
  contents: Int32Array;
}

export const BYTES_PER_PAGE = 4096;

export function blankObject(id: number): VmObject {
  return {
    id,
    live: true,
    node: NONE,
    label: '',
    kind: 'anonymous',
    size: 0,
    references: 0,
    shadow: NONE,
    pager: NONE,
    control: NONE,
    lost: false,
    contents: noContents,
  };
}

const noContents = new Int32Array(0);

export function objectCreate(
  w: MachWorld,
  node: number,
  label: string,
  kind: VmObject['kind'],
  size: number,
): VmObject {
  const object = take(w.objects, blankObject);
  object.node = node;
  object.label = label;
  object.kind = kind;
  object.size = size;
  object.contents = new Int32Array(size).fill(kind === 'anonymous' ? EMPTY : ABSENT);
  return object;
}

/** The object shadows another one from now on. */
export function shadows(object: VmObject, below: VmObject): void {
  object.shadow = below.id;
  below.references++;
}

/** The port on which this kernel answers for the object to the nodes that import it. */
export function controlPort(w: MachWorld, object: VmObject): Port {
  if (object.control !== NONE) return at(w.ports, object.control);
  const port = kernelPort(w, object.node, `${object.label}.memory`, 'memory', object.id);
  object.control = port.id;
  return port;
}

/** One user less. An object that nobody uses, here or on another node, is forgotten, and so on down its shadows. */
export function dropReference(w: MachWorld, object: VmObject): void {
  object.references--;
  if (object.references === 0 && object.control === NONE) destroy(w, object);
}

/** No other node imports the object any more. */
export function unused(w: MachWorld, id: number): void {
  const object = w.objects.rows[id];
  if (object === undefined || !object.live || object.control === NONE) return;
  const port = at(w.ports, object.control);
  if (port.srights > 0) return;
  object.control = NONE;
  portDestroy(w, port);
  if (object.references === 0) destroy(w, object);
}

function destroy(w: MachWorld, object: VmObject): void {
  const { pager, shadow } = object;
  release(w.objects, object, blankObject);
  if (pager !== NONE) kernelReleases(w, at(w.ports, pager));
  if (shadow !== NONE) dropReference(w, at(w.objects, shadow));
}
