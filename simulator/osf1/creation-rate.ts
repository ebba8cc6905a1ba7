/**
 * How many processes a process creates: in total, and *avencreate*, the smoothed rate that a migration policy looks at [paper
 * section 4; mechanisms 5.7]. A process that creates many others gains from being where they are managed.
 *
 * Smoothed as UNIX smooths its load: at the end of each interval the average keeps most of what it was. Whole numbers only,
 * so that every machine comes to the same one.
 */
export interface Creations {
  total: number;
  /** Processes a minute, in parts of 1024, as of the beginning of the interval. */
  average: number;
  /** When the interval began (ns), and how many were created in it. */
  since: number;
  count: number;
}

const INTERVAL = 5_000_000_000;
const INTERVALS_A_MINUTE = 12;
const PARTS = 1024;
/** The part of the average that is kept at the end of an interval: 11 of 12, a minute's memory. */
const KEPT = 11;
/** After so many intervals nothing of it is left. */
const FORGOTTEN = 200;

export const noCreations = (now: number): Creations => ({ total: 0, average: 0, since: now, count: 0 });

export function noteCreation(creations: Creations, now: number): void {
  Object.assign(creations, brought(creations, now));
  creations.total++;
  creations.count++;
}

/** Processes created in a minute, smoothed. */
export const creationRate = (creations: Creations, now: number): number =>
  Math.floor(brought(creations, now).average / PARTS);

/** The same account at the beginning of the interval that `now` is in. */
function brought({ total, average, since, count }: Creations, now: number): Creations {
  const intervals = Math.floor((now - since) / INTERVAL);
  if (intervals > FORGOTTEN) return { total, average: 0, since: since + intervals * INTERVAL, count: 0 };
  for (let each = 0; each < intervals; each++) {
    average = Math.floor((average * KEPT + (each === 0 ? count : 0) * INTERVALS_A_MINUTE * PARTS) / (KEPT + 1));
  }
  return { total, average, since: since + intervals * INTERVAL, count: intervals === 0 ? count : 0 };
}
