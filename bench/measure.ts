/**
 * The measurements, each a function that returns numbers. Rates are medians over rounds, and what is compared is
 * measured in turns within one run: single runs on a busy machine vary by 40 %, ratios of turns do not.
 */
import { readFileSync } from 'node:fs';
import { checkAll } from '../simulator/checkers/index.ts';
import { eventQueue, nextTime, pop, pushAt } from '../simulator/base/queue.ts';
import { performEvent } from '../simulator/engine/dispatch.ts';
import { createSimulation, eventCount, seek, step } from '../simulator/engine/simulation.ts';
import { traceOf } from '../simulator/engine/trace.ts';
import { copyWorld, worldDigest, type World } from '../simulator/engine/world.ts';
import { compileScript } from '../language/compile.ts';
import { farWorld, neighbourWorld, repliesIn, rpcWorld } from './rpc-world.ts';
import { largeCluster, runBetween, simulationOf } from './script-world.ts';

export interface Rate {
  readonly name: string;
  readonly pairs: number;
  readonly rpcPerSecond: number;
  readonly eventsPerSecond: number;
}

const trace = traceOf(1 << 16);
const nanosecondsPerSecond = 1e9;

/** Processor time of this process in nanoseconds: what others do on the machine meanwhile does not count. */
function now(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

function median(values: readonly number[]): number {
  return [...values].sort((x, y) => x - y)[values.length >> 1]!;
}

/** Median time of one call, in nanoseconds. */
function timeOf(rounds: number, act: () => unknown): number {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = now();
    act();
    times.push(now() - start);
  }
  return median(times);
}

/** Events and RPCs per second of each world, in turns. */
export function rates(
  worlds: readonly { readonly name: string; readonly pairs: number; readonly remote: boolean }[],
  rounds: number,
  events: number,
): Rate[] {
  const runs = worlds.map((each) => ({ ...each, w: rpcWorld(each.pairs, each.remote), rpc: [0], rate: [0] }));
  for (const { w, pairs } of runs) perform(w, Math.max(events, 20 * pairs));
  for (let round = 0; round < rounds; round++) {
    for (const { w, rpc, rate } of runs) {
      const before = repliesIn(w);
      const start = now();
      perform(w, events);
      const seconds = (now() - start) / nanosecondsPerSecond;
      rpc[round] = (repliesIn(w) - before) / seconds;
      rate[round] = events / seconds;
    }
  }
  return runs.map(({ name, pairs, rpc, rate }) => {
    return { name, pairs, rpcPerSecond: median(rpc), eventsPerSecond: median(rate) };
  });
}

function perform(w: World, events: number): void {
  for (let i = 0; i < events; i++) performEvent(w, trace);
}

/** HOLD: take the earliest of N pending events, move the clock, add one at now + exp(1). Operations per second. */
export function hold(size: number, operations: number): number {
  const queue = eventQueue();
  let state = 1;
  const delay = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return 1 + Math.floor(-Math.log((state + 1) / 0x1_0000_0001) * 1_000_000);
  };
  for (let i = 0; i < size; i++) pushAt(queue, delay(), 0, i, 0);
  let time = 0;
  const round = (count: number): void => {
    for (let i = 0; i < count; i++) {
      time = nextTime(queue, time);
      const slot = pop(queue, time);
      pushAt(queue, time + delay(), 0, queue.a[slot]!, 0);
    }
  };
  round(operations);
  return (operations * nanosecondsPerSecond) / timeOf(5, () => round(operations));
}

/** Nanoseconds per task of copying (a checkpoint) and of hashing a world of so many tasks that call each other. */
export function copies(tasks: number, rounds: number): { readonly copy: number; readonly digest: number } {
  const w = rpcWorld(tasks / 2, false);
  perform(w, 10 * tasks);
  return {
    copy: timeOf(rounds, () => copyWorld(w)) / tasks,
    digest: timeOf(rounds, () => worldDigest(w)) / tasks,
  };
}

/** Microseconds to run all checkers once on a world of so many tasks. */
export function checking(tasks: number): number {
  const w = rpcWorld(tasks / 2, true);
  perform(w, 100 * tasks);
  return timeOf(200, () => checkAll(w)) / 1000;
}

/** Bytes of live heap per task with a thread, a port and four rights. */
export function heapPerTask(tasks: number): number {
  const before = liveBytes();
  const w = neighbourWorld(tasks);
  while (w.queue.count > 0) performEvent(w, trace);
  const bytes = liveBytes() - before;
  return w.tasks.rows.length < tasks ? NaN : bytes / tasks;
}

/** Twice: the columns that the first collection finds free are given back beside the program, and by the second for sure. */
function liveBytes(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

export interface Seek {
  readonly events: number;
  /** Milliseconds: one event back from the end, to the middle, and to the beginning. */
  readonly back: number;
  readonly middle: number;
  readonly beginning: number;
}

/** Time travel in a run of the script, from its end; null while it does not compile. */
export function seeking(path: string, rounds: number): Seek | null {
  const { image } = compileScript(readFileSync(path, 'utf8'), path);
  if (image === null) return null;
  const sim = createSimulation(image, { scenario: 0 });
  while (step(sim));
  const events = eventCount(sim);
  const to = (event: number): number => {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      seek(sim, events);
      times.push(timeOf(1, () => seek(sim, event)));
    }
    return median(times) / 1e6;
  };
  return { events, back: to(events - 1), middle: to(Math.floor(events / 2)), beginning: to(0) };
}

export interface Done {
  /** Operations per second of real time, and events per second meanwhile. */
  readonly perSecond: number;
  readonly eventsPerSecond: number;
}

/** What a script does so many times between its two lines of output; the first round only warms up. */
export function between(script: string, times: number, rounds: number): Done {
  const operations: number[] = [];
  const events: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    let [time, count] = [0, 0];
    runBetween(script, (done) => {
      [time, count] = [now() - time, done - count];
    });
    if (round === 0) continue;
    operations.push((times * nanosecondsPerSecond) / time);
    events.push((count * nanosecondsPerSecond) / time);
  }
  return { perSecond: median(operations), eventsPerSecond: median(events) };
}

export interface Scale {
  /** Seconds until everything is there, and the most memory that the process has had, in MiB. */
  readonly seconds: number;
  readonly peak: number;
}

/** A cluster of so many nodes and tasks, each task with a thread, a port and rights to tasks on other nodes. */
export function scale(nodes: number, tasks: number): Scale {
  const start = now();
  const w = farWorld(nodes, tasks);
  while (w.queue.count > 0) performEvent(w, trace);
  const seconds = (now() - start) / nanosecondsPerSecond;
  return { seconds, peak: process.resourceUsage().maxRSS / 1024 };
}

/** Seconds to boot a cluster of so many nodes with all its servers. */
export function bootSeconds(nodes: number): number {
  const script = largeCluster(nodes);
  const start = now();
  const { world } = simulationOf(script);
  return world.nodes.rows.length < nodes ? NaN : (now() - start) / nanosecondsPerSecond;
}
