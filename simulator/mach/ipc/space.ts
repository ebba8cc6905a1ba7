/**
 * Port name spaces: what a task calls the rights that it holds.
 *
 * A name is an index into the space's entries and a generation (eight bits): `index * 256 + generation`. Freeing an
 * entry and using its slot again advances the generation, so a stale name fails [mechanisms 1.2]. Name 0 is never
 * given out. Migration inserts rights under chosen names: they claim their slot, whatever lies below stays free.
 *
 * `byPort` finds the one name of a port's send and receive rights [I3]; it is built when a space grows beyond a few
 * entries, so that a small task stays small. It is an index over the entries and never the truth.
 */
import { NONE, shortList } from '../../base/table.ts';

export const FREE = 0;
export const SEND = 1;
export const RECEIVE = 2;
export const SEND_RECEIVE = 3;
export const SEND_ONCE = 4;
export const PORT_SET = 8;
export const DEAD_NAME = 16;

/** The most user references that a dead name can have; a send right stays one below [mechanisms 1.3]. */
export const MAXIMUM_USER_REFERENCES = 65535;

export interface Entry {
  type: number;
  /** User references. SEND 1..65534, DEAD_NAME 1..65535, SEND_ONCE 1, RECEIVE and PORT_SET 0 [I6]. */
  urefs: number;
  /** Port copy on the task's node; NONE for a dead name. */
  port: number;
  generation: number;
}

export interface Space {
  readonly entries: Entry[];
  /** Indexes of free entries, last freed last. */
  readonly free: number[];
  byPort: Map<number, number> | null;
}

const smallSpace = 16;

export function emptySpace(): Space {
  return { entries: shortList(), free: [], byPort: null };
}

export function nameOf(space: Space, index: number): number {
  return (index + 1) * 256 + space.entries[index]!.generation;
}

/** The entry under a name, or null if the name means nothing here (any more). */
export function lookup(space: Space, name: number): Entry | null {
  const entry = space.entries[(name >> 8) - 1];
  return entry !== undefined && entry.type !== FREE && entry.generation === (name & 255) ? entry : null;
}

/** The name under which the space holds send or receive rights to the port, or NONE. */
export function nameForPort(space: Space, port: number): number {
  if (space.byPort !== null) return space.byPort.get(port) ?? NONE;
  for (let index = 0; index < space.entries.length; index++) {
    const entry = space.entries[index]!;
    if (entry.port === port && (entry.type & SEND_RECEIVE) !== 0) return nameOf(space, index);
  }
  return NONE;
}

/** Makes an entry under a name of the space's choice and returns the name. */
export function insert(space: Space, type: number, port: number, urefs: number): number {
  const index = space.free.pop() ?? space.entries.push({ type: FREE, urefs: 0, port: NONE, generation: 0 }) - 1;
  const entry = space.entries[index]!;
  entry.type = type;
  entry.port = port;
  entry.urefs = urefs;
  const name = nameOf(space, index);
  remember(space, entry, name);
  return name;
}

/** Makes an entry under the chosen name. False if that slot is in use. */
export function insertAs(space: Space, name: number, type: number, port: number, urefs: number): boolean {
  const index = (name >> 8) - 1;
  if (index < 0) return false;
  while (space.entries.length <= index) {
    space.free.push(space.entries.push({ type: FREE, urefs: 0, port: NONE, generation: 0 }) - 1);
  }
  const entry = space.entries[index]!;
  if (entry.type !== FREE) return false;
  space.free.splice(space.free.indexOf(index), 1);
  entry.type = type;
  entry.port = port;
  entry.urefs = urefs;
  entry.generation = name & 255;
  remember(space, entry, name);
  return true;
}

/** Frees the entry; its name will never mean anything again until the generation comes round. */
export function remove(space: Space, name: number): void {
  const index = (name >> 8) - 1;
  const entry = space.entries[index]!;
  if ((entry.type & SEND_RECEIVE) !== 0) space.byPort?.delete(entry.port);
  entry.type = FREE;
  entry.port = NONE;
  entry.urefs = 0;
  entry.generation = (entry.generation + 1) & 255;
  space.free.push(index);
}

/** A send or receive right whose port has died: the name stays, the port is forgotten [mechanisms 1.3]. */
export function becomeDeadName(space: Space, entry: Entry): void {
  if ((entry.type & SEND_RECEIVE) !== 0) space.byPort?.delete(entry.port);
  if (entry.urefs === 0) entry.urefs = 1;
  entry.type = DEAD_NAME;
  entry.port = NONE;
}

/** All names in use, in the order of their slots. */
export function names(space: Space): number[] {
  const found: number[] = [];
  for (let index = 0; index < space.entries.length; index++) {
    if (space.entries[index]!.type !== FREE) found.push(nameOf(space, index));
  }
  return found;
}

function remember(space: Space, entry: Entry, name: number): void {
  if ((entry.type & SEND_RECEIVE) === 0) return;
  if (space.byPort !== null) space.byPort.set(entry.port, name);
  else if (space.entries.length > smallSpace) index(space);
}

function index(space: Space): void {
  const byPort = new Map<number, number>();
  for (let i = 0; i < space.entries.length; i++) {
    const entry = space.entries[i]!;
    if ((entry.type & SEND_RECEIVE) !== 0) byPort.set(entry.port, nameOf(space, i));
  }
  space.byPort = byPort;
}
