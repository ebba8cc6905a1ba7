/**
 * Striking a drawn script: it is run as it is, and then with a fault more each time, at a moment of the run before (fault.ts).
 * It ends with the first run that fails.
 *
 * Most often one node fails, now and then a second one, and in any case one where something happens that hardly any run
 * has. In the end the network may break.
 */
import type { Chance } from './chance.ts';
import { drawFault, drawPartition, isUnstruck, note, type Fault, type Moments } from './fault.ts';
import type { Failure, Outcome, Watch } from './run.ts';
import { textOf, type DrawnScript } from './script.ts';

/** In how many of a hundred seeds. */
export interface Often {
  readonly fails: number;
  /** Of these. */
  readonly failsTwice: number;
  readonly breaks: number;
}

/** What came of it: the last run, and what happened and was struck in all of them. */
export interface Struck {
  readonly text: string;
  readonly outcome: Outcome;
  readonly events: number;
  readonly kinds: ReadonlySet<string>;
  readonly faults: readonly Fault[];
}

/** A seed and what came of it, as plain data, because another process may want to read it. */
export interface SeedResult {
  readonly seed: number;
  readonly events: number;
  readonly failure: (Failure & { readonly text: string }) | null;
  /** Kinds of events that happened, and the faults that were drawn. */
  readonly kinds: readonly string[];
  readonly faults: readonly Pick<Fault, 'kind' | 'node'>[];
  readonly migrations: readonly string[];
}

/** `run` runs a text and calls the watch after every event. */
export function strike(
  draw: Chance,
  script: DrawnScript,
  { fails, failsTwice, breaks }: Often,
  run: (text: string, watch: Watch) => Outcome,
): Struck {
  const kinds = new Set<string>();
  const faults: Fault[] = [];
  let moments: Moments = new Map();
  let events = 0;
  const perform = (watch: Watch): Outcome => {
    const outcome = run(textOf(script, faults), watch);
    events += outcome.events;
    return outcome;
  };
  const performNoting = (): Outcome => {
    const noted: Moments = (moments = new Map());
    const outcome = perform((sim, ended) => {
      if (!ended) note(noted, sim);
      return undefined;
    });
    for (const kind of noted.keys()) kinds.add(kind);
    return outcome;
  };
  let outcome = performNoting();
  let left = outcome.failure === null && draw.percent(fails) ? (failsTwice > 0 && draw.percent(failsTwice) ? 2 : 1) : 0;
  for (; outcome.failure === null && (left > 0 || isUnstruck(moments, faults)); left--) {
    faults.push(...drawFault(draw, script, moments));
    outcome = performNoting();
  }
  const cut = outcome.failure === null && draw.percent(breaks) ? drawPartition(draw, script, moments) : [];
  if (cut.length > 0) {
    faults.push(...cut);
    // Nothing fails after this, so what happens here is not struck.
    outcome = perform(() => undefined);
  }
  return { text: textOf(script, faults), outcome, events, kinds, faults };
}

export function resultOf(seed: number, { text, outcome, events, kinds, faults }: Struck): SeedResult {
  return {
    seed,
    events,
    failure: outcome.failure === null ? null : { ...outcome.failure, text },
    kinds: [...kinds],
    faults: faults.map(({ kind, node }) => ({ kind, node })),
    migrations: outcome.migrations,
  };
}
