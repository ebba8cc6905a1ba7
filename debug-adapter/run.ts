/**
 * One launched run: the simulation, the script that it came from, and what the adapter remembers about it.
 *
 * The simulation is the only truth. What stands here can be thrown away and asked for again: the inspected state of
 * the present moment, how far the console has been written, the threads that the client has been told about.
 */
import { eventCount, inspect, stack, type Simulation } from '../simulator/engine/simulation.ts';
import type { StackFrame } from '../simulator/inspect/stack.ts';
import type { StartedTaskState } from '../simulator/inspect/state-started.ts';
import type { ClusterState } from '../simulator/inspect/state.ts';
import type { Type } from '../language/compile.ts';
import type { Script } from './breakpoints/breakpoints.ts';
import { createHandles, type Handles } from './handles.ts';
import type { Stop } from './stop.ts';

export interface Run {
  readonly sim: Simulation;
  readonly script: Script;
  readonly options: LaunchOptions;
  readonly handles: Handles;
  /** Why it stands still; null before the start, while it runs, and after the end. */
  stop: Stop | null;
  /** The report has been printed and the client told that it is over. */
  over: boolean;
  /** The moment at which the present or the last motion began. */
  departedAt: number;
  /** Up to this event, output has been written to the console: a replay does not write it twice. */
  reportedTo: number;
  /** The threads that the client has been told about. */
  knownThreads: ReadonlySet<number>;
  /** A process has begun or ended since then. */
  threadsChanged: boolean;
  inspected: ClusterState | null;
}

export interface LaunchOptions {
  readonly program: string;
  readonly scenario: string | null;
  readonly seed: number | null;
  /** Run without stopping anywhere: the protocol's own attribute. */
  readonly noDebug: boolean;
  readonly stopOnEntry: boolean;
  readonly stopOnExit: boolean;
  readonly checked: boolean;
  readonly showServers: boolean;
}

export function createRun(sim: Simulation, script: Script, options: LaunchOptions): Run {
  return {
    sim,
    script,
    options,
    handles: createHandles(),
    stop: null,
    over: false,
    departedAt: -1,
    reportedTo: 0,
    knownThreads: new Set(),
    threadsChanged: false,
    inspected: null,
  };
}

/** The cluster as it is now; asked for many times at one moment, it is gathered once. */
export function stateOf(run: Run): ClusterState {
  if (run.inspected?.event === eventCount(run.sim)) return run.inspected;
  const state = inspect(run.sim);
  run.inspected = state;
  return state;
}

/** The frame of the script that a thread is in: the outermost of its own frames. */
export function scriptFrame(run: Run, thread: number): StackFrame | null {
  const own = stack(run.sim, thread).filter((frame) => frame.thread === thread && frame.place.kind !== 'routine');
  return own.at(-1) ?? null;
}

/** What a local of the script counts; nothing is known of a routine's. */
export function typeOfLocal({ image, slotTypes }: Script, { place }: StackFrame, name: string): Type | undefined {
  if (place.kind === 'routine') return undefined;
  const { kind, index } = place;
  const slots = (kind === 'program' ? image.programs : image.scenarios)[index]?.slots ?? [];
  return (kind === 'program' ? slotTypes.programs : slotTypes.scenarios)[index]?.[slots.indexOf(name)];
}

/** What the threads of the Mach task count on in whose script the frame is; nothing for other frames. */
export function countsOf(state: ClusterState, { thread, place }: StackFrame): StartedTaskState['counts'] {
  if (place.kind !== 'program') return [];
  const task = state.tasks.find(({ threads }) => threads.some((each) => each.thread === thread));
  return state.started.find((each) => each.task === task?.task)?.counts ?? [];
}
