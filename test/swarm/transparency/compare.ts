/**
 * Transparency as a theorem: programs whose output depends on themselves alone put out the same, wherever they are placed
 * and however they are moved. "Neither the running process nor any other process interacting with it is aware of the
 * migration" [paper 3.2].
 *
 * A difference is found at the event at which it shows: a line that is printed, an end; what is missing and what is in the
 * files at the end of the run. Where a node fails, a job that had to do with that node is left out from then on
 * (depends.ts), and what the others put out must still be the same.
 */
import type { Simulation } from '../../../simulator/engine/simulation.ts';
import { hurtBy, makersOf } from './depends.ts';
import { hear, jobOfBirth, jobOfPath, lookAtFiles, witness, type Output, type Witness } from './output.ts';

export interface Comparison {
  readonly expected: Output;
  readonly seen: Witness;
  /** By node: jobs that make processes there. */
  readonly makers: ReturnType<typeof makersOf>;
  /** Jobs that a failure has had to do with. */
  readonly hurt: Set<number>;
}

export const comparison = (expected: Output, text: string): Comparison => {
  return { expected, seen: witness(), makers: makersOf(text), hurt: new Set() };
};

/** After every event: the first difference that shows, in words, if there is one. */
export function difference(sim: Simulation, { expected, seen, makers, hurt }: Comparison): string | undefined {
  const { world, notices } = sim;
  for (const notice of notices) {
    if (notice.kind === 'crashed') {
      const all = new Set([...expected.processes.keys()].map(jobOfBirth));
      for (const job of hurtBy(sim, seen, makers, notice.node) ?? all) hurt.add(job);
    }
    const birth = hear(world, seen, notice);
    if (birth === null || hurt.has(jobOfBirth(birth))) continue;
    const process = expected.processes.get(birth);
    if (process === undefined) return `process ${birth} does not exist on one node`;
    const now = seen.output.processes.get(birth)!;
    if (notice.kind === 'exited' && now.end !== process.end)
      return differs(`process ${birth} ends`, now.end, process.end);
    const last = now.printed.length - 1;
    if (notice.kind === 'output' && now.printed[last] !== process.printed[last]) {
      return differs(`process ${birth} prints`, now.printed[last], process.printed[last]);
    }
  }
  return undefined;
}

/** When nothing happens any more: what has not been put out, and what is in the files. */
export function differenceInTheEnd({ world }: Simulation, { expected, seen, hurt }: Comparison): string | undefined {
  lookAtFiles(world, seen);
  const { processes, files } = seen.output;
  for (const [birth, { printed, end }] of expected.processes) {
    if (hurt.has(jobOfBirth(birth))) continue;
    const now = processes.get(birth);
    if (now === undefined) return `process ${birth} was never made`;
    if (now.end !== end) return differs(`process ${birth} ends`, now.end, end);
    const missing = printed[now.printed.length];
    if (missing !== undefined) return differs(`process ${birth} prints`, undefined, missing);
  }
  for (const path of new Set([...expected.files.keys(), ...files.keys()])) {
    if (hurt.has(jobOfPath(path)!)) continue;
    const [here, there] = [files.get(path), expected.files.get(path)];
    if (here !== there) return differs(`the file ${path} has`, here, there);
  }
  return undefined;
}

const shown = (text: string | undefined): string => (text === undefined ? 'nothing' : JSON.stringify(text));

function differs(what: string, here: string | undefined, there: string | undefined): string {
  return `${what} ${shown(here)}, on one node ${shown(there)}`;
}
