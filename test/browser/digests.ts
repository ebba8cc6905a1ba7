// The digest of the whole world after every event of one run: what two hosts compare to know that they ran the same.
import { createSimulation, digest, step } from '../../simulator/engine/simulation.ts';
import type { Image } from '../../simulator/workload/program.ts';

export interface Run {
  readonly image: Image;
  readonly scenario: number;
  readonly seed: number;
  readonly events_max: number;
}

export function digestsOf({ image, scenario, seed, events_max }: Run): string[] {
  const simulation = createSimulation(image, { scenario, seed });
  const digests = [digest(simulation)];
  while (digests.length <= events_max && step(simulation)) digests.push(digest(simulation));
  return digests;
}
