/**
 * What the kernel has been asked to say about a port: its notification requests [mechanisms 1.9].
 *
 * Few ports have any, so they stand in a row of their own that the port refers to. A request is a send-once right that
 * the kernel holds until it sends the notice; it counts on the port that it is for [I5]. One no-senders and one
 * port-destroyed request per port; one dead-name request per entry. Asking again gives back the right of the request
 * before, and asking with none lifts it: so a request can move with its right [mechanisms 1.9, 4.3].
 */
import { DN_REQUEST, LAST_SEND } from '../../base/event.ts';
import { NONE, at, release, takeBlank, type Row } from '../../base/table.ts';
import { emit, type MachWorld } from '../world.ts';
import type { Port } from './port.ts';

export interface PortRequests extends Row {
  port: number;
  /** Port copies that the notices go to, or NONE. */
  noSenders: number;
  /** The make-send count from which on the absence of senders is news: `sync` of the no-senders request. */
  sync: number;
  portDestroyed: number;
  /** Task, name there, and port that the notice goes to: three numbers per dead-name request, the oldest first. */
  deadNames: number[];
}

export const NUMBERS_PER_DEAD_NAME = 3;

/** Shared by all rows that have none: the list is replaced, never changed. */
const noDeadNames: number[] = [];

export function blankRequests(id: number): PortRequests {
  return { id, live: true, port: NONE, noSenders: NONE, sync: 0, portDestroyed: NONE, deadNames: noDeadNames };
}

/** The port that the no-senders notice goes to, or NONE. */
export function noSendersRequest(w: MachWorld, port: Port): number {
  return port.requests === NONE ? NONE : at(w.requests, port.requests).noSenders;
}

/** The port that the receive right is sent back to when it is about to be destroyed, or NONE. */
export function portDestroyedRequest(w: MachWorld, port: Port): number {
  return port.requests === NONE ? NONE : at(w.requests, port.requests).portDestroyed;
}

/** The port that the dead-name notice for the task's name goes to, or NONE. */
export function deadNameRequest(w: MachWorld, port: Port, task: number, name: number): number {
  if (port.requests === NONE) return NONE;
  const { deadNames } = at(w.requests, port.requests);
  const place = placeOf(deadNames, task, name);
  return place === NONE ? NONE : deadNames[place + 2]!;
}

/** Registers (or lifts, for NONE) the no-senders request; returns the one before. */
export function setNoSenders(w: MachWorld, port: Port, to: number, sync = 0): number {
  const before = noSendersRequest(w, port);
  if (before === NONE && to === NONE) return NONE;
  const row = rowOf(w, port);
  row.noSenders = to;
  row.sync = sync;
  keepIfUsed(w, port, row);
  return before;
}

/**
 * mach_port_request_notification for no-senders: the notice comes at once if nobody can send now and the make-send
 * count has reached `sync` [mechanisms 1.9]. Returns the port of the request before, or NONE.
 */
export function requestNoSenders(w: MachWorld, port: Port, sync: number, to: number): number {
  const before = setNoSenders(w, port, to, sync);
  if (to !== NONE && port.srights === 0 && sync <= port.mscount) emit(w, LAST_SEND, port.id);
  return before;
}

/** Registers (or lifts, for NONE) the port-destroyed request; returns the one before. */
export function setPortDestroyed(w: MachWorld, port: Port, to: number): number {
  const before = portDestroyedRequest(w, port);
  if (before === NONE && to === NONE) return NONE;
  const row = rowOf(w, port);
  row.portDestroyed = to;
  keepIfUsed(w, port, row);
  return before;
}

/** Registers (or lifts, for NONE) the dead-name request of the task's name; returns the one before. */
export function setDeadName(w: MachWorld, port: Port, task: number, name: number, to: number): number {
  const before = deadNameRequest(w, port, task, name);
  if (before === NONE && to === NONE) return NONE;
  const row = rowOf(w, port);
  const place = placeOf(row.deadNames, task, name);
  if (place === NONE) {
    row.deadNames = [...row.deadNames, task, name, to];
    if (port.proxy) emit(w, DN_REQUEST, port.id);
  } else if (to === NONE) row.deadNames = row.deadNames.toSpliced(place, NUMBERS_PER_DEAD_NAME);
  else row.deadNames = row.deadNames.with(place + 2, to);
  keepIfUsed(w, port, row);
  return before;
}

/** The name that a dead-name request is about is another one now. */
export function renameDeadName(w: MachWorld, port: Port, task: number, name: number, to: number): void {
  const row = at(w.requests, port.requests);
  row.deadNames = row.deadNames.with(placeOf(row.deadNames, task, name) + 1, to);
}

/** Takes all dead-name requests of the port away, to be acted upon. */
export function takeDeadNames(w: MachWorld, port: Port): readonly number[] {
  if (port.requests === NONE) return noDeadNames;
  const row = at(w.requests, port.requests);
  const { deadNames } = row;
  row.deadNames = noDeadNames;
  keepIfUsed(w, port, row);
  return deadNames;
}

function rowOf(w: MachWorld, port: Port): PortRequests {
  if (port.requests !== NONE) return at(w.requests, port.requests);
  const row = takeBlank(w.requests, blankRequests);
  row.port = port.id;
  port.requests = row.id;
  return row;
}

function keepIfUsed(w: MachWorld, port: Port, row: PortRequests): void {
  if (row.noSenders !== NONE || row.portDestroyed !== NONE || row.deadNames.length > 0) return;
  port.requests = NONE;
  release(w.requests, row, blankRequests);
}

function placeOf(deadNames: readonly number[], task: number, name: number): number {
  for (let place = 0; place < deadNames.length; place += NUMBERS_PER_DEAD_NAME) {
    if (deadNames[place] === task && deadNames[place + 1] === name) return place;
  }
  return NONE;
}
