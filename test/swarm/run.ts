/**
 * One run of a script: every rule is checked after every event, and the world at rest is looked at.
 *
 * Safety: no rule is broken and nothing throws. Liveness: after the last action nothing fails any more, and the run comes
 * to rest within a bound, with nothing left that cannot be explained (rest.ts) and every expectation met.
 */
import { compileScript } from '../../language/compile.ts';
import { BrokenRule } from '../../simulator/base/assert.ts';
import { observe } from '../../simulator/checkers/history/index.ts';
import { checkAll } from '../../simulator/checkers/index.ts';
import { createSimulation, eventCount, now, step, tail, type Simulation } from '../../simulator/engine/simulation.ts';
import { NONE } from '../../simulator/base/table.ts';
import { unexplained } from './rest.ts';

/** A run that has not come to rest after so many events never will. */
const MOST_EVENTS = 100_000;
const EVENTS_SHOWN = 12;

export interface Failure {
  /** The id of the broken rule, or what else went wrong: rest, expectation, defect, script. */
  readonly rule: string;
  readonly message: string;
  readonly event: number;
  readonly time: number;
  /** The last events. */
  readonly tail: readonly string[];
}

export interface Outcome {
  readonly failure: Failure | null;
  readonly events: number;
  /** How each migration was asked for, and how it ended. */
  readonly migrations: readonly string[];
}

/**
 * What else is looked at in a run: called after every event, and once more when nothing is left to happen. It says what is
 * wrong, if something is, and the run ends there.
 */
export type Watch = (sim: Simulation, ended: boolean) => string | undefined;

export interface Manner {
  readonly watch?: Watch;
  /** What `watch` says breaks the rule of this name. */
  readonly rule?: string;
  /** The rules about one moment are checked after so many events. Most of what they find is still there later. */
  readonly every?: number;
}

/** Runs the first scenario of a script, checked. */
export function runScript(text: string, { watch = () => undefined, rule = '', every = 1 }: Manner = {}): Outcome {
  const { image, diagnostics } = compileScript(text, 'drawn.adw');
  if (image === null || image.scenarios.length === 0) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    const message = errors.map((each) => `${each.span.line}: ${each.message}`).join('; ');
    return { failure: { rule: 'script', message, event: 0, time: 0, tail: [] }, events: 0, migrations: [] };
  }
  const sim = createSimulation(image, { scenario: 0, checked: every === 1, watched: true });
  const failure = perform(sim, watch, rule, every);
  const migrations = sim.world.migrations.rows.map(({ by, outcome, reason }) => {
    return `by ${by}: ${outcome || 'never ended'}${outcome === 'refused' ? ` (${reason})` : ''}`;
  });
  return { failure, events: eventCount(sim), migrations };
}

function perform(sim: Simulation, watch: Watch, rule: string, every: number): Failure | null {
  let expectation = '';
  try {
    while (step(sim)) {
      if (every > 1) lookNowAndThen(sim, every);
      const wrong = watch(sim, false);
      if (typeof wrong === 'string') return failureOf(sim, rule, wrong);
      for (const each of sim.notices) {
        if (each.kind === 'expectation' && !each.held) expectation ||= `${each.text} (${each.actual})`;
      }
      const fault = sim.world.expectations.find(({ actual }) => actual === 'fault');
      if (fault !== undefined && !isLost(sim)) return failureOf(sim, 'script', fault.text);
      if (eventCount(sim) >= MOST_EVENTS) return failureOf(sim, 'rest', 'the run does not come to rest');
    }
  } catch (error) {
    if (error instanceof BrokenRule) return failureOf(sim, error.rule, error.message);
    return failureOf(sim, 'defect', error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  const [left] = unexplained(sim.world);
  if (left !== undefined) return failureOf(sim, 'rest', left);
  const wrong = watch(sim, true);
  if (typeof wrong === 'string') return failureOf(sim, rule, wrong);
  return expectation === '' ? null : failureOf(sim, 'expectation', expectation);
}

/** The monitors see every event; the rules about one moment cost more. */
function lookNowAndThen(sim: Simulation, every: number): void {
  observe(sim.world, sim.past);
  if (eventCount(sim) % every === 0) checkAll(sim.world);
}

/** The scenario may end early if a node has failed: what it asked for there could not be made. */
function isLost(sim: Simulation): boolean {
  return sim.world.nodes.rows.some(({ failedAt }) => failedAt !== NONE);
}

function failureOf(sim: Simulation, rule: string, message: string): Failure {
  const lines = tail(sim, EVENTS_SHOWN).map(({ event, time, kind, a, b }) => `${event}  ${time} ns  ${kind} ${a} ${b}`);
  return { rule, message, event: eventCount(sim), time: now(sim), tail: lines };
}
