/**
 * The goals of stepping. The whole cluster moves while one thread is stepped: virtual time is one.
 *
 *   over    the thread's own next statement, at the same depth of frames or a shallower one
 *   into    the next step of the thread's causal stack: of the thread itself, of whoever prepares its answer, or, while
 *           its process is frozen, of whoever moves it
 *           or what was chosen: one thread of that stack, or whoever receives the next message of the thread
 *   out     the causal stack is shallower than it was
 *   back    the previous statement of the thread, searched in the past
 *
 * A thread whose process exits on the way has nowhere to stop at: the step ends at that moment.
 */
import { peek, stack } from '../../simulator/engine/simulation.ts';
import type { StackFrame } from '../../simulator/inspect/stack.ts';
import { moverOf, moverStack } from '../mover.ts';
import { instructionAt } from '../positions.ts';
import type { Run } from '../run.ts';
import { plainStop, type Stop } from '../stop.ts';
import type { Goal } from './forward.ts';
import type { Wanted } from './backward.ts';

export function overStatement(run: Run, thread: number, pid: number | null): Goal {
  const begun = peek(run.sim);
  const depth = begun?.thread === thread ? begun.depth : Infinity;
  return () => {
    const next = peek(run.sim);
    return next?.thread === thread && next.depth <= depth ? plainStop('step', thread) : exitOf(run, thread, pid);
  };
}

export function intoSystem(run: Run, thread: number, pid: number | null): Goal {
  const mover = moverOf(run, thread);
  const whole = (): readonly StackFrame[] => [...moverStack(run, mover), ...stack(run.sim, thread)];
  const before = signature(whole());
  return () => {
    const frames = whole();
    const top = frames[0];
    if (top !== undefined && signature(frames) !== before) {
      if (top.place.kind === 'routine') return { ...plainStop('step', thread), intoSystem: true };
      const { kind, index, pc } = top.place;
      if (instructionAt(run.script.image, { kind, index }, pc)?.statement) return plainStop('step', thread);
    }
    return exitOf(run, thread, pid);
  };
}

/** The next step of one thread, whatever the others do. */
export function intoThread(run: Run, thread: number, pid: number | null): Goal {
  const own = (): readonly StackFrame[] => stack(run.sim, thread).filter((frame) => frame.thread === thread);
  const before = signature(own());
  return () => {
    const frames = own();
    const [top] = frames;
    if (top === undefined) return exitOf(run, thread, pid) ?? plainStop('step', null, 'the thread has ended');
    if (signature(frames) === before) return null;
    if (top.place.kind === 'routine') return { ...plainStop('step', thread), intoSystem: true };
    const { kind, index, pc } = top.place;
    return instructionAt(run.script.image, { kind, index }, pc)?.statement ? plainStop('step', thread) : null;
  };
}

/** The thread that is next to receive a message that this one has sent, on whatever node. */
export function intoReceiver(run: Run, thread: number, pid: number | null): Goal {
  return () => {
    const received = run.sim.notices.find((notice) => notice.kind === 'received' && notice.sender === thread);
    if (received?.kind !== 'received') return exitOf(run, thread, pid);
    return { ...plainStop('step', received.thread, 'has received the message'), intoSystem: true };
  };
}

export function outOfFrame(run: Run, thread: number, pid: number | null): Goal {
  const depth = stack(run.sim, thread).length;
  return () => {
    const frames = stack(run.sim, thread);
    if (frames.length === 0 || frames.length >= depth) return exitOf(run, thread, pid);
    return { ...plainStop('step', thread), intoSystem: frames[0]?.place.kind === 'routine' };
  };
}

export function backToStatement(run: Run, thread: number): Wanted {
  return () => (peek(run.sim)?.thread === thread ? plainStop('step', thread) : null);
}

function exitOf(run: Run, thread: number, pid: number | null): Stop | null {
  const exit = run.sim.notices.find((notice) => notice.kind === 'exited' && notice.pid === pid);
  return exit === undefined ? null : plainStop('step', thread, `pid ${pid} has exited`);
}

function signature(frames: readonly StackFrame[]): string {
  return frames
    .map(
      ({ thread, place }) =>
        `${thread}:${place.kind === 'routine' ? `${place.routine}/${place.step}` : `${place.kind}${place.index}/${place.pc}`}`,
    )
    .join(' ');
}
