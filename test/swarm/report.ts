/**
 * What the swarm says: a failure with all that is needed to look into it, and at the end what was covered.
 */
import { commandOf, launchOf, LIMIT } from '../../cli/again.ts';
import { eventKinds } from '../../simulator/base/event.ts';
import { BACK, HEALED } from './fault.ts';
import type { Failure } from './run.ts';
import type { SeedResult } from './strike.ts';

/** One failure; `file` holds the script as it was drawn, `short` what is left of it after shrinking. */
export function failureInWords(seed: number, failure: Failure, file: string, short: string): string {
  const { rule, message, event, time, tail } = failure;
  const again = { file, scenario: `seed ${seed}`, seed, limit: LIMIT, checked: true };
  return [
    `seed ${seed}: ${rule} at event ${event}, ${time} ns`,
    `  ${message}`,
    ...tail.map((line) => `    ${line}`),
    `  stop in front     ${commandOf({ ...again, until: String(Math.max(0, event - 1)) })}`,
    `  in the debugger   ${launchOf(again)}`,
    `  made small        ${short}`,
  ].join('\n');
}

/** How often each thing was met, the most frequent first. */
function counted(items: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts].sort(([x, m], [y, n]) => n - m || (x < y ? -1 : 1));
}

function table(title: string, items: readonly string[]): string[] {
  const rows = counted(items).map(([name, count]) => `  ${String(count).padStart(6)}  ${name}`);
  return rows.length === 0 ? [] : ['', title, ...rows];
}

/** Of each kind of event, in how many seeds it happened, and how many nodes failed at a moment of it. */
function struck(
  results: readonly SeedResult[],
): { readonly name: string; readonly seeds: number; readonly crashes: number }[] {
  const crashes = results.flatMap((each) => each.faults);
  return eventKinds.map(({ name }) => ({
    name,
    seeds: results.filter(({ kinds }) => kinds.includes(name)).length,
    crashes: crashes.filter(({ kind }) => kind === name).length,
  }));
}

/** Kinds of events that happened, and at which no node has failed. */
export function neverStruck(results: readonly SeedResult[]): string[] {
  return struck(results)
    .filter(({ seeds, crashes }) => seeds > 0 && crashes === 0)
    .map(({ name }) => name);
}

/** Runs by kind of event, by what a fault struck, by the way of migrating and its end. */
export function coverageInWords(results: readonly SeedResult[]): string {
  const faults = results.flatMap((each) => each.faults).filter(({ kind }) => kind !== BACK && kind !== HEALED);
  const events = struck(results).map(({ name, seeds, crashes }) => {
    return `  ${String(seeds).padStart(6)}  ${String(crashes).padStart(6)}  ${name}`;
  });
  return [
    'events: seeds in which it happened, nodes that failed at that moment',
    ...events,
    ...table(
      'seeds in which it happened',
      results.flatMap((each) => each.kinds),
    ),
    ...table(
      'nodes that failed at a moment of',
      faults.map(({ kind }) => kind),
    ),
    ...table(
      'nodes that failed',
      faults.map(({ node }) => node),
    ),
    ...table(
      'migrations',
      results.flatMap((each) => each.migrations),
    ),
  ].join('\n');
}
