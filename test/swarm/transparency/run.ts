/**
 * One seed of the theorem (compare.ts): its programs run alone, on one node; then on the cluster where they are put; then
 * with migrations, checked; and then a node fails, and who has nothing to do with it must put out the same as before.
 */
import { chance } from '../chance.ts';
import { runScript, type Outcome, type Watch } from '../run.ts';
import { textOf } from '../script.ts';
import { resultOf, strike, type SeedResult } from '../strike.ts';
import { NONE } from '../../../simulator/base/table.ts';
import type { Simulation } from '../../../simulator/engine/simulation.ts';
import { INIT } from '../../../simulator/osf1/pm-master/entry.ts';
import { alone, machines, outputOf } from './alone.ts';
import { comparison, difference, differenceInTheEnd } from './compare.ts';
import { drawMigrations, drawPlacement, type Life } from './script.ts';

const RULE = 'transparency';
/** Runs of UNIX programs are long; their rules are checked after so many events. */
const EVENTS_UNSEEN = 101;

export function runComparedSeed(seed: number): SeedResult {
  const draw = chance(seed);
  const placement = drawPlacement(draw, seed);
  const lives = new Map<number, Life>();
  const text = textOf(placement);
  const placed = runCompared(text, (sim) => follow(lives, sim));
  if (placed.failure !== null) {
    return resultOf(seed, { text, outcome: placed, events: placed.events, kinds: new Set(), faults: [] });
  }
  const script = drawMigrations(draw, placement, [...lives.values()]);
  const often = { fails: 60, failsTwice: 0, breaks: 15 };
  const struck = strike(draw, script, often, (each, watch) => runCompared(each, (sim) => void watch(sim, false)));
  return resultOf(seed, { ...struck, events: placed.events + struck.events });
}

/** Runs a script that is to be compared; `watch` is called after every event. */
export function runCompared(text: string, watch: (sim: Simulation) => void = () => undefined): Outcome {
  const expected = outputOf(alone(text));
  if (typeof expected === 'string') return failed(expected);
  const run = (every: number): Outcome => {
    const each = comparison(expected, text);
    const compare: Watch = (sim, ended) => {
      if (!ended) watch(sim);
      return ended ? differenceInTheEnd(sim, each) : difference(sim, each);
    };
    return runScript(text, { watch: compare, rule: RULE, every });
  };
  const outcome = run(EVENTS_UNSEEN);
  // Once more, to know at which event a rule about one moment was broken.
  return outcome.failure === null || [RULE, 'rest', 'script'].includes(outcome.failure.rule) ? outcome : run(1);
}

function failed(why: string): Outcome {
  const failure = { rule: 'script', message: `alone: ${why}`, event: 0, time: 0, tail: [] };
  return { failure, events: 0, migrations: [] };
}

/** Whether time decides about what the programs put out alone: then there is nothing to compare with. */
export function isDetermined(text: string): boolean {
  const [one, other] = Object.keys(machines).map((machine) => outputOf(alone(text, machine as keyof typeof machines)));
  if (typeof one !== 'object' || typeof other !== 'object') return false;
  const all = ({ processes, files }: typeof one): string =>
    JSON.stringify([[...processes].sort(([x], [y]) => (x < y ? -1 : 1)), [...files].sort()]);
  return all(one) === all(other);
}

function follow(lives: Map<number, Life>, { notices, world }: Simulation): void {
  for (const notice of notices) {
    if (notice.kind === 'spawned' && notice.pid !== INIT && !lives.has(notice.pid)) {
      lives.set(notice.pid, { pid: notice.pid, from: world.time, to: world.time });
    }
    const life = notice.kind === 'exited' || notice.kind === 'output' ? lives.get(notice.pid ?? NONE) : undefined;
    if (life !== undefined) life.to = world.time;
  }
}
