/**
 * Port name spaces: what a task calls the rights that it holds.
 *
 * A name is an index into the space's entries and a generation (eight bits): `index * 256 + generation`. Freeing an
 * entry and using its slot again advances the generation, so a stale name fails [mechanisms 1.2]. Name 0 is never
 * given out. Migration inserts rights under chosen names: they claim their slot, whatever lies below stays free.
 *
 * An entry is two words of one flat array, as in Mach (ie_bits, ie_object), so that a space of four rights is small:
 *
 *   bits     type (5 bits), generation (8), user references (16), and whether a dead-name request is registered (1)
 *   object   the port copy on the task's node; NONE for a dead name; in a free entry the index of the next free one
 *
 * `byPort` finds the one name of a port's send and receive rights [I3]; it is built when a space grows beyond a few
 * entries, so that a small task stays small. It is an index over the entries and never the truth.
 */
import { NONE, shortList } from '../../base/table.ts';

/** The name that stands for a right to a dead port; it is never in a space. */
export const DEAD = 0xffffffff;

export const FREE = 0;
export const SEND = 1;
export const RECEIVE = 2;
export const SEND_RECEIVE = 3;
export const SEND_ONCE = 4;
export const PORT_SET = 8;
export const DEAD_NAME = 16;

/** The most user references that a dead name can have; a send right stays one below [mechanisms 1.3]. */
export const MAXIMUM_USER_REFERENCES = 65535;

export interface Space {
  /** Two words per entry. */
  readonly words: number[];
  /** Index of the entry that was freed last, or NONE; each free entry knows the one before it. */
  free: number;
  byPort: Map<number, number> | null;
}

/** What an entry says: a reading, for whoever looks at it once. */
export interface Entry {
  readonly type: number;
  /** User references. SEND 1..65534, DEAD_NAME 1..65535, SEND_ONCE 1, RECEIVE and PORT_SET 0 [I6]. */
  readonly urefs: number;
  /** Port copy on the task's node; NONE for a dead name. */
  readonly port: number;
  /** A dead-name request is registered [mechanisms 1.9]. */
  readonly requested: boolean;
}

const smallSpace = 16;
const wordsPerEntry = 2;
const typeMask = 31;
const generationShift = 5;
const urefsShift = 13;
const requestBit = 1 << 29;
const urefsMask = MAXIMUM_USER_REFERENCES << urefsShift;

export function emptySpace(): Space {
  return { words: shortList(8), free: NONE, byPort: null };
}

/** How many entries the space has, free ones included: their indexes are 0, 1, 2 ... */
export function entriesOf(space: Space): number {
  return space.words.length / wordsPerEntry;
}

/** Index of the entry under a name, or NONE if the name means nothing here (any more). */
export function find(space: Space, name: number): number {
  const index = (name >> 8) - 1;
  const bits = space.words[index * wordsPerEntry];
  if (bits === undefined || (bits & typeMask) === FREE) return NONE;
  return ((bits >> generationShift) & 255) === (name & 255) ? index : NONE;
}

export function typeAt(space: Space, index: number): number {
  return space.words[index * wordsPerEntry]! & typeMask;
}

export function urefsAt(space: Space, index: number): number {
  return (space.words[index * wordsPerEntry]! & urefsMask) >> urefsShift;
}

/** The port copy that the entry is for; NONE for a dead name. Means nothing in a free entry. */
export function portAt(space: Space, index: number): number {
  return space.words[index * wordsPerEntry + 1]!;
}

export function isRequestedAt(space: Space, index: number): boolean {
  return (space.words[index * wordsPerEntry]! & requestBit) !== 0;
}

export function nameAt(space: Space, index: number): number {
  return (index + 1) * 256 + ((space.words[index * wordsPerEntry]! >> generationShift) & 255);
}

/** The entry gains or loses one of its two rights (SEND, RECEIVE): the port that it is for stays. */
export function setTypeAt(space: Space, index: number, type: number, urefs: number): void {
  const bits = space.words[index * wordsPerEntry]! & ~(typeMask | urefsMask);
  space.words[index * wordsPerEntry] = bits | type | (urefs << urefsShift);
}

export function setUrefsAt(space: Space, index: number, urefs: number): void {
  setTypeAt(space, index, typeAt(space, index), urefs);
}

export function setRequestedAt(space: Space, index: number, requested: boolean): void {
  const bits = space.words[index * wordsPerEntry]!;
  space.words[index * wordsPerEntry] = requested ? bits | requestBit : bits & ~requestBit;
}

/** What stands under a name, or null if the name means nothing here (any more). */
export function lookup(space: Space, name: number): Entry | null {
  const index = find(space, name);
  if (index === NONE) return null;
  return {
    type: typeAt(space, index),
    urefs: urefsAt(space, index),
    port: portAt(space, index),
    requested: isRequestedAt(space, index),
  };
}

/** The name under which the space holds send or receive rights to the port, or NONE. */
export function nameForPort(space: Space, port: number): number {
  if (space.byPort !== null) return space.byPort.get(port) ?? NONE;
  const { words } = space;
  for (let word = 0; word < words.length; word += wordsPerEntry) {
    if (words[word + 1] === port && (words[word]! & SEND_RECEIVE) !== 0) return nameAt(space, word / wordsPerEntry);
  }
  return NONE;
}

/** Makes an entry under a name of the space's choice and returns the name. */
export function insert(space: Space, type: number, port: number, urefs: number): number {
  const index = space.free === NONE ? grow(space) : space.free;
  space.free = portAt(space, index);
  return occupy(space, index, type, port, urefs);
}

/** Makes an entry under the chosen name. False if that slot is in use. */
export function insertAs(space: Space, name: number, type: number, port: number, urefs: number): boolean {
  const index = (name >> 8) - 1;
  if (index < 0) return false;
  while (entriesOf(space) <= index) space.free = grow(space);
  if (typeAt(space, index) !== FREE) return false;
  unlink(space, index);
  space.words[index * wordsPerEntry] = (name & 255) << generationShift;
  occupy(space, index, type, port, urefs);
  return true;
}

/** Whether the slot of the name can be claimed. Name 0 and all ones are no names [mechanisms 1.2]. */
export function isVacant(space: Space, name: number): boolean {
  const index = (name >> 8) - 1;
  return index >= entriesOf(space) || typeAt(space, index) === FREE;
}

/** The entry moves to the chosen name, whose slot must be vacant. */
export function rename(space: Space, name: number, to: number): void {
  const index = find(space, name);
  const [type, port, urefs] = [typeAt(space, index), portAt(space, index), urefsAt(space, index)];
  const requested = isRequestedAt(space, index);
  remove(space, name);
  insertAs(space, to, type, port, urefs);
  setRequestedAt(space, find(space, to), requested);
}

/** Frees the entry; its name will never mean anything again until the generation comes round. */
export function remove(space: Space, name: number): void {
  const index = (name >> 8) - 1;
  if ((typeAt(space, index) & SEND_RECEIVE) !== 0) space.byPort?.delete(portAt(space, index));
  const generation = (name + 1) & 255;
  space.words[index * wordsPerEntry] = generation << generationShift;
  space.words[index * wordsPerEntry + 1] = space.free;
  space.free = index;
}

/** A right whose port has died: the name stays, the port is forgotten, and so is the request [mechanisms 1.3, I7]. */
export function becomeDeadName(space: Space, index: number, urefs: number): void {
  if ((typeAt(space, index) & SEND_RECEIVE) !== 0) space.byPort?.delete(portAt(space, index));
  setTypeAt(space, index, DEAD_NAME, urefs);
  setRequestedAt(space, index, false);
  space.words[index * wordsPerEntry + 1] = NONE;
}

/** All names in use, in the order of their slots. */
export function names(space: Space): number[] {
  const found: number[] = [];
  for (let index = 0; index < entriesOf(space); index++) {
    if (typeAt(space, index) !== FREE) found.push(nameAt(space, index));
  }
  return found;
}

/** One free entry more, which nobody has linked yet: it leads to the ones that were free before. */
function grow(space: Space): number {
  const index = entriesOf(space);
  space.words.push(FREE, space.free);
  return index;
}

/** Takes a free entry out of the list of free ones, wherever it stands. */
function unlink(space: Space, index: number): void {
  const next = portAt(space, index);
  if (space.free === index) {
    space.free = next;
    return;
  }
  let before = space.free;
  while (portAt(space, before) !== index) before = portAt(space, before);
  space.words[before * wordsPerEntry + 1] = next;
}

function occupy(space: Space, index: number, type: number, port: number, urefs: number): number {
  const { words } = space;
  words[index * wordsPerEntry]! |= type | (urefs << urefsShift);
  words[index * wordsPerEntry + 1] = port;
  const name = nameAt(space, index);
  if ((type & SEND_RECEIVE) !== 0) remember(space, port, name);
  return name;
}

function remember(space: Space, port: number, name: number): void {
  if (space.byPort !== null) space.byPort.set(port, name);
  else if (entriesOf(space) > smallSpace) space.byPort = indexOf(space);
}

function indexOf(space: Space): Map<number, number> {
  const byPort = new Map<number, number>();
  for (let index = 0; index < entriesOf(space); index++) {
    if ((typeAt(space, index) & SEND_RECEIVE) !== 0) byPort.set(portAt(space, index), nameAt(space, index));
  }
  return byPort;
}
