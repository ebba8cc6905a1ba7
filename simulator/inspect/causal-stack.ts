/**
 * The causal stack of a thread: its own frames; above them, while it waits for an answer, the frames of the thread
 * that prepares the answer; and so on, from node to node, to what is really going on now.
 */
import { at } from '../base/table.ts';
import { framesOf, type Frame } from '../mach/routine.ts';
import { serverLoop } from '../mach/server.ts';
import { kernelLoop } from '../mach/kernel-call.ts';
import { RECEIVING, threadOf, type Thread } from '../mach/thread.ts';
import type { OsfWorld } from '../osf1/world.ts';
import { doing, localsOf, nameOf, stepOf, workloadFrame } from './frames.ts';
import { nodeName } from './label.ts';
import type { StackFrame } from './stack.ts';

/** Innermost first. */
export function causalStack(w: OsfWorld, t: Thread): StackFrame[] {
  const frames: StackFrame[] = [];
  const seen = new Set<number>();
  for (let each: Thread | null = t; each !== null && !seen.has(each.identity); each = threadOf(w, each.servedBy)) {
    seen.add(each.identity);
    if (each !== t && isBack(each)) break;
    frames.push(...ownFrames(w, each, each !== t));
  }
  return frames.reverse();
}

/** The frames of one thread, outermost first; the loop of a server that serves somebody is not interesting. */
function ownFrames(w: OsfWorld, t: Thread, serves: boolean): StackFrame[] {
  const frames = framesOf(t);
  const shown = frames.filter((frame) => !serves || frames.length === 1 || !isLoop(frame));
  return shown.map((frame, index) => frameOf(w, t, frame, serves && index === 0));
}

/** The server's thread has gone back to its loop: the request was put into a queue, and somebody else will answer it. */
function isBack(t: Thread): boolean {
  return t.state === RECEIVING && t.top !== null && isLoop(t.top);
}

function isLoop(frame: Frame): boolean {
  return frame.routine === serverLoop.index || frame.routine === kernelLoop.index;
}

function frameOf(w: OsfWorld, t: Thread, frame: Frame, hop: boolean): StackFrame {
  const top = frame === t.top;
  const workload = workloadFrame(frame);
  const routine = w.setup.routines[frame.routine]!.name;
  return {
    thread: t.identity,
    node: nodeName(w, t.node),
    task: at(w.tasks, t.task).name,
    name: nameOf(w.setup, frame),
    doing: doing(w.setup, t, frame, top),
    place:
      workload === null
        ? { kind: 'routine', routine, step: stepOf(t, frame, top) }
        : { kind: workload.kind, index: workload.unit, pc: workload.pc },
    hop,
    locals: localsOf(w, frame),
  };
}
