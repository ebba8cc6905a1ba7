/**
 * The simulator's front door, as the command line, the debug adapter and the tests use it.
 *
 * A Simulation is one run of one scenario. `step` performs exactly one event; `seek` goes to the moment after the
 * given number of events, forwards or backwards (checkpoints and replay). Nothing here waits: a caller that must stay
 * responsive calls `runUntil` with a budget, again and again.
 *
 *   const sim = createSimulation(image, { scenario: 0, seed: 7 });
 *   while (step(sim)) { ... sim.notices ... }
 *
 * A *notice* is what a breakpoint can be about: while an event is performed, the rooms of the simulator announce what
 * happened (a phase entered, a process gone, an expectation broken). `sim.notices` holds those of the last event.
 */
export interface StartOptions {
  /** Index of the scenario in the image. */
  readonly scenario: number;
  /** Overrides the seed of the scenario. */
  readonly seed?: number;
  /** Somebody watches the kernels: notices of their own doings are made. A checked run is always watched. */
  readonly watched?: boolean;
  /** Run every checker after every event and throw at the first broken invariant. */
  readonly checked?: boolean;
}

export type { Notice } from '../base/notice.ts';
export type { Simulation } from './simulation.ts';

/**
 * Where the next event would continue a workload program or scenario: known before the event is performed, so that a
 * debugger can stop in front of a statement.
 */
export interface NextStatement {
  /** Thread that would execute it. */
  readonly thread: number;
  /** Index of the program or scenario in the image. */
  readonly unit: { readonly kind: 'program' | 'scenario'; readonly index: number };
  readonly pc: number;
  /** Depth of workload frames and system frames of the thread: for step over and step out. */
  readonly depth: number;
}

export interface RunLimits {
  /** Stop after this many events at most. */
  readonly events: number;
  /** Stop before the first event later than this time (ns). */
  readonly time?: number;
}
