/**
 * The same programs alone: on one node that has everything, without a migration or a fault. What they put out there is what
 * they have to put out everywhere.
 *
 * It is made from the text of a script, so that it exists for every script that the shrinker makes of one, too. A program
 * that moves itself or a child moves it to where it is, and makes its children there.
 */
import { compileScript } from '../../../language/compile.ts';
import { createSimulation, eventCount, step } from '../../../simulator/engine/simulation.ts';
import { hear, lookAtFiles, witness, type Output } from './output.ts';

/** A script that is to be compared says so. */
export const COMPARED = '// What its processes put out is compared with what they put out on one node.';

export const isCompared = (text: string): boolean => text.includes(COMPARED);

/** Two nodes that may have everything: who is right on the one and wrong on the other depends on time. */
export const machines = {
  usual: [],
  odd: ['price quantum 20 ms', 'price fork_processor 300 us', 'price kernel_call 9 us', 'price local_rpc 2 ms'],
} as const;

export function alone(text: string, machine: keyof typeof machines = 'usual'): string {
  const node = 'node master { pma pm_master credentials file_server "/" memory 64 MB }';
  const cluster = ['cluster lab {', ...[...machines[machine], node].map((line) => `  ${line}`), '}'].join('\n');
  const at = text.search(/^scenario /m);
  const [head = '', ...lines] = text.slice(at).split('\n');
  const declarations = text
    .slice(0, at)
    .replace(/^cluster lab \{\n(?: .*\n)*\}/m, cluster)
    .replaceAll(/\bmigrate\((.+), "\w+"((?:, \w+)?)\)/g, 'migrate($1, "master"$2)')
    .replaceAll(/\bfork on "\w+"/g, 'fork')
    .replaceAll(/\b(exec .+\)) on "\w+"/g, '$1');
  const spawns = lines.filter((line) => /^ {2}(?:let \w+ = )?spawn /.test(line));
  return [declarations + head, ...spawns.map((line) => line.replace(/ on \w+$/, ' on master')), '}', ''].join('\n');
}

/** More events than any drawn program needs on one node. */
const MOST_EVENTS = 200_000;

/** What the script puts out; a text that says why it puts out nothing that could be compared. */
export function outputOf(text: string): Output | string {
  const { image, diagnostics } = compileScript(text, 'alone.adw');
  if (image === null) return diagnostics.find(({ severity }) => severity === 'error')!.message;
  const sim = createSimulation(image, { scenario: 0 });
  const seen = witness();
  while (step(sim)) {
    for (const notice of sim.notices) hear(sim.world, seen, notice);
    if (eventCount(sim) >= MOST_EVENTS) return 'it never ends';
  }
  lookAtFiles(sim.world, seen);
  for (const [birth, { end }] of seen.output.processes) if (end === '') return `process ${birth} never ends`;
  return seen.output;
}
