// The digests of the whole world in one run, from its first event to its last: what two hosts compare to know that they
// ran the same. A digest reads every table, so that after the first events it is taken only now and then; a difference
// does not go away again, it would be seen later.
import { createSimulation, digest, step } from '../../simulator/engine/simulation.ts';
import type { Image } from '../../simulator/workload/program.ts';

export interface Run {
  readonly image: Image;
  readonly scenario: number;
  readonly seed: number;
  /** Bounds a run that does not end. */
  readonly events_max: number;
}

const EVERY_EVENT_UP_TO = 200;
const EVERY_EVENTS = 50;

export interface Moment {
  readonly event: number;
  readonly digest: string;
}

export function digestsOf({ image, scenario, seed, events_max }: Run): Moment[] {
  const simulation = createSimulation(image, { scenario, seed });
  const moments: Moment[] = [];
  let event = 0;
  const look = (): void => void moments.push({ event, digest: digest(simulation) });
  look();
  while (event < events_max && step(simulation)) {
    event++;
    if (event <= EVERY_EVENT_UP_TO || event % EVERY_EVENTS === 0) look();
  }
  look();
  return moments;
}
