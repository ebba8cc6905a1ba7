/**
 * Frame ids and variable references: numbers that stand for something until the cluster moves again.
 *
 * DAP lets them die at the next stop, and they do: whatever a client still asks about afterwards is unknown. Numbers
 * are not used twice within a run, so that an old one can never mean something new.
 *
 * References to sources are different. They are for the whole session, as an editor keeps documents open.
 */
import { RequestError } from './errors.ts';
import type { Shown } from './present/shown.ts';
import type { StackFrame } from '../simulator/inspect/stack.ts';

/** A frame, and the thread in whose stack it stands: not its own thread where the stack crosses a message. */
export interface FramePlace {
  readonly root: number;
  readonly frame: StackFrame;
}

export interface Handles {
  nextId: number;
  readonly frames: Map<number, FramePlace>;
  readonly children: Map<number, () => readonly Shown[]>;
}

export function createHandles(): Handles {
  return { nextId: 1, frames: new Map(), children: new Map() };
}

export function forgetHandles(handles: Handles): void {
  handles.frames.clear();
  handles.children.clear();
}

export function frameHandle(handles: Handles, frame: FramePlace): number {
  const id = handles.nextId++;
  handles.frames.set(id, frame);
  return id;
}

/** A reference for the children of something; 0, which means none, where there are none. */
export function childrenHandle(handles: Handles, children: (() => readonly Shown[]) | undefined): number {
  if (children === undefined) return 0;
  const id = handles.nextId++;
  handles.children.set(id, children);
  return id;
}

export function frameOf(handles: Handles, id: number): FramePlace {
  const frame = handles.frames.get(id);
  if (frame !== undefined) return frame;
  throw new RequestError('unknownId', `There is no frame ${id} now: frame ids live until the cluster moves.`);
}

export function childrenOf(handles: Handles, id: number): readonly Shown[] {
  const children = handles.children.get(id);
  if (children !== undefined) return children();
  throw new RequestError('unknownId', `There are no variables ${id} now: references live until the cluster moves.`);
}
