/**
 * A simulation: one run of one scenario, and the ways to move in it.
 *
 * `step` performs one event. `seek` goes to the moment after any event, forwards or backwards. Nothing here knows the
 * time of day or waits for anything: who must stay responsive calls `runUntil` with a budget, again and again.
 */
import { RUN } from '../base/event.ts';
import { isEmpty, nextSlot, nextTime } from '../base/queue.ts';
import { at } from '../base/table.ts';
import { observe, pastOf, type Past } from '../checkers/history/index.ts';
import { checkAll } from '../checkers/index.ts';
import { inspectWorld } from '../inspect/inspect.ts';
import { causalStack } from '../inspect/causal-stack.ts';
import type { StackFrame } from '../inspect/stack.ts';
import type { ClusterState } from '../inspect/state.ts';
import { boot } from '../mach/kernel-call.ts';
import { runnableThread, wouldStep } from '../mach/run.ts';
import { threadOf } from '../mach/thread.ts';
import { bootAgents } from '../migration/agent/agent.ts';
import { bootServers } from '../osf1/boot.ts';
import { nextStatementOf, startScenario } from '../workload/start.ts';
import type { Image } from '../workload/program.ts';
import type { NextStatement, Notice, RunLimits, StartOptions } from './api.ts';
import { performEvent } from './dispatch.ts';
import { historyOf, remember, worldAt, type History } from './history.ts';
import { routineNamed, setupFor } from './setup.ts';
import { lastRecords, traceOf, type Trace, type TraceRecord } from './trace.ts';
import { emptyWorld, worldDigest, type World } from './world.ts';

export interface Simulation {
  readonly image: Image;
  readonly scenario: number;
  readonly seed: number;
  readonly checked: boolean;
  world: World;
  readonly history: History;
  readonly trace: Trace;
  /** What the monitors of a checked run know. */
  readonly past: Past;
  /** What happened during the last event. */
  readonly notices: readonly Notice[];
}

const TRACE_SIZE = 1 << 16;

/** Boots the cluster of the scenario and places its first thread; nothing has happened yet. */
export function createSimulation(image: Image, options: StartOptions): Simulation {
  const scenario = image.scenarios[options.scenario];
  if (scenario === undefined) throw new RangeError(`${image.path} has no scenario number ${options.scenario}`);
  const seed = options.seed ?? scenario.seed;
  const watched = options.watched === true || options.checked === true;
  const cluster = image.clusters[scenario.cluster]!;
  const w = emptyWorld(setupFor(image, options.scenario, watched), seed);
  for (const node of cluster.nodes) boot(w, node.name, node.memory);
  bootServers(w, cluster, image.files);
  bootAgents(w);
  startScenario(w);
  return {
    image,
    scenario: options.scenario,
    seed,
    checked: options.checked ?? false,
    world: w,
    history: historyOf(w),
    trace: traceOf(TRACE_SIZE),
    past: pastOf(w),
    get notices() {
      return this.world.notices;
    },
  };
}

/** Performs the next event. False if nothing is left to happen. */
export function step(sim: Simulation): boolean {
  if (!performEvent(sim.world, sim.trace)) return false;
  remember(sim.history, sim.world);
  if (sim.checked) {
    checkAll(sim.world);
    observe(sim.world, sim.past);
  }
  return true;
}

/** Performs events until `stop` says so (asked after each), the limits are reached, or nothing is left to happen. */
export function runUntil(
  sim: Simulation,
  limits: RunLimits,
  stop: (sim: Simulation) => boolean = () => false,
): 'stopped' | 'limit' | 'finished' {
  for (let done = 0; done < limits.events; done++) {
    const { queue, time } = sim.world;
    if (isEmpty(queue)) return 'finished';
    if (limits.time !== undefined && nextTime(queue, time) > limits.time) return 'limit';
    step(sim);
    if (stop(sim)) return 'stopped';
  }
  return 'limit';
}

/** The workload statement that the next event would begin, or null. */
export function peek(sim: Simulation): NextStatement | null {
  const { world: w } = sim;
  if (isEmpty(w.queue)) return null;
  const slot = nextSlot(w.queue, w.time);
  if (w.queue.kind[slot] !== RUN) return null;
  const t = runnableThread(w, w.queue.a[slot]!, w.queue.b[slot]!);
  return t === null || !wouldStep(w, t) ? null : nextStatementOf(w, t);
}

/** Goes to the moment after `event` events. A moment after the end of the run is its end. */
export function seek(sim: Simulation, event: number): void {
  sim.world = worldAt(sim.history, sim.trace, sim.world, Math.max(0, event));
}

export function eventCount(sim: Simulation): number {
  return sim.world.events;
}

/** Virtual time in nanoseconds. */
export function now(sim: Simulation): number {
  return sim.world.time;
}

export function digest(sim: Simulation): string {
  return worldDigest(sim.world);
}

/** Everything that a view may show of this moment. */
export function inspect(sim: Simulation): ClusterState {
  const { world, scenario, seed, image } = sim;
  return inspectWorld(world, { scenario: image.scenarios[scenario]!.name, seed, digest: digest(sim) });
}

/** The causal stack of the thread with this identity, innermost frame first; empty if there is no such thread. */
export function stack(sim: Simulation, thread: number): StackFrame[] {
  const t = threadOf(sim.world, thread);
  return t === null ? [] : causalStack(sim.world, at(sim.world.threads, t.id));
}

/** The page of a routine: a line for every step; empty if there is no such routine. */
export function routinePage(name: string): string {
  const routine = routineNamed(name);
  return routine === undefined ? '' : routine.steps.map((each) => each.name).join('\n');
}

/** The last records of the trace, up to this moment. */
export function tail(sim: Simulation, count: number): TraceRecord[] {
  return lastRecords(sim.trace, sim.world.events, count);
}
